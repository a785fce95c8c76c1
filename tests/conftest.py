"""Fixtures that every room's tests share: the sample documents, and articles made by hand."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings

from service.backends.fakes import FakeTokenCounter
from service.domain.text import Article, Document, text_sha256
from service.stages.chunk import chunk
from service.stages.segment import segment
from tests.servers import postgres_url, postgres_url_of_module, redis_url

settings.register_profile("house", deadline=None, max_examples=60)
settings.load_profile("house")

__all__ = ["postgres_url", "postgres_url_of_module", "redis_url"]

SEEDS = Path(__file__).parent.parent / "seeds"
NOON = datetime(2025, 4, 18, 12, 0, tzinfo=UTC)

MakeArticle = Callable[..., Article]


@pytest.fixture(scope="session", autouse=True)
def own_folders(request: pytest.FixtureRequest) -> Iterator[None]:
    """Keep converted models with the tests' own cache, and named ones out of the user's folders."""
    assert request.config.cache is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(request.config.cache.mkdir("cached-models")))
        patch.setenv("XDG_DATA_HOME", str(request.config.cache.mkdir("named-models")))
        yield


@pytest.fixture(scope="session")
def seed_documents() -> tuple[Document, ...]:
    return tuple(Document(content=path.read_text("utf-8")) for path in sorted(SEEDS.glob("*.txt")))


@pytest.fixture(scope="session")
def make_article() -> MakeArticle:
    """Make an article from paragraphs, cut into sentences and chunks as the pipeline does."""

    def make(id_: str, *paragraphs: str, title: str | None = None, **metadata: object) -> Article:
        text = "\n\n".join([title, *paragraphs] if title else paragraphs)
        sentences = segment(text, has_title=bool(title), language="en", fits=lambda _: True)
        return Article(
            id=id_,
            sha256=text_sha256(text),
            title=title,
            text=text,
            language="en",
            sentences=sentences,
            chunks=chunk(text, sentences, FakeTokenCounter(), 1000),
            **metadata,
        )

    return make
