"""The line of those who wait for something that few can have at once, fair by tenant."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

from service.domain.errors import Overloaded

# Callers of one tenant for each of the things. A request asks for as many as there are at once.
_WAITING_EACH = 100

Thing = TypeVar("Thing")


class FairLine(Generic[Thing]):
    """Hands out things to tenants in turn, and to the callers of one tenant in order of arrival.

    The tenant that has waited since its last turn for the longest is next: while one waits, no other
    gets two turns. Callers of one tenant that wait are bounded.
    """

    def __init__(self, things: Iterable[Thing], waiting_each: int = _WAITING_EACH) -> None:
        # The one used last is taken first: its memory is warm, and others may stay asleep.
        self._free = list(things)
        self._most_waiting = waiting_each * len(self._free)
        self._waiting: dict[str, deque[asyncio.Future[Thing]]] = {}
        # When each tenant had its last turn, counted in turns; kept of those seen, which are few.
        self._last: dict[str, int] = {}
        self._turns = 0

    @asynccontextmanager
    async def one(self, tenant: str) -> AsyncIterator[Thing]:
        """Give a thing as long as it is held; raises `Overloaded` where too many wait for one."""
        thing = await self._take(tenant)
        try:
            yield thing
        finally:
            self._hand_on(thing)

    async def _take(self, tenant: str) -> Thing:
        # Whatever is free is wanted by nobody: it would have been handed on.
        if self._free:
            self._note_turn(tenant)
            return self._free.pop()
        waiting = self._waiting.setdefault(tenant, deque())
        if len(waiting) >= self._most_waiting:
            raise Overloaded(len(waiting) + 1, self._most_waiting)
        turn: asyncio.Future[Thing] = asyncio.get_running_loop().create_future()
        waiting.append(turn)
        try:
            return await turn
        except asyncio.CancelledError:
            self._give_up(tenant, turn)
            raise

    def _give_up(self, tenant: str, turn: asyncio.Future[Thing]) -> None:
        """Leave the line, or hand on what was given in the very moment of giving up."""
        if not turn.cancelled():
            self._hand_on(turn.result())
            return
        waiting = self._waiting.get(tenant)
        if waiting is not None and turn in waiting:
            waiting.remove(turn)
            if not waiting:
                del self._waiting[tenant]

    def _hand_on(self, thing: Thing) -> None:
        while self._waiting:
            tenant = min(self._waiting, key=lambda one: self._last.get(one, 0))
            turn = self._waiting[tenant].popleft()
            if not self._waiting[tenant]:
                del self._waiting[tenant]
            if not turn.done():
                self._note_turn(tenant)
                turn.set_result(thing)
                return
        self._free.append(thing)

    def _note_turn(self, tenant: str) -> None:
        self._turns += 1
        self._last[tenant] = self._turns
