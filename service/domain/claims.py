"""What lies between an article and a statement: drafts, claims and their evidence."""

from dataclasses import dataclass
from typing import Literal

from service.domain.text import Span

Provenance = Literal["strict", "lexical", "open"]
PROVENANCES: tuple[Provenance, ...] = ("strict", "lexical", "open")


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRequest:
    """One chunk to draft from: its text, and its sentences as spans of that text."""

    text: str
    sentences: tuple[Span, ...]
    max_sentences: int
    provenance: Provenance = "strict"
    seed: int = 0

    def __post_init__(self) -> None:
        if self.max_sentences < 1:
            raise ValueError(f"need max_sentences >= 1, got {self.max_sentences}")
        if any(s.end > len(self.text) for s in self.sentences):
            raise ValueError("a sentence lies outside the chunk")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A model's summary of one chunk.

    `salience` holds one number in [0, 1] a sentence of the request, in its order, summing to at most 1.
    Under `strict`, `picks` are indices into the request's sentences, best first, and `text` is empty;
    otherwise `text` is what the model wrote and `picks` is empty.
    `mean_logprob` is in nats a token, None where the model scored no tokens.
    """

    salience: tuple[float, ...]
    picks: tuple[int, ...] = ()
    text: str = ""
    mean_logprob: float | None = None
    finish: Literal["stop", "length"] = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A run of a text, [start, end), and the source characters it is.

    `document_id` is None for words the service added itself; then there is no source range.
    """

    start: int
    end: int
    document_id: str | None = None
    source_start: int | None = None
    source_end: int | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"need 0 <= start < end, got [{self.start}, {self.end})")
        sourced = self.document_id is not None
        if sourced != (self.source_start is not None) or sourced != (self.source_end is not None):
            raise ValueError(f"a source needs a document and both offsets: {self!r}")
        if self.source_start is not None and self.source_end is not None:
            Span(self.source_start, self.source_end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A span of an article that supports a claim; `score` in [0, 1] says how well."""

    article_id: str
    span: Span
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One sentence that may enter the brief, with what supports it; its own source comes first.

    `sentence` is the index, in its article, of the sentence it says.
    `salience` is the model's opinion in [0, 1]; `origin` tells who proposed the claim.
    """

    text: str
    pieces: tuple[Piece, ...]
    article_id: str
    sentence: int
    salience: float
    origin: Literal["draft", "source"]
    evidence: tuple[Evidence, ...]

    def __post_init__(self) -> None:
        if not self.evidence:
            raise ValueError(f"a claim without evidence: {self.text!r}")
