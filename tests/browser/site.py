"""The real service with something to look at: stories stored before it starts, and made by it."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx

from service.domain.brief import Dropped, Options, Progress
from service.domain.edition import Edition
from service.domain.text import Article, Document
from service.render import dump_brief
from service.store import Store
from service.store.codec import dump_article
from service.store.records import LOCAL, BriefRecord, Filed, Lease, NewBrief, Outcome
from tests.browser.stories import NOON, Finished
from tests.serving import Serving

Told = TypeVar("Told")
SEEDS = sorted((Path(__file__).parent.parent.parent / "seeds").glob("*.txt"))
RUNNING, CANCELLABLE = "brf_running", "brf_cancellable"
FAILED, CANCELLED = "brf_failed", "brf_cancelled"
_OWNER = "of the tests"
_MAKING_S = 90.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """`brief serve` with the model in the box, over a database of its own."""

    serving: Serving

    @property
    def url(self) -> str:
        return self.serving.url

    def ask(self, path: str) -> Any:  # noqa: ANN401
        """Return what the interface for programs says."""
        return httpx.get(f"{self.url}{path}", timeout=60).raise_for_status().json()

    def asked(self, *documents: dict[str, str], wait_s: int) -> dict[str, Any]:
        """Ask for a brief, and return it once it is done or the time is over."""
        answer = httpx.post(
            f"{self.url}/v1/briefs",
            json={"documents": documents},
            headers={"Prefer": f"wait={wait_s}"} if wait_s else {},
            timeout=_MAKING_S,
        )
        brief: dict[str, Any] = answer.raise_for_status().json()
        return brief

    def made(self, *documents: dict[str, str]) -> dict[str, Any]:
        """Have a brief made and return it."""
        brief = self.asked(*documents, wait_s=60)
        assert brief["status"] == "done", brief
        return brief

    def told(self, brief_id: str, progress: Progress) -> None:
        """Tell how far a brief is that stays in the making."""
        with_store(
            self.serving.log.parent, lambda store: store.briefs.renew(brief_id, _lease(), progress)
        )

    def locked(self) -> str:
        """Make a key, without which the service shows nothing from now on, and return it."""
        made = subprocess.run(
            [sys.executable, "-m", "service", "keys", "create", "desk", "--tenant", LOCAL],
            env={**os.environ, **self.serving.environment},
            capture_output=True,
            check=True,
            text=True,
        )
        return made.stdout.strip()


@contextmanager
def served(folder: Path, *stories: Callable[[Store], Awaitable[object]]) -> Iterator[Site]:
    """Give the service once it can make briefs; the stories are stored before it starts."""

    async def telling(store: Store) -> None:
        for tell in stories:
            await tell(store)

    with_store(folder, telling)
    settings = {"BRIEF_SECRET_FILE": str(folder / "secret"), "BRIEF_THREADS": "2"}
    serving = Serving.on(folder, **settings)
    serving.start()
    try:
        serving.until_ready()
        yield Site(serving=serving)
    finally:
        serving.stop()


def with_store(folder: Path, ask: Callable[[Store], Awaitable[Told]]) -> Told:
    """Ask the database in a folder, in a thread: a browser keeps a loop in its own."""

    async def asking() -> Told:
        store = Store.at(f"sqlite+aiosqlite:///{folder / 'brief.db'}")
        try:
            await store.database.open()
            return await ask(store)
        finally:
            await store.database.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(asking())).result()


def finished(told: Finished) -> Callable[[Store], Awaitable[BriefRecord]]:
    """Return what stores a brief that is done."""
    brief = told.brief

    async def store_it(store: Store) -> BriefRecord:
        await _begun(store, brief.id, told.articles)
        outcome = Outcome(
            status="done",
            finished_at=brief.finished_at or NOON,
            body=dump_brief(brief),
            headline=brief.headline.text if brief.headline else None,
        )
        assert await store.briefs.settle(brief.id, _OWNER, outcome)
        return await store.briefs.get(LOCAL, brief.id)

    return store_it


def published(*editions: Edition) -> Callable[[Store], Awaitable[None]]:
    """Return what stores editions."""

    async def store_them(store: Store) -> None:
        for edition in editions:
            await store.editions.put(LOCAL, edition)

    return store_them


def unfinished(articles: tuple[Article, ...]) -> Callable[[Store], Awaitable[None]]:
    """Return what stores briefs that stay in the making, one that failed, and a cancelled one."""

    async def store_them(store: Store) -> None:
        for brief_id in (RUNNING, CANCELLABLE):
            await _begun(store, brief_id, articles)
            drafted = Progress(stage="draft", done=2, total=5)
            await store.briefs.renew(brief_id, _lease(), drafted)
        await _begun(store, FAILED, articles)
        now = datetime.now(UTC)
        failure = Outcome(
            status="failed", finished_at=now, error="no sentence of the documents stands"
        )
        assert await store.briefs.settle(FAILED, _OWNER, failure)
        await _begun(store, CANCELLED, articles)
        await store.briefs.cancel(LOCAL, CANCELLED, now)

    return store_them


async def _begun(store: Store, brief_id: str, articles: tuple[Article, ...]) -> None:
    """Store a brief as one that a worker makes which never gives it up."""
    now = datetime.now(UTC)
    order = NewBrief(
        id=brief_id,
        created_at=now,
        options=Options(),
        document_ids=tuple(one.id for one in articles),
        filed=tuple(_filed(one) for one in articles),
        dropped=(Dropped(text="leaflet.pdf", document_id=None, reason="it is empty"),),
    )
    await store.briefs.accept(LOCAL, order, 1000)
    assert await store.briefs.claim(_lease(), now, brief_id) is not None


def _lease() -> Lease:
    return Lease(owner=_OWNER, until=datetime.now(UTC) + timedelta(days=9))


def _filed(one: Article) -> Filed:
    document = Document(
        id=one.id,
        content=one.text,
        title=one.title,
        publisher=one.publisher,
        published_at=one.published_at,
        url=one.url,
    )
    return Filed(
        document=document,
        article=one,
        article_json=dump_article(one),
        content_id=document.content_id,
    )
