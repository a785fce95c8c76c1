"""How late an event loop comes back: what blocks it makes every caller wait."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from service.telemetry.metrics import Metrics

_PERIOD_S = 0.02
_REMEMBERED_S = 60.0
# Of the thread that reads it: nanoseconds of running, nanoseconds of waiting for a processor, turns.
_SCHEDULE = Path("/proc/thread-self/schedstat")


def waited_s() -> float:
    """Return how long this thread could have run and the machine ran others; 0 where it is not told."""
    try:
        return int(_SCHEDULE.read_bytes().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0


@dataclass(slots=True, kw_only=True)
class Longest:
    """The longest of what was measured within the last minute."""

    clock_s: Callable[[], float]
    # Moments and durations, each greater than those after it, so that the first is the longest.
    _found: deque[tuple[float, float]] = field(default_factory=deque, init=False)

    def note(self, seconds: float) -> None:
        while self._found and self._found[-1][1] <= seconds:
            self._found.pop()
        self._found.append((self.clock_s(), seconds))

    def seconds(self) -> float:
        """Return the longest, in seconds; 0 where nothing was measured."""
        since = self.clock_s() - _REMEMBERED_S
        while self._found and self._found[0][0] < since:
            self._found.popleft()
        return self._found[0][1] if self._found else 0.0


@dataclass(slots=True)
class LoopLag:
    """Sleeps again and again, and measures how much longer it took. `clock_s` is monotonic.

    `lag` is all of it, `blocked` what the process itself is to blame for: not the time in which the
    machine ran other processes although the loop was to go on.
    """

    metrics: Metrics
    clock_s: Callable[[], float]
    waited_s: Callable[[], float] = waited_s
    lag: Longest = field(init=False)
    blocked: Longest = field(init=False)
    _task: asyncio.Task[None] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.lag, self.blocked = Longest(clock_s=self.clock_s), Longest(clock_s=self.clock_s)

    async def start(self) -> None:
        """Measure until told to stop."""
        self._task = asyncio.create_task(self._go_on())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _go_on(self) -> None:
        while True:
            began, waited = self.clock_s(), self.waited_s()
            await asyncio.sleep(_PERIOD_S)
            late = max(0.0, self.clock_s() - began - _PERIOD_S)
            self.metrics.loop_lag(late)
            self.lag.note(late)
            self.blocked.note(max(0.0, late - (self.waited_s() - waited)))
