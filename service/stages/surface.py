"""Cut a sentence's words out of its source, so that each of them keeps its place."""

from collections.abc import Sequence

from service.domain.claims import Piece
from service.domain.text import Article, Span

_CLOSING = frozenset(",.;:!?)]}”’%")


def surface(article: Article, spans: Sequence[Span]) -> tuple[str, tuple[Piece, ...]]:
    """Return the text that the spans make in the order given, and its provenance.

    Runs are joined by one space where neither side has its own; the first letter becomes a capital
    where it does not open its sentence, so that "iPhone sales ..." stays as it is.
    """
    text = ""
    pieces: list[Piece] = []
    for span in spans:
        run = article.quote(span)
        if text and not text[-1].isspace() and not run[0].isspace() and run[0] not in _CLOSING:
            text += " "
        pieces.append(
            Piece(
                start=len(text),
                end=len(text) + len(run),
                document_id=article.id,
                source_start=span.start,
                source_end=span.end,
            )
        )
        text += run
    opens = any(s.start == spans[0].start for s in article.sentences) if spans else True
    return text if opens else capitalised(text), tuple(pieces)


def capitalised(text: str) -> str:
    """Return the text with its first letter in upper case, where that changes no offset."""
    for i, c in enumerate(text):
        if c.isalnum():
            upper = c.upper()
            return text[:i] + upper + text[i + 1 :] if len(upper) == 1 else text
    return text


def prefixed(added: str, text: str, pieces: Sequence[Piece]) -> tuple[str, tuple[Piece, ...]]:
    """Put words of the service's own before a text; their piece names no document."""
    own = Piece(start=0, end=len(added.rstrip()))
    moved = tuple(
        Piece(
            start=p.start + len(added),
            end=p.end + len(added),
            document_id=p.document_id,
            source_start=p.source_start,
            source_end=p.source_end,
        )
        for p in pieces
    )
    return added + text, (own, *moved)
