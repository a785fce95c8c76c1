"""Find where sources tell of one thing that it is in states which exclude each other."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from service.lexis.states import Contrast, State, states
from service.stages.disagree.frames import Frame, frame, other_names
from service.stages.disagree.near import kin_keys_of, near_pairs
from service.stages.disagree.rivals import Candidates, Rivals
from service.stages.disagree.tellings import (
    Telling,
    alike_beside,
    independent,
    likeness,
    of_another,
    subject,
    telling,
    to_another,
    told_by,
)
from service.stages.story import Story

# How much of the shorter sentence, and of both, has to be the same besides the state.
SAME_PART, SAME_DICE, MIN_STEMS = 0.6, 0.5, 2
# The same where the states follow each other, so that only the same report retold tells of one moment.
RETOLD_PART, RETOLD_DICE, RETOLD_STEMS = 0.75, 0.6, 3
# Both, where one of the two does not say of whom it tells.
UNNAMED_DICE = 0.9
# Where the shorter one, a number and all, is a part of the longer one, what else that tells matters less.
WHOLE_PART, WHOLE_DICE = 0.95, 0.3
# Where both name of whom they tell, and the states do not follow each other.
NAMED_PART, NAMED_DICE = 0.5, 0.4
LEAST_PART = min(SAME_PART, RETOLD_PART, WHOLE_PART, NAMED_PART)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """A state told of, and all states of its contrast that the sentence tells of."""

    frame: Frame
    state: State
    beside: tuple[str, ...]

    @property
    def telling(self) -> Telling:
        return telling(self.frame, self.state.state)


def status_rivals(story: Story, candidates: Candidates) -> tuple[Rivals, ...]:
    """Return the questions in what state something is that independent sources answer differently.

    Two sentences may tell of other states too, as long as they are the same; reports of different days
    tell what changed.
    """
    told: dict[str, list[_Told]] = defaultdict(list)
    for article, sentence in story.sentences():
        text = article.quote(sentence.span)
        found = states(text)
        for state in found:
            beside = tuple(sorted(s.state for s in found if s.contrast is state.contrast))
            framed = frame(article, sentence, state.start, state.end)
            told[state.contrast.name].append(_Told(frame=framed, state=state, beside=beside))
    used: set[tuple[str, int]] = set()
    rivals: list[Rivals] = []
    for same in told.values():
        rivals += _rivals(story, same, candidates, used)
    return tuple(rivals)


def _rivals(
    story: Story, told: Sequence[_Told], candidates: Candidates, used: set[tuple[str, int]]
) -> list[Rivals]:
    """Return the disagreements of one contrast; a sentence takes part in one of them at most."""
    kept = [kin_keys_of(story, t.frame, LEAST_PART) for t in told]
    pairs = [
        (likeness(story, a.frame, b.frame).dice, a, b)
        for a, b in ((told[i], told[j]) for i, j in near_pairs(story, kept))
        if a.state.state != b.state.state and _of_one_thing(story, a, b)
    ]
    found = []
    for _, a, b in sorted(pairs, key=lambda p: -p[0]):
        keys = {(t.frame.article.id, t.frame.sentence.index) for t in (a, b)}
        if keys & used:
            continue
        joined = [t.telling for t in told if _joins(story, t, a) or _joins(story, t, b)]
        made = told_by(story, candidates, (a.telling, b.telling), joined)
        if len(made) > 1:
            used |= keys | {(t.article.id, t.sentence.index) for t in joined}
            question = _question(a.state.contrast)
            found.append(Rivals(kind="status", question=question, positions=made))
    return found


def _joins(story: Story, told: _Told, one: _Told) -> bool:
    """Say whether a sentence gives the same answer about the same thing."""
    return told.state.state == one.state.state and _alike(story, told, one)


def _of_one_thing(story: Story, a: _Told, b: _Told) -> bool:
    return (
        a.state.is_ahead == b.state.is_ahead
        and Counter(a.beside) - Counter(b.beside) == Counter([a.state.state])
        and Counter(b.beside) - Counter(a.beside) == Counter([b.state.state])
        and independent(story, a.frame, b.frame)
        and _alike(story, a, b)
    )


def _alike(story: Story, a: _Told, b: _Told) -> bool:
    one, other = a.frame, b.frame
    if other_names(one, other) or not alike_beside(one, other):
        return False
    if one.numbers - other.numbers and other.numbers - one.numbers:
        return False
    alike = likeness(story, one, other)
    if of_another(one, other):
        return False
    if not (subject(one) and subject(other)) and alike.dice < UNNAMED_DICE:
        return False
    if a.state.contrast.passes:
        limits = RETOLD_PART, RETOLD_DICE, RETOLD_STEMS
    elif subject(one) & subject(other) & one.names & other.names and not to_another(one, other):
        limits = NAMED_PART, NAMED_DICE, RETOLD_STEMS
    else:
        limits = SAME_PART, SAME_DICE, MIN_STEMS
    part, dice, stems = limits
    if one.numbers & other.numbers and alike.part >= WHOLE_PART:
        dice = min(dice, WHOLE_DICE)
    return alike.part >= part and alike.dice >= dice and alike.stems >= stems


def _question(contrast: Contrast) -> str:
    return contrast.question
