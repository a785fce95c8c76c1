"""Which workers there are: each process that makes briefs tells of itself, over and over."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from service.domain.errors import NotReady, StoreUnavailable
from service.jobs.parts import ModelShelf, Surroundings
from service.store import Store
from service.store.records import Presence, WorkerRecord
from service.telemetry.places import where

TELL_S = 2.0
# Two times it told of itself, and a second for a busy machine.
SEEN_WITHIN_S = 2 * TELL_S + 1.0

_log = structlog.stdlib.get_logger(__name__)


class Kept(Protocol):
    """What has a store and a clock: what answers, and what works."""

    @property
    def store(self) -> Store: ...

    @property
    def surroundings(self) -> Surroundings: ...


async def readiness(shop: Kept) -> Presence:
    """Return the workers that were seen of late. Raises `StoreUnavailable`."""
    since = shop.surroundings.now() - timedelta(seconds=SEEN_WITHIN_S)
    return await shop.store.workers.seen_since(since)


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A process that makes briefs: where it runs, and what."""

    id: str
    host: str
    pid: int
    version: str
    started_at: datetime


@dataclass(slots=True, kw_only=True)
class Attendance:
    """Tells every few seconds that a process is there, and whether it can make briefs."""

    store: Store
    surroundings: Surroundings
    models: ModelShelf
    process: Process
    _task: asyncio.Task[None] | None = field(default=None, init=False)

    async def start(self) -> None:
        self._task = asyncio.create_task(self._go_on())

    async def stop(self) -> None:
        """Tell no more, and that the process is gone."""
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        try:
            await self.store.workers.leave(self.process.id)
        except StoreUnavailable as failure:
            # It is taken for gone soon enough.
            _log.error("worker_not_signed_off", error=str(failure))

    async def tell(self) -> None:
        """Tell now; a database that cannot be used is told at the next time."""
        try:
            await self.store.workers.tell(self._record())
        except StoreUnavailable as failure:
            _log.error("worker_not_seen", error=str(failure), at=where(failure))

    def _record(self) -> WorkerRecord:
        model, reason = None, None
        try:
            model = self.models.get().drafter.name
        except NotReady as failure:
            reason = failure.reason
        return WorkerRecord(
            id=self.process.id,
            host=self.process.host,
            pid=self.process.pid,
            version=self.process.version,
            model=model,
            ready=reason is None,
            reason=reason,
            started_at=self.process.started_at,
            seen_at=self.surroundings.now(),
        )

    async def _go_on(self) -> None:
        while True:
            await self.tell()
            await asyncio.sleep(TELL_S)
