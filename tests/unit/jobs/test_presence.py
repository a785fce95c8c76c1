import asyncio
from dataclasses import replace
from pathlib import Path

from service.backends.fakes import FakeDrafter, fake_models
from service.domain.errors import StoreUnavailable
from service.jobs.chores import Chores, forget_workers
from service.jobs.work.making import WorkShop
from service.jobs.work.presence import SEEN_WITHIN_S, Attendance, Process, readiness
from service.store.records import Presence, WorkerRecord
from service.store.workers import WorkerStore
from tests.unit.jobs.workshops import NOW, Time, opened, shop_at, sqlite

PROCESS = Process(id="w", host="here", pid=7, version="1", started_at=NOW)


def attendance(shop: WorkShop) -> Attendance:
    return Attendance(
        store=shop.store, surroundings=shop.surroundings, models=shop.models, process=PROCESS
    )


async def seen(shop: WorkShop) -> Presence:
    return await shop.store.workers.seen_since(NOW)


async def some_are_seen(shop: WorkShop) -> Presence:
    async with asyncio.timeout(20):
        while not (found := await seen(shop)).workers:
            await asyncio.sleep(0.01)
    return found


def test_a_worker_is_seen_while_its_model_is_loaded_and_is_ready_afterwards(
    tmp_path: Path,
) -> None:
    async def story() -> tuple[Presence, Presence]:
        shop = shop_at(sqlite(tmp_path))
        async with opened(shop):
            present = attendance(shop)
            await present.start()
            loading = await some_are_seen(shop)
            shop.models.put(replace(fake_models(), drafter=FakeDrafter()))
            await present.tell()
            loaded = await seen(shop)
            await present.stop()
            return loading, loaded

    loading, loaded = asyncio.run(story())
    assert [one.reason for one in loading.workers] == ["they are being loaded"]
    assert (loading.ready, loaded.ready) == (False, True)
    assert [(one.id, one.model) for one in loaded.workers] == [("w", FakeDrafter().name)]


def test_a_worker_that_stops_is_gone_at_once(tmp_path: Path) -> None:
    async def story() -> Presence:
        shop = shop_at(sqlite(tmp_path), FakeDrafter())
        async with opened(shop):
            present = attendance(shop)
            await present.start()
            await some_are_seen(shop)
            await present.stop()
            return await seen(shop)

    assert asyncio.run(story()).workers == ()


def test_a_database_that_is_away_ends_no_attendance(tmp_path: Path) -> None:
    class Away(WorkerStore):
        refusals = 2

        async def tell(self, worker: WorkerRecord) -> None:
            if self.refusals:
                self.refusals -= 1
                raise StoreUnavailable("connection lost")
            await super().tell(worker)

    async def story() -> Presence:
        plain = shop_at(sqlite(tmp_path), FakeDrafter())
        away = Away(plain.store.database)
        shop = replace(plain, store=replace(plain.store, workers=away))
        async with opened(shop):
            present = attendance(shop)
            for _ in range(3):
                await present.tell()
            return await seen(shop)

    assert len(asyncio.run(story()).workers) == 1


def test_a_worker_that_tells_nothing_any_more_is_missed_soon(tmp_path: Path) -> None:
    time = Time()

    async def story() -> list[int]:
        shop = shop_at(sqlite(tmp_path), FakeDrafter(), time)
        async with opened(shop):
            await attendance(shop).tell()
            counts = []
            for _ in range(2):
                present = await readiness(shop)
                counts.append(len(present.workers))
                time.pass_by(SEEN_WITHIN_S + 1)
            return counts

    assert asyncio.run(story()) == [1, 0]


def test_a_chore_that_fails_keeps_no_other_from_being_done(tmp_path: Path) -> None:
    time = Time()

    async def broken() -> None:
        raise ZeroDivisionError

    async def story() -> Presence:
        shop = shop_at(sqlite(tmp_path), FakeDrafter(), time)
        async with opened(shop):
            await attendance(shop).tell()
            time.pass_by(2 * 86_400)
            forget = forget_workers(shop.store, shop.surroundings)
            await Chores(chores=(broken, forget), jitter=lambda: 0.5).do_all()
            return await seen(shop)

    assert asyncio.run(story()).workers == ()
