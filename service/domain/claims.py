"""What lies between an article and a statement: drafts, claims and their evidence."""

from dataclasses import dataclass
from typing import Literal

from service.domain.text import Span

Provenance = Literal["strict", "lexical", "open"]
PROVENANCES: tuple[Provenance, ...] = ("strict", "lexical", "open")
Task = Literal["draft", "headline", "merge"]
TASKS: tuple[Task, ...] = ("draft", "headline", "merge")


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRequest:
    """One text to write from, with its sentences as spans of it, in order.

    `task` says what to write: a draft of a chunk, a headline, or one sentence merged of several.
    `optional` are constituents that are safe to lose, spans of the text, each inside one sentence,
    in order and apart; a strict draft may leave them out. `documents` numbers the document each
    sentence is from, where they are from several; empty where all are from one.
    """

    text: str
    sentences: tuple[Span, ...]
    max_sentences: int
    task: Task = "draft"
    provenance: Provenance = "strict"
    optional: tuple[Span, ...] = ()
    documents: tuple[int, ...] = ()
    seed: int = 0

    def __post_init__(self) -> None:
        if self.max_sentences < 1:
            raise ValueError(f"need max_sentences >= 1, got {self.max_sentences}")
        if any(s.end > len(self.text) for s in self.sentences):
            raise ValueError("a sentence lies outside the chunk")
        if self.documents and len(self.documents) != len(self.sentences):
            raise ValueError("need a document a sentence, or none at all")
        for span in self.optional:
            if not any(s.start < span.start and span.end < s.end for s in self.sentences):
                raise ValueError(f"{span!r} does not lie inside a sentence")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """How the writing of a draft went.

    `mean_logprob` is in nats a token under the model, in nats a choice of a sentence under `strict`,
    and None where nothing was scored. `compression` is the words of the source a word of the draft,
    0 for an empty draft. `repetition` is the share of the draft's runs of four words that it has
    said before, in [0, 1]. `finish` is "length" where the model was stopped by a limit.
    """

    mean_logprob: float | None = None
    compression: float = 0.0
    repetition: float = 0.0
    finish: Literal["stop", "length"] = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a model made of one request.

    `salience` holds one number in [0, 1] a sentence of the request, in its order, summing to at most 1.
    Under `strict`, `picks` are indices into the request's sentences, best first, `cuts` those of its
    `optional` constituents that the model would leave out of them, and `text` is empty; otherwise
    `text` is what the model wrote, and `picks` and `cuts` are empty.
    """

    salience: tuple[float, ...]
    picks: tuple[int, ...] = ()
    cuts: tuple[Span, ...] = ()
    text: str = ""
    signals: Signals = Signals()


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

    @property
    def own_evidence(self) -> tuple[Evidence, ...]:
        """The evidence of the documents that the claim's words are from."""
        made_of = {piece.document_id for piece in self.pieces}
        return tuple(e for e in self.evidence if e.article_id in made_of)
