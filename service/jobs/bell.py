"""Who waits for what inside this process: workers for work, callers for a brief to end."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager


class Bell:
    """Wakes waiters of this process early; what is true stands in the store, never here."""

    def __init__(self) -> None:
        self._work = asyncio.Event()
        self._ends: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    def ring_for_work(self) -> None:
        self._work.set()

    async def work(self, timeout_s: float) -> None:
        """Wait until there may be work, at most so long."""
        await _within(self._work, timeout_s)
        self._work.clear()

    def ring_for_end(self, brief_id: str) -> None:
        for waiter in self._ends.get(brief_id, ()):
            waiter.set()

    @contextmanager
    def end_of(self, brief_id: str) -> Iterator[asyncio.Event]:
        """Give an event that is set when the brief ends after this call."""
        waiter = asyncio.Event()
        self._ends[brief_id].add(waiter)
        try:
            yield waiter
        finally:
            self._ends[brief_id].discard(waiter)
            if not self._ends[brief_id]:
                del self._ends[brief_id]


async def _within(event: asyncio.Event, timeout_s: float) -> None:
    try:
        async with asyncio.timeout(timeout_s):
            await event.wait()
    except TimeoutError:
        return
