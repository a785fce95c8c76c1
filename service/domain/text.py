"""Documents, articles and the spans that point into them: these types are pure values."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

MediaType = Literal["text/plain", "text/html", "text/markdown", "application/pdf"]
SentenceKind = Literal["title", "heading", "body", "fragment"]
# Code points hashed at a time.
_PIECE = 1 << 16


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range [start, end) of code points in one `Article.text`."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"need 0 <= start < end, got [{self.start}, {self.end})")


def outside(start: int, end: int, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Return what of [start, end) lies outside some spans, which are in order and inside it."""
    bounds = [start, *(at for span in spans for at in (span.start, span.end)), end]
    gaps = zip(bounds[::2], bounds[1::2], strict=True)
    return tuple(Span(a, b) for a, b in gaps if a < b)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a client sends. `content` is text, or base64 for `application/pdf`.

    `origin` tells people where it was read from, such as a file's name; it is no part of what it says.
    """

    content: str
    media_type: MediaType = "text/plain"
    id: str | None = None
    title: str | None = None
    publisher: str | None = None
    author: str | None = None
    url: str | None = None
    published_at: datetime | None = None
    language: str | None = None
    origin: str | None = None

    def __post_init__(self) -> None:
        if self.published_at is not None and self.published_at.tzinfo is None:
            raise ValueError(f"published_at needs a time zone, got {self.published_at!r}")

    @property
    def content_id(self) -> str:
        """Return the id a document without one gets: a hash of all it says, 24 characters.

        Metadata counts, so that one text sent by two publishers is two documents.
        """
        said = [
            self.media_type,
            self.title,
            self.publisher,
            self.author,
            self.url,
            self.published_at.astimezone(UTC).isoformat() if self.published_at else None,
            self.language,
        ]
        # Piece by piece: one call over megabytes would keep every other thread waiting.
        digest = hashlib.sha256(b'["')
        for at in range(0, len(self.content), _PIECE):
            digest.update(json.dumps(self.content[at : at + _PIECE])[1:-1].encode())
        digest.update(f'", {json.dumps(said)[1:]}'.encode())
        return "doc_" + digest.hexdigest()[:20]


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """Text that cleaning took out of a document, and why."""

    reason: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence of an article, [start, end), without surrounding white space.

    A `fragment` is a piece of a sentence too long for the model; it is drafted from, never stated.
    """

    index: int
    start: int
    end: int
    kind: SentenceKind = "body"

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A run of whole sentences, [start, end), whose `tokens` fit the model's input."""

    index: int
    start: int
    end: int
    tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """The cleaned text of a document. `text` is the coordinate system of everything cited.

    Its first line is the title when there is one. A newline always ends a paragraph.
    """

    id: str
    sha256: str
    title: str | None = None
    publisher: str | None = None
    author: str | None = None
    url: str | None = None
    published_at: datetime | None = None
    language: str | None = None
    text: str
    removed: tuple[Removal, ...] = ()
    chunks: tuple[Chunk, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    duplicate_of: str | None = None

    def __post_init__(self) -> None:
        if self.sha256 != text_sha256(self.text):
            raise ValueError(f"article {self.id!r}: sha256 is not that of its text")
        last = len(self.text)
        parts: list[Sentence | Chunk] = [*self.sentences, *self.chunks]
        for part in parts:
            if not 0 <= part.start < part.end <= last:
                raise ValueError(f"article {self.id!r}: {part!r} lies outside [0, {last})")

    @property
    def published_day(self) -> date | None:
        """The day, in UTC, on which it was published."""
        return day_of(self.published_at)

    def quote(self, span: Span) -> str:
        return self.text[span.start : span.end]

    def sentences_of(self, chunk: Chunk) -> tuple[Sentence, ...]:
        return tuple(s for s in self.sentences if chunk.start <= s.start and s.end <= chunk.end)


def day_of(moment: datetime | None) -> date | None:
    """Return the day of a moment in UTC."""
    return moment.astimezone(UTC).date() if moment else None


def text_sha256(text: str) -> str:
    """Return the hex SHA-256 of a text's UTF-8 bytes (lone surrogates kept as such)."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
