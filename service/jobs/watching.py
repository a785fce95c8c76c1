"""Waiting for briefs to change, in whatever process they are made: the store is asked, once for all."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

from service.domain.errors import StoreUnavailable
from service.jobs.bell import Bell
from service.store.briefs import BriefStore
from service.telemetry.places import where

_NOTHING_SEEN = 0

_log = structlog.stdlib.get_logger(__name__)


@dataclass(slots=True, eq=False)
class Watch:
    """One look at one brief. `revision` is the last that was seen, 0 before the first."""

    brief_id: str
    changed: asyncio.Event
    revision: int = _NOTHING_SEEN

    def saw(self, revision: int) -> None:
        """Note what was read, so that only what comes after it counts as a change."""
        self.revision = revision

    async def change(self, timeout_s: float) -> bool:
        """Wait for a change, at most so long; return whether there may be one.

        Read the brief after this, not before: one change may be told of twice, and none is missed.
        """
        if timeout_s <= 0:
            return self.changed.is_set()
        try:
            async with asyncio.timeout(timeout_s):
                await self.changed.wait()
        except TimeoutError:
            return False
        self.changed.clear()
        return True


class Watcher:
    """Tells of every change of the briefs that somebody watches.

    While somebody does, one query every `poll_s` seconds asks for all of them. What ends in this
    process wakes its watchers at once.
    """

    def __init__(self, briefs: BriefStore, bell: Bell, poll_s: float = 0.2) -> None:
        self._briefs, self._bell, self._poll_s = briefs, bell, poll_s
        self._watches: set[Watch] = set()
        self._task: asyncio.Task[None] | None = None
        self._stopped = False

    @property
    def stopped(self) -> bool:
        """True once nobody is to wait any longer, because the process ends."""
        return self._stopped

    @property
    def watched(self) -> int:
        return len(self._watches)

    @contextmanager
    def watching(self, brief_id: str) -> Iterator[Watch]:
        """Give a watch on a brief; whether there is such a brief is not asked."""
        # The bell's own event, so that both it and the query below wake whoever waits.
        with self._bell.end_of(brief_id) as changed:
            watch = Watch(brief_id, changed)
            self._watches.add(watch)
            if self._task is None and not self._stopped:
                self._task = asyncio.create_task(self._poll())
            try:
                yield watch
            finally:
                self._watches.discard(watch)

    async def stop(self) -> None:
        """Wake everyone who waits, to find `stopped`; ask the store no more."""
        self._stopped = True
        for watch in self._watches:
            watch.changed.set()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _poll(self) -> None:
        try:
            while self._watches:
                await asyncio.sleep(self._poll_s)
                await self._look()
        finally:
            self._task = None

    async def _look(self) -> None:
        ids = sorted({watch.brief_id for watch in self._watches})
        if not ids:
            return
        try:
            standing = await self._briefs.revisions(ids)
        except StoreUnavailable as failure:
            _log.error("watching_failed", error=str(failure), at=where(failure))
            return
        for watch in self._watches:
            # One that is gone has no revision: whoever watches it finds that out by reading it.
            if standing.get(watch.brief_id) != watch.revision:
                watch.changed.set()
