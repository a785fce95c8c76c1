"""Documents and briefs to store, and the store that a story is told of, in either database."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from service.domain.brief import Dropped, Options
from service.domain.text import Article, Document, text_sha256
from service.store import Store
from service.store.codec import dump_article
from service.store.database import Database
from service.store.records import BriefRecord, Filed, Hook, Lease, NewBrief, Outcome
from tests.contract.databases import Tell, database_url, tell

__all__ = ["database_url", "tell", "told"]

NOW = datetime(2026, 11, 21, 12, 0, 0, 123456, tzinfo=UTC)
HOOK = Hook(url="https://example.org/hook", sealed_secret="sealed")
US, THEM = "us", "them"

Story = Callable[[Store], Awaitable[None]]
Told = Callable[[Story], None]


@pytest.fixture
def told(tell: Tell) -> Told:
    """Run a story on an empty store, once in each database."""

    def run(story: Story) -> None:
        async def on(database: Database) -> None:
            await story(Store.over(database))

        tell(on)

    return run


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def lease(owner: str = "mine", until_s: float = 15.0) -> Lease:
    return Lease(owner=owner, until=at(until_s))


def filed(
    id_: str, text: str = "Rain fell.", *, url: str | None = None, title: str | None = None
) -> Filed:
    article = Article(id=id_, sha256=text_sha256(text), text=text, url=url, title=title)
    document = Document(id=id_, content=text, url=url, title=title)
    return Filed(
        document=document,
        article=article,
        article_json=dump_article(article),
        content_id=document.content_id,
    )


def brief(
    id_: str,
    *documents: Filed,
    after_s: float = 0.0,
    hook: Hook | None = None,
    key: str | None = None,
) -> NewBrief:
    return NewBrief(
        id=id_,
        created_at=at(after_s),
        options=Options(max_words=99, seed=3),
        document_ids=tuple(one.article.id for one in documents),
        filed=documents,
        dropped=(Dropped(text="x", document_id="d", reason="it is empty"),),
        idempotency_key=key,
        hook=hook,
    )


def done(at_s: float = 0.0) -> Outcome:
    return Outcome(status="done", finished_at=at(at_s), body='{"a":1}', headline="Rain fell.")


def failed(at_s: float = 0.0) -> Outcome:
    return Outcome(status="failed", finished_at=at(at_s), error="it broke")


async def made(store: Store, new: NewBrief, *, tenant: str = US) -> BriefRecord:
    """Accept a brief and end it as done."""
    await store.briefs.accept(tenant, new, 100)
    assert await store.briefs.claim(lease(), NOW, new.id) is not None
    assert await store.briefs.settle(new.id, "mine", done())
    return await store.briefs.get(tenant, new.id)
