"""Word of waiting briefs: where the database itself is the queue, and where word was lost."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from service.domain.errors import StoreUnavailable
from service.jobs.bell import Bell
from service.jobs.parts import Dispatch, Surroundings
from service.jobs.work.workers import Call
from service.store import Store
from service.store.records import Due
from service.telemetry.places import where

# What is due at two looks in a row was not heard, or its worker died.
LOOK_S = 2.0
# At one look; the rest is announced at the next.
_MOST_DUE = 100

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class InDatabase:
    """Wakes the workers of this process; those of others look into the database by themselves."""

    bell: Bell

    async def announce(self, brief_id: str, attempts: int) -> None:
        self.bell.ring_for_work()

    async def check(self) -> None:
        """Find nothing: what workers look into is the database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BellCalls:
    """Calls workers to look into the database: when the bell rings, and every `poll_s`."""

    bell: Bell
    poll_s: float

    async def next(self) -> Call | None:
        await self.bell.work(self.poll_s)
        return Call()


@dataclass(slots=True, kw_only=True)
class Reconciler:
    """Announces again what stays due: word that was lost, a queue that was emptied, a dead worker.

    `jitter` gives numbers in [0, 1), so that the processes of a service do not all look at once.
    """

    store: Store
    dispatch: Dispatch
    surroundings: Surroundings
    jitter: Callable[[], float]
    look_s: float = LOOK_S
    _seen: frozenset[Due] = field(default=frozenset(), init=False)
    _task: asyncio.Task[None] | None = field(default=None, init=False)

    async def start(self) -> None:
        self._task = asyncio.create_task(self._go_on())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def look(self) -> int:
        """Announce what was due at the look before already, and return how much that was.

        Raises `StoreUnavailable`.
        """
        due = await self.store.briefs.due(self.surroundings.now(), _MOST_DUE)
        overdue = [one for one in due if one in self._seen]
        self._seen = frozenset(due)
        for one in overdue:
            await self.dispatch.announce(one.id, one.attempts)
        return len(overdue)

    async def _go_on(self) -> None:
        while True:
            await asyncio.sleep(self.look_s * (0.75 + self.jitter() / 2))
            try:
                await self.look()
            except StoreUnavailable as failure:
                _log.error("store_unavailable", error=str(failure), at=where(failure))
            except Exception as failure:
                _log.error("reconciler_failed", error=type(failure).__name__, at=where(failure))
