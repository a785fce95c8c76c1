"""Whose pieces are run next, and how many at a time. Pure: no threads, no clock."""

import heapq
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchLimits:
    """What a batch may hold: `rows` pieces and `tokens` tokens; a larger piece goes alone.

    `window` is how many pieces a caller may have queued or running, `workers` how many batches
    run at a time.
    """

    rows: int
    tokens: int
    window: int
    workers: int

    def __post_init__(self) -> None:
        least = min(self.rows, self.tokens, self.window, self.workers)
        if least < 1:
            raise ValueError(f"need limits >= 1, got {self!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What a worker takes at a time: so many pieces and tokens, where `most_pieces` were allowed."""

    pieces: int
    tokens: int
    most_pieces: int


class Line:
    """The pieces of one caller, numbered from 0 in its order, that are not taken yet.

    Of those inside the window the longest come first, those of equal length in order.
    """

    def __init__(self, sizes: Sequence[int], limits: BatchLimits) -> None:
        self._sizes, self._limits = sizes, limits
        self._queued: list[tuple[int, int]] = []
        self._next, self._running = 0, 0
        self._feed()

    @property
    def ready(self) -> bool:
        """Whether a piece can be taken now."""
        return bool(self._queued)

    @property
    def waiting(self) -> int:
        """Pieces not yet taken, those beyond the window included."""
        return len(self._queued) + len(self._sizes) - self._next

    @property
    def running(self) -> int:
        return self._running

    def take(self, *, alone: bool = True) -> tuple[int, ...]:
        """Take the next batch, which leaves the other workers their share of what is queued.

        It is one piece where the caller is not alone, so that nobody waits long for the next turn.
        """
        share = -(-len(self._queued) // self._limits.workers)
        most = min(share, self._limits.rows) if alone else 1
        taken: list[int] = []
        tokens = 0
        while self._queued and len(taken) < most:
            size = -self._queued[0][0]
            if taken and tokens + size > self._limits.tokens:
                break
            tokens += size
            taken.append(heapq.heappop(self._queued)[1])
        self._running += len(taken)
        return tuple(taken)

    def turn(self, taken: Sequence[int]) -> Turn:
        """Return what a batch that was taken amounts to."""
        tokens = sum(self._sizes[index] for index in taken)
        return Turn(pieces=len(taken), tokens=tokens, most_pieces=self._limits.rows)

    def finish(self) -> None:
        """Note that a piece taken is done, which makes room for another."""
        self._running -= 1
        self._feed()

    def drop(self) -> None:
        """Forget the pieces that are not taken."""
        self._queued.clear()
        self._next = len(self._sizes)

    def _feed(self) -> None:
        room = self._limits.window - self._running - len(self._queued)
        until = min(len(self._sizes), self._next + room)
        for index in range(self._next, until):
            heapq.heappush(self._queued, (-self._sizes[index], index))
        self._next = max(self._next, until)


class Turns:
    """The callers that have pieces to take, a batch each in turn.

    One that joins waits for at most one batch of each other before its own first is taken, and for
    one piece of each from then on.
    """

    def __init__(self) -> None:
        self._ring: deque[Line] = deque()

    def join(self, line: Line) -> None:
        """Put a line last, if it has a piece to take and is not in already."""
        if line.ready and not any(other is line for other in self._ring):
            self._ring.append(line)

    def leave(self, line: Line) -> None:
        """Take a line out and forget its pieces."""
        line.drop()
        self._ring = deque(other for other in self._ring if other is not line)

    def take(self) -> tuple[Line, tuple[int, ...]] | None:
        """Return the next batch and whose it is, or None where nothing can be taken."""
        if not self._ring:
            return None
        line = self._ring.popleft()
        batch = line.take(alone=not self._ring)
        self.join(line)
        return line, batch
