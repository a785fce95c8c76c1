"""Workers: each takes one brief at a time, makes it, and takes the next."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from service.domain.errors import NotReady
from service.jobs.work.making import PASSING, Maker, Pace, Run, WorkShop
from service.store.records import BriefRecord
from service.telemetry.places import where

# What may pass, as a database that does not answer, is waited for so long, and then ever longer.
_FIRST_WAIT_S = 0.2
_LONGEST_WAIT_S = 5.0

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Call:
    """A call to make the brief of that id, or whichever is due where it is None."""

    brief_id: str | None = None


class Calls(Protocol):
    """Where workers hear that there is something to do; whether there is, the store knows."""

    async def next(self) -> Call | None:
        """Wait a little, and return what was heard meanwhile. Never raises."""
        ...


@dataclass(slots=True, kw_only=True)
class Workers:
    """As many workers as the maker's pace says, until told to stop."""

    maker: Maker
    calls: Calls
    _stopping: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list, init=False)
    _runs: dict[str, Run] = field(default_factory=dict, init=False)
    _wait_s: float = field(default=_FIRST_WAIT_S, init=False)

    @property
    def shop(self) -> WorkShop:
        return self.maker.shop

    @property
    def pace(self) -> Pace:
        return self.maker.pace

    async def start(self) -> None:
        """Begin; what a process that died left queued or running is taken up in its turn."""
        self._tasks = [asyncio.create_task(self._work()) for _ in range(self.pace.workers)]

    async def stop(self, grace_s: float | None = None) -> None:
        """Finish what is at work, or put it back in the queue when the grace is over.

        The grace is the pace's, unless one is given.
        """
        self._stopping.set()
        self.shop.bell.ring_for_work()
        if await self._still_at_work(self.pace.grace_s if grace_s is None else grace_s):
            for run in self._runs.values():
                run.stopped = True
            await self._still_at_work(self.pace.stopping_s)
        for run in list(self._runs.values()):
            # Its thread does not listen; whatever it still makes will be refused by the store.
            run.lost = True
            await self.maker.put_back(run)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def make(self, brief_id: str | None = None) -> bool:
        """Make that brief, or the one whose turn it is; return False where there was none to make.

        Raises `NotReady`, `Overloaded` and `StoreUnavailable`; the brief is then back in the queue,
        and the attempt does not count.
        """
        models = self.shop.models.get()
        owner = self.shop.surroundings.new_owner()
        record = await self.shop.store.briefs.claim(
            self.maker.lease(owner), self.shop.surroundings.now(), brief_id
        )
        if record is None:
            return False
        async with self._holding(record, owner) as run:
            if not self._stopping.is_set():
                await self.maker.make(record, run, models)
        return True

    @asynccontextmanager
    async def _holding(self, record: BriefRecord, owner: str) -> AsyncIterator[Run]:
        run = self._runs[owner] = Run(record.id, owner)
        try:
            yield run
        except PASSING:
            await self._give_back(run)
            raise
        finally:
            if self._stopping.is_set() and not (run.settled or run.lost):
                await self.maker.put_back(run)
            del self._runs[owner]

    async def _give_back(self, run: Run) -> None:
        """Put a brief back as soon as the database takes it; when stopping, that is left to `stop`."""
        while not (run.lost or self._stopping.is_set() or await self.maker.put_back(run)):
            await self._pause()
        # It is not this worker's any more.
        run.lost = run.lost or not self._stopping.is_set()

    async def _pause(self) -> None:
        """Wait ever longer from one time to the next, until a brief was made; not when stopping."""
        wait_s, self._wait_s = self._wait_s, min(2 * self._wait_s, _LONGEST_WAIT_S)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), wait_s)

    async def _still_at_work(self, timeout_s: float) -> bool:
        if not self._tasks:
            return False
        _, pending = await asyncio.wait(self._tasks, timeout=timeout_s)
        return bool(pending)

    async def _work(self) -> None:
        call: Call | None = Call()
        while not self._stopping.is_set():
            # After one brief the next may be due already; without a call there is none.
            made = call is not None and await self._take_turn(call)
            call = Call() if made else await self.calls.next()
        # Workers share one bell: the next must not sleep through its call to stop.
        self.shop.bell.ring_for_work()

    async def _take_turn(self, call: Call) -> bool:
        """Make a brief if there is one; whatever goes wrong, the worker lives on."""
        if not self._ready():
            return False
        try:
            made = await self.make(call.brief_id)
        except PASSING as failure:
            kind = type(failure).__name__
            _log.error("brief_not_made", error=kind, reason=str(failure), at=where(failure))
        except Exception as failure:
            # The brief is handed out again when its lease ends.
            _log.error("worker_failed", error=type(failure).__name__, at=where(failure))
        else:
            self._wait_s = _FIRST_WAIT_S
            return made
        await self._pause()
        return False

    def _ready(self) -> bool:
        try:
            self.shop.models.get()
        except NotReady:
            return False
        return True
