"""Find where sources give rival numbers for the same thing."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from service.lexis.events import deeds
from service.lexis.measures import TOLLS, hedge_of, may_agree, reconcilable, value_of
from service.lexis.numbers import find_quantities, number_values
from service.lexis.profile import named_in
from service.stages.disagree.counts import Count, Counts
from service.stages.disagree.days import is_history, of_other_days
from service.stages.disagree.frames import (
    MIN_STEMS,
    of_another_kind,
    other_deeds,
    other_names,
    other_owners,
    other_subjects,
    other_words,
    same_deed,
    same_frame,
    same_phrase,
    share,
    shared_names,
)
from service.stages.disagree.near import MOST_COMPARED, keys_of, near_pairs
from service.stages.disagree.questions import number_question
from service.stages.disagree.rivals import Answer, Candidates, Rivals, are_apart, joined, positions
from service.stages.disagree.tolls import (
    EARLIER,
    GROWTH,
    RISING,
    as_toll,
    corrects,
    is_one_toll,
    raises,
    taken_back,
)
from service.stages.story import SentenceKey, Story

# Two sentences in other words are of one subject when they name the same, and the lighter shares this
# much of its weight.
SAME_SUBJECT = 0.55
# Sentences that share no name, or no deed, share this much of all else.
SAME_ALL = 0.75
MAX_RATIO = 5
_TALLIES = frozenset(
    "point goal yard run rebound assist shot game lap set wicket pass catch".split()
)
# How long somebody is sent to prison for is fixed.
_TERMS = deeds("sentenced") | deeds("jail")
# Reports further apart in time tell in other words of other things.
ONE_STORY = timedelta(days=7)


def number_rivals(story: Story, counts: Counts, candidates: Candidates) -> tuple[Rivals, ...]:
    """Return the questions on which sources give numbers that cannot all be right.

    Two counts rival each other when they measure the same thing in articles that are apart, neither
    of which gives both, and their intervals do not meet. A count that grew from one report to a
    later one is news, not a disagreement.
    """
    found = (r for same in counts.values() for r in _rivals_of(story, same, candidates))
    return tuple(sorted(found, key=lambda r: r.positions[0][1].evidence[0].article_id))


def outgrown(counts: Counts) -> frozenset[SentenceKey]:
    """Return the sentences whose toll a later report has raised, or corrected either way."""
    tolls: dict[tuple[str, str], list[Count]] = {}
    given: dict[tuple[str, str], list[Count]] = {}
    for count in (toll for same in counts.values() for c in same if (toll := as_toll(c))):
        tolls.setdefault((count.measure, count.who), []).append(count)
        given.setdefault((count.measure, count.article.id), []).append(count)
    old: set[SentenceKey] = set()
    for same in tolls.values():
        taken = [frozenset(taken_back(given[c.measure, c.article.id], c)) for c in same]
        old |= {
            (count.article.id, count.sentence.index)
            for count in same
            if any(
                is_one_toll(count, new) and (corrects(back, new, count) or raises(new, count))
                for new, back in zip(same, taken, strict=True)
            )
        }
    return frozenset(old)


def _rivals_of(story: Story, same: Sequence[Count], candidates: Candidates) -> Iterator[Rivals]:
    given: dict[str, list[Count]] = {}
    for count in same:
        given.setdefault(count.article.id, []).append(count)
    keys = [
        keys_of(story, c.frame, SAME_SUBJECT, c.events if c.measure in TOLLS else ()) for c in same
    ]
    for members in joined(
        near_pairs(story, keys), lambda i, j: _rival(story, given, same[i], same[j])
    ):
        rivals, known = [same[i] for i in members], set(members)
        also = [
            c
            for i, c in enumerate(same)
            if i not in known and _joins(story, c, rivals[:MOST_COMPARED])
        ]
        values: list[list[Count]] = []
        for count in (*rivals, *also):
            fitting = (v for v in values if reconcilable(v[0].amount, count.amount))
            if (value := next(fitting, None)) is not None:
                value.append(count)
            else:
                values.append([count])
        told = positions(story, candidates, [[_answer(c) for c in value] for value in values])
        if len(told) > 1:
            first = rivals[0]
            question = number_question(first.frame, first.quantity, first.measure, first.event_word)
            yield Rivals(kind="number", question=question, positions=told)


def _answer(count: Count) -> Answer:
    wanted = number_values(count.quantity.surface)

    def worded(text: str) -> str:
        given = (q for q in find_quantities(text) if number_values(q.surface) == wanted)
        return next((value_of(q) for q in given), "")

    return Answer(kind="number", article=count.article, sentence=count.sentence, worded=worded)


def _rival(story: Story, given: Mapping[str, Sequence[Count]], a: Count, b: Count) -> bool:
    """Say whether two counts of one measure are rivals."""
    if reconcilable(a.amount, b.amount) or not are_apart(story, a.article, b.article):
        return False
    if _may_both_hold(a, b) or of_other_days(a.own_days, b.own_days):
        return False
    of_others = a.measure in TOLLS and of_other_days(a.days, b.days)
    if of_others and not same_frame(story, a.frame, b.frame):
        return False
    if may_agree(a.amount, b.amount) and not _bound_alike(story, a, b):
        return False
    if any(_tells_both(given[mine.article.id], mine, other) for mine, other in ((a, b), (b, a))):
        return False
    for is_same in _SAMENESS:
        if is_same(story, a, b):
            return not any(
                may_agree(c.amount, other.amount) and is_same(story, c, mine)
                for mine, other in ((a, b), (b, a))
                for c in given[mine.article.id]
                if c is not mine
            )
    return False


def _bound_alike(story: Story, a: Count, b: Count) -> bool:
    """Say whether two reports word one sentence alike, hedge and all, but for the figure."""
    return hedge_of(a.quantity) == hedge_of(b.quantity) and same_frame(story, a.frame, b.frame)


def _tells_both(given: Sequence[Count], mine: Count, other: Count) -> bool:
    """Say whether an article gives the other's toll, too: its own is then of a part, or of another event."""
    return mine.measure in TOLLS and any(
        may_agree(c.amount, other.amount, so_far=False)
        and c.who == mine.who
        and bool(c.events & other.events)
        for c in given
        if c is not mine
    )


