"""What briefs are made with in tests: the real store over SQLite, and fakes for the model."""

import itertools
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from service.backends.fakes import FakeDrafter, fake_models
from service.domain.brief import Options
from service.domain.claims import Draft, DraftRequest
from service.domain.text import Document
from service.jobs.fakes import fake_pipeline
from service.jobs.parts import Codec, Surroundings
from service.jobs.work.dispatch import BellCalls
from service.jobs.work.making import Maker, Pace, WorkShop
from service.jobs.work.workers import Workers
from service.render import dump_brief, load_brief
from service.store import Store
from service.store.codec import dump_article
from service.store.records import LOCAL, BriefRecord, Filed, NewBrief
from service.telemetry.metrics import Metrics

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
QUICK = Pace(poll_s=0.02, tick_s=0.01, grace_s=10.0, stopping_s=1.0, max_attempts=3)


class Gate(FakeDrafter):
    """Drafts only when let; `busy` is set while it holds a thread."""

    def __init__(self) -> None:
        super().__init__()
        self.busy, self.let = threading.Event(), threading.Event()

    def draft(
        self, requests: Sequence[DraftRequest], advance: Callable[[int], None] = lambda _: None
    ) -> list[Draft]:
        self.busy.set()
        assert self.let.wait(20)
        return super().draft(requests, advance)


@dataclass
class Time:
    now: datetime = NOW

    def read(self) -> datetime:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Ids:
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def __call__(self) -> str:
        return f"id_{next(self.numbers)}"


def shop_at(url: str, drafter: FakeDrafter | None = None, time: Time | None = None) -> WorkShop:
    """Return a workshop over a database; without a drafter its model is still being loaded."""
    shop = WorkShop(
        pipeline=fake_pipeline(),
        codec=Codec(dump=dump_brief, load=load_brief),
        store=Store.at(url),
        surroundings=Surroundings(
            now=(time or Time()).read, clock_s=lambda: 0.0, new_brief_id=Ids(), new_owner=Ids()
        ),
        metrics=Metrics(),
    )
    if drafter is not None:
        shop.models.put(replace(fake_models(), drafter=drafter))
    return shop


def sqlite(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder / 'brief.db'}"


def workers_in(shop: WorkShop, pace: Pace = QUICK) -> Workers:
    pool = ThreadPoolExecutor(pace.workers, thread_name_prefix="make")
    maker = Maker(shop=shop, pace=pace, pool=pool)
    return Workers(maker=maker, calls=BellCalls(bell=shop.bell, poll_s=pace.poll_s))


@asynccontextmanager
async def opened(shop: WorkShop, pace: Pace = QUICK) -> AsyncIterator[Workers]:
    """Open the store, and give workers that are not started yet."""
    await shop.store.database.open()
    workers = workers_in(shop, pace)
    try:
        yield workers
    finally:
        workers.maker.pool.shutdown(wait=False)
        await shop.store.database.close()


async def accept(
    shop: WorkShop, name: str = "b", texts: Sequence[str] = ("Rain fell.",)
) -> BriefRecord:
    """Accept a brief of that id, made of those texts."""
    filed = tuple(_filed(Document(content=text)) for text in texts)
    brief = NewBrief(
        id=name,
        created_at=shop.surroundings.now(),
        options=Options(),
        document_ids=tuple(one.article.id for one in filed),
        filed=filed,
    )
    return await shop.store.briefs.accept(LOCAL, brief, 1000)


async def record(shop: WorkShop, name: str = "b") -> BriefRecord:
    return await shop.store.briefs.get(LOCAL, name)


def _filed(document: Document) -> Filed:
    article = fake_pipeline().prepare(document, fake_models())
    return Filed(
        document=document,
        article=article,
        article_json=dump_article(article),
        content_id=document.content_id,
    )
