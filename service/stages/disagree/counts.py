"""Read the counts of a story: how many of what each sentence tells, where, and of which event."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from service.domain.text import Article, Sentence
from service.lexis.dates import find_dates
from service.lexis.events import deeds, event_of, events_of
from service.lexis.measures import TOLLS, Measured, measured, people_counted, value_of
from service.lexis.numbers import Quantity, number_values
from service.lexis.profile import name_stems
from service.lexis.words import CALENDAR, stem
from service.stages.disagree.days import Day, days_of
from service.stages.disagree.frames import Frame, clause, frame
from service.stages.story import Story

_CALENDAR = frozenset(stem(day) for day in CALENDAR)
# "Among them 3 children", "another 12": a part of a number, or a number besides.
_MANY = r"[\d,.]+|(?:tens|hundreds|scores|thousands|dozens) of thousands|dozens|scores|hundreds|thousands"
_PART_BEFORE = re.compile(
    r"(?i)\b(?:including|included?s?|among (?:them|those|the [a-z]+)|of (?:them|whom|those|which|the [a-z]+)"
    r"|(?<=, )with|another|(?:the|an?|and|two|some) others?|each|every|further|additional|extra|plus|per"
    r"|up|by|from)[,:]?\s(?:were\s|was\s|are\s|at least\s|about\s|some\s|the\s|an?\s)*$"
)
_PART_AFTER = re.compile(
    r"(?i)\s(?:of\s(?:them|those|whom|which|the|its|his|her|their)\b|(?:were|was)\s(?:in|from|among)\b|others?\b|more\b|additional\b|further\b|each\b|apiece\b|per\b"
    r"|an?\s(?:day|week|month|year|share|head|barrel|hour|night)\b"
    rf"|[^,;.]{{0,60}}\band\s(?:{_MANY})\s(?:more|others|elsewhere)\b(?!\s(?:were|was|are|is|have|had|suffered|hurt|injured|wounded)\b))"
)
# A time of day in four digits; and "(50 miles)", which says again in other units.
_NO_COUNT = re.compile(r"(?i)\s?(?:GMT|UTC|hrs|local time|[ap]\.?m\b)")
_CONVERTED = re.compile(r"\d[^()]{0,20}\([^()]{0,12}$")
# Told closely enough to be another number: "seriously injured", "in Leeds".
_DEGREES = re.compile(r"(?i)\b(?:seriously|critically|severely|slightly|badly|minor)\b")
_OPENING_PLACE = re.compile(r"(?:In|At|Near|Around|Outside) [^,]{2,60}, ")
_COMMA = re.compile(r"[,;:()]\s|\s[-–—]\s")
_HURT_BEFORE = re.compile(r"(?i)\b(?:injur|wound|hurt)\w*\s$")
# A sum over time or places is not the toll of one event.
_SUMS = re.compile(
    r"(?i)\b(?:(?:this|last|past|previous|recent) (?:\w+ )?(?:years?|months?|weeks?|decades?|days)"
    r"|since \w+|so far this|a (?:year|decade|month|week)"
    r"|history|historic|deadliest|worst|decades?|every year|each year|annual(?:ly)?|years ago)\b"
)
# All of something, of which others tell a part.
_WHOLES = re.compile(
    r"(?i)\b(?:in all|combined|overall|altogether|in total|worldwide|globally|nationwide|across the country"
    r"|(?:across|throughout|around) the (?:world|region|globe|whole|entire))\b|\baround the (?-i:[A-Z])\w+"
)
# What has to be reached, may be, or was thought likely, beside what is.
_AIMS = re.compile(
    r"(?i)\b(?:requir\w+|needs?|needed|must|thresholds?|quotas?|targets?|limit(?:s|ed)?|allow(?:s|ed)|expect\w*"
    r"|forecasts?|predict\w*|project(?:ed|ions?)|could|might|hop(?:e|es|ed|ing) (?:to|for)|demand(?:s|ed)"
    r"|ask(?:s|ed|ing) for|seek(?:s|ing)?|sought|up to|last year|a year (?:ago|earlier|before)|capacity)\b"
)
_TOLL_BEFORE = re.compile(
    r"(?i)\b(?P<toll>kill|injur|wound|arrest|detain|rescu|evacuat)(?:s|e|es|ed|ing)\s$"
)
_TOLL_AFTER = re.compile(
    r"(?i)\s(?:(?:were|was|are|have been|had been|has been)\s(?:shot\s|also\s|found\s)?)?"
    r"(?P<toll>killed|dead|died|perished|injured|wounded|hurt|arrested|detained|rescued|evacuated)\b"
)
_TAKEN = re.compile(r"(?i)\b(?:claim(?:s|ed|ing)?|cost(?:s|ing)?|took|tak(?:es|en|ing)|lost)\s$")
_CROWD = frozenset(
    """person demonstrator protester marcher supporter spectator visitor fan passenger voter resident worker
    employee""".split()
)
# A figure behind one of these names a rule, and counts nothing.
_FIGURES = "0123456789"
_REFERENCE = re.compile(
    r"\b(?:orders?|e\.o\.|decrees?|directives?|regulations?|statutes?|resolutions?|sections?|articles?|laws?"
    r"|acts?|docket|cases?)\)?\s+(?:no\.\s?)?\Z",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A quantity in a sentence, with what is counted, in which events, and who and what is near it.

    `names` are those of the sentence and of the one before it, and so are `days` where it has none of
    its `own_days`; `who` the people counted, where they
    are told more closely than as people; `amount` is the quantity without its noun. `is_part` tells
    that others were counted beside or before, `is_sum` that the count is over several events or
    places, `is_aim` that it is required, allowed or foreseen;
    `values` are its figures in one way of writing.
    """

    article: Article
    sentence: Sentence
    quantity: Quantity
    amount: Quantity
    measure: str
    who: str
    events: frozenset[str]
    event_word: str
    frame: Frame
    names: frozenset[str]
    days: tuple[Day, ...]
    own_days: tuple[Day, ...]
    places: frozenset[str]
    is_part: bool
    is_sum: bool
    is_aim: bool
    values: frozenset[str]


