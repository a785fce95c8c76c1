"""The wiring of a worker process: models, and briefs made with them until it is told to stop."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, TypeVar

import structlog

from service.bootstrap.making import (
    attendance_of,
    pace_of,
    surroundings,
    word_of,
    work_shop,
    workers_of,
)
from service.bootstrap.models import load
from service.bootstrap.signs import SignsOfLife, own_output
from service.domain.errors import BadSettings, StoreUnavailable, WrongDatabase
from service.domain.ports import Models
from service.jobs.parts import Background
from service.jobs.work.presence import Attendance
from service.jobs.work.workers import Workers
from service.settings import Settings
from service.store import Store
from service.telemetry.metrics import Metrics

# Beside a server on few cores the server comes first.
_NICE = 5
# What holds up the end of a worker whose server is gone.
_ORPHAN_S = 10.0
# A database that cannot be used is tried again after this, and then ever later.
_FIRST_WAIT_S = 0.5
_LONGEST_WAIT_S = 10.0

Result = TypeVar("Result")

_log = structlog.stdlib.get_logger(__name__)


@dataclass(slots=True)
class Ending:
    """When and how a process ends: told once to stop it finishes, told twice it ends at once."""

    loop: asyncio.AbstractEventLoop
    supervised: bool
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    grace_s: float | None = None

    def heed_signals(self) -> None:
        signal.signal(signal.SIGTERM, self._on_signal)
        # Ctrl-C in a terminal reaches a server's workers too, and is the server's to answer.
        signal.signal(signal.SIGINT, signal.SIG_IGN if self.supervised else self._on_signal)

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        # A server's worker may be told by whoever stops both, and then by the server.
        if self.asked.is_set() and not self.supervised:
            os._exit(128 + number)
        self.loop.call_soon_threadsafe(self.asked.set)

    def orphaned(self) -> None:
        """End soon: the server is gone, and its next one starts workers of its own."""
        self.grace_s = 0.0
        self.asked.set()


def run_worker(
    settings: Settings,
    concurrency: int,
    *,
    supervised: bool = False,
    metrics: Metrics | None = None,
    loader: Callable[[Settings, Metrics], Models] = load,
) -> None:
    """Make briefs, `concurrency` at once, until told to stop by SIGTERM or SIGINT.

    A database that cannot be used is waited for. `supervised` is a worker beside a server: it gives
    way to it, shows it signs of life on its standard output, and ends when its standard input is
    closed. What it does is counted by `metrics`. Raises `BadSettings`, also for a database that can
    never be used, and `ModelError` where there is no model.
    """
    if supervised:
        os.nice(_NICE)
    unheeded = asyncio.run(_live(settings, concurrency, supervised, metrics or Metrics(), loader))
    if unheeded:
        # A thread that does not listen would keep the process; what it makes is refused anyway.
        sys.stderr.flush()
        os._exit(0)


async def _live(
    settings: Settings,
    concurrency: int,
    supervised: bool,
    metrics: Metrics,
    loader: Callable[[Settings, Metrics], Models],
) -> bool:
    """Live the life of a worker process; return whether a thread is left that does not listen."""
    ending = Ending(asyncio.get_running_loop(), supervised)
    ending.heed_signals()
    signs: tuple[Background, ...] = ()
    if supervised:
        threading.Thread(target=_until_closed, args=(ending,), daemon=True).start()
        signs = (SignsOfLife(own_output()),)
    around = surroundings()
    store = _store_of(settings)
    shop = work_shop(store, around, metrics)
    word = word_of(settings, store, around, shop.bell)
    attendance = attendance_of(store, around, shop.models)
    pool = ThreadPoolExecutor(concurrency, thread_name_prefix="make")
    workers = workers_of(shop, pace_of(settings, concurrency), word.calls, pool)
    try:
        async with _going_on(*signs):
            if not await _opened(store, ending.asked):
                return False
            async with _going_on(attendance, *word.background):
                loading = _in_daemon(lambda: _warm(loader(settings, metrics)))
                if not await _unless(ending.asked, loading):
                    return True
                shop.models.put(loading.result())
                await attendance.tell()
                await _work(workers, ending, attendance, pool)
                return workers.maker.busy
    finally:
        await store.database.close()


async def _work(
    workers: Workers, ending: Ending, attendance: Attendance, pool: ThreadPoolExecutor
) -> None:
    model = workers.shop.models.get().drafter.name
    _log.info("worker_ready", model=model, concurrency=workers.pace.workers)
    await workers.start()
    try:
        await ending.asked.wait()
    finally:
        # First: from now on it takes no more briefs.
        await attendance.stop()
        await _end(workers, ending.grace_s, pool)


async def _end(workers: Workers, grace_s: float | None, pool: ThreadPoolExecutor) -> None:
    await workers.stop(grace_s)
    workers.shop.models.get().drafter.close(drain=False)
    pool.shutdown(wait=False, cancel_futures=True)


def _store_of(settings: Settings) -> Store:
    try:
        return Store.at(settings.database_url)
    except StoreUnavailable as error:
        raise BadSettings([("database_url", str(error))]) from error


async def _opened(store: Store, asked: asyncio.Event) -> bool:
    """Open the database as soon as that can be done; return False where asked to stop before.

    Raises `BadSettings` where it can never be done.
    """
    wait_s = _FIRST_WAIT_S
    while not asked.is_set():
        try:
            return await _unless(asked, asyncio.create_task(store.database.open()))
        except WrongDatabase as error:
            raise BadSettings([("database_url", str(error))]) from error
        except StoreUnavailable as error:
            _log.warning("database_awaited", error=str(error), again_in_s=wait_s)
        with suppress(TimeoutError):
            await asyncio.wait_for(asked.wait(), wait_s)
        wait_s = min(2 * wait_s, _LONGEST_WAIT_S)
    return False


@asynccontextmanager
async def _going_on(*background: Background) -> AsyncIterator[None]:
    begun: list[Background] = []
    try:
        for one in background:
            begun.append(one)
            await one.start()
        yield
    finally:
        for one in reversed(begun):
            await one.stop()


def _warm(models: Models) -> Models:
    models.drafter.warm_up()
    return models


def _in_daemon(call: Callable[[], Models]) -> asyncio.Future[Models]:
    """Call something in a thread that does not keep the process from ending."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Models] = loop.create_future()

    def settle(made: Models | None, failure: Exception | None) -> None:
        if future.done():
            return
        if failure is not None:
            future.set_exception(failure)
        elif made is not None:
            future.set_result(made)

    def run() -> None:
        made, failure = None, None
        try:
            made = call()
        except Exception as error:
            failure = error
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, made, failure)

    threading.Thread(target=run, name="load", daemon=True).start()
    return future


async def _unless(asked: asyncio.Event, future: asyncio.Future[Result]) -> bool:
    """Wait for a future; return False where the process is asked to stop before.

    Raises what comes of the future where that is an error.
    """
    stop = asyncio.create_task(asked.wait())
    both: set[asyncio.Future[Any]] = {stop, future}
    await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if future.done():
        future.result()
        return True
    future.cancel()
    await asyncio.gather(future, return_exceptions=True)
    return False


def _until_closed(ending: Ending) -> None:
    """Wait until nobody holds the other end of standard input, then let the process end."""
    while os.read(0, 1024):
        pass
    try:
        ending.loop.call_soon_threadsafe(ending.orphaned)
    except RuntimeError:
        # The loop is closed: it ends already.
        return
    threading.Event().wait(_ORPHAN_S)
    os._exit(1)
