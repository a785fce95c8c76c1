import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, cast

from service.domain.errors import StoreUnavailable
from service.jobs.bell import Bell
from service.jobs.watching import Watcher
from service.store.briefs import BriefStore

LONG_S = 20.0


class Revisions:
    """The one question that a watcher asks, and how often it was asked."""

    def __init__(self, **revisions: int) -> None:
        self.standing: dict[str, int] = revisions
        self.asked: list[list[str]] = []
        self.broken = 0

    async def revisions(self, brief_ids: Sequence[str]) -> dict[str, int]:
        self.asked.append(list(brief_ids))
        if self.broken:
            self.broken -= 1
            raise StoreUnavailable("gone")
        return {one: self.standing[one] for one in brief_ids if one in self.standing}


def watching(revisions: Revisions, bell: Bell | None = None, poll_s: float = 0.001) -> Watcher:
    return Watcher(cast("BriefStore", revisions), bell or Bell(), poll_s)


def run(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(test())


def test_a_change_wakes_whoever_has_not_seen_it() -> None:
    async def test() -> None:
        store = Revisions(a=1)
        with watching(store).watching("a") as watch:
            watch.saw(1)
            store.standing["a"] = 2
            assert await watch.change(LONG_S)

    run(test)


def test_nothing_new_wakes_nobody() -> None:
    async def test() -> None:
        store = Revisions(a=1)
        with watching(store).watching("a") as watch:
            watch.saw(1)
            assert not await watch.change(0.05)
            assert store.asked

    run(test)


def test_a_brief_that_is_gone_is_a_change() -> None:
    async def test() -> None:
        with watching(Revisions()).watching("a") as watch:
            watch.saw(3)
            assert await watch.change(LONG_S)

    run(test)


def test_many_watchers_are_one_question() -> None:
    async def test() -> None:
        store = Revisions(a=1, b=1)
        watcher = watching(store)
        with (
            watcher.watching("b") as b,
            watcher.watching("a") as one,
            watcher.watching("a") as two,
        ):
            for watch in (one, two, b):
                watch.saw(1)
            store.standing["a"] = 2
            assert await one.change(LONG_S)
            assert await two.change(LONG_S)
            assert not b.changed.is_set()
        assert all(asked == ["a", "b"] for asked in store.asked)

    run(test)


def test_nobody_asks_while_nobody_watches() -> None:
    async def test() -> None:
        store = Revisions(a=1)
        watcher = watching(store)
        with watcher.watching("a") as watch:
            assert await watch.change(LONG_S)
        await asyncio.sleep(0.02)
        before = len(store.asked)
        await asyncio.sleep(0.02)
        assert len(store.asked) == before
        with watcher.watching("a") as watch:
            assert await watch.change(LONG_S)
        assert len(store.asked) > before

    run(test)


def test_what_ends_in_this_process_wakes_without_a_question() -> None:
    async def test() -> None:
        store, bell = Revisions(a=1), Bell()
        with watching(store, bell, poll_s=3600).watching("a") as watch:
            watch.saw(1)
            bell.ring_for_end("a")
            assert await watch.change(LONG_S)
        assert store.asked == []

    run(test)


def test_a_database_that_does_not_answer_is_asked_again() -> None:
    async def test() -> None:
        store = Revisions(a=2)
        store.broken = 3
        with watching(store).watching("a") as watch:
            watch.saw(1)
            assert await watch.change(LONG_S)
        assert len(store.asked) == 4

    run(test)


def test_stopping_wakes_everyone_and_asks_no_more() -> None:
    async def test() -> None:
        store = Revisions(a=1)
        watcher = watching(store, poll_s=3600)
        with watcher.watching("a") as watch:
            watch.saw(1)
            waiting = asyncio.create_task(watch.change(LONG_S))
            await asyncio.sleep(0)
            await watcher.stop()
            assert await waiting
        assert watcher.stopped
        with watcher.watching("a"):
            assert watcher.watched == 1
        assert store.asked == []

    run(test)
