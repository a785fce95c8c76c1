import asyncio
import itertools
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service.backends.fakes import FakeDrafter, fake_models
from service.domain.brief import Options, Status
from service.domain.claims import Draft, DraftRequest
from service.domain.errors import StoreUnavailable
from service.domain.text import Document
from service.jobs.desk import Desk, Order
from service.jobs.fakes import fake_pipeline
from service.jobs.intake import Intake
from service.jobs.limits import Limits
from service.jobs.parts import Codec, Shop, Store, Surroundings
from service.jobs.workers import Pace, Workers
from service.render import dump_brief, load_brief
from service.store.briefs import BriefStore
from service.store.records import Lease, Outcome

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
QUICK = Pace(poll_s=0.02, tick_s=0.01, grace_s=10.0, stopping_s=1.0)
ORDER = Order(
    documents=(Document(content="Rain fell.", id="a"), Document(content="It rose.", id="b")),
    options=Options(),
)


class Gate(FakeDrafter):
    """Drafts only when let."""

    def __init__(self) -> None:
        super().__init__()
        self.busy, self.let = threading.Event(), threading.Event()

    def draft(
        self, requests: Sequence[DraftRequest], advance: Callable[[int], None] = lambda _: None
    ) -> list[Draft]:
        self.busy.set()
        assert self.let.wait(20)
        return super().draft(requests, advance)


def shop_at(folder: Path, drafter: FakeDrafter) -> Shop:
    ids = itertools.count()
    shop = Shop(
        pipeline=fake_pipeline(),
        codec=Codec(dump=dump_brief, load=load_brief),
        store=Store.at(f"sqlite+aiosqlite:///{folder / 'brief.db'}"),
        limits=Limits(),
        surroundings=Surroundings(
            now=lambda: NOW,
            clock_s=lambda: 0.0,
            new_brief_id=lambda: f"brf_{next(ids)}",
            new_owner=lambda: f"owner_{next(ids)}",
        ),
    )
    shop.models.put(replace(fake_models(), drafter=drafter))
    return shop


@asynccontextmanager
async def at_work(shop: Shop, pace: Pace = QUICK) -> AsyncIterator[tuple[Desk, Workers]]:
    """Open the store, and give a desk and workers that are not started yet."""
    await shop.store.database.open()
    with ThreadPoolExecutor(2) as pool:
        desk = Desk(shop=shop, intake=Intake(shop=shop, pool=pool), pool=pool)
        workers = Workers(shop=shop, pace=pace, pool=ThreadPoolExecutor(pace.workers))
        try:
            yield desk, workers
        finally:
            workers.pool.shutdown(wait=False)
            await shop.store.database.close()


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await holds():
            await asyncio.sleep(0.01)


def test_stopping_finishes_what_is_at_work(tmp_path: Path) -> None:
    gate = Gate()

    async def story() -> Status:
        async with at_work(shop_at(tmp_path, gate)) as (desk, workers):
            record = await desk.accept(ORDER)
            workers.start()
            await asyncio.to_thread(gate.busy.wait, 20)
            gate.let.set()
            await workers.stop()
            return (await desk.get(record.id)).status

    assert asyncio.run(story()) == "done"


def test_stopping_puts_back_what_listens_and_is_not_done_in_time(tmp_path: Path) -> None:
    gate = Gate()

    async def story() -> tuple[Status, int]:
        async with at_work(shop_at(tmp_path, gate), replace(QUICK, grace_s=0.0)) as (desk, workers):
            record = await desk.accept(ORDER)
            workers.start()
            await asyncio.to_thread(gate.busy.wait, 20)
            stopping = asyncio.create_task(workers.stop())
            await asyncio.sleep(0.05)
            gate.let.set()
            await stopping
            left = await desk.get(record.id)
            return left.status, left.attempts

    assert asyncio.run(story()) == ("queued", 0)


