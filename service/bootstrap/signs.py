"""Signs of life: what a worker shows its server, so that one that hangs can be told from one that works."""

import asyncio
import os
from contextlib import suppress
from dataclasses import dataclass, field

EVERY_S = 1.0


def own_output() -> int:
    """Take standard output for this process's signs of life alone, and return what to write them to.

    Whatever prints goes to standard error from now on: only the event loop must count as alive.
    """
    kept = os.dup(1)
    os.dup2(2, 1)
    return kept


@dataclass(slots=True)
class SignsOfLife:
    """Writes a byte to a pipe every second for as long as the event loop goes on.

    A thread that works, as one that loads a model, does not hold it up; one that lets no other thread
    run does, which is what the reader of the pipe is to find out.
    """

    pipe: int
    every_s: float = EVERY_S
    _task: asyncio.Task[None] | None = field(default=None, init=False)

    async def start(self) -> None:
        # A reader that hangs itself must not hold up the loop.
        os.set_blocking(self.pipe, False)
        self._task = asyncio.create_task(self._go_on())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _go_on(self) -> None:
        while True:
            # Full, or its reader is gone: of that this process is told by its standard input.
            with suppress(BlockingIOError, BrokenPipeError):
                os.write(self.pipe, b".")
            await asyncio.sleep(self.every_s)
