"""Hand-written fakes of every port: deterministic, instant, and able to run the whole line."""

from collections.abc import Callable, Sequence

from service.domain.claims import Draft, DraftRequest
from service.domain.errors import BadDocument
from service.domain.ports import Extracted, Models
from service.domain.text import Document


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
    """Likes early sentences: salience falls as 1/(1+i). It writes nothing of its own."""

    name = "fake"
    revision = "0"
    engine = "none"
    languages: tuple[str, ...] = ("en",)

    def __init__(self, chunk_tokens: int = 128) -> None:
        self.chunk_tokens = chunk_tokens
        self.prompts = {"draft": "0" * 64}

    def draft(
        self, requests: Sequence[DraftRequest], advance: Callable[[int], None] = lambda _: None
    ) -> list[Draft]:
        drafts = []
        for request in requests:
            weights = [1.0 / (1 + i) for i in range(len(request.sentences))]
            picks = tuple(range(min(request.max_sentences, len(weights))))
            drafts.append(Draft(salience=tuple(w / sum(weights) for w in weights), picks=picks))
            advance(1)
        return drafts


class FakeLanguageIdentifier:
    """Calls everything English."""

    def identify(self, text: str) -> str | None:
        return "en" if text.strip() else None


def fake_models(chunk_tokens: int = 128) -> Models:
    """Return the ports with nothing real behind them."""
    return Models(
        extractor=FakeExtractor(),
        tokens=FakeTokenCounter(),
        drafter=FakeDrafter(chunk_tokens),
        languages=FakeLanguageIdentifier(),
    )
