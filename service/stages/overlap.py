"""How much of one article's own words stands in another, and whether that makes it a copy."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Indel, Levenshtein

from service.stages.own_words import RUN_WORDS, SHORT_TEXT_WORDS, OwnWords, Unit, runs

# From these shares of its own words on, one text is a copy of another: of any two, and of two that
# name the same agency. Reports of their own on one event share less than a fifth.
COPIED_SHARE, COPIED_SHARE_OF_AGENCY = 0.35, 0.22
# A short text has to be copied nearly whole: separate flashes of one event are much alike.
_FEW_WORDS, _SHORT_SHARE = 25, 0.8
# Sentences of which at most three words in ten are lost or new are one, lightly edited.
_EDITED, _MIN_EDITED_WORDS = 0.7, 7
# Reports on one template differ in their numbers and names; a copy keeps those first of all.
_MIN_REFILLED, _REFILLED_SHARE = 2, 0.3
# Two spellings of one name: Qaddafi, Gaddafi.
_ONE_NAME = 65


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """What one text takes from another: `copied` of its `words` own words.

    Of the numbers and names in what is copied, `kept` stand in the other text as well, and in the
    place of `refilled` it has others.
    """

    words: int
    copied: int
    kept: int = 0
    refilled: int = 0

    @property
    def share(self) -> float:
        return self.copied / self.words if self.words else 0.0

    @property
    def is_template(self) -> bool:
        """Say whether two texts share a form that each fills with figures and names of its own."""
        telling = self.kept + self.refilled
        return self.refilled >= _MIN_REFILLED and self.refilled > _REFILLED_SHARE * telling

    def is_copy(self, *, one_agency: bool = False) -> bool:
        """Say whether so much is taken that the text is no report of its own."""
        share = COPIED_SHARE_OF_AGENCY if one_agency else COPIED_SHARE
        needed = max(share * self.words, min(_SHORT_SHARE * self.words, _FEW_WORDS))
        return bool(self.words) and self.copied >= needed and not self.is_template


def overlap(text: OwnWords, other: OwnWords) -> Overlap:
    """Measure what a text takes from another, word for word or lightly edited."""
    counts = [_run_words(unit, other) for unit in text.units]
    # In a longer text, a sentence that shares no run with the other has hardly been edited lightly.
    touched = [i for i, count in enumerate(counts) if count or text.count <= SHORT_TEXT_WORDS]
    partners = _partners([text.units[i] for i in touched], other)
    kept: set[str] = set()
    refilled: set[str] = set()
    for i, (partner, alike) in zip(touched, partners, strict=True):
        unit = text.units[i]
        if alike >= _EDITED and len(unit.tokens) >= _MIN_EDITED_WORDS:
            counts[i] = len(unit.tokens)
        if 2 * counts[i] >= len(unit.tokens):
            kept.update(_kept(unit, partner))
            refilled.update(_refilled(unit, partner))
    return Overlap(
        words=text.count, copied=sum(counts), kept=len(kept), refilled=len(refilled - kept)
    )


def _run_words(unit: Unit, other: OwnWords) -> int:
    """Count the words that lie in a run of `RUN_WORDS` words which the other text has, too."""
    count, until = 0, 0
    found = list(runs(unit.tokens, RUN_WORDS))
    if other.runs.isdisjoint(found):
        return 0
    for start, run in enumerate(found):
        if run in other.runs:
            count += start + RUN_WORDS - max(start, until)
            until = start + RUN_WORDS
    return count


def _partners(units: Sequence[Unit], other: OwnWords) -> list[tuple[Unit, float]]:
    """Return the sentence of the other text that is most like each, and how like, in [0, 1]."""
    if not units:
        return []
    alike = process.cdist(
        [u.tokens for u in units],
        [u.tokens for u in other.units],
        scorer=Indel.normalized_similarity,
    )
    return [(other.units[int(row.argmax())], float(row.max())) for row in alike]


def _kept(unit: Unit, other: Unit) -> Iterator[str]:
    words = frozenset(other.tokens)
    return (t for t in unit.tokens if t in words and (_is_number(t) or t in unit.names))


def _refilled(unit: Unit, other: Unit) -> Iterator[str]:
    """Yield the numbers and names in whose place the other sentence has another of the kind."""
    for block in Levenshtein.opcodes(unit.tokens, other.tokens):
        if block.tag != "replace":
            continue
        ours = unit.tokens[block.src_start : block.src_end]
        theirs = other.tokens[block.dest_start : block.dest_end]
        yield from _other_of_kind(list(filter(_is_number, ours)), list(filter(_is_number, theirs)))
        yield from _other_of_kind(
            [t for t in ours if t in unit.names and not _is_number(t)],
            [t for t in theirs if t in other.names and not _is_number(t)],
        )


def _other_of_kind(ours: Sequence[str], theirs: Sequence[str]) -> Iterator[str]:
    for a, b in zip(ours, theirs, strict=False):
        if _is_number(a) or fuzz.ratio(a, b) < _ONE_NAME:
            yield a


def _is_number(token: str) -> bool:
    return token[0].isdigit()
