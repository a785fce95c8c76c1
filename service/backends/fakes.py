"""Hand-written fakes of every port: deterministic, instant, and able to run the whole line."""

from collections.abc import Callable, Mapping, Sequence
from zlib import crc32

import numpy as np

from service.domain.claims import TASKS, Draft, DraftRequest, Task
from service.domain.errors import BadDocument
from service.domain.ports import Extracted, Models, Vectors
from service.domain.text import Document
from service.lexis.words import words
from service.stages.quality import signals


class FakeExtractor:
    """Splits plain text at newlines, and refuses what is not text."""

    def extract(self, document: Document) -> Extracted:
        paragraphs = tuple(p.strip() for p in document.content.splitlines() if p.strip())
        if not paragraphs:
            raise BadDocument(document.id or document.content_id, "it is empty")
        return Extracted(paragraphs=paragraphs, title=document.title)


class FakeTokenCounter:
    """One token a white-space separated word."""

    def count(self, text: str) -> int:
        return len(text.split())


class FakeDrafter:
    """Likes early sentences: salience falls as 1/(1+i). It says them again, word for word."""

    name = "fake"
    revision = "0"
    engine = "none"
    languages: tuple[str, ...] = ("en",)
    notes: tuple[str, ...] = ()

    def __init__(self, chunk_tokens: int = 128) -> None:
        self.chunk_tokens = chunk_tokens
        self.prompts: Mapping[Task, str] = dict.fromkeys(TASKS, "0" * 64)

    def draft(
        self, requests: Sequence[DraftRequest], advance: Callable[[int], None] = lambda _: None
    ) -> list[Draft]:
        drafts = []
        for request in requests:
            drafts.append(self._draft(request))
            advance(1)
        return drafts

    def warm_up(self) -> None:
        """Need nothing."""

    def close(self, *, drain: bool = True) -> None:
        """Hold nothing."""

    def _draft(self, request: DraftRequest) -> Draft:
        weights = [1.0 / (1 + i) for i in range(len(request.sentences))]
        salience = tuple(w / sum(weights) for w in weights)
        first = request.sentences[: request.max_sentences]
        if request.provenance == "strict":
            return Draft(salience=salience, picks=tuple(range(len(first))))
        text = " ".join(request.text[s.start : s.end] for s in first)
        return Draft(salience=salience, text=text, signals=signals(request.text, text))


class FakeLanguageIdentifier:
    """Calls everything English."""

    def identify(self, text: str) -> str | None:
        return "en" if text.strip() else None


class FakeScorer:
    """Finds a claim as likely as the share of its words that the passage has, unless told otherwise.

    `opinions` are what it thinks of some claims whatever the passage.
    """

    name = "fake entailment"
    revision = "0"

    def __init__(self, opinions: Mapping[str, float] | None = None) -> None:
        self.opinions = dict(opinions or {})

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        return [self._score(passage, claim) for passage, claim in pairs]

    def _score(self, passage: str, claim: str) -> float:
        if claim in self.opinions:
            return self.opinions[claim]
        known = {w.lower for w in words(passage)}
        said = [w.lower in known for w in words(claim)]
        return sum(said) / len(said) if said else 0.0


class FakeEmbedder:
    """Counts the words of a text in a few bins; texts that share most words lie near each other."""

    name = "fake embeddings"
    revision = "0"
    width = 64

    def embed(self, texts: Sequence[str]) -> Vectors:
        counts = np.zeros((len(texts), self.width), dtype=np.float32)
        for row, text in zip(counts, texts, strict=True):
            # One more than there are words, so that no text is nowhere.
            row[0] = 1
            for word in words(text):
                row[crc32(word.lower.encode("utf-8", "surrogatepass")) % self.width] += 1
        vectors: Vectors = counts / np.linalg.norm(counts, axis=1, keepdims=True)
        return vectors


def fake_models(chunk_tokens: int = 128) -> Models:
    """Return the ports with nothing real behind them."""
    return Models(
        extractor=FakeExtractor(),
        tokens=FakeTokenCounter(),
        drafter=FakeDrafter(chunk_tokens),
        languages=FakeLanguageIdentifier(),
    )
