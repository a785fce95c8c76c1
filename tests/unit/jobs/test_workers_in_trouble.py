"""What may befall a brief while it is made: workers that die, a database or an engine that is away."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from service.backends.fakes import FakeDrafter
from service.domain.brief import Status
from service.domain.claims import Draft, DraftRequest
from service.domain.errors import BriefError, NotReady, Overloaded, StoreUnavailable
from service.jobs.work import making
from service.jobs.work import workers as working
from service.jobs.work.making import WorkShop
from service.store.briefs import BriefStore
from service.store.documents import DocumentStore
from service.store.records import Lease, Outcome
from tests.unit.jobs.test_workers import ended, until
from tests.unit.jobs.workshops import NOW, QUICK, accept, opened, record, shop_at, sqlite


def counted(shop: WorkShop, name: str) -> float:
    lines = shop.metrics.render().decode().splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))


def test_a_brief_that_keeps_killing_workers_is_set_aside(tmp_path: Path) -> None:
    async def story() -> tuple[Status, str | None]:
        shop = shop_at(sqlite(tmp_path), FakeDrafter())
        async with opened(shop) as workers:
            await accept(shop)
            for i in range(QUICK.max_attempts):
                dead = Lease(owner=f"dead{i}", until=NOW - timedelta(seconds=1))
                assert await shop.store.briefs.claim(dead, NOW) is not None
            await workers.start()
            over = await ended(shop)
            await workers.stop()
            return over.status, over.error

    told = "set aside: 3 workers died while making it"
    assert asyncio.run(story()) == ("failed", told)


def test_a_takeover_is_counted_and_a_first_attempt_is_not(tmp_path: Path) -> None:
    async def story() -> float:
        shop = shop_at(sqlite(tmp_path), FakeDrafter())
        async with opened(shop) as workers:
            await accept(shop, "a")
            await accept(shop, "b", ("It rose.",))
            dead = Lease(owner="dead", until=NOW - timedelta(seconds=1))
            assert await shop.store.briefs.claim(dead, NOW, "b") is not None
            await workers.start()
            for name in ("a", "b"):
                assert (await ended(shop, name)).status == "done"
            await workers.stop()
            assert counted(shop, 'brief_briefs_total{status="done"}') == 2
            return counted(shop, "brief_takeovers_total")

    assert asyncio.run(story()) == 1


class Full(BriefStore):
    """Refuses to settle, twice."""

    refusals = 2

    async def settle(self, brief_id: str, owner: str, outcome: Outcome) -> bool:
        if self.refusals:
            self.refusals -= 1
            raise StoreUnavailable("disk full")
        return await super().settle(brief_id, owner, outcome)


def test_a_brief_made_while_the_disk_is_full_is_not_lost(tmp_path: Path) -> None:
    plain = shop_at(sqlite(tmp_path), FakeDrafter())
    full = Full(plain.store.database)

    async def story() -> Status:
        shop = replace(plain, store=replace(plain.store, briefs=full))
        async with opened(shop) as workers:
            await accept(shop)
            await workers.start()
            over = await ended(shop)
            await workers.stop()
            return over.status

    assert asyncio.run(story()) == "done"
    assert full.refusals == 0


class Away(DocumentStore):
    """Does not answer at first."""

    refusals = 2

    async def article_jsons_of(self, brief_id: str) -> Sequence[str]:
        if self.refusals:
            self.refusals -= 1
            raise StoreUnavailable("connection lost")
        return await super().article_jsons_of(brief_id)


def test_a_database_that_is_away_for_a_moment_fails_no_brief(tmp_path: Path) -> None:
    plain = shop_at(sqlite(tmp_path), FakeDrafter())
    away = Away(plain.store.database)

    async def story() -> tuple[Status, int]:
        shop = replace(plain, store=replace(plain.store, documents=away))
        async with opened(shop) as workers:
            await accept(shop)
            await workers.start()
            over = await ended(shop)
            await workers.stop()
            return over.status, over.attempts

    assert asyncio.run(story()) == ("done", 1)
    assert away.refusals == 0


class Tired(FakeDrafter):
    """Has no engine at first."""

    def __init__(self, refusals: int) -> None:
        super().__init__()
        self.refusals = refusals

    def draft(
        self, requests: Sequence[DraftRequest], advance: Callable[[int], None] = lambda _: None
    ) -> list[Draft]:
        if self.refusals:
            self.refusals -= 1
            raise NotReady("the engine restarts")
        return super().draft(requests, advance)


def test_an_engine_that_is_away_for_a_moment_fails_no_brief(tmp_path: Path) -> None:
    async def story() -> Status:
        shop = shop_at(sqlite(tmp_path), Tired(1))
        async with opened(shop) as workers:
            await accept(shop)
            await workers.start()
            over = await ended(shop)
            await workers.stop()
            return over.status

    assert asyncio.run(story()) == "done"


class Reluctant(BriefStore):
    """Takes nothing back, at first."""

    refusals = 2

    async def requeue(self, brief_id: str, owner: str) -> bool:
        if self.refusals:
            self.refusals -= 1
            raise StoreUnavailable("connection lost")
        return await super().requeue(brief_id, owner)


class Troubled(FakeDrafter):
    """Raises what it is given before it drafts."""

    def __init__(self, *troubles: BriefError) -> None:
        super().__init__()
        self.troubles = list(troubles)

    def draft(
        self, requests: Sequence[DraftRequest], advance: Callable[[int], None] = lambda _: None
    ) -> list[Draft]:
        if self.troubles:
            raise self.troubles.pop()
        return super().draft(requests, advance)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a worker give up a brief at once, and wait shortly for the next time."""
    monkeypatch.setattr(making, "_AGAIN_S", ())
    monkeypatch.setattr(working, "_LONGEST_WAIT_S", 0.01)


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    "trouble", [NotReady("the engine restarts"), Overloaded(9, 9), StoreUnavailable("away")]
)
def test_what_may_pass_costs_a_brief_no_attempt_however_long_it_lasts(
    tmp_path: Path, trouble: BriefError
) -> None:
    troubled = Troubled(*[trouble] * 2 * QUICK.max_attempts)
    plain = shop_at(sqlite(tmp_path), troubled)
    reluctant = Reluctant(plain.store.database)

    async def story() -> tuple[Status, int]:
        shop = replace(plain, store=replace(plain.store, briefs=reluctant))
        async with opened(shop) as workers:
            await accept(shop)
            await workers.start()
            over = await ended(shop)
            await workers.stop()
            return over.status, over.attempts

    assert asyncio.run(story()) == ("done", 1)
    assert (troubled.troubles, reluctant.refusals) == ([], 0)


def test_a_worker_waits_ever_longer_for_what_does_not_pass_and_stops_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "_AGAIN_S", ())
    monkeypatch.setattr(working, "_LONGEST_WAIT_S", 60.0)

    async def story() -> tuple[Status, int]:
        shop = shop_at(sqlite(tmp_path), Troubled(*[NotReady("it is gone")] * 100))
        async with opened(shop) as workers:
            workers._wait_s = 0.01
            await accept(shop)
            await workers.start()

            async def waits() -> bool:
                return workers._wait_s > 1

            await until(waits)
            await workers.stop()
            left = await record(shop)
            return left.status, left.attempts

    assert asyncio.run(story()) == ("queued", 0)