Counts = Mapping[str, Sequence[Count]]


def counted(story: Story) -> Counts:
    """Return the counts of a story by what they measure, read once for all that asks."""
    subjects: dict[str, list[Count]] = {}
    for article, sentence in story.sentences():
        if story.profile_of(article, sentence).numbers:
            for count in _counts(story, article, sentence):
                subjects.setdefault(count.measure, []).append(count)
    return subjects


def _counts(story: Story, article: Article, sentence: Sentence) -> Iterator[Count]:
    told = story.profile_of(article, sentence)
    text = article.quote(sentence.span)
    before = article.sentences[sentence.index - 1] if sentence.index else None
    names = set(told.names)
    if before is not None:
        names |= set(story.profile_of(article, before).names)
    events, (_, word) = events_of(text), event_of(text)
    if not events and before is not None:
        events, (_, word) = (
            events_of(article.quote(before.span)),
            event_of(article.quote(before.span)),
        )
    days = own_days = days_of(article, text)
    if not days and before is not None and not events_of(text):
        days = days_of(article, article.quote(before.span))
    for found in measured(text, find_dates(text)):
        at = found.quantity
        if _NO_COUNT.match(text, at.end) or _CONVERTED.search(text, 0, at.start):
            continue
        # "Executive Order 13224", "Section 12": which one is meant, and no answer to a question.
        if _REFERENCE.search(text[: at.end].rstrip(_FIGURES)):
            continue
        measure = _measure(text, found)
        yield Count(
            article=article,
            sentence=sentence,
            quantity=at,
            amount=replace(at, unit=None) if at.kind == "count" else at,
            measure=measure,
            who=_who(text, found, measure),
            events=events,
            event_word=word,
            frame=frame(article, sentence, at.start, at.end),
            names=frozenset(names - _CALENDAR),
            days=days,
            own_days=own_days,
            places=_places(text, at),
            is_part=_is_part(text, found),
            is_sum=_is_sum(text, days, is_toll=measure in TOLLS),
            is_aim=_AIMS.search(clause(text, at.start, at.end)) is not None,
            values=frozenset(number_values(at.surface)),
        )


def _is_sum(text: str, days: tuple[Day, ...], *, is_toll: bool) -> bool:
    if _WHOLES.search(text):
        return True
    is_over_years = len({d.mention.year for d in days} - {None}) > 1
    return is_toll and (is_over_years or _SUMS.search(text) is not None)


def _measure(text: str, found: Measured) -> str:
    """Return what is counted, under one name for all words for it.

    "Killing 31 pilgrims" tells of a toll whoever they were.
    """
    unit = found.quantity.unit
    if found.quantity.kind != "count" or unit is None or found.measure in TOLLS:
        return found.measure
    told = _TOLL_BEFORE.search(text, 0, found.quantity.start) or _TOLL_AFTER.match(
        text, found.quantity.end
    )
    if unit == "life" and _TAKEN.search(text, 0, found.quantity.start):
        return "killed"
    if told:
        word = stem(told["toll"])
        tolls = (m for m, stems in TOLLS.items() if any(word.startswith(s) for s in stems))
        return next(tolls, found.measure)
    if unit in _CROWD:
        return "count person"
    return f"count {min(deeds(unit), default=unit)}"


def _who(text: str, found: Measured, measure: str) -> str:
    """Return who was counted, where it is told more closely than as people, and how badly hurt."""
    unit = found.quantity.unit or ""
    if measure not in TOLLS:
        return unit if measure == "count person" and unit != "person" else ""
    is_anyone = found.measure in TOLLS or unit in ("life", "person")
    who = people_counted(found.quantity) if is_anyone else unit
    hurt = _DEGREES.search(clause(text, found.quantity.start, found.quantity.end))
    return f"{who} {hurt[0].lower() if hurt else ''}".strip()


def _places(text: str, at: Quantity) -> frozenset[str]:
    """Return the names in the part of a sentence that a quantity stands in, and in its opening "In Kano,"."""
    starts = [m.end() for m in _COMMA.finditer(text, 0, at.start)]
    after = _COMMA.search(text, at.end)
    part = text[starts[-1] if starts else 0 : after.start() if after else len(text)]
    opening = _OPENING_PLACE.match(text)
    return frozenset(name_stems(f"# {part} # {opening[0] if opening else ''}")) - _CALENDAR


def _is_part(text: str, found: Measured) -> bool:
    at = found.quantity
    if _HURT_BEFORE.search(text, 0, at.start):
        # "Injured 40 others" counts all who were.
        return False
    return bool(
        _PART_BEFORE.search(text, max(0, at.start - 60), at.start)
        or _PART_AFTER.match(text, at.start + len(value_of(at)))
        or _PART_AFTER.match(text, at.end)
    )
