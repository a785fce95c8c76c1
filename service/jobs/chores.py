"""What has to be done now and then, whoever of the service's processes does it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from service.domain.errors import StoreUnavailable
from service.jobs.parts import Surroundings
from service.store import Store
from service.telemetry.places import where

EVERY_S = 60.0
# Long enough to see on the next morning which workers there were at night.
_WORKERS_KEPT = timedelta(days=1)

# Long enough to look into what a receiver missed.
_DELIVERIES_KEPT = timedelta(days=30)

Chore = Callable[[], Awaitable[object]]

_log = structlog.stdlib.get_logger(__name__)


def forget_workers(store: Store, around: Surroundings) -> Chore:
    """Return the chore that forgets workers that are long gone."""

    async def forget() -> None:
        await store.workers.forget(around.now() - _WORKERS_KEPT)

    return forget


def forget_answers(store: Store, around: Surroundings, kept_s: float) -> Chore:
    """Return the chore that forgets answers to an Idempotency-Key that are not given again."""

    async def forget() -> None:
        await store.answers.forget(around.now() - timedelta(seconds=kept_s))

    return forget


def forget_deliveries(store: Store, around: Surroundings) -> Chore:
    """Return the chore that forgets messages that arrived, or were given up, long ago."""

    async def forget() -> None:
        await store.deliveries.forget(around.now() - _DELIVERIES_KEPT)

    return forget


def forget_shares(store: Store, around: Surroundings) -> Chore:
    """Return the chore that forgets links by which nothing is shown any more."""

    async def forget() -> None:
        await store.shares.forget(around.now())

    return forget


@dataclass(slots=True, kw_only=True)
class Chores:
    """Does each chore about every `every_s` seconds; one that fails is tried again in its turn.

    `jitter` gives numbers in [0, 1), so that the processes of a service do not all begin at once.
    """

    chores: Sequence[Chore]
    jitter: Callable[[], float]
    every_s: float = EVERY_S
    _task: asyncio.Task[None] | None = field(default=None, init=False)

    async def start(self) -> None:
        self._task = asyncio.create_task(self._go_on())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def do_all(self) -> None:
        for chore in self.chores:
            try:
                await chore()
            except StoreUnavailable as failure:
                _log.error("store_unavailable", error=str(failure), at=where(failure))
            except Exception as failure:
                _log.error("chore_failed", error=type(failure).__name__, at=where(failure))

    async def _go_on(self) -> None:
        while True:
            await asyncio.sleep(self.every_s * (0.5 + self.jitter()))
            await self.do_all()
