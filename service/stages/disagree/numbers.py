"""Find where sources give rival numbers for the same thing."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations

from service.domain.text import Article, Sentence
from service.lexis.dates import find_dates
from service.lexis.events import event_of, events_of
from service.lexis.measures import (
    TOLLS,
    Measured,
    measured,
    people_counted,
    reconcilable,
    value_of,
)
from service.lexis.numbers import Quantity, find_quantities, number_values
from service.lexis.profile import name_stems, named_in
from service.lexis.words import CALENDAR, stem
from service.stages.disagree.days import Day, days_of, is_history, of_other_days
from service.stages.disagree.frames import (
    Frame,
    clause,
    frame,
    other_words,
    same_deed,
    same_frame,
    same_phrase,
    share,
    tells_another,
)
from service.stages.disagree.questions import number_question
from service.stages.disagree.rivals import Answer, Candidates, Rivals, are_apart, joined, positions
from service.stages.story import SentenceKey, Story

# Two sentences in other words are of one subject when they name the same, and the lighter shares this
# much of its weight.
SAME_SUBJECT = 0.55
MAX_RATIO = 5
_TALLIES = frozenset(
    "point goal yard run rebound assist shot game lap set wicket pass catch".split()
)
GROWTH = timedelta(hours=3)
# Reports further apart in time tell in other words of other things.
ONE_STORY = timedelta(days=7)
_CALENDAR = frozenset(stem(day) for day in CALENDAR)
# "Among them 3 children", "another 12": a part of a number, or a number besides.
_PART_BEFORE = re.compile(
    r"(?i)\b(?:including|included?s?|among (?:them|those|the [a-z]+)|of (?:them|whom|those|which|the [a-z]+)"
    r"|another|(?:the|an?|and|two|some) others?|each|every|further|additional|extra|with|plus|per"
    r"|up|by|from)[,:]?\s(?:were\s|was\s|are\s|at least\s|about\s|some\s|the\s|an?\s)*$"
)
_PART_AFTER = re.compile(
    r"(?i)\s(?:of\s(?:them|those|whom|which|the|its|his|her|their)\b|(?:were|was)\s(?:in|from|among)\b|others?\b|more\b|additional\b|further\b|each\b|per\b|an?\s(?:day|week|month|year)\b)"
)
# A time of day in four digits; and "(50 miles)", which says again in other units.
_NO_COUNT = re.compile(r"(?i)\s?(?:GMT|UTC|hrs|local time|[ap]\.?m\b)")
_CONVERTED = re.compile(r"\d[^()]{0,20}\([^()]{0,12}$")
# Told closely enough to be another number: "seriously injured", "in Leeds".
_DEGREES = re.compile(r"(?i)\b(?:seriously|critically|severely|slightly|badly|minor)\b")
_OPENING_PLACE = re.compile(r"(?:In|At|Near|Around|Outside) [^,]{2,60}, ")
_COMMA = re.compile(r"[,;:()]\s|\s[-–—]\s")
_HURT_BEFORE = re.compile(r"(?i)\b(?:injur|wound|hurt)\w*\s$")
_RISING = re.compile(
    r"(?i)\b(?:ris(?:es|en|ing)|rose|climb(?:s|ed|ing)?|increas(?:es|ed|ing)|grown?|grew|jump(?:s|ed)|now|so far"
    r"|revis(?:es|ed)|updated?|latest)\b"
)
_EARLIER = re.compile(
    r"(?i)\b(?:earlier|initial(?:ly)?|at first|previous(?:ly)?|originally|preliminary|first reports"
    r"|up from|down from)\b"
)
# A sum over time or places is not the toll of one event.
_SUMS = re.compile(
    r"(?i)\b(?:(?:this|last|past|previous|recent) (?:\w+ )?(?:years?|months?|weeks?|decades?|days)"
    r"|since \w+|so far this|a (?:year|decade|month|week)|in all|combined|nationwide|across the country"
    r"|history|historic|deadliest|worst|decades?|every year|each year|annual(?:ly)?|years ago)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Count:
    """A quantity in a sentence, with what is counted, in which events, and who and what is near it.

    `names` are those of the sentence and of the one before it; `who` the people counted, where they
    are told more closely than as people; `part` tells that others were counted beside or before.
    """

    article: Article
    sentence: Sentence
    quantity: Quantity
    measure: str
    who: str
    events: frozenset[str]
    event_word: str
    frame: Frame
    names: frozenset[str]
    days: tuple[Day, ...]
    places: frozenset[str]
    is_part: bool
    is_sum: bool


Counts = Mapping[str, Sequence[_Count]]


def counted(story: Story) -> Counts:
    """Return the counts of a story by what they measure, read once for all that asks."""
    subjects: dict[str, list[_Count]] = {}
    for article, sentence in story.sentences():
        if story.profile_of(article, sentence).numbers:
            for count in _counts(story, article, sentence):
                subjects.setdefault(count.measure, []).append(count)
    return subjects


def number_rivals(story: Story, counts: Counts, candidates: Candidates) -> tuple[Rivals, ...]:
    """Return the questions on which sources give numbers that cannot all be right.

    Two counts rival each other when they measure the same thing in articles that are apart, neither
    of which gives both, and their intervals do not meet. A count that grew from one report to a
    later one is news, not a disagreement.
    """
    found = (r for same in counts.values() for r in _rivals_of(story, same, candidates))
    return tuple(sorted(found, key=lambda r: r.positions[0][1].evidence[0].article_id))


def outgrown(counts: Counts) -> frozenset[SentenceKey]:
    """Return the sentences whose toll a later report has raised."""
    old: set[SentenceKey] = set()
    for measure, same in counts.items():
        for a, b in combinations(same, 2) if measure in TOLLS else ():
            if (
                a.article.id != b.article.id
                and _of_one_event(a, b)
                and not reconcilable(a.quantity, b.quantity)
                and _grew(a, b)
            ):
                older = min(a, b, key=lambda c: c.quantity.low)
                old.add((older.article.id, older.sentence.index))
    return frozenset(old)


def _rivals_of(story: Story, same: Sequence[_Count], candidates: Candidates) -> Iterator[Rivals]:
    given: dict[str, list[_Count]] = {}
    for count in same:
        given.setdefault(count.article.id, []).append(count)
    pairs = [
        (i, j) for (i, a), (j, b) in combinations(enumerate(same), 2) if _rival(story, given, a, b)
    ]
    for members in joined(pairs):
        rivals = [same[i] for i in members]
        also = [c for c in same if c not in rivals and _joins(story, c, rivals)]
        values: list[list[_Count]] = []
        for count in (*rivals, *also):
            fitting = (v for v in values if reconcilable(v[0].quantity, count.quantity))
            if (value := next(fitting, None)) is not None:
                value.append(count)
            else:
                values.append([count])
        told = positions(story, candidates, [[_answer(c) for c in value] for value in values])
        if len(told) > 1:
            first = rivals[0]
            question = number_question(first.frame, first.quantity, first.measure, first.event_word)
            yield Rivals(kind="number", question=question, positions=told)


def _answer(count: _Count) -> Answer:
    wanted = number_values(count.quantity.surface)

    def worded(text: str) -> str:
        given = (q for q in find_quantities(text) if number_values(q.surface) == wanted)
        return next((value_of(q) for q in given), "")

    return Answer(article=count.article, sentence=count.sentence, worded=worded)


def _counts(story: Story, article: Article, sentence: Sentence) -> Iterator[_Count]:
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
    days = days_of(article, text)
    if not days and before is not None and not events_of(text):
        days = days_of(article, article.quote(before.span))
    for found in measured(text, find_dates(text)):
        if _NO_COUNT.match(text, found.quantity.end) or _CONVERTED.search(
            text, 0, found.quantity.start
        ):
            continue
        yield _Count(
            article=article,
            sentence=sentence,
            quantity=found.quantity,
            measure=found.measure,
            who=_who(text, found),
            events=events,
            event_word=word,
            frame=frame(article, sentence, found.quantity.start, found.quantity.end),
            names=frozenset(names - _CALENDAR),
            days=days,
            places=_places(text, found.quantity),
            is_part=_is_part(text, found),
            is_sum=_SUMS.search(text) is not None
            or len({d.mention.year for d in days} - {None}) > 1,
        )


def _who(text: str, found: Measured) -> str:
    if found.measure not in TOLLS:
        return ""
    hurt = _DEGREES.search(clause(text, found.quantity.start, found.quantity.end))
    return f"{people_counted(found.quantity)} {hurt[0].lower() if hurt else ''}".strip()


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


def _rival(story: Story, given: Mapping[str, Sequence[_Count]], a: _Count, b: _Count) -> bool:
    """Say whether two counts of one measure are rivals."""
    if reconcilable(a.quantity, b.quantity) or not are_apart(story, a.article, b.article):
        return False
    if _may_both_hold(a, b):
        return False
    for is_same in _SAMENESS:
        if is_same(story, a, b):
            return not any(
                reconcilable(c.quantity, other.quantity) and is_same(story, c, mine)
                for mine, other in ((a, b), (b, a))
                for c in given[mine.article.id]
            )
    return False


def _may_both_hold(a: _Count, b: _Count) -> bool:
    """Say whether two numbers may both be right though they differ: of other people, days or parts."""
    values = [(frozenset(number_values(x.quantity.surface)), y) for x, y in ((a, b), (b, a))]
    return (
        a.who != b.who
        or a.is_part != b.is_part
        or _far_apart(a, b)
        or _grew(a, b)
        or of_other_days(a.days, b.days)
        or any(_EARLIER.search(c.frame.text) for c in (a, b))
        # A sentence that gives the other's number, too, tells what either counts.
        or any(value <= other.frame.numbers for value, other in values)
    )


def _is_running(count: _Count) -> bool:
    """Say whether a number differs from one moment to the next: time gone by, points in a game."""
    return count.quantity.kind == "duration" or count.quantity.unit in _TALLIES


def _in_one_frame(story: Story, a: _Count, b: _Count) -> bool:
    return same_frame(story, a.frame, b.frame)


def _in_one_phrase(story: Story, a: _Count, b: _Count) -> bool:
    if _is_running(a) or other_words(a.places, b.places):
        return False
    return same_phrase(story, a.frame, b.frame)


def _of_one_subject(story: Story, a: _Count, b: _Count) -> bool:
    if _is_running(a) or a.is_part or b.is_part or other_words(a.places, b.places):
        return False
    return _same_subject(story, a, b)


# How two counts can be shown to be of one thing, the surest way first: the way that shows it must also
# show, of an article that gives both numbers, that it gives them of that thing.
_SAMENESS = (_in_one_frame, _in_one_phrase, _of_one_subject)


def _joins(story: Story, count: _Count, rivals: Sequence[_Count]) -> bool:
    """Say whether a count answers the rivals' question as one of them does."""
    return any(
        reconcilable(count.quantity, r.quantity)
        and count.who == r.who
        and not of_other_days(count.days, r.days)
        and (same_frame(story, count.frame, r.frame) or _same_subject(story, count, r))
        for r in rivals
    )


