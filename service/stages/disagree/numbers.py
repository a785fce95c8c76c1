"""Find where sources give rival numbers for the same thing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import combinations

from service.domain.claims import Evidence
from service.domain.text import Article, Sentence
from service.lexis.cues import ATTRIBUTION_STEMS
from service.lexis.dates import find_dates
from service.lexis.events import event_of
from service.lexis.measures import TOLLS, measured, value_of
from service.lexis.numbers import Quantity, compatible, find_quantities, number_values
from service.lexis.profile import Profile, containment, days_differ, named_in
from service.lexis.words import CALENDAR, content_stems, stem
from service.stages.cite import Cited
from service.stages.disagree.rivals import Candidates, Rivals
from service.stages.mend import self_contained
from service.stages.story import SentenceKey, Story

# Two sentences are of one subject when they share this much of their content, and of the words that
# lead up to their numbers.
SAME_SUBJECT = 0.5
SAME_LEAD_UP = 0.7
LEAD_UP_STEMS = 4
MAX_RATIO = 4
GROWTH = timedelta(hours=3)
_CALENDAR = frozenset(stem(day) for day in CALENDAR)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Count:
    """A quantity in a sentence, with what is counted, in which event, and who and what is near it.

    `names` are those of the sentence and of the one before it; `lead_up` the content stems just
    before the number.
    """

    article: Article
    sentence: Sentence
    quantity: Quantity
    measure: str
    event: str
    event_word: str
    told: Profile
    names: frozenset[str]
    lead_up: frozenset[str]

    @property
    def subject(self) -> tuple[str, str]:
        """What a rival must share exactly: the kind of event of a toll, else whom the news is about."""
        return self.measure, self.event if self.measure in TOLLS else self.told.actor


Counts = Mapping[tuple[str, str], Sequence[_Count]]


def counted(story: Story) -> Counts:
    """Return the counts of a story by what a rival must share with them, read once for all that asks."""
    subjects: dict[tuple[str, str], list[_Count]] = {}
    for article, sentence in story.sentences():
        for count in _counts(story, article, sentence):
            subjects.setdefault(count.subject, []).append(count)
    return subjects


def number_rivals(story: Story, counts: Counts, candidates: Candidates) -> tuple[Rivals, ...]:
    """Return the questions on which independent sources give numbers that cannot all be right.

    Two counts rival each other when they measure the same thing of the same event, in articles of
    different groups neither of which gives both, and their intervals do not meet. A count that grew
    from one report to a later one is news, not a disagreement.
    """
    rivals = (_first_rivals(story, same, candidates) for same in counts.values())
    return tuple(r for r in rivals if r is not None)


def outgrown(counts: Counts) -> frozenset[SentenceKey]:
    """Return the sentences whose toll a later report has raised."""
    old: set[SentenceKey] = set()
    for (measure, event), same in counts.items():
        if measure not in TOLLS or not event:
            continue
        for a, b in combinations(same, 2):
            if a.article.id == b.article.id or compatible(a.quantity, b.quantity):
                continue
            if _grew(a, b) and _share_a_name(a.names, b.names):
                older = min(a, b, key=lambda c: c.quantity.low)
                old.add((older.article.id, older.sentence.index))
    return frozenset(old)


def _first_rivals(story: Story, counts: Sequence[_Count], candidates: Candidates) -> Rivals | None:
    given: dict[str, list[_Count]] = {}
    for count in counts:
        given.setdefault(count.article.id, []).append(count)
    for i, first in enumerate(counts):
        rivals = [c for c in counts[i + 1 :] if _rival(story, given, first, c)]
        if not rivals:
            continue
        positions = _positions([first, *rivals], counts, story, candidates)
        if len(positions) > 1:
            return Rivals(kind="number", question=_question(first), positions=positions)
    return None


def _counts(story: Story, article: Article, sentence: Sentence) -> Iterator[_Count]:
    told = story.profile_of(article, sentence)
    if not told.numbers:
        return
    text = article.quote(sentence.span)
    names = set(told.names)
    if sentence.index:
        names |= set(story.profile_of(article, article.sentences[sentence.index - 1]).names)
    event, word = event_of(text)
    for found in measured(text, find_dates(text)):
        yield _Count(
            article=article,
            sentence=sentence,
            quantity=found.quantity,
            measure=found.measure,
            event=event,
            event_word=word,
            told=told,
            names=frozenset(names - _CALENDAR),
            lead_up=_lead_up(text[: found.quantity.start], told.actor),
        )


def _lead_up(before: str, actor: str) -> frozenset[str]:
    told = [s for s in content_stems(before) if s not in ATTRIBUTION_STEMS and s != actor]
    return frozenset(told[-LEAD_UP_STEMS:])


def _rival(story: Story, given: Mapping[str, Sequence[_Count]], a: _Count, b: _Count) -> bool:
    """Say whether two counts of one subject are rivals."""
    if story.groups[a.article.id] == story.groups[b.article.id]:
        return False
    if (
        _far_apart(a, b)
        or compatible(a.quantity, b.quantity)
        or days_differ(a.told, b.told, ("year", "month", "weekday"))
    ):
        return False
    if not _same_subject(story, a, b) or _grew(a, b):
        return False
    pairs = ((a, b), (b, a))
    return not any(
        compatible(c.quantity, other.quantity) for x, other in pairs for c in given[x.article.id]
    )


def _same_subject(story: Story, a: _Count, b: _Count) -> bool:
    if a.measure in TOLLS and a.event:
        return _share_a_name(a.names, b.names)
    share = max(
        containment(a.told.stems - a.told.numbers, b.told.stems, story.weights),
        containment(b.told.stems - b.told.numbers, a.told.stems, story.weights),
    )
    shorter = min(len(a.lead_up), len(b.lead_up))
    alike = len(a.lead_up & b.lead_up) / shorter if shorter else 1.0
    return share >= SAME_SUBJECT and alike >= SAME_LEAD_UP


def _share_a_name(a: frozenset[str], b: frozenset[str]) -> bool:
    return not a or not b or any(named_in(name, b) for name in a)


def _far_apart(a: _Count, b: _Count) -> bool:
    """Say whether the counts differ too much to be reports of one thing."""
    low, high = sorted((a.quantity.low, b.quantity.low))
    return low <= 0 or high / low > MAX_RATIO


def _grew(a: _Count, b: _Count) -> bool:
    """Say whether the later of two dated reports gives the larger toll."""
    if a.measure not in TOLLS:
        return False
    first, second = a.article.published_at, b.article.published_at
    if first is None or second is None or abs(first - second) < GROWTH:
        return False
    earlier, later = (a, b) if first < second else (b, a)
    return later.quantity.low > earlier.quantity.low


def _positions(
    rivals: Sequence[_Count],
    counts: Sequence[_Count],
    story: Story,
    candidates: Candidates,
) -> tuple[tuple[str, Cited], ...]:
    """Return one position a value, each told by its best statement and cited wherever it is given."""
    positions: list[tuple[_Count, str, Cited]] = []
    for count in rivals:
        if any(compatible(count.quantity, other.quantity) for other, _, _ in positions):
            continue
        told = self_contained(story, count.article, count.sentence, candidates)
        value = _value_in(told.text, count.quantity) if told is not None else ""
        if told is None or not value:
            continue
        also: dict[str, Evidence] = {}
        for c in counts:
            if c.article.id != count.article.id and compatible(c.quantity, count.quantity):
                evidence = Evidence(article_id=c.article.id, span=c.sentence.span, score=1.0)
                also.setdefault(c.article.id, evidence)
        own = tuple(e for e in told.evidence if e.article_id == count.article.id)
        positions.append((count, value, replace(told, evidence=(*own, *also.values()))))
    return tuple((value, cited) for _, value, cited in positions)


def _value_in(text: str, quantity: Quantity) -> str:
    """Return how a statement words a quantity, or "" where it does not give it."""
    wanted = number_values(quantity.surface)
    return next(
        (value_of(q) for q in find_quantities(text) if number_values(q.surface) == wanted), ""
    )


def _question(count: _Count) -> str:
    where = f" in the {count.event_word}" if count.event_word else ""
    if count.measure in TOLLS:
        return f"How many people were {count.measure}{where}?"
    kind, _, unit = count.measure.partition(" ")
    if kind == "money":
        return f"How much money ({unit.upper()}){where}?"
    if kind == "percent":
        return f"What percentage{where}?"
    return f"What number, counted in {unit}{where}?"
