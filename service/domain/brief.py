"""The brief and its parts, shaped as they are sent: field names here are the JSON names."""

from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain
from typing import Literal

from service.domain.claims import Piece, Provenance
from service.domain.errors import InconsistentCitation
from service.domain.text import day_of

Status = Literal["queued", "running", "done", "failed", "cancelled"]
DisagreementKind = Literal["number", "date", "name", "status", "negation"]
Precision = Literal["day", "month", "year"]
OmissionReason = Literal["length", "redundant", "low_salience"]
StaleReason = Literal["changed", "deleted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a caller may choose. `model` None means the service's default."""

    max_words: int = 250
    provenance: Provenance = "strict"
    model: str | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedSpan:
    """`quote` is exactly `article.text[start:end]`."""

    start: int
    end: int
    quote: str

    def __post_init__(self) -> None:
        if self.end - self.start != len(self.quote) or not 0 <= self.start < self.end:
            raise ValueError(
                f"a quote of {len(self.quote)} code points cannot be [{self.start}, {self.end})"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """The places in one document that a statement stands on."""

    marker: int
    document_id: str
    spans: tuple[QuotedSpan, ...]

    def __post_init__(self) -> None:
        if self.marker < 1 or not self.spans:
            raise ValueError(f"a citation needs a marker >= 1 and a span, got {self!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One sentence of the brief. Its provenance tiles every word of its text, in order."""

    id: str
    text: str
    verdict: Literal["supported"] = "supported"
    independent_sources: int
    citations: tuple[Citation, ...]
    provenance: tuple[Piece, ...]

    def __post_init__(self) -> None:
        if not self.citations:
            raise ValueError(f"statement {self.id!r} has no citation")
        if not 1 <= self.independent_sources <= len(self.citations):
            raise ValueError(
                f"statement {self.id!r}: {self.independent_sources} independent sources"
                f" from {len(self.citations)} citations"
            )
        if untiled := untiled_words(self.text, self.provenance):
            raise ValueError(f"statement {self.id!r}: no provenance for {untiled!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """One answer to a question on which the sources differ."""

    value: str
    statement: Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """Two or more positions on one question, each a cited statement."""

    id: str
    kind: DisagreementKind
    question: str
    positions: tuple[Position, ...]

    def __post_init__(self) -> None:
        if len(self.positions) < 2:
            raise ValueError(f"disagreement {self.id!r} has {len(self.positions)} position")


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """What happened on a date. `date` is YYYY, YYYY-MM or YYYY-MM-DD, as `precision` says."""

    date: str
    precision: Precision
    statement: Statement

    def __post_init__(self) -> None:
        if len(self.date) != {"year": 4, "month": 7, "day": 10}[self.precision]:
            raise ValueError(f"{self.date!r} does not have the precision {self.precision!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A cited document. `sha256` is that of the article's text, so that offsets can be trusted."""

    marker: int
    document_id: str
    title: str | None
    publisher: str | None
    published_at: datetime | None
    url: str | None
    sha256: str
    independent_group: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """A document or sentence that could not be used or not be supported."""

    text: str
    document_id: str | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Omitted:
    """A supported sentence that the brief leaves out."""

    text: str
    document_id: str
    reason: OmissionReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the work is: `done` of `total` units of the named stage."""

    stage: str
    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """How the brief came to be. `service.stages.digest` defines the digests of what it says."""

    version: str
    models: dict[str, str] = field(default_factory=dict)
    prompts: dict[str, str] = field(default_factory=dict)
    options: Options = field(default_factory=Options)
    seed: int = 0
    input_sha256: str = ""
    output_sha256: str = ""
    statement_sha256: dict[str, str] = field(default_factory=dict)
    timings_s: dict[str, float] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """A statement that stands on a document which was changed or deleted after the brief was made.

    `successor_id` is the document under which the text stands now, None where it was deleted.
    `quote_found` says whether all that the statement cites from the document still stands there,
    character by character, in whatever place.
    """

    statement_id: str
    document_id: str
    reason: StaleReason
    since: datetime
    successor_id: str | None
    quote_found: bool

    def __post_init__(self) -> None:
        if self.reason == "deleted" and (self.successor_id is not None or self.quote_found):
            raise ValueError(f"document {self.document_id!r} is deleted, and nothing stands in it")


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """One attributed brief. Until it is done it has no headline and no statements.

    `error` tells why a failed brief failed; `rebuild_of` is the brief it was made anew from. `stale`
    is no part of what was made: it tells what became of the documents since.
    """

    id: str
    status: Status
    created_at: datetime
    finished_at: datetime | None = None
    progress: Progress | None = None
    error: str | None = None
    headline: Statement | None = None
    statements: tuple[Statement, ...] = ()
    timeline: tuple[TimelineEntry, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    sources: tuple[Source, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    omitted: tuple[Omitted, ...] = ()
    run: RunRecord | None = None
    rebuild_of: str | None = None
    stale: tuple[Stale, ...] = ()

    def __post_init__(self) -> None:
        if self.status == "done" and (self.headline is None or not self.statements):
            raise ValueError(f"brief {self.id!r} is done and says nothing")
        if self.status == "done" and self.error is not None:
            raise ValueError(f"brief {self.id!r} is done and tells of an error")
        markers = {s.document_id: s.marker for s in self.sources}
        if [s.marker for s in self.sources] != list(range(1, len(self.sources) + 1)):
            raise ValueError(f"brief {self.id!r}: markers do not run 1..{len(self.sources)}")
        used: dict[str, int] = {}
        for statement in self.all_statements():
            for cited in statement.citations:
                if markers.get(cited.document_id) != cited.marker:
                    raise InconsistentCitation(statement.id, cited.document_id, cited.marker)
                used.setdefault(cited.document_id, cited.marker)
        if list(used.values()) != list(range(1, len(self.sources) + 1)):
            raise ValueError(f"brief {self.id!r}: markers are not in order of first use, or unused")
        cited_by = {(s.id, c.document_id) for s in self.all_statements() for c in s.citations}
        for stale in self.stale:
            if (stale.statement_id, stale.document_id) not in cited_by:
                raise ValueError(
                    f"brief {self.id!r}: {stale.statement_id!r} is said to be stale by"
                    f" {stale.document_id!r}, which it does not cite"
                )

    def days(self) -> dict[str, date]:
        """Return the day, in UTC, on which each source that says so was published, by document id."""
        told = ((s.document_id, day_of(s.published_at)) for s in self.sources)
        return {id_: day for id_, day in told if day is not None}

    def all_statements(self) -> tuple[Statement, ...]:
        """Return every statement in the order in which every rendering shows them."""
        return tuple(
            chain(
                [self.headline] if self.headline else [],
                self.statements,
                (p.statement for d in self.disagreements for p in d.positions),
                (entry.statement for entry in self.timeline),
            )
        )


def untiled_words(text: str, pieces: tuple[Piece, ...]) -> str:
    """Return the first stretch of text that no piece covers, or that two cover; "" when tiled.

    White space between pieces needs no source.
    """
    at = 0
    for piece in pieces:
        if piece.start < at or piece.end > len(text):
            return text[piece.start : piece.end] or "a piece outside the text"
        if gap := text[at : piece.start].strip():
            return gap
        at = piece.end
    return text[at:].strip()
