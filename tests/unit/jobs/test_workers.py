import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from service.backends.fakes import FakeDrafter
from service.domain.brief import Brief, Dropped, Options, Progress, Status
from service.domain.claims import Draft, DraftRequest
from service.domain.errors import NotReady
from service.domain.ports import Models, Watch
from service.domain.text import Article
from service.jobs.fakes import fake_pipeline
from service.jobs.work.making import WorkShop
from service.jobs.work.workers import Workers
from service.store.briefs import BriefStore
from service.store.records import LOCAL, BriefRecord, Lease, Outcome
from tests.unit.jobs.workshops import (
    NOW,
    QUICK,
    Gate,
    Time,
    accept,
    opened,
    record,
    shop_at,
    sqlite,
)


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await holds():
            await asyncio.sleep(0.01)


async def ended(shop: WorkShop, name: str = "b") -> BriefRecord:
    async def over() -> bool:
        return (await record(shop, name)).finished

    await until(over)
    return await record(shop, name)


def test_stopping_finishes_what_is_at_work(tmp_path: Path) -> None:
    gate = Gate()

    async def story() -> Status:
        shop = shop_at(sqlite(tmp_path), gate)
        async with opened(shop) as workers:
            await accept(shop)
            await workers.start()
            await asyncio.to_thread(gate.busy.wait, 20)
            gate.let.set()
            await workers.stop()
            return (await record(shop)).status

    assert asyncio.run(story()) == "done"


def test_stopping_puts_back_what_listens_and_is_not_done_in_time(tmp_path: Path) -> None:
    gate = Gate()

    async def story() -> tuple[Status, int]:
        shop = shop_at(sqlite(tmp_path), gate)
        async with opened(shop) as workers:
            await accept(shop, texts=("Rain fell.", "It rose."))
            await workers.start()
            await asyncio.to_thread(gate.busy.wait, 20)
            stopping = asyncio.create_task(workers.stop(grace_s=0.0))
            await asyncio.sleep(0.05)
            gate.let.set()
            await stopping
            left = await record(shop)
            return left.status, left.attempts

    assert asyncio.run(story()) == ("queued", 0)


def test_stopping_puts_back_what_does_not_listen_and_refuses_what_it_makes(tmp_path: Path) -> None:
    gate = Gate()

    async def story() -> tuple[Status, bool, Status]:
        shop = shop_at(sqlite(tmp_path), gate)
        pace = replace(QUICK, grace_s=0.0, stopping_s=0.0)
        async with opened(shop, pace) as workers:
            await accept(shop)
            await workers.start()
            await asyncio.to_thread(gate.busy.wait, 20)
            await workers.stop()
            stopped, busy = (await record(shop)).status, workers.maker.busy
            gate.let.set()
            await asyncio.to_thread(workers.maker.pool.shutdown)
            return stopped, busy, (await record(shop)).status

    assert asyncio.run(story()) == ("queued", True, "queued")


def test_a_brief_claimed_while_stopping_is_put_back(tmp_path: Path) -> None:
    class Slow(BriefStore):
        """Hands out a brief when its worker has been told to stop."""

        def __init__(self, shop: WorkShop) -> None:
            super().__init__(shop.store.database)
            self.asked, self.let = asyncio.Event(), asyncio.Event()

        async def claim(
            self, lease: Lease, now: datetime, brief_id: str | None = None
        ) -> BriefRecord | None:
            self.asked.set()
            await self.let.wait()
            return await super().claim(lease, now, brief_id)

    async def story() -> tuple[Status, int]:
        plain = shop_at(sqlite(tmp_path), FakeDrafter())
        slow = Slow(plain)
        shop = replace(plain, store=replace(plain.store, briefs=slow))
        async with opened(shop) as workers:
            await accept(shop)
            await workers.start()
            await slow.asked.wait()
            stopping = asyncio.create_task(workers.stop())
            await asyncio.sleep(0)
            slow.let.set()
            await stopping
            left = await record(shop)
            return left.status, left.attempts

    assert asyncio.run(story()) == ("queued", 0)


