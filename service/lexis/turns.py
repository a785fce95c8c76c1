"""The small words that turn a sentence, each with what it goes with, and the conditions it hangs on."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from service.lexis.cues import turners
from service.lexis.words import STOPWORDS, Word, stem, words

# These turn the whole sentence wherever they stand.
_WHOLLY = frozenset(
    """former ex acting without stop stops stopped start starts started begin begins began end ends ended
    threaten threatens threatened fail fails failed refuse refuses refused try tries tried attempt attempts
    attempted offer offers offered no not never none left right""".split()
)
# How much or how many: of no account in a remark set off by a comma that tells nothing of the claim.
_DEGREES = frozenset(
    "all most some few only half fewer less more than least nearly almost barely mostly partly".split()
)
# They go with what is named behind them: "after the vote", "northern Peru", "the first round".
_BINDING = frozenset(
    """first second third last next before after until since above below ahead behind against
    north south east west northern southern eastern western than""".split()
)
# On which side of one thing: "before the vote" is not "after the vote".
_SIDES = frozenset("before after until since with without against above below ahead behind".split())
_BOUND_WORDS = 3
_BREAK = re.compile(r"[,;:()–—]|\s--?\s")
_CONDITIONS = re.compile(
    r"\b(if|unless|whether|pending|(?:so|as) long as|subject to|on condition|in case|assuming"
    r"|provid(?:ed|ing) that|(?<=, )provided(?= (?:the|a|an|they|it|he|she|no|all)\b)|once|contingent|conditional"
    r"|depending)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turner:
    """A word that turns a meaning, where it stands.

    `bound` are the next content stems, of which the first is what it goes with; `rest` is the content
    of its part of the sentence from it on, `aside` of that whole part if a comma sets it off, else None.
    """

    word: str
    bound: tuple[str, ...]
    rest: frozenset[str]
    aside: frozenset[str] | None


def placed_turners(text: str) -> tuple[Turner, ...]:
    """Return the words that turn what a sentence says, in order, as `service.lexis.cues.turners` has them."""
    return tuple(
        Turner(
            word=word.lower,
            bound=_content(spoken[at + 1 :])[:_BOUND_WORDS],
            rest=frozenset(_content(spoken[at + 1 :])),
            aside=frozenset(_content(spoken)) if apart else None,
        )
        for spoken, apart in _parts(text)
        for at, word in enumerate(spoken)
        if turners(word.text)
    )


def turned_alike(claim: Sequence[Turner], other: Sequence[Turner], stems: frozenset[str]) -> bool:
    """Say whether what turns a claim turns the other sentence too, and nothing else turns that.

    What the other sentence has besides must go with words of its own, none of the claim's `stems`:
    "after a meeting in Oslo", ", the third increase this year". A denial or an attempt may never be extra.
    """
    unmet = [theirs for theirs in other if not any(_same(mine, theirs) for mine in claim)]
    return (
        all(any(_same(mine, theirs) for theirs in other) for mine in claim if mine.word != "with")
        and sorted(t.word for t in claim if t.word in _WHOLLY)
        == sorted(t.word for t in other if t.word in _WHOLLY)
        and all(_is_additional(theirs, stems) for theirs in unmet)
    )


def sides_change(a: Sequence[Turner], b: Sequence[Turner]) -> bool:
    """Say whether one thing is told to lie on one side in the one and on another in the other."""
    return any(
        mine.word != theirs.word
        and {mine.word, theirs.word} <= _SIDES
        and mine.bound[:1] == theirs.bound[:1] != ()
        for mine in a
        for theirs in b
    )


def conditions(text: str) -> tuple[str, ...]:
    """Return, sorted, the words that make what a sentence says hang on something else."""
    return tuple(sorted(m.group(1).lower() for m in _CONDITIONS.finditer(text)))


def _same(mine: Turner, theirs: Turner) -> bool:
    if mine.word != theirs.word:
        return False
    return mine.word not in _BINDING or not mine.bound or mine.bound[0] in theirs.bound


def _is_additional(turner: Turner, stems: frozenset[str]) -> bool:
    if turner.word in _WHOLLY:
        return False
    # "Met with" is "met"; what lies on the other side is for `sides_change` to see.
    if turner.word == "with":
        return True
    if turner.aside is not None and not turner.aside & stems:
        return True
    return turner.word in _BINDING - {"than"} and bool(turner.rest) and not turner.rest & stems


def _parts(text: str) -> Iterator[tuple[tuple[Word, ...], bool]]:
    """Yield the words of each part of a sentence between commas, and whether one stands before it."""
    part: list[Word] = []
    apart, end = False, 0
    for word in words(text):
        if _BREAK.search(text[end : word.start]):
            yield tuple(part), apart
            part, apart = [], True
        part.append(word)
        end = word.end
    yield tuple(part), apart


def _content(spoken: Sequence[Word]) -> tuple[str, ...]:
    return tuple(stem(w.text) for w in spoken if w.lower.removesuffix("'s") not in STOPWORDS)
