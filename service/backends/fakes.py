"""Hand-written fakes of every port: deterministic, instant, and able to run the whole line."""

from collections.abc import Callable, Mapping, Sequence

from service.domain.claims import TASKS, Draft, DraftRequest, Task
from service.domain.errors import BadDocument
from service.domain.ports import Extracted, Models
from service.domain.text import Document
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


def fake_models(chunk_tokens: int = 128) -> Models:
    """Return the ports with nothing real behind them."""
    return Models(
        extractor=FakeExtractor(),
        tokens=FakeTokenCounter(),
        drafter=FakeDrafter(chunk_tokens),
        languages=FakeLanguageIdentifier(),
    )
