"""What every way to tell workers of a brief has to do, and what shared queues do in trouble."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from service.backends.fakes import FakeDrafter
from service.domain.claims import Draft, DraftRequest
from service.domain.errors import BadSettings, QueueUnavailable
from service.jobs.bell import Bell
from service.jobs.parts import Dispatch
from service.jobs.work import saq_queue
from service.jobs.work.dispatch import BellCalls, InDatabase, Reconciler
from service.jobs.work.saq_queue import SharedQueue, shared_queue
from service.jobs.work.workers import Call, Calls, Workers
from service.store.records import LOCAL
from tests.chaos.redis_server import RedisServer, installed, own_redis
from tests.servers import missing, postgres_url, redis_url
from tests.serving import free_port
from tests.unit.jobs.workshops import accept, opened, record, shop_at, sqlite

__all__ = ["postgres_url", "redis_url"]

KINDS = ["database", "redis", "postgres"]
SHARED = KINDS[1:]


@pytest.fixture
def address(request: pytest.FixtureRequest) -> str | None:
    """The address of a queue of the test's own; None for the database itself."""
    if request.param == "database":
        return None
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    if not installed():
        missing("redis-server")
    with own_redis() as server:
        yield server


@asynccontextmanager
async def sides(address: str | None) -> AsyncIterator[tuple[Dispatch, Calls]]:
    """Give who announces and who is called, of two processes where a queue is between them."""
    if address is None:
        bell = Bell()
        yield InDatabase(bell), BellCalls(bell=bell, poll_s=20.0)
        return
    async with queue_at(address) as api, queue_at(address) as worker:
        yield api, worker


@asynccontextmanager
async def queue_at(address: str, *, connects: bool = True) -> AsyncIterator[SharedQueue]:
    queue = shared_queue(address, time.monotonic)
    await queue.start()
    try:
        async with asyncio.timeout(10):
            while connects and not queue.reachable:
                await asyncio.sleep(0.01)
        yield queue
    finally:
        await queue.stop()


async def heard(calls: Calls) -> str | None:
    """Return the next brief that is called for by its name; None where none is for some time."""
    for _ in range(4):
        call = await calls.next()
        if call is not None and call.brief_id is not None:
            return call.brief_id
    return None


@pytest.mark.parametrize("address", KINDS, indirect=True)
def test_an_announcement_calls_a_worker_at_once(address: str | None) -> None:
    async def story() -> Call | None:
        async with sides(address) as (dispatch, calls):
            waiting = asyncio.create_task(_first(calls))
            await asyncio.sleep(0.05)
            await dispatch.announce("b", 0)
            async with asyncio.timeout(8):
                return await waiting

    # Where the database is the queue, the worker finds out there which brief is due.
    assert asyncio.run(story()) == Call("b" if address else None)


async def _first(calls: Calls) -> Call:
    """Return the first call, leaving out that a queue may say now and then to look for oneself."""
    while True:
        call = await calls.next()
        if call is not None and (call.brief_id is not None or isinstance(calls, BellCalls)):
            return call


@pytest.mark.parametrize("address", KINDS, indirect=True)
def test_whoever_answers_is_found_to_answer(address: str | None) -> None:
    async def story() -> None:
        async with sides(address) as (dispatch, _):
            await dispatch.check()

    asyncio.run(story())


@pytest.mark.parametrize("address", SHARED, indirect=True)
def test_one_attempt_is_heard_of_once_however_often_it_is_announced(address: str) -> None:
    async def story() -> list[str | None]:
        async with sides(address) as (dispatch, calls):
            for _ in range(3):
                await dispatch.announce("b", 0)
            return [await heard(calls), await heard(calls)]

    assert asyncio.run(story()) == ["b", None]


@pytest.mark.parametrize("address", SHARED, indirect=True)
def test_what_was_heard_may_be_announced_again(address: str) -> None:
    async def story() -> list[str | None]:
        told = []
        async with sides(address) as (dispatch, calls):
            for attempts in (0, 0, 1):
                await dispatch.announce("b", attempts)
                told.append(await heard(calls))
        return told

    assert asyncio.run(story()) == ["b", "b", "b"]


@pytest.mark.parametrize("address", SHARED, indirect=True)
def test_briefs_are_heard_of_in_the_order_they_are_announced(address: str) -> None:
    names = [f"b{i}" for i in range(5)]

    async def story() -> list[str | None]:
        async with sides(address) as (dispatch, calls):
            for name in names:
                await dispatch.announce(name, 0)
            return [await heard(calls) for _ in names]

    assert asyncio.run(story()) == names


@pytest.mark.parametrize("address", SHARED, indirect=True)
def test_word_that_a_process_took_with_it_into_death_keeps_no_brief_waiting(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saq_queue, "_LOOK_S", 0.5)

    async def story() -> Call | None:
        async with sides(address) as (dispatch, calls):
            await dispatch.announce("b", 0)
            async with queue_at(address) as dying:
                # Taken out of the queue, and nothing done with it.
                assert await dying.backend.queue.dequeue(timeout=2.0, poll_interval=0.1)
            await dispatch.announce("b", 0)
            async with asyncio.timeout(20):
                while (call := await calls.next()) is None:
                    pass
            return call

    # Whoever waits is told to look into the database now and then, and finds the brief there.
    assert asyncio.run(story()) == Call()


