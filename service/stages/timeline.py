"""Put what the sources date on a line: what happened, and what was still to come, marked as such."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from service.domain.brief import Precision
from service.domain.text import Article, Sentence
from service.lexis.cues import DONE, expected
from service.lexis.dates import ResolvedDate
from service.lexis.profile import Profile, containment
from service.lexis.words import CALENDAR, stem
from service.stages.cite import Cited
from service.stages.claims import Candidate
from service.stages.dating import Calendar, Doubt, calendars
from service.stages.mend import self_contained
from service.stages.story import SentenceKey, Story
from service.stages.surface import prefixed

__all__ = ["Dated", "Doubt", "timeline"]

MAX_ENTRIES = 12
MAX_A_DAY = 3
# The share of weight in common from which two sentences of one date, or a plan and a later report,
# are taken to tell one event.
SAME_EVENT = 0.35
_MAX_WORDS = 60
_PLANNED_PHASE = 1
_CALENDAR = frozenset(stem(name) for name in CALENDAR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A statement to be, and the date it tells of; `to_come` where its report looked ahead to it."""

    date: str
    precision: Precision
    cited: Cited
    to_come: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    resolved: ResolvedDate
    article: Article
    sentence: Sentence
    said: Profile
    groups: int
    to_come: bool

    @property
    def rank(self) -> tuple[int, bool, float]:
        """More independent groups first, then what was done, then the later report."""
        return self.groups, not self.to_come, self.reported_s

    @property
    def reported_s(self) -> float:
        published = self.article.published_at
        return published.timestamp() if published else 0.0

    @property
    def phase(self) -> int:
        return min(self.said.phase, _PLANNED_PHASE) if self.to_come else self.said.phase

    @property
    def order(self) -> tuple[str, int, float]:
        """The date, then how far along the news is, then when it was reported."""
        return self.resolved.date, self.phase, self.reported_s


def timeline(
    story: Story, candidates: Mapping[SentenceKey, Candidate], barred: Collection[str] = ()
) -> tuple[tuple[Dated, ...], tuple[Doubt, ...]]:
    """Return at most `MAX_ENTRIES` dated statements in order of date, and doubts about dates.

    A date counts where it is of what the sentence tells and resolves without a guess. One event a
    date, the one that most independent groups support; more, up to `MAX_A_DAY`, where several groups
    support each. What was to come when it was reported is marked, and left out where a later report
    tells that it happened. No text among `barred` is stated.
    """
    known = calendars(story.articles)
    found: list[_Found] = []
    doubts: list[Doubt] = []
    for article, sentence in story.sentences():
        dating, doubtful = known[article.id].dating(sentence)
        doubts += doubtful
        candidate = candidates.get((article.id, sentence.index))
        if dating is None or candidate is None:
            continue
        found.append(
            _Found(
                resolved=dating.resolved,
                article=article,
                sentence=sentence,
                said=story.profile_of(article, sentence),
                groups=story.group_count([e.article_id for e in candidate.claim.evidence]),
                to_come=dating.to_come,
            )
        )
    doubts += _datelines(known)
    current = [f for f in found if not (f.to_come and _happened(story, f, found))]
    told = [
        (f, _marked(f, cited))
        for f in current
        if (cited := _cited(story, f, candidates, known)) is not None and cited.text not in barred
    ]
    return _within_bounds(story, told), tuple(dict.fromkeys(doubts))


def _datelines(known: Mapping[str, Calendar]) -> Iterator[Doubt]:
    for article_id, calendar in known.items():
        if calendar.dateline is not None:
            day = calendar.dateline.isoformat()
            yield Doubt(
                article_id=article_id, text=f"its day was taken as {day}, from its dateline"
            )


def _happened(story: Story, plan: _Found, found: Sequence[_Found]) -> bool:
    """Say whether a later report tells as done what one looked ahead to, on its date or without one."""
    for other in found:
        if (
            not other.to_come
            and other.resolved.date == plan.resolved.date
            and _one_event(story, plan, other)
        ):
            return True
    planned = plan.article.published_at
    if planned is None:
        return False
    for article, sentence in story.sentences():
        published = article.published_at
        if published is None or published <= planned or _day(article) < plan.resolved.date:
            continue
        said = story.profile_of(article, sentence)
        if (
            said.phase == DONE
            and not said.days
            and _share(story, plan.said, said) >= 2 * SAME_EVENT
        ):
            return True
    return False


def _day(article: Article) -> str:
    return article.published_at.date().isoformat() if article.published_at else ""


def _one_event(story: Story, a: _Found, b: _Found) -> bool:
    return max(_share(story, a.said, b.said), _share(story, b.said, a.said)) >= SAME_EVENT


def _share(story: Story, part: Profile, whole: Profile) -> float:
    """Return how much of what one sentence says another says too, dates and numbers aside."""
    asked = frozenset(s for s in part.stems - _CALENDAR if not s.isnumeric())
    return containment(asked, whole.stems, story.weights)


def _cited(
    story: Story,
    found: _Found,
    candidates: Mapping[SentenceKey, Candidate],
    known: Mapping[str, Calendar],
) -> Cited | None:
    """Return a dated sentence so that it can be read alone, None where that cannot be.

    A sentence brought along stands under its date and its mark too, so it must have no other date,
    and what was to come brings none along.
    """
    candidate = candidates.get((found.article.id, found.sentence.index))
    cited = self_contained(story, found.article, found.sentence, candidates)
    if candidate is None or cited is None or len(cited.text.split()) > _MAX_WORDS:
        return None
    if candidate.needs is not None:
        before = found.article.sentences[found.sentence.index - 1]
        dates = {found.resolved.date, *known[found.article.id].dates_in(before)}
        if found.to_come or len(dates) > 1:
            return None
    return cited


def _marked(found: _Found, cited: Cited) -> Dated:
    """Return the entry, with the words that mark what was to come."""
    text, pieces = cited.text, cited.pieces
    if found.to_come:
        text, pieces = prefixed(f"{expected(found.article.published_day)} ", text, pieces)
    return Dated(
        date=found.resolved.date,
        precision=found.resolved.precision,
        cited=Cited(id="", text=text, pieces=pieces, evidence=cited.evidence),
        to_come=found.to_come,
    )


def _within_bounds(story: Story, told: Sequence[tuple[_Found, Dated]]) -> tuple[Dated, ...]:
    """Keep the entries with most sources, the latest first among equals; one a sentence."""
    ranked = sorted(told, key=lambda t: (t[0].resolved.date, t[1].cited.text))
    ranked.sort(key=lambda t: t[0].rank, reverse=True)
    kept: list[tuple[_Found, Dated]] = []
    for found, dated in ranked:
        of_its_date = [f for f, _ in kept if f.resolved.date == found.resolved.date]
        first = not of_its_date
        further = (
            found.groups > 1
            and len(of_its_date) < MAX_A_DAY
            and not any(_one_event(story, found, f) for f in of_its_date)
        )
        if (first or further) and all(d.cited.text != dated.cited.text for _, d in kept):
            kept.append((found, dated))
    kept.sort(key=lambda t: (t[0].groups, t[0].resolved.date), reverse=True)
    return tuple(d for _, d in sorted(kept[:MAX_ENTRIES], key=lambda t: t[0].order))
