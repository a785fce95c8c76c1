"""What a source sentence can lose, and whether a statement keeps the rest of it."""

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
