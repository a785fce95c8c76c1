"""An article as the evidence of one statement: its passages, and in them the words that were used.

All cutting is done here, in code points: a browser counts in other units.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

from service.domain.brief import Statement
from service.domain.text import Span
from service.render.outline import visible

# How far a cut may move so that it falls between words.
_WORD = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Characters of an article; `pieces` are the pieces of the statement that they were used for."""

    text: str
    pieces: tuple[int, ...] = ()

    @property
    def shown(self) -> str:
        return visible(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch [start, end) of an article, cut where a passage begins or ends.

    Its `runs` join to its text; a stretch that is not shown has none. `number` counts the passages
    from 1, and is 0 for the others. A passage is a cited span; spans that overlap are one passage,
    in which each quote stands whole.
    """

    start: int
    end: int
    number: int
    runs: tuple[Run, ...]

    @property
    def left_out(self) -> int:
        """How many characters are not shown."""
        return 0 if self.runs else self.end - self.start


def segments(
    text: str, statement: Statement, document_id: str, *, around: int | None = None
) -> tuple[Segment, ...]:
    """Cut the text of a document at the spans that the statement cites from it.

    Where `around` is given, no more than about that many characters beside them are shown.
    """
    passages = _merged(
        Span(span.start, span.end)
        for one in statement.citations
        if one.document_id == document_id
        for span in one.spans
    )
    used = tuple(_used(statement, document_id))
    windows = [Span(0, len(text))] if text else []
    if around is not None:
        marked = chain(passages, (span for _, span in used))
        windows = _merged(_window(text, span, around) for span in marked)
    bounds = sorted({0, len(text), *_ends(passages), *_ends(windows)})
    numbers = {passage.start: number for number, passage in enumerate(passages, start=1)}
    found = []
    for start, end in pairwise(bounds):
        runs = tuple(_runs(text, start, end, used)) if _holds(windows, start) else ()
        found.append(Segment(start=start, end=end, number=numbers.get(start, 0), runs=runs))
    return tuple(found)


def _used(statement: Statement, document_id: str) -> Iterable[tuple[int, Span]]:
    for index, piece in enumerate(statement.provenance):
        start, end = piece.source_start, piece.source_end
        if piece.document_id == document_id and start is not None and end is not None:
            yield index, Span(start, end)


def _runs(text: str, start: int, end: int, used: Sequence[tuple[int, Span]]) -> Iterable[Run]:
    inner = {at for at in _ends(span for _, span in used) if start < at < end}
    for a, b in pairwise(sorted({start, end, *inner})):
        pieces = tuple(index for index, span in used if span.start <= a < span.end)
        yield Run(text=text[a:b], pieces=pieces)


def _window(text: str, span: Span, around: int) -> Span:
    start = _between_words(text, max(0, span.start - around))
    return Span(min(start, span.start), _between_words(text, min(len(text), span.end + around)))


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Return spans in order, those that overlap as one."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start < merged[-1].end:
            span = Span(merged[-1].start, max(merged.pop().end, span.end))
        merged.append(span)
    return merged


def _between_words(text: str, at: int) -> int:
    """Return where the next word begins, if that is near."""
    if at in (0, len(text)):
        return at
    found = text.find(" ", at, at + _WORD)
    return at if found < 0 else found


def _ends(spans: Iterable[Span]) -> Iterable[int]:
    return chain.from_iterable((span.start, span.end) for span in spans)


def _holds(spans: Iterable[Span], at: int) -> bool:
    return any(span.start <= at < span.end for span in spans)