def _same_subject(story: Story, a: _Count, b: _Count) -> bool:
    """Say whether two counts are of one thing, told in other words."""
    if a.measure in TOLLS:
        return _of_one_event(a, b)
    if a.measure in ("count", "label", "ordinal") or _published_apart(a, b):
        return False
    if tells_another(a.frame, b.frame) or not same_deed(a.frame, b.frame):
        return False
    named = any(named_in(n, b.frame.names) for n in a.frame.names)
    return named and share(story, a.frame, b.frame) >= SAME_SUBJECT


def _of_one_event(a: _Count, b: _Count) -> bool:
    if all(is_history(c.days) for c in (a, b)) or a.is_sum or b.is_sum:
        return False
    return (
        bool(a.events & b.events)
        and a.who == b.who
        and not (a.is_part or b.is_part)
        and not of_other_days(a.days, b.days)
        and (not a.names or not b.names or any(named_in(n, b.names) for n in a.names))
    )


def _published_apart(a: _Count, b: _Count) -> bool:
    first, second = a.article.published_at, b.article.published_at
    return first is not None and second is not None and abs(first - second) > ONE_STORY


def _far_apart(a: _Count, b: _Count) -> bool:
    """Say whether the counts differ too much to be reports of one thing."""
    low, high = sorted((a.quantity.low, b.quantity.low))
    return low <= 0 or high / low > MAX_RATIO


def _grew(a: _Count, b: _Count) -> bool:
    """Say whether the later of two dated reports gives the larger toll, or one says that it rose."""
    if a.measure not in TOLLS:
        return False
    less, more = sorted((a, b), key=lambda c: c.quantity.low)
    first, second = less.article.published_at, more.article.published_at
    if first is None or second is None:
        return _RISING.search(more.frame.text) is not None
    return second - first >= GROWTH
