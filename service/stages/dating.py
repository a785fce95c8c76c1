"""Date what a sentence tells, as its article allows: from its publication, its dateline and its years."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from service.domain.text import Article, Sentence
from service.lexis.cues import ATTRIBUTION_STEMS
from service.lexis.date_roles import tells_when
from service.lexis.dates import DateMention, ResolvedDate, find_dates, latest_year, resolve
from service.lexis.tense import Outlook, outlook
from service.lexis.verbs import has_finite_verb
from service.lexis.words import stem, words
from service.stages.context import opening_to_lose

# A report stamped so near to midnight UTC may have been written on the day beside it.
NEAR_MIDNIGHT = timedelta(hours=3)
# A year stated so few sentences before is that of a month or day without one.
FRAME_SENTENCES = 2
_DATELINE_LEAD = re.compile(r"(?:[A-Z][\w.’' ]{1,40}(?:, [A-Z][\w.’' ]{1,30})?[,(]? ?)?")
_DATELINE_END = re.compile(r"\)?\s*(?:\([A-Z][\w /.]{1,20}\)\s*)?(?:[-–—]+\s|$)")
_YEARS_AWAY = re.compile(r"(?i)\b(?:ago|years? (?:earlier|later|before)),? (?:in|on)?\s*\Z")
_THAT_YEAR = re.compile(
    r"(?i),? (?:of |in )?(?:that|the same|the following|the next|the previous) (?:year|month|week)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """What a reader should know of a date in an article."""

    article_id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dating:
    """The date of what a sentence tells, and whether that was still to come when it was reported."""

    resolved: ResolvedDate
    to_come: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    mention: DateMention
    resolved: ResolvedDate | None
    outlook: Outlook


class Calendar:
    """Resolves the dates of one article."""

    def __init__(self, article: Article) -> None:
        self._article = article
        self._floor = latest_year(article.text)
        self._found: dict[int, tuple[DateMention, ...]] = {}
        self._days, self.dateline = _days_of(article)

    def dating(self, sentence: Sentence) -> tuple[Dating | None, tuple[Doubt, ...]]:
        """Return the date of what a sentence tells, None where that is not sure, and what is doubted.

        Where one date that may be of it is unknown, nobody knows which of its events the others date.
        """
        text = self._article.quote(sentence.span)
        readings = self._readings(sentence, text)
        doubts = tuple(d for r in readings for d in self._doubts(r))
        # A stamp or dateline run into the sentence dates the report.
        stamp = opening_to_lose(text, self._article.text)
        telling = [r for r in readings if r.mention.end > stamp and tells_when(text, r.mention)]
        if not telling or not all(self._is_known(r, telling) for r in telling):
            return None, doubts
        return self._dated(text, [r for r in telling if r.resolved is not None]), doubts

    def dates_in(self, sentence: Sentence) -> tuple[str | None, ...]:
        """Return what each date of a sentence resolves to."""
        text = self._article.quote(sentence.span)
        resolved = (r.resolved for r in self._readings(sentence, text))
        return tuple(r.date if r else None for r in resolved)

    def _readings(self, sentence: Sentence, text: str) -> list[_Reading]:
        readings: list[_Reading] = []
        for mention in self._mentions(sentence):
            view = outlook(text, mention)
            resolved = self._resolved(sentence, mention, view, readings)
            readings.append(_Reading(mention=mention, resolved=resolved, outlook=view))
        return readings

    def _mentions(self, sentence: Sentence) -> tuple[DateMention, ...]:
        if sentence.index not in self._found:
            self._found[sentence.index] = find_dates(self._article.quote(sentence.span))
        return self._found[sentence.index]

    def _resolved(
        self,
        sentence: Sentence,
        mention: DateMention,
        view: Outlook,
        before: Sequence[_Reading],
    ) -> ResolvedDate | None:
        if mention.year is not None:
            return resolve(mention, published=None)
        if self._is_quoted(sentence, mention):
            return None
        if view != "ahead" and self._is_framed(sentence, mention):
            return None
        counted = _counts_from_its_report(mention)
        if not counted and view not in ("behind", "ahead", "reported"):
            return None
        if not self._days:
            return resolve(mention, published=None, year_floor=self._floor)
        days = self._days if counted or view != "reported" else _spoken_on(self._days, before)
        found = {resolve(mention, published=day, future=view != "behind") for day in days}
        return found.pop() if len(found) == 1 else None

    def _is_quoted(self, sentence: Sentence, mention: DateMention) -> bool:
        """Say whether somebody else says the date, on a day that need not be that of the report."""
        start = self._article.text.rfind("\n", 0, sentence.start) + 1
        before = self._article.text[start : sentence.start + mention.start]
        return before.count('"') % 2 == 1 or before.count("“") > before.count("”")

    def _is_framed(self, sentence: Sentence, mention: DateMention) -> bool:
        """Say whether a month without a year may be of another year that was just spoken of."""
        if mention.relative is not None or not self._days:
            return False
        text = self._article.text
        if _YEARS_AWAY.search(text, sentence.start, sentence.start + mention.start):
            return True
        if _THAT_YEAR.match(text, sentence.start + mention.end):
            return True
        if mention.month is None and mention.weekday is None:
            return False
        own = {day.year for day in self._days}
        for earlier in self._spoken_before(sentence, mention):
            if earlier.year is not None and earlier.year not in own:
                return mention.month is not None or earlier.day is not None
        return False

    def _spoken_before(self, sentence: Sentence, mention: DateMention) -> Iterator[DateMention]:
        """Yield the dates before one, the nearest first, of its sentence and its paragraph's last ones."""
        yield from (m for m in reversed(self._mentions(sentence)) if m.end <= mention.start)
        at = sentence.start
        for index in range(sentence.index - 1, max(-1, sentence.index - 1 - FRAME_SENTENCES), -1):
            earlier = self._article.sentences[index]
            if earlier.kind != "body" or "\n\n" in self._article.text[earlier.end : at]:
                return
            yield from reversed(self._mentions(earlier))
            at = earlier.start

    def _is_known(self, reading: _Reading, telling: Sequence[_Reading]) -> bool:
        """Say whether a date is known, or is the week of one that is."""
        if reading.resolved is not None:
            return True
        others = (r for r in telling if r is not reading)
        return reading.mention.relative == "this week" and any(
            r.resolved is not None and r.resolved.precision == "day" for r in others
        )

    def _dated(self, text: str, telling: Sequence[_Reading]) -> Dating | None:
        """Date a sentence by the first of its dates; by the next where the first tells when it was said."""
        chosen = telling[0]
        if len(telling) > 1 and _dates_speech(text, telling[0].mention, telling[1].mention):
            chosen = telling[1]
        resolved = chosen.resolved
        if resolved is None:
            return None
        days = [day.isoformat()[: len(resolved.date)] for day in self._days]
        if days and resolved.date > max(days):
            # Its date says that it is to come, whatever its verb: "announced elections on 5 May".
            known = chosen.outlook not in ("possible", "lapsed") and has_finite_verb(text)
            return Dating(resolved=resolved, to_come=True) if known else None
        if chosen.outlook == "behind":
            return Dating(resolved=resolved, to_come=False)
        ahead = chosen.outlook in ("ahead", "reported")
        if ahead and (not days or resolved.date >= min(days)):
            return Dating(resolved=resolved, to_come=True)
        return None

    def _doubts(self, reading: _Reading) -> Iterator[Doubt]:
        mention, resolved = reading.mention, reading.resolved
        about, surface = self._article.id, mention.surface.rstrip(".")
        if resolved is None:
            yield Doubt(article_id=about, text=f"{surface!r} could not be dated")
        elif resolved.inferred:
            year = resolved.date[:4]
            text = f"the year of {surface!r} was taken as {year}, from its weekday"
            yield Doubt(article_id=about, text=text)