def test_a_stage_that_breaks_fails_the_brief_at_once_and_quotes_nothing(tmp_path: Path) -> None:
    class Broken(FakeDrafter):
        def draft(
            self, requests: Sequence[DraftRequest], advance: Callable[[int], None] = lambda _: None
        ) -> list[Draft]:
            raise ValueError(requests[0].text)

    async def story() -> BriefRecord:
        shop = shop_at(sqlite(tmp_path), Broken())
        async with opened(shop) as workers:
            await accept(shop)
            await workers.start()
            over = await ended(shop)
            await workers.stop()
            return over

    over = asyncio.run(story())
    assert (over.status, over.attempts) == ("failed", 1)
    assert over.error == "an internal error; the service's log has the place"


def test_a_brief_at_work_is_kept_past_its_first_lease(tmp_path: Path) -> None:
    gate, time = Gate(), Time()

    async def story() -> None:
        shop = shop_at(sqlite(tmp_path), gate, time)
        async with opened(shop) as workers:
            await accept(shop)
            await workers.start()
            await asyncio.to_thread(gate.busy.wait, 20)
            time.pass_by(60.0)
            other = Lease(owner="other", until=time.now + timedelta(seconds=8))
            try:
                await until(lambda: _reported(shop))
                # Renewed since; it was claimed for eight seconds of a minute ago.
                await until(lambda: _nothing_due(shop))
                assert await shop.store.briefs.claim(other, time.now) is None
            finally:
                gate.let.set()
                await workers.stop()

    asyncio.run(story())


async def _reported(shop: WorkShop) -> bool:
    return (await record(shop)).progress is not None


async def _nothing_due(shop: WorkShop) -> bool:
    return not await shop.store.briefs.due(shop.surroundings.now(), 1)


class Deaf(Gate):
    """Counts what it drafted after it was let."""

    def __init__(self) -> None:
        super().__init__()
        self.drafted = 0

    def draft(
        self, requests: Sequence[DraftRequest], advance: Callable[[int], None] = lambda _: None
    ) -> list[Draft]:
        made = super().draft(requests, advance)
        self.drafted += 1
        return made


def test_a_worker_that_lost_its_lease_stops_its_thread_and_settles_nothing(tmp_path: Path) -> None:
    deaf, time = Deaf(), Time()

    async def story() -> tuple[Status, str | None, int]:
        shop = shop_at(sqlite(tmp_path), deaf, time)
        async with opened(shop, replace(QUICK, tick_s=0.3)) as workers:
            await accept(shop, texts=("Rain fell.", "It rose.", "It sank."))
            await workers.start()
            await asyncio.to_thread(deaf.busy.wait, 20)
            # It did not renew in time, as where its machine was asleep.
            time.pass_by(60.0)
            other = Lease(owner="other", until=time.now + timedelta(seconds=60))
            assert await shop.store.briefs.claim(other, time.now) is not None
            await until(lambda: _lost(workers))
            deaf.let.set()
            await workers.stop()
            left = await record(shop)
            return left.status, left.body, left.attempts

    assert asyncio.run(story()) == ("running", None, 2)
    assert deaf.drafted == 1


class Refusing(BriefStore):
    """Counts what is to be settled."""

    settled = 0

    async def settle(self, brief_id: str, owner: str, outcome: Outcome) -> bool:
        self.settled += 1
        return await super().settle(brief_id, owner, outcome)


def test_what_a_worker_made_after_it_lost_its_lease_is_not_settled(tmp_path: Path) -> None:
    gate, time = Gate(), Time()
    plain = shop_at(sqlite(tmp_path), gate, time)
    counting = Refusing(plain.store.database)

    async def story() -> Status:
        shop = replace(
            plain,
            store=replace(plain.store, briefs=counting),
            pipeline=replace(plain.pipeline, summarize=_without_asking),
        )
        async with opened(shop, replace(QUICK, tick_s=0.3)) as workers:
            await accept(shop)
            making = asyncio.create_task(workers.make())
            await asyncio.to_thread(gate.busy.wait, 20)
            time.pass_by(60.0)
            other = Lease(owner="other", until=time.now + timedelta(seconds=60))
            assert await shop.store.briefs.claim(other, time.now) is not None
            await until(lambda: _lost(workers))
            gate.let.set()
            await making
            return (await record(shop)).status

    assert asyncio.run(story()) == "running"
    assert counting.settled == 0