@pytest.mark.parametrize("address", SHARED, indirect=True)
def test_workers_on_a_queue_make_each_brief_once(tmp_path: Path, address: str) -> None:
    drafter = _Counting()
    names = [f"b{i}" for i in range(6)]

    async def story() -> None:
        shop = shop_at(sqlite(tmp_path), drafter)
        async with (
            opened(shop) as first,
            queue_at(address) as api,
            queue_at(address) as one,
            queue_at(address) as other,
        ):
            crews = [Workers(maker=first.maker, calls=calls) for calls in (one, other)]
            for crew in crews:
                await crew.start()
            for name in names:
                await accept(shop, name, (f"{name} took place.",))
                await api.announce(name, 0)
                await api.announce(name, 1)
            async with asyncio.timeout(30):
                while not all([(await record(shop, name)).finished for name in names]):
                    await asyncio.sleep(0.02)
            for crew in crews:
                await crew.stop()
            assert {(await record(shop, name)).status for name in names} == {"done"}

    asyncio.run(story())
    assert sorted(drafter.texts) == sorted(f"{name} took place." for name in names)


class _Counting(FakeDrafter):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def draft(
        self, requests: Sequence[DraftRequest], advance: Callable[[int], None] = lambda _: None
    ) -> list[Draft]:
        self.texts.extend(request.text for request in requests)
        return super().draft(requests, advance)


def test_what_stays_due_is_announced_at_the_second_look(tmp_path: Path) -> None:
    told: list[tuple[str, int]] = []

    class Noting:
        async def announce(self, brief_id: str, attempts: int) -> None:
            told.append((brief_id, attempts))

        async def check(self) -> None:
            return

    async def story() -> list[int]:
        shop = shop_at(sqlite(tmp_path), FakeDrafter())
        async with opened(shop) as workers:
            reconciler = Reconciler(
                store=shop.store,
                dispatch=Noting(),
                surroundings=shop.surroundings,
                jitter=lambda: 0.5,
            )
            await accept(shop, "a")
            counts = [await reconciler.look()]
            await accept(shop, "b", ("It rose.",))
            counts.append(await reconciler.look())
            assert await workers.make("a")
            counts.append(await reconciler.look())
            await shop.store.briefs.cancel(LOCAL, "b", shop.surroundings.now())
            counts.append(await reconciler.look())
            return counts

    assert asyncio.run(story()) == [0, 1, 1, 0]
    assert told == [("a", 0), ("b", 0)]


def test_a_queue_that_was_emptied_is_filled_again(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    async def story() -> str | None:
        shop = shop_at(sqlite(tmp_path))
        async with opened(shop), sides(redis_server.url) as (dispatch, calls):
            await accept(shop)
            await dispatch.announce("b", 0)
            await asyncio.to_thread(redis_server.empty)
            reconciler = Reconciler(
                store=shop.store,
                dispatch=dispatch,
                surroundings=shop.surroundings,
                jitter=lambda: 0.5,
                look_s=0.05,
            )
            await reconciler.start()
            try:
                return await heard(calls)
            finally:
                await reconciler.stop()

    assert asyncio.run(story()) == "b"


def test_a_queue_that_is_away_holds_nobody_up_and_is_used_again(
    redis_server: RedisServer,
) -> None:
    async def story() -> tuple[Call | None, str | None]:
        async with sides(redis_server.url) as (dispatch, calls):
            await asyncio.to_thread(redis_server.stop)
            async with asyncio.timeout(5):
                await dispatch.announce("b", 0)
                # The worker looks into the database by itself.
                found = await calls.next()
                with pytest.raises(QueueUnavailable):
                    await dispatch.check()
            await asyncio.to_thread(redis_server.start)
            async with asyncio.timeout(10):
                told = None
                while told is None:
                    await dispatch.announce("b", 0)
                    told = await heard(calls)
            return found, told

    assert asyncio.run(story()) == (Call(), "b")


@pytest.mark.parametrize("scheme", ["redis", "postgresql"])
def test_a_queue_that_was_never_there_raises_nothing(scheme: str) -> None:
    address = f"{scheme}://127.0.0.1:{free_port()}/0"

    async def story() -> Call | None:
        async with queue_at(address, connects=False) as queue:
            await queue.announce("b", 0)
            found = await queue.next()
            with pytest.raises(QueueUnavailable):
                await queue.check()
            return found

    assert asyncio.run(story()) == Call()


def test_a_job_of_another_program_is_passed_over(redis_server: RedisServer) -> None:
    async def story() -> str | None:
        async with sides(redis_server.url) as (dispatch, calls):
            assert isinstance(dispatch, SharedQueue)
            queue = dispatch.backend.queue
            await queue.enqueue("other_task", key="other", order=7)
            await dispatch.announce("b", 0)
            return await heard(calls)

    assert asyncio.run(story()) == "b"


@pytest.mark.parametrize("address", ["redis://[::1", "postgresql://host/x?sslfoo=1"])
def test_an_address_that_is_none_is_told(address: str) -> None:
    with pytest.raises(BadSettings, match="queue_url"):
        shared_queue(address, time.monotonic)