def test_stopping_puts_back_what_does_not_listen_and_refuses_what_it_makes(tmp_path: Path) -> None:
    gate = Gate()

    async def story() -> tuple[Status, Status]:
        pace = replace(QUICK, grace_s=0.0, stopping_s=0.0)
        async with at_work(shop_at(tmp_path, gate), pace) as (desk, workers):
            record = await desk.accept(ORDER)
            workers.start()
            await asyncio.to_thread(gate.busy.wait, 20)
            await workers.stop()
            stopped = (await desk.get(record.id)).status
            gate.let.set()
            await asyncio.to_thread(workers.pool.shutdown)
            return stopped, (await desk.get(record.id)).status

    assert asyncio.run(story()) == ("queued", "queued")


def test_a_brief_that_keeps_killing_the_service_fails_in_the_end(tmp_path: Path) -> None:
    async def story() -> tuple[Status, str | None]:
        async with at_work(shop_at(tmp_path, FakeDrafter())) as (desk, workers):
            record = await desk.accept(ORDER)
            briefs = desk.shop.store.briefs
            for i in range(QUICK.max_attempts):
                dead = Lease(owner=f"dead{i}", until=NOW - timedelta(seconds=1))
                assert await briefs.claim(dead, NOW) is not None
            workers.start()
            ended = await desk.wait(record.id, 20)
            await workers.stop()
            return ended.status, ended.error

    status, error = asyncio.run(story())
    assert status == "failed"
    assert "3 times" in str(error)


class Full(BriefStore):
    """Refuses to settle, twice."""

    refusals = 2

    async def settle(self, brief_id: str, owner: str, outcome: Outcome) -> bool:
        if self.refusals:
            self.refusals -= 1
            raise StoreUnavailable("disk full")
        return await super().settle(brief_id, owner, outcome)


def test_a_brief_made_while_the_disk_is_full_is_not_lost(tmp_path: Path) -> None:
    shop = shop_at(tmp_path, FakeDrafter())
    full = Full(shop.store.database)

    async def story() -> Status:
        store = replace(shop.store, briefs=full)
        async with at_work(replace(shop, store=store)) as (desk, workers):
            record = await desk.accept(ORDER)
            workers.start()
            ended = await desk.wait(record.id, 20)
            await workers.stop()
            return ended.status

    assert asyncio.run(story()) == "done"
    assert full.refusals == 0


def test_a_brief_at_work_is_kept_past_its_first_lease(tmp_path: Path) -> None:
    gate = Gate()

    async def story() -> None:
        shop = shop_at(tmp_path, gate)
        later = NOW + timedelta(minutes=1)
        clock = iter([NOW] * 3)
        moved = replace(shop.surroundings, now=lambda: next(clock, later))
        async with at_work(replace(shop, surroundings=moved)) as (desk, workers):
            await desk.accept(ORDER)
            workers.start()
            await asyncio.to_thread(gate.busy.wait, 20)
            other = Lease(owner="other", until=later)
            try:
                await until(lambda: _reported(desk))
                assert await shop.store.briefs.claim(other, later) is None
            finally:
                gate.let.set()
                await workers.stop()

    asyncio.run(story())


async def _reported(desk: Desk) -> bool:
    return (await desk.get("brf_0")).progress is not None


@pytest.mark.parametrize("workers_count", [1, 3])
def test_many_briefs_are_each_made_once_whatever_the_number_of_workers(
    tmp_path: Path, workers_count: int
) -> None:
    class Counting(FakeDrafter):
        def __init__(self) -> None:
            super().__init__()
            self.calls: list[str] = []

        def draft(
            self, requests: Sequence[DraftRequest], advance: Callable[[int], None] = lambda _: None
        ) -> list[Draft]:
            self.calls.append(requests[0].text)
            return super().draft(requests, advance)

    drafter = Counting()
    texts = [f"Event {i} took place." for i in range(12)]

    async def story() -> None:
        pace = replace(QUICK, workers=workers_count)
        async with at_work(shop_at(tmp_path, drafter), pace) as (desk, workers):
            workers.start()
            records = [
                await desk.accept(Order(documents=(Document(content=t),), options=Options()))
                for t in texts
            ]
            for record in records:
                assert (await desk.wait(record.id, 20)).status == "done"
            await workers.stop()

    asyncio.run(story())
    assert sorted(drafter.calls) == sorted(texts)
