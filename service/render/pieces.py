"""A statement divided where its words change their source."""

from collections.abc import Mapping
from dataclasses import dataclass

from service.domain.brief import Statement
from service.render.outline import in_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A run of a statement's words as shown.

    `piece` is the index in its provenance, None for the space between two pieces; `marker` is their
    source, None for words that the service added itself.
    """

    text: str
    piece: int | None = None
    marker: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A statement to be read; `marker` is the source that its first sourced words are from."""

    id: str
    marker: int
    words: tuple[Words, ...]

    @property
    def whole(self) -> bool:
        """Whether all of its words are one piece."""
        return len(self.words) == 1


def sentence_of(statement: Statement) -> Sentence:
    """Divide a statement at its pieces; the words join to its text, spaces at the ends aside."""
    markers = {cited.document_id: cited.marker for cited in statement.citations}
    words = _divided(statement, markers)
    first = statement.citations[0].marker
    return Sentence(
        id=statement.id,
        marker=next((one.marker for one in words if one.marker), first),
        words=words,
    )


def _divided(statement: Statement, markers: Mapping[str, int]) -> tuple[Words, ...]:
    found: list[Words] = []
    at = 0
    for index, piece in enumerate(statement.provenance):
        if found and at < piece.start:
            found.append(Words(text=" "))
        text = in_line(statement.text[piece.start : piece.end])
        marker = markers.get(piece.document_id) if piece.document_id else None
        found.append(Words(text=text, piece=index, marker=marker))
        at = piece.end
    return tuple(found)
