"""Find where sources give rival dates for the same thing."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from service.domain.text import Article, Sentence
from service.stages.disagree.days import Day, days_of, exclude, is_one_day
from service.stages.disagree.frames import (
    MIN_STEMS,
    Frame,
    frame,
    of_another_kind,
    other_deeds,
    other_names,
    other_owners,
    other_subjects,
    same_deed,
    same_frame,
    same_phrase,
    share,
    shared_names,
)
from service.stages.disagree.near import keys_of, near_pairs
from service.stages.disagree.questions import date_question
from service.stages.disagree.rivals import Answer, Candidates, Rivals, are_apart, joined, positions
from service.stages.story import Story

SAME_SUBJECT = 0.55
SAME_CLOSE_SUBJECT = 0.75
# Sentences that share no name, or no deed, share this much of all else.
SAME_ALL = 0.8
# "The Jan. 6 hearing" dates no hearing.
_ATTRIBUTIVE = re.compile(r"\b(?:the|a|an|its|his|her|their|this)\s$", re.IGNORECASE)
# A date that is no point in time: from when, until when, how long.
_SPANNING = re.compile(
    r"\b(?:since|until|till|from|by|before|after|between|to|through)\s$", re.IGNORECASE
)
# Who says it when: "said on Tuesday".
_SAID = re.compile(
    r"\b(?:said|says|told\b[^,]{0,40}|announced|reported|confirmed|added|wrote|stated)\s(?:\w+\s){0,3}$"
)
_SAID_AFTER = re.compile(r"\s(?:said|that\b|told\b|announced that|confirmed that)")
_MOVED = re.compile(
    r"(?i)\b(?:postpon|delay|reschedul|adjourn|brought forward|moved (?:to|from|up|back)|pushed back)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dating:
    """A date in a sentence, and what happened on it as the sentence tells it.

    `is_aside` tells that it dates something else: when somebody said so, or which hearing is meant;
    `is_one_of_two` that the sentence tells of another day, too.
    """

    article: Article
    sentence: Sentence
    day: Day
    is_aside: bool
    is_one_of_two: bool
    frame: Frame


def date_rivals(story: Story, candidates: Candidates) -> tuple[Rivals, ...]:
    """Return the questions on which sources give dates that cannot all be right.

    Two dates rival each other when they date the same thing in articles that are apart, neither of
    which gives both. What was planned for one day and happened, or was put off to, another has moved.
    """
    datings = [d for a, s in story.sentences() for d in _datings(a, s)]
    given: dict[str, list[_Dating]] = {}
    for dating in datings:
        given.setdefault(dating.article.id, []).append(dating)
    keys = [keys_of(story, d.frame, SAME_SUBJECT) for d in datings]

    def are_rivals(i: int, j: int) -> bool:
        a, b = datings[i], datings[j]
        return (
            _rival(story, a, b)
            and not _gives_both(story, given[a.article.id], a, b)
            and not _gives_both(story, given[b.article.id], b, a)
        )

    groups = joined(near_pairs(story, keys), are_rivals)
    told = (_told(story, candidates, [datings[i] for i in members]) for members in groups)
    return tuple(rivals for rivals in told if rivals is not None)


def _datings(article: Article, sentence: Sentence) -> Iterator[_Dating]:
    text = article.quote(sentence.span)
    days = days_of(article, text)
    fresh = [d for d in days if d.mention.weekday is not None or d.mention.relative]
    for day in days:
        before, after = text[: day.mention.start], text[day.mention.end :]
        # "Tuesday's attack" dates the attack as "the attack on Tuesday" does.
        aside = _ATTRIBUTIVE.search(before) and not after.startswith(("’s", "'s"))
        if day.mention.ambiguous or (
            day.mention.month is day.mention.weekday is None is day.mention.year
        ):
            continue
        yield _Dating(
            article=article,
            sentence=sentence,
            day=day,
            is_aside=bool(aside or _SAID.search(before) or _SAID_AFTER.match(after)),
            is_one_of_two=any(d is not day for d in fresh),
            frame=frame(article, sentence, day.mention.start, day.mention.end),
        )


def _rival(story: Story, a: _Dating, b: _Dating) -> bool:
    if not exclude(a.day, b.day) or not are_apart(story, a.article, b.article):
        return False
    if None is not a.day.is_ahead != b.day.is_ahead is not None:
        return False
    if _MOVED.search(a.frame.text) or _MOVED.search(b.frame.text):
        return False
    if _opens(a) != _opens(b):
        return False
    if a.is_aside != b.is_aside:
        return False
    return same_frame(story, a.frame, b.frame) or (
        not (a.is_aside or a.is_one_of_two or b.is_one_of_two)
        and _same_event(story, a.frame, b.frame)
    )


def _opens(dating: _Dating) -> str:
    found = _SPANNING.search(dating.frame.text, 0, dating.frame.start)
    return found[0].strip().lower() if found else ""


def _same_event(story: Story, a: Frame, b: Frame) -> bool:
    """Say whether two sentences tell of one event in other words."""
    if same_phrase(story, a, b):
        return True
    if of_another_kind(a, b) or other_owners(a, b) or other_subjects(a, b):
        return False
    named, alike = shared_names(a, b), share(story, a, b)
    if not same_deed(a, b):
        is_other = other_deeds(a, b) or other_names(a, b)
        return named > 0 and not is_other and alike >= SAME_ALL
    if other_names(a, b):
        # Two reports that name the same two things may each name a third.
        return named >= 2 and alike >= SAME_CLOSE_SUBJECT
    if not named:
        return len(a.stems & b.stems) >= MIN_STEMS and alike >= SAME_ALL
    return alike >= SAME_SUBJECT


def _gives_both(story: Story, given: Sequence[_Dating], own: _Dating, other: _Dating) -> bool:
    """Say whether an article gives the other's date for what it dates, too."""
    return any(
        is_one_day(d.day, other.day)
        and (same_frame(story, d.frame, own.frame) or _same_event(story, d.frame, own.frame))
        for d in given
        if d is not own
    )


def _told(story: Story, candidates: Candidates, members: Sequence[_Dating]) -> Rivals | None:
    days: list[list[_Dating]] = []
    for dating in members:
        # Of one day with all: "Friday" may be the 2nd, and the 9th, and these are not one.
        fitting = (d for d in days if all(is_one_day(x.day, dating.day) for x in d))
        if (same := next(fitting, None)) is not None:
            same.append(dating)
        else:
            days.append([dating])
    told = positions(story, candidates, [[_answer(d) for d in same] for same in days])
    if len(told) < 2:
        return None
    return Rivals(kind="date", question=date_question(members[0].frame), positions=told)


def _answer(dating: _Dating) -> Answer:
    surface = dating.day.mention.surface

    def worded(text: str) -> str:
        return surface if surface in text else ""

    return Answer(kind="date", article=dating.article, sentence=dating.sentence, worded=worded)