def calendars(articles: Sequence[Article]) -> Mapping[str, Calendar]:
    """Return the calendar of each article by its id."""
    return {article.id: Calendar(article) for article in articles}


def _days_of(article: Article) -> tuple[tuple[date, ...], date | None]:
    """Return the days on which a report may have been written, none where nothing says, and its dateline.

    A time in UTC is as often a machine's as the writer's: near midnight, the day beside it counts too.
    """
    published = article.published_at
    if published is None:
        stamped = _dateline_day(article)
        return ((stamped,) if stamped else ()), stamped
    is_stamp = (
        published.utcoffset() == timedelta(0)
        and published.timetz().replace(tzinfo=None).isoformat() != "00:00:00"
    )
    near = (
        (published - NEAR_MIDNIGHT, published, published + NEAR_MIDNIGHT)
        if is_stamp
        else (published,)
    )
    return tuple(sorted({moment.date() for moment in near})), None


def _dateline_day(article: Article) -> date | None:
    """Return the day that an article without a date opens with, as datelines and stamps do."""
    first = next((s for s in article.sentences if s.kind == "body"), None)
    if first is None:
        return None
    text = article.quote(first.span)
    for mention in find_dates(text)[:1]:
        led = _DATELINE_LEAD.fullmatch(text, 0, mention.start)
        resolved = resolve(mention, published=None) if mention.day is not None else None
        if led and resolved and mention.last_day is None and _DATELINE_END.match(text, mention.end):
            return date.fromisoformat(resolved.date) if resolved.precision == "day" else None
    return None


def _counts_from_its_report(mention: DateMention) -> bool:
    """Say whether a date says itself on which side of its report it lies: "yesterday", "last May"."""
    if mention.relative == "this":
        return mention.weekday is None
    offset = mention.days_off if mention.days_off is not None else mention.years_off
    return mention.relative is not None or offset is not None


def _spoken_on(days: tuple[date, ...], before: Sequence[_Reading]) -> tuple[date, ...]:
    """Return the days from which "said it would" may count: a date given before it, else about now."""
    said = [r.resolved.date for r in before if r.resolved and r.resolved.precision == "day"]
    if said:
        return (date.fromisoformat(said[-1]),)
    return (days[0] - timedelta(days=1), *days)


def _dates_speech(text: str, first: DateMention, second: DateMention) -> bool:
    """Say whether the first of two dates is of somebody's saying what the second is about."""
    spoken = words(text)
    near = [w for w in spoken if w.end <= first.start][-3:] + [
        w for w in spoken if w.start >= first.end
    ][:2]
    return any(stem(w.text) in ATTRIBUTION_STEMS and w.start < second.start for w in near)