def _without_asking(
    articles: Sequence[Article],
    models: Models,
    options: Options,
    *,
    brief_id: str,
    created_at: datetime,
    dropped: Sequence[Dropped] = (),
    warnings: Sequence[str] = (),
    watch: Watch | None = None,
) -> Brief:
    """Make a brief to its end, without ever asking whether to go on."""
    return fake_pipeline().summarize(
        articles, models, options, brief_id=brief_id, created_at=created_at, dropped=dropped
    )


async def _lost(workers: Workers) -> bool:
    return all(run.lost for run in workers._runs.values())


def test_cancelling_stops_the_thread(tmp_path: Path) -> None:
    deaf = Deaf()

    async def story() -> Status:
        shop = shop_at(sqlite(tmp_path), deaf)
        async with opened(shop) as workers:
            await accept(shop, texts=("Rain fell.", "It rose.", "It sank."))
            await workers.start()
            await asyncio.to_thread(deaf.busy.wait, 20)
            await shop.store.briefs.cancel(LOCAL, "b", NOW)
            await asyncio.sleep(0.1)
            deaf.let.set()
            await workers.stop()
            return (await record(shop)).status

    assert asyncio.run(story()) == "cancelled"
    assert deaf.drafted == 1


def test_a_worker_makes_the_brief_it_is_called_for_and_no_other_call_finds_it(
    tmp_path: Path,
) -> None:
    async def story() -> tuple[bool, bool, bool, Status]:
        shop = shop_at(sqlite(tmp_path), FakeDrafter())
        async with opened(shop) as workers:
            await accept(shop, "a")
            await accept(shop, "b", ("It rose.",))
            first, second = await workers.make("b"), await workers.make("b")
            unknown = await workers.make("c")
            return first, second, unknown, (await record(shop, "a")).status

    assert asyncio.run(story()) == (True, False, False, "queued")


def test_without_a_model_nothing_is_claimed(tmp_path: Path) -> None:
    async def story() -> tuple[Status, int]:
        shop = shop_at(sqlite(tmp_path))
        async with opened(shop) as workers:
            await accept(shop)
            with pytest.raises(NotReady):
                await workers.make()
            left = await record(shop)
            return left.status, left.attempts

    assert asyncio.run(story()) == ("queued", 0)


@pytest.mark.parametrize("workers_count", [1, 3])
def test_many_briefs_are_each_made_once_whatever_the_number_of_workers(
    tmp_path: Path, workers_count: int
) -> None:
    class Counting(FakeDrafter):
        def __init__(self) -> None:
            super().__init__()
            self.calls: list[str] = []
            self.lock = threading.Lock()

        def draft(
            self, requests: Sequence[DraftRequest], advance: Callable[[int], None] = lambda _: None
        ) -> list[Draft]:
            with self.lock:
                self.calls.append(requests[0].text)
            return super().draft(requests, advance)

    drafter = Counting()
    texts = [f"Event {i} took place." for i in range(12)]

    async def story() -> None:
        shop = shop_at(sqlite(tmp_path), drafter)
        async with opened(shop, replace(QUICK, workers=workers_count)) as workers:
            await workers.start()
            for i, text in enumerate(texts):
                await accept(shop, f"b{i}", (text,))
            for i in range(len(texts)):
                assert (await ended(shop, f"b{i}")).status == "done"
            await workers.stop()

    asyncio.run(story())
    assert sorted(drafter.calls) == sorted(texts)


def test_progress_is_told_while_a_brief_is_made(tmp_path: Path) -> None:
    gate = Gate()

    async def story() -> Progress | None:
        shop = shop_at(sqlite(tmp_path), gate)
        async with opened(shop) as workers:
            await accept(shop)
            await workers.start()
            await asyncio.to_thread(gate.busy.wait, 20)
            await until(lambda: _reported(shop))
            told = (await record(shop)).progress
            gate.let.set()
            await workers.stop()
            return told

    assert asyncio.run(story()) == Progress(stage="draft", done=0, total=1)