def _may_both_hold(a: Count, b: Count) -> bool:
    """Say whether two numbers may both be right though they differ: of other people, days or parts."""
    values = ((a.values, b), (b.values, a))
    is_toll = a.measure in TOLLS
    return (
        (a.who != b.who and (is_toll or bool(a.who and b.who)))
        or a.is_part != b.is_part
        or a.is_sum != b.is_sum
        or a.is_aim != b.is_aim
        or other_owners(a.frame, b.frame)
        or other_subjects(a.frame, b.frame)
        or _far_apart(a, b)
        or _grew(a, b)
        or any(EARLIER.search(c.frame.text) for c in (a, b))
        # A sentence that gives the other's number, too, tells what either counts.
        or any(value <= other.frame.numbers for value, other in values)
    )


def _is_running(count: Count) -> bool:
    """Say whether a number differs from one moment to the next: time gone by, points in a game."""
    if count.quantity.kind == "duration":
        return count.frame.concepts.isdisjoint(_TERMS)
    return count.quantity.unit in _TALLIES


def _in_one_frame(story: Story, a: Count, b: Count) -> bool:
    return same_frame(story, a.frame, b.frame)


def _in_one_phrase(story: Story, a: Count, b: Count) -> bool:
    if _is_running(a) or other_words(a.places, b.places):
        return False
    return same_phrase(story, a.frame, b.frame)


def _of_one_subject(story: Story, a: Count, b: Count) -> bool:
    if _is_running(a) or a.is_part or b.is_part or other_words(a.places, b.places):
        return False
    return _same_subject(story, a, b)


# How two counts can be shown to be of one thing, the surest way first: the way that shows it must also
# show, of an article that gives both numbers, that it gives them of that thing.
_SAMENESS = (_in_one_frame, _in_one_phrase, _of_one_subject)


def _joins(story: Story, count: Count, rivals: Sequence[Count]) -> bool:
    """Say whether a count answers the rivals' question as one of them does."""
    return any(
        reconcilable(count.amount, r.amount)
        and count.who == r.who
        and not of_other_days(count.days, r.days)
        and (same_frame(story, count.frame, r.frame) or _same_subject(story, count, r))
        for r in rivals
    )


def _same_subject(story: Story, a: Count, b: Count) -> bool:
    """Say whether two counts are of one thing, told in other words."""
    if a.measure in TOLLS and _of_one_event(a, b):
        return True
    if a.measure in ("count", "label", "ordinal") or _published_apart(a, b):
        return False
    if a.events and b.events and a.events.isdisjoint(b.events):
        return False
    if other_names(a.frame, b.frame):
        return False
    # What will cost so much, and what was put at so much, is one sum.
    if of_another_kind(a.frame, b.frame, is_estimate=a.quantity.kind == "money"):
        return False
    named, alike = shared_names(a.frame, b.frame) > 0, share(story, a.frame, b.frame)
    if same_deed(a.frame, b.frame) and named:
        return alike >= SAME_SUBJECT
    if other_deeds(a.frame, b.frame):
        return False
    return alike >= SAME_ALL and len(a.frame.stems & b.frame.stems) >= MIN_STEMS


def _of_one_event(a: Count, b: Count) -> bool:
    if all(is_history(c.days) for c in (a, b)) or a.is_sum or b.is_sum:
        return False
    return (
        bool(a.events & b.events)
        and a.who == b.who
        and not (a.is_part or b.is_part)
        and not of_other_days(a.days, b.days)
        and (not a.names or not b.names or any(named_in(n, b.names) for n in a.names))
    )


def _published_apart(a: Count, b: Count) -> bool:
    first, second = a.article.published_at, b.article.published_at
    return first is not None and second is not None and abs(first - second) > ONE_STORY


def _far_apart(a: Count, b: Count) -> bool:
    """Say whether the counts differ too much to be reports of one thing."""
    low, high = sorted((a.quantity.low, b.quantity.low))
    return low <= 0 or high / low > MAX_RATIO


def _grew(a: Count, b: Count) -> bool:
    """Say whether the later of two dated reports gives the larger toll, or one says that it rose."""
    if a.measure not in TOLLS:
        return False
    less, more = sorted((a, b), key=lambda c: c.quantity.low)
    first, second = less.article.published_at, more.article.published_at
    if first is None or second is None:
        # Where both say "so far", the word tells nothing of who is later.
        return bool(RISING.search(more.frame.text)) and not RISING.search(less.frame.text)
    return second - first >= GROWTH
