from dataclasses import replace

from service.store.database import Database
from service.store.records import WorkerRecord
from service.store.workers import WorkerStore
from tests.conftest import NOON
from tests.contract.databases import Tell, database_url, later, tell

__all__ = ["database_url", "tell"]
WORKER = WorkerRecord(
    id="w1",
    host="alpha",
    pid=7,
    version="0.1",
    model=None,
    ready=False,
    reason="it is being loaded",
    started_at=NOON,
    seen_at=NOON,
)


def test_what_a_worker_tells_takes_the_place_of_what_it_told_before(tell: Tell) -> None:
    async def story(database: Database) -> None:
        workers = WorkerStore(database)
        await workers.tell(WORKER)
        presence = await workers.seen_since(NOON)
        assert presence.workers == (WORKER,)
        assert not presence.ready
        told = replace(WORKER, ready=True, reason=None, model="compact", seen_at=later(2))
        await workers.tell(told)
        presence = await workers.seen_since(NOON)
        assert presence.workers == (told,)
        assert presence.ready

    tell(story)


def test_a_worker_that_is_silent_is_not_seen(tell: Tell) -> None:
    async def story(database: Database) -> None:
        workers = WorkerStore(database)
        other = replace(WORKER, id="w2", seen_at=later(5))
        await workers.tell(WORKER)
        await workers.tell(other)
        assert (await workers.seen_since(later(0))).workers == (WORKER, other)
        assert (await workers.seen_since(later(1))).workers == (other,)

    tell(story)


def test_a_worker_that_leaves_is_gone_at_once(tell: Tell) -> None:
    async def story(database: Database) -> None:
        workers = WorkerStore(database)
        await workers.tell(WORKER)
        await workers.leave("w2")
        assert (await workers.seen_since(NOON)).workers == (WORKER,)
        await workers.leave("w1")
        assert (await workers.seen_since(NOON)).workers == ()

    tell(story)


def test_the_long_silent_are_forgotten(tell: Tell) -> None:
    async def story(database: Database) -> None:
        workers = WorkerStore(database)
        other = replace(WORKER, id="w2", seen_at=later(5))
        await workers.tell(WORKER)
        await workers.tell(other)
        await workers.forget(later(5))
        assert (await workers.seen_since(NOON)).workers == (other,)

    tell(story)
