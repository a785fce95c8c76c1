"""Find where sources give rival numbers for the same thing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from service.domain.claims import Evidence
from service.domain.text import Article, Sentence
from service.lexis.dates import find_dates
from service.lexis.numbers import Quantity, compatible, find_quantities, number_values
from service.lexis.profile import containment, same_name
from service.lexis.words import stem, words
from service.stages.cite import Cited
from service.stages.claims import Candidate
from service.stages.mend import self_contained
from service.stages.story import SentenceKey, Story

# What a count of people counts, told by the word nearest to it.
_TOLLS: dict[str, tuple[str, ...]] = {
    "killed": ("kill", "dead", "die", "death", "fatal", "slain", "perish", "casualti", "toll"),
    "injured": ("injur", "wound", "hurt"),
    "missing": ("miss", "unaccount"),
    "arrested": ("arrest", "detain"),
    "displaced": ("displac", "evacu", "homeless"),
    "rescued": ("rescu", "save"),
}
_TOLL_OF = {stem_: toll for toll, stems in _TOLLS.items() for stem_ in stems}
_TOLL_REACH_WORDS = 6
# Events under the names that reports of one event give it.
_EVENTS: tuple[tuple[str, frozenset[str]], ...] = tuple(
    (names.split()[0], frozenset(stem(n) for n in names.split()))
    for names in (
        "attack assault shooting gunmen massacre raid bombing bomb blast explosion stabbing",
        "earthquake quake tremor temblor aftershock",
        "crash collision derailment accident",
        "fire blaze wildfire inferno",
        "flood flooding floods deluge landslide mudslide",
        "storm hurricane cyclone typhoon tornado",
        "tsunami wave",
        "outbreak epidemic pandemic virus disease",
        "strike airstrike shelling bombardment",
        "protest riot clash demonstration unrest",
        "sinking shipwreck capsize",
        "collapse",
    )
)
SAME_SUBJECT = 0.5
MAX_RATIO = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Count:
    """A quantity in a sentence, with what is counted and in which event."""

    article: Article
    sentence: Sentence
    quantity: Quantity
    measure: str
    event: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rivals:
    """A question, and each answer given to it with the statement that gives it."""

    question: str
    positions: tuple[tuple[str, Cited], ...]


def disagreements(story: Story, candidates: Mapping[SentenceKey, Candidate]) -> tuple[Rivals, ...]:
    """Return the questions on which independent sources give numbers that cannot all be right.

    Two counts rival each other when they measure the same thing of the same event, in articles of
    different groups neither of which gives both, and their intervals do not meet. A count that grew
    from one day to the next is news, not a disagreement.
    """
    measured: dict[str, list[_Count]] = {}
    for article, sentence in story.sentences():
        for count in _counts(story, article, sentence):
            measured.setdefault(count.measure, []).append(count)
    found: list[Rivals] = []
    for counts in measured.values():
        told: set[str] = set()
        for i, first in enumerate(counts):
            rivals = [c for c in counts[i + 1 :] if _rival(story, counts, first, c)]
            if not rivals or first.event in told:
                continue
            positions = _positions(story, [first, *rivals], counts, candidates)
            if len(positions) > 1:
                told.add(first.event)
                found.append(Rivals(question=_question(first), positions=positions))
    return tuple(found)


def _counts(story: Story, article: Article, sentence: Sentence) -> Iterator[_Count]:
    text = article.quote(sentence.span)
    if not any(c.isnumeric() for c in text) and not story.profile_of(article, sentence).numbers:
        return
    dates = [(d.start, d.end) for d in find_dates(text)]
    for quantity in find_quantities(text, dates):
        toll = _toll(text, quantity) if quantity.kind == "count" else ""
        measure = toll or (f"{quantity.kind} {quantity.unit}" if quantity.unit else "")
        if measure:
            yield _Count(
                article=article,
                sentence=sentence,
                quantity=quantity,
                measure=measure,
                event=_event(text),
            )


def _toll(text: str, quantity: Quantity) -> str:
    """Return what a bare count or a count of people counts: the toll word nearest to it, or ""."""
    if quantity.unit not in (
        None,
        "person",
        "man",
        "woman",
        "child",
        "civilian",
        "soldier",
        "death",
        "life",
    ):
        return _toll_of_unit(quantity)
    spoken = words(text)
    near: list[tuple[int, int, str]] = []
    inside = [i for i, w in enumerate(spoken) if quantity.start <= w.start < quantity.end]
    if not inside:
        return ""
    for i, word in enumerate(spoken):
        toll = _TOLL_OF.get(stem(word.text))
        distance = inside[0] - i if i < inside[0] else i - inside[-1]
        if toll and distance <= _TOLL_REACH_WORDS:
            near.append((max(0, distance), i, toll))
    return min(near)[2] if near else ""


def _toll_of_unit(quantity: Quantity) -> str:
    return _TOLL_OF.get(stem(quantity.unit or ""), "")


def _event(text: str) -> str:
    stems = {stem(w.text) for w in words(text)}
    return next((name for name, names in _EVENTS if names & stems), "")


def _rival(story: Story, counts: Sequence[_Count], a: _Count, b: _Count) -> bool:
    """Say whether two counts of one measure are rivals."""
    if story.groups[a.article.id] == story.groups[b.article.id]:
        return False
    if _far_apart(a, b) or compatible(a.quantity, b.quantity):
        return False
    if not _same_subject(story, a, b) or _years_differ(a, b) or _grew(a, b):
        return False
    return not any(_gives(counts, x.article, y) for x, y in ((a, b), (b, a)))


def _same_subject(story: Story, a: _Count, b: _Count) -> bool:
    mine, its = story.profile_of(a.article, a.sentence), story.profile_of(b.article, b.sentence)
    if a.measure in _TOLLS and a.event and a.event == b.event:
        return True
    if not same_name(mine.actor, its.actor):
        return False
    share = max(
        containment(mine.stems - mine.numbers, its.stems, story.weights),
        containment(its.stems - its.numbers, mine.stems, story.weights),
    )
    return share >= SAME_SUBJECT


def _years_differ(a: _Count, b: _Count) -> bool:
    mine, its = _years(a), _years(b)
    return bool(mine and its and not mine & its)


def _years(count: _Count) -> set[int]:
    text = count.article.quote(count.sentence.span)
    return {d.year for d in find_dates(text) if d.year is not None}


def _far_apart(a: _Count, b: _Count) -> bool:
    """Say whether the counts differ too much to be reports of one thing."""
    low, high = sorted((a.quantity.low, b.quantity.low))
    return low <= 0 or high / low > MAX_RATIO


def _grew(a: _Count, b: _Count) -> bool:
    """Say whether the later of two dated reports gives the larger count."""
    first, second = a.article.published_at, b.article.published_at
    if first is None or second is None or first.date() == second.date():
        return False
    earlier, later = (a, b) if first < second else (b, a)
    return later.quantity.low > earlier.quantity.low


def _gives(counts: Sequence[_Count], article: Article, other: _Count) -> bool:
    """Say whether an article itself also gives the other's number for that measure."""
    return any(
        c.article.id == article.id and compatible(c.quantity, other.quantity) for c in counts
    )


