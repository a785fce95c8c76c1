"""What a source sentence can lose, and whether a statement keeps the rest of it."""

from collections.abc import Sequence

from service.domain.text import Span
from service.stages.constituents import optional
from service.stages.context import opening_to_lose


def losable(sentence: str, *, language: str | None, around: str) -> tuple[Span, ...]:
    """Return the spans of a sentence's text that may be left out, each whole, in order and apart.

    Its opening, and constituents behind it; `around` is its article's text.
    """
    opening = opening_to_lose(sentence, around)
    parts = [span for span in optional(sentence, language) if span.start > opening]
    return (Span(0, opening), *parts) if opening else tuple(parts)


def outside(start: int, end: int, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Return what of [start, end) lies outside some spans, which are in order and inside it."""
    bounds = [start, *(at for span in spans for at in (span.start, span.end)), end]
    gaps = zip(bounds[::2], bounds[1::2], strict=True)
    return tuple(Span(a, b) for a, b in gaps if a < b)
