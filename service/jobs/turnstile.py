"""Counting the orders that this process is about to queue, so that a full queue refuses at once."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from service.domain.errors import QueueFull


@dataclass(slots=True)
class Turnstile:
    """Lets orders pass while the queue has room for those that wait and those still being read."""

    _inside: int = field(default=0, init=False)
    _passed: int = field(default=0, init=False)

    @asynccontextmanager
    async def passing(
        self, waiting: Callable[[], Awaitable[int]], limit: int
    ) -> AsyncIterator[None]:
        """Hold a place in the queue while an order is read and stored.

        `waiting` asks how many briefs are queued. Raises `QueueFull` before anything is read, where
        they and all who pass fill the limit.
        """
        before = self._passed
        queued = await waiting()
        # Whoever was stored while it was asked may be missing in the answer.
        taken = queued + self._inside + self._passed - before
        if taken >= limit:
            raise QueueFull(taken, limit)
        self._inside += 1
        try:
            yield
            self._passed += 1
        finally:
            self._inside -= 1