def _positions(
    story: Story,
    rivals: Sequence[_Count],
    counts: Sequence[_Count],
    candidates: Mapping[SentenceKey, Candidate],
) -> tuple[tuple[str, Cited], ...]:
    """Return one position a value, each told by its best statement and cited wherever it is given."""
    positions: list[tuple[_Count, Cited]] = []
    for count in rivals:
        told = self_contained(story, count.article, count.sentence, candidates)
        if told is None or any(_meets(count, other) for other, _ in positions):
            continue
        also = [
            Evidence(article_id=c.article.id, span=c.sentence.span, score=1.0)
            for c in counts
            if c.article.id != count.article.id and c.event == count.event and _meets(c, count)
        ]
        own = tuple(e for e in told.evidence if e.article_id == count.article.id)
        positions.append((count, replace(told, evidence=own + _first_each(also))))
    return tuple((_value(count.quantity), cited) for count, cited in positions)


def _value(quantity: Quantity) -> str:
    """Return the quantity as its source words it, without the noun counted: "over 130"."""
    if quantity.kind != "count":
        return quantity.surface
    end = len(quantity.surface)
    for word in reversed(words(quantity.surface)):
        if number_values(word.text):
            break
        end = word.start
    return quantity.surface[:end].rstrip() or quantity.surface


def _meets(a: _Count, b: _Count) -> bool:
    return compatible(a.quantity, b.quantity)


def _first_each(evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    first: dict[str, Evidence] = {}
    for e in evidence:
        first.setdefault(e.article_id, e)
    return tuple(first.values())


def _question(count: _Count) -> str:
    where = f" in the {count.event}" if count.event else ""
    if count.measure in _TOLLS:
        verb = "were missing" if count.measure == "missing" else f"were {count.measure}"
        return f"How many people {verb}{where}?"
    kind, _, unit = count.measure.partition(" ")
    if kind == "money":
        return f"How much money ({unit.upper()}){where}?"
    if kind == "percent":
        return f"What percentage{where}?"
    return f"What number, counted in {unit}{where}?"
