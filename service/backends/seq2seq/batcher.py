"""One batcher for every caller of a model, on worker threads of its own."""

import atexit
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Condition, Event, Lock, Thread
from typing import Generic, TypeVar

from service.backends.seq2seq.turns import BatchLimits, Line, Turn, Turns
from service.domain.errors import Cancelled, NotReady, Overloaded

Work = TypeVar("Work")
Made = TypeVar("Made")

_CALLERS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How busy a batcher is: pieces that wait, pieces that run, and callers."""

    waiting: int
    running: int
    callers: int


class _Call(Generic[Work, Made]):
    """One caller's works and what came of them; everything but `stop` is under the batcher's lock."""

    def __init__(self, works: Sequence[Work], line: Line, lock: Lock) -> None:
        self.works, self.line = works, line
        self.made: dict[int, Made] = {}
        self.error: BaseException | None = None
        self.stop = Event()
        self.news = Condition(lock)

    def fail(self, error: BaseException) -> None:
        if self.error is None:
            self.error = error
        self.stop.set()
        self.news.notify()


class Batcher(Generic[Work, Made]):
    """Runs pieces of work for many callers, each piece alone, so that no result depends on another.

    - A batch is at most `limits.rows` pieces and `limits.tokens` tokens of one caller; a larger
      piece goes alone. It is a worker's turn, not a padded matrix: rows padded together change
      each other.
    - Of what a caller has queued the longest pieces go first, so that the tail of a run is short.
    - Callers take turns, a batch at a time, and a piece at a time while others wait: many pieces of
      one never starve a few of another.
    - A caller has at most `limits.window` pieces queued or running; the rest follow as they finish.
    - At most `callers` may be in at once; one more is refused with `Overloaded`.
    - What `advance` raises, or an interrupt, drops a caller's queued pieces and sets the event of
      those that run; an error of one piece does the same. Other callers notice nothing.

    `run` is called from several threads, with a piece and an event that is set when nobody waits
    for it any more. The threads start at the first use.
    """

    def __init__(
        self,
        run: Callable[[Work, Event], Made],
        limits: BatchLimits,
        *,
        callers: int = _CALLERS,
    ) -> None:
        self._run, self._limits, self._most = run, limits, callers
        self._lock = Lock()
        self._work = Condition(self._lock)
        self._turns = Turns()
        self._calls: dict[Line, _Call[Work, Made]] = {}
        self._running = 0
        self._closed = False
        self._process = os.getpid()
        self._threads: list[Thread] = []
        self._on_turn: Callable[[Turn], None] = lambda _: None

    def map(
        self,
        works: Sequence[Work],
        sizes: Sequence[int],
        advance: Callable[[int], None] = lambda _: None,
    ) -> list[Made]:
        """Return what `run` makes of each work, in order; `sizes` are their tokens.

        `advance` is told from this thread how many more are done. Raises what it or `run` raises,
        `Overloaded`, `NotReady` after `close`, and `Cancelled` where `close` drops the work.
        """
        if len(works) != len(sizes):
            raise ValueError(f"{len(works)} works and {len(sizes)} sizes")
        if not works:
            return []
        call = _Call[Work, Made](works, Line(sizes, self._limits), self._lock)
        try:
            self._admit(call)
            told = 0
            while told < len(works):
                done = self._news(call, told)
                advance(done - told)
                told = done
        finally:
            self._dismiss(call)
        return [call.made[i] for i in range(len(works))]

    def close(self, *, drain: bool = True) -> None:
        """Refuse new callers, finish the work of those accepted or drop it, and end the threads.

        May be called again, also from another thread to drop what is being finished.
        """
        if self._process != os.getpid():
            return
        with self._lock:
            self._closed = True
            if not drain:
                for call in self._calls.values():
                    self._turns.leave(call.line)
                    call.fail(Cancelled("the model was closed"))
            self._work.notify_all()
            threads = list(self._threads)
        for thread in threads:
            thread.join()
        atexit.unregister(self.close)

    def watch(self, on_turn: Callable[[Turn], None]) -> None:
        """Tell of every turn from now on, from the thread that takes it; `on_turn` must not raise."""
        self._on_turn = on_turn

    def load(self) -> Load:
        """Return how busy the batcher is now."""
        with self._lock:
            waiting = sum(call.line.waiting for call in self._calls.values())
            return Load(waiting=waiting, running=self._running, callers=len(self._calls))

    def _admit(self, call: _Call[Work, Made]) -> None:
        with self._lock:
            if self._closed:
                raise NotReady("they are being closed")
            if self._process != os.getpid():
                # A fork has none of the threads, its own nor the model library's.
                raise NotReady("they were loaded in another process")
            if len(self._calls) >= self._most:
                raise Overloaded(len(self._calls), self._most)
            self._calls[call.line] = call
            self._turns.join(call.line)
            if not self._threads:
                self._start()
            self._work.notify_all()

    def _start(self) -> None:
        # Before the interpreter goes: a thread that returns from a model's library after that
        # takes the whole process down.
        atexit.register(self.close, drain=False)
        for number in range(self._limits.workers):
            thread = Thread(target=self._serve, name=f"draft-{number}", daemon=True)
            try:
                thread.start()
            except RuntimeError as error:
                # One that runs is enough to get the work done.
                if self._threads:
                    break
                raise NotReady("no thread could be started") from error
            self._threads.append(thread)

    def _news(self, call: _Call[Work, Made], told: int) -> int:
        """Return how many pieces are done once more are than were told; raise what went wrong."""
        with self._lock:
            call.news.wait_for(lambda: call.error is not None or len(call.made) > told)
            if call.error is not None:
                raise call.error
            return len(call.made)

    def _dismiss(self, call: _Call[Work, Made]) -> None:
        with self._lock:
            call.stop.set()
            self._turns.leave(call.line)
            self._calls.pop(call.line, None)
            self._work.notify_all()

    def _serve(self) -> None:
        """Run batches until the batcher is closed and nothing is left to do."""
        while (taken := self._next()) is not None:
            call, batch = taken
            self._on_turn(call.line.turn(batch))
            for index in batch:
                self._run_piece(call, index)

    def _next(self) -> tuple[_Call[Work, Made], tuple[int, ...]] | None:
        with self._lock:
            while (taken := self._turns.take()) is None:
                # A piece that runs may be the last before others are let into the window.
                if self._closed and not self._running:
                    return None
                self._work.wait()
            line, batch = taken
            self._running += len(batch)
            return self._calls[line], batch

    def _run_piece(self, call: _Call[Work, Made], index: int) -> None:
        try:
            if call.stop.is_set():
                raise Cancelled("the work was stopped")
            made = self._run(call.works[index], call.stop)
        # Whatever it is, it belongs to the caller: a worker that died of it would strand them all.
        except BaseException as error:
            with self._piece_ended(call):
                self._turns.leave(call.line)
                call.fail(error)
        else:
            with self._piece_ended(call):
                call.made[index] = made
                call.news.notify()

    @contextmanager
    def _piece_ended(self, call: _Call[Work, Made]) -> Iterator[None]:
        with self._lock:
            self._running -= 1
            call.line.finish()
            yield
            self._turns.join(call.line)
            self._work.notify_all()
