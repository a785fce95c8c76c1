"""Processes that do one task at a time, each apart from the others; pebble starts and stops them."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractAsyncContextManager
from multiprocessing import get_context
from typing import TypeVar, TypeVarTuple

from pebble import ProcessExpired, ProcessPool

from service.jobs.reading.fair_line import FairLine

Asked = TypeVarTuple("Asked")
Given = TypeVar("Given")

# A process begins before its task's own time does, and may have to wait for a model's conversion.
_BEGIN_S = 600.0
_END_S = 5.0


class Died(Exception):
    """The process ended in the middle of the task, with this exit code; negative for a signal."""

    def __init__(self, exit_code: int) -> None:
        super().__init__(f"exit code {exit_code}")
        self.exit_code = exit_code


class NeverBegan(Exception):
    """No process came so far as to begin the task."""


class Slot:
    """One process, replaced whenever it ends, and one task at a time.

    A pool of its own: processes of one pool share their pipes, and one that dies at the wrong moment
    leaves them unusable for the others. `begin` is called in each new process; it must be picklable.
    """

    def __init__(self, begin: Callable[[], None]) -> None:
        self._begin = begin
        self._pool: ProcessPool | None = None

    async def call(
        self, timeout_s: float, function: Callable[[*Asked], Given], *args: *Asked
    ) -> Given:
        """Return what a function gives in the process; a task that takes longer ends with it.

        Raises TimeoutError, `Died` and `NeverBegan`, and what the function raises.
        """
        for _ in range(2):
            pool = self._running()
            try:
                future = pool.schedule(function, args=args, timeout=timeout_s)
                # Not cancelled with the caller: that would cost a process, a finished task does not.
                done = asyncio.shield(asyncio.wrap_future(future))
                async with asyncio.timeout(_BEGIN_S + timeout_s):
                    return await done
            except ProcessExpired as death:
                raise Died(int(death.exitcode or 0)) from death
            except (BrokenProcessPool, RuntimeError):
                # Its process died idle or while it began: with a new one the task can begin.
                self._let_go()
            except TimeoutError:
                if not future.done():
                    self._let_go()
                raise
        raise NeverBegan("the process ended twice before it began")

    async def stop(self) -> None:
        """End the process, and wait for that a while."""
        if (ending := self._let_go()) is not None:
            await asyncio.to_thread(ending.join, _END_S)

    def _running(self) -> ProcessPool:
        if self._pool is None:
            self._pool = ProcessPool(
                max_workers=1, initializer=self._begin, context=get_context("spawn")
            )
        return self._pool

    def _let_go(self) -> threading.Thread | None:
        """End the process in a thread, which takes a moment, and return that."""
        pool, self._pool = self._pool, None
        if pool is None:
            return None
        ending = threading.Thread(target=_end, args=(pool,), daemon=True, name="end-process")
        ending.start()
        return ending


class Slots:
    """A few slots and the line of those who wait for one, tenant by tenant."""

    def __init__(self, slots: Sequence[Slot]) -> None:
        self.all = tuple(slots)
        self._line = FairLine(self.all)

    def one(self, tenant: str) -> AbstractAsyncContextManager[Slot]:
        """Give a slot as long as it is held; raises `Overloaded` where too many wait for one."""
        return self._line.one(tenant)

    async def stop(self) -> None:
        await asyncio.gather(*(slot.stop() for slot in self.all))


def _end(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]  # it declares no types
    pool.join()
