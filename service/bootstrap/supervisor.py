"""Worker processes beside a server: started, started again when they die, and ended with it."""

import asyncio
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

# A worker that dies at once is not started again at once, over and over.
_FIRST_WAIT_S = 0.1
_LONGEST_WAIT_S = 10.0
_STEADY_S = 60.0
# Wrong usage, settings or models: starting it again would change nothing.
HOPELESS = 2
# A busy machine holds up an event loop for seconds at the most; a lease is shorter than this.
_SILENT_S = 30.0
# From a cold disk all that a worker imports takes long, and shows no sign until it is there.
_FIRST_SIGN_S = 120.0
# Where this process was held up itself, what was shown meanwhile has still to be read.
_SECOND_LOOK_S = 2.0
# Beyond the grace that workers have themselves, for putting back what they could not finish.
_MARGIN_S = 5.0

_log = structlog.stdlib.get_logger(__name__)


def worker_command(concurrency: int = 1) -> tuple[str, ...]:
    """Return the command of a worker process that ends when its standard input is closed."""
    # -P: what lies in the working folder must not be imported in place of what is meant.
    return (
        *(sys.executable, "-P", "-m", "service", "worker"),
        *("--concurrency", str(concurrency), "--supervised"),
    )


def worker_environment(threads: int, workers: int) -> dict[str, str]:
    """Return the environment of each worker: this process's own, but its share of the threads."""
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "BRIEF_THREADS": str(max(1, threads // workers)),
    }


@dataclass(slots=True, kw_only=True)
class Supervisor:
    """Keeps `count` processes of one command alive.

    A process holds the other end of its standard input: it is closed when this process ends, however
    that happens. On its standard output it shows signs of life, any bytes: one that has begun to and
    then shows none for `silent_s` seconds hangs, and is killed and replaced as if it had died.
    `on_hopeless` is told of a first start that ended with `HOPELESS`; `on_end`, in a thread, of every
    process that ended, by its id.
    """

    command: Sequence[str]
    environment: Mapping[str, str]
    count: int
    grace_s: float
    clock_s: Callable[[], float]
    on_hopeless: Callable[[], None]
    on_end: Callable[[int], None] = field(default=lambda pid: None)
    silent_s: float = _SILENT_S
    first_sign_s: float = _FIRST_SIGN_S
    _stopping: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list, init=False)
    _processes: set[asyncio.subprocess.Process] = field(default_factory=set, init=False)

    @property
    def pids(self) -> tuple[int, ...]:
        """Return the processes that are alive, in no order."""
        return tuple(process.pid for process in self._processes)

    async def start(self) -> None:
        self._tasks = [asyncio.create_task(self._keep_one()) for _ in range(self.count)]

    async def stop(self) -> None:
        """Let the processes finish within their grace, and end those that do not."""
        self._stopping.set()
        for process in self._processes:
            with suppress(ProcessLookupError):
                process.terminate()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=self.grace_s + _MARGIN_S)
        for process in list(self._processes):
            _log.warning("worker_killed", pid=process.pid)
            with suppress(ProcessLookupError):
                process.kill()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _keep_one(self) -> None:
        wait_s, first = _FIRST_WAIT_S, True
        while not self._stopping.is_set():
            began_s = self.clock_s()
            code = await self._run_one()
            if self._stopping.is_set():
                return
            if first and code == HOPELESS:
                self.on_hopeless()
                return
            first = False
            if self.clock_s() - began_s >= _STEADY_S:
                wait_s = _FIRST_WAIT_S
            _log.warning("worker_died", code=code, again_in_s=wait_s)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), wait_s)
            wait_s = min(2 * wait_s, _LONGEST_WAIT_S)

    async def _run_one(self) -> int | None:
        """Run one process to its end; return its status, None where it could not be started."""
        try:
            process = await asyncio.create_subprocess_exec(
                *self.command,
                env=dict(self.environment),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
        except OSError as failure:
            _log.error("worker_not_started", error=failure.strerror)
            return None
        self._processes.add(process)
        _log.info("worker_started", pid=process.pid)
        if self._stopping.is_set():
            process.terminate()
        listening = asyncio.create_task(self._listen(process))
        try:
            return await process.wait()
        finally:
            listening.cancel()
            self._processes.discard(process)
            await self._tell_end(process.pid)

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        """Kill a process once it shows no sign of life for too long."""
        signs, allowed_s = process.stdout, self.first_sign_s
        while signs is not None and (shown := await _sign(signs, allowed_s)) is not None:
            if not shown:
                # Closed: it ends, or hangs while it does.
                await asyncio.sleep(self.silent_s)
                break
            allowed_s = self.silent_s
        _log.error("worker_hung", pid=process.pid, silent_s=allowed_s)
        with suppress(ProcessLookupError):
            process.kill()

    async def _tell_end(self, pid: int) -> None:
        try:
            await asyncio.to_thread(self.on_end, pid)
        except Exception as failure:
            # Whatever it was, the next process is started.
            _log.error("worker_end_not_told", pid=pid, error=type(failure).__name__)


async def _sign(signs: asyncio.StreamReader, allowed_s: float) -> bytes | None:
    """Return what a process shows, empty where it closed its end; None where it shows nothing."""
    for wait_s in (allowed_s, _SECOND_LOOK_S):
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                return await signs.read(1024)
    return None
