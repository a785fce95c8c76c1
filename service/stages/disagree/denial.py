"""Find where one source states what another denies."""

from collections.abc import Iterator
from dataclasses import dataclass

from service.domain.brief import DisagreementKind
from service.lexis.denials import Deed, deeds_of, denials, verb_of
from service.lexis.kin import kin_of
from service.lexis.words import words
from service.stages.disagree.frames import Frame, frame, other_names
from service.stages.disagree.rivals import Candidates, Rivals, are_apart
from service.stages.disagree.tellings import (
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

# How much of the shorter sentence, and of both, has to be the same besides the verb.
SAME_PART, SAME_DICE, MIN_STEMS = 0.6, 0.45, 3
# The same where the verb is as good as none: only a sentence that is retold word for word.
RETOLD_PART, RETOLD_DICE = 0.85, 0.75
# Where both name whom they tell of and go on alike, what else they tell matters less.
NAMED_PART, NAMED_DICE = 0.5, 0.35
# Where the shorter one, a name and all, is a part of the longer one.
WHOLE_PART, WHOLE_DICE, WHOLE_STEMS, NAMED_STEMS = 0.95, 0.2, 4, 2
_DENIED, _STATED = "denied", "stated"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stated:
    """A deed that a sentence tells of as done."""

    frame: Frame
    deed: Deed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    denied: Frame
    stated: Frame
    deed: Deed
    share: float


def denial_rivals(story: Story, candidates: Candidates) -> tuple[Rivals, ...]:
    """Return the deeds that one independent source denies, and another tells as done.

    Both must be of the same verb and about the same: whom, what and where; only the denial differs.
    """
    by_verb = _by_verb(story)
    pairs: dict[str, list[_Pair]] = {}
    for article, sentence in story.sentences():
        for deed in denials(article.quote(sentence.span)):
            denied = frame(article, sentence, deed.start, deed.end)
            for pair in _pairs(story, denied, deed, by_verb):
                pairs.setdefault(deed.verb, []).append(pair)
    found = (_rivals(story, same, candidates) for same in pairs.values())
    return tuple(r for r in found if r is not None)


def _by_verb(story: Story) -> dict[str, list[_Stated]]:
    """Return where a sentence tells of each verb that is denied somewhere."""
    told = list(story.sentences())
    denied = {d.verb for a, s in told for d in denials(a.quote(s.span))}
    found: dict[str, list[_Stated]] = {}
    for article, sentence in told if denied else ():
        text = article.quote(sentence.span)
        for verb in dict.fromkeys(verb_of(w.lower) for w in words(text)):
            for deed in deeds_of(text, verb) if verb in denied else ():
                stated = frame(article, sentence, deed.start, deed.end)
                found.setdefault(verb, []).append(_Stated(frame=stated, deed=deed))
    return found


def _pairs(
    story: Story, denied: Frame, deed: Deed, by_verb: dict[str, list[_Stated]]
) -> Iterator[_Pair]:
    for told in by_verb.get(deed.verb, ()):
        stated = told.frame
        if told.deed.mode != deed.mode or not are_apart(story, stated.article, denied.article):
            continue
        if _of_one_deed(story, denied, stated, deed):
            share = likeness(story, denied, stated).dice
            yield _Pair(denied=denied, stated=stated, deed=deed, share=share)


def _of_one_deed(story: Story, denied: Frame, stated: Frame, deed: Deed) -> bool:
    if denied.stems.isdisjoint(stated.stems) and not kin_of(denied.stems) & kin_of(stated.stems):
        return False
    if not independent(story, denied, stated) or other_names(denied, stated):
        return False
    if deed.noun and deed.noun not in stated.stems:
        return False
    if denied.numbers - stated.numbers and stated.numbers - denied.numbers:
        return False
    if of_another(denied, stated) or to_another(denied, stated):
        return False
    alike = likeness(story, denied, stated)
    if deed.is_weak:
        part, dice = RETOLD_PART, RETOLD_DICE
    elif _goes_alike(denied, stated):
        part, dice = NAMED_PART, NAMED_DICE
    else:
        part, dice = SAME_PART, SAME_DICE
    stems = MIN_STEMS
    if _named(denied, stated) and alike.part >= WHOLE_PART:
        stems, dice = (NAMED_STEMS, dice) if alike.dice >= WHOLE_PART else (WHOLE_STEMS, WHOLE_DICE)
    return (
        alike.stems >= stems
        and alike.part >= part
        and alike.dice >= dice
        and alike_beside(denied, stated)
    )


def _named(denied: Frame, stated: Frame) -> bool:
    """Say whether both tell of one who is named; a name that opens a sentence may look like any word."""
    both = subject(denied) & subject(stated)
    return bool(both & (denied.names | stated.names))


def _goes_alike(denied: Frame, stated: Frame) -> bool:
    """Say whether two deeds are of one who is named, and the words behind them the same."""
    return (
        _named(denied, stated)
        and len(denied.after) > 1
        and kin_of(denied.after[:2]) == kin_of(stated.after[:2])
    )


def _rivals(story: Story, pairs: list[_Pair], candidates: Candidates) -> Rivals | None:
    """Return the best told pair as a disagreement, with whoever else gives one of its answers."""
    pairs.sort(key=lambda p: -p.share)
    denied = [telling(p.denied, _DENIED) for p in pairs]
    stated = [telling(p.stated, _STATED) for p in pairs]
    for pair in pairs:
        sides = telling(pair.stated, _STATED), telling(pair.denied, _DENIED)
        made = told_by(story, candidates, sides, [*stated, *denied])
        if len(made) > 1:
            return Rivals(kind=_kind(pair.deed), question=_question(made[0][0]), positions=made)
    return None


def _kind(deed: Deed) -> DisagreementKind:
    return "status" if deed.is_refusal else "negation"


def _question(stated: str) -> str:
    return f"True or not: “{stated}”?"
