"""Pairs of sentences that answer one question differently, and the positions made of them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from service.domain.text import Article, Sentence
from service.lexis.cues import negations
from service.lexis.kin import kin, kin_of, unmatched
from service.lexis.profile import days_differ
from service.lexis.words import content_stems, stem, words
from service.stages.cite import Cited
from service.stages.disagree.frames import Frame, weight
from service.stages.disagree.rivals import Answer, Candidates, are_apart, positions
from service.stages.story import Story

# Reports further apart than this tell of two days, and what changed between them is news.
SAME_DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """A sentence that gives an answer; equal `answer`s are one position, `value` its words there."""

    frame: Frame
    answer: str
    value: str

    @property
    def article(self) -> Article:
        return self.frame.article

    @property
    def sentence(self) -> Sentence:
        return self.frame.sentence


def telling(frame: Frame, answer: str) -> Telling:
    """Return the telling whose value is the stretch that its frame stands around."""
    return Telling(frame=frame, answer=answer, value=frame.text[frame.start : frame.end])


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How much two sentences share, by weight, around the stretches in question; all in [0, 1].

    `part` is the share of the shorter that the longer holds, `dice` that of both; `stems` how many
    content words the shorter has.
    """

    part: float
    dice: float
    stems: int


def likeness(story: Story, a: Frame, b: Frame) -> Likeness:
    """Return how much of two sentences is the same, the stretches in question left out.

    A word is the same as another of its meaning: what it weighs counts as shared on its own side.
    """
    mine, its = weight(a.stems, story.weights), weight(b.stems, story.weights)
    my_share = mine - weight(unmatched(a.stems, b.stems), story.weights)
    its_share = its - weight(unmatched(b.stems, a.stems), story.weights)
    shorter, its_part = min((mine, my_share), (its, its_share))
    return Likeness(
        part=its_part / shorter if shorter else 0.0,
        dice=(my_share + its_share) / (mine + its) if mine + its else 0.0,
        stems=min(len(a.stems), len(b.stems)),
    )


def alike_beside(a: Frame, b: Frame) -> bool:
    """Say whether the words next to the two stretches mean the same: half of them, or two in a run."""
    mine, its = (kin_of((*f.before[:3], *f.after[:3])) for f in (a, b))
    for one, other in ((a.before[:2], b.before[:2]), (a.after[:2], b.after[:2])):
        if len(one) > 1 and list(map(kin, one)) == list(map(kin, other)):
            return True
    return 2 * len(mine & its) >= min(len(mine), len(its)) > 0


def independent(story: Story, a: Frame, b: Frame) -> bool:
    """Say whether two reports are by two sources, and of one time as far as they tell."""
    if not are_apart(story, a.article, b.article):
        return False
    first, second = a.article.published_at, b.article.published_at
    if first is not None and second is not None and abs(first - second) > SAME_DAY:
        return False
    mine, its = (story.profile_of(f.article, f.sentence) for f in (a, b))
    return not days_differ(mine, its, ("year", "month", "weekday", "day"))


# Where the clause that a stretch belongs to starts.
_CLAUSE = re.compile(
    r"[;:()—–]|, (?:and|but|while|as|when|after|which) |\b(?:that|and|but|while|when|because|where|after|if) "
)


def subject(told: Frame) -> frozenset[str]:
    """Return the content words before a stretch in its clause: as a rule, whom it tells of.

    Empty where there is a pronoun, or nothing, instead.
    """
    return frozenset(content_stems(_clause(told))) & told.stems


def _clause(told: Frame) -> str:
    return _CLAUSE.split(told.text[: told.start])[-1]


def of_another(a: Frame, b: Frame) -> bool:
    """Say whether two tellings have different subjects: "the captain of ..." and "the cook of ...".

    In the passive, the one's subject is the other's object. "Officer Holm" and "Constable Holm" are one.
    """
    mine, its = subject(a), subject(b)
    if not mine or not its:
        return False
    if kin_of(mine) & kin_of(its):
        return bool(unmatched(mine, b.stems) and unmatched(its, a.stems)) and not _one_name(a, b)
    return bool(unmatched(mine, b.stems) and unmatched(its, a.stems))


def to_another(a: Frame, b: Frame) -> bool:
    """Say whether what follows the two stretches is not in the other sentence: named the owner, the driver."""
    mine, its = frozenset(a.after[:1]), frozenset(b.after[:1])
    return bool(unmatched(mine, b.stems) and unmatched(its, a.stems))


def _one_name(a: Frame, b: Frame) -> bool:
    """Say whether both clauses end in one name before the stretch."""
    last, its = (words(f.text[: f.start])[-1] for f in (a, b))
    of = any(" of " in _clause(f) for f in (a, b))
    return last.capitalised and stem(last.text) == stem(its.text) and not of


def told_by(
    story: Story,
    candidates: Candidates,
    sides: Sequence[Telling],
    tellings: Iterable[Telling],
) -> tuple[tuple[str, Cited], ...]:
    """Return one position a side, cited from every telling that words its answer the same way.

    Fewer than the sides, where no sentence of one can be read alone.
    """
    others = list(tellings)
    grouped = [
        [side, *(o for o in others if o.answer == side.answer and _words_it(o, side))]
        for side in sides
    ]
    return positions(story, candidates, [[_answer(t) for t in same] for same in grouped])


def _words_it(other: Telling, side: Telling) -> bool:
    """Say whether a telling has all words of the side's value, and denies as its sentence does."""
    return _stems(side.value) <= _stems(other.frame.text) and (
        bool(negations(side.frame.text)) == bool(negations(other.frame.text))
    )


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(w.text) for w in words(text))


def _answer(given: Telling) -> Answer:
    return Answer(
        # The strictest: what is cited must deny as its position does.
        kind="negation",
        article=given.article,
        sentence=given.sentence,
        worded=lambda text: given.value if given.value in text else "",
    )
