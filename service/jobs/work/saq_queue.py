"""Word of waiting briefs between processes and machines, through Redis or PostgreSQL, by SAQ.

A job in the queue is no more than word of a brief: whoever hears it takes the job out of the queue
at once, and the database alone decides who makes the brief. So the queue's own timeouts and retries
have nothing to do, and a queue that is emptied, late or gone costs time, never a brief.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from service.domain.errors import BadSettings, QueueUnavailable
from service.jobs.work.workers import Call
from service.telemetry.places import where

if TYPE_CHECKING:
    from saq import Job, Queue

NAME = "briefs"
_TASK = "make_brief"
# A request that announces a brief waits no longer than this for a queue that does not answer,
_ANNOUNCE_S = 0.5
# and for so long after that the queue is not bothered again.
_QUIET_S = 1.0
# How long one wait for word takes at most, and how often PostgreSQL is asked meanwhile.
_HEAR_S = 1.0
_POLL_S = 0.2
# How often a worker looks into the database without having heard anything: while the queue answers,
# and while it does not.
_LOOK_S = 10.0
_LOOK_WITHOUT_S = 1.0
# A job taken out by a process that died in that moment is put back into the queue after this.
_TAKEN_S = 10
_SWEEP_S = 60
_SWEPT_S = 0.1
_CONNECT_S = 10.0
_SOCKET_S = 5.0
_MOST_CONNECTIONS = 4
# Another program's job in the same place; it is of no use here.
_FOREIGN_JOB: tuple[type[Exception], ...] = (ValueError, TypeError, KeyError)

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """Where the queue lies: SAQ's view of it, what it raises, and how it is left."""

    queue: "Queue"
    errors: tuple[type[Exception], ...]
    close: Callable[[], Awaitable[None]]


@dataclass(slots=True, kw_only=True)
class SharedQueue:
    """Announces briefs to workers anywhere, and calls the workers of this process.

    `clock_s` gives monotonic seconds. Without a connection nothing is announced, and workers look
    into the database every second.
    """

    backend: Backend
    clock_s: Callable[[], float]
    _connected: bool = field(default=False, init=False)
    _quiet_until: float = field(default=float("-inf"), init=False)
    _looked: float = field(default=float("-inf"), init=False)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list, init=False)

    async def start(self) -> None:
        self._tasks = [asyncio.create_task(self._connect()), asyncio.create_task(self._sweep())]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._connected = False
        try:
            async with asyncio.timeout(_ANNOUNCE_S):
                await self.backend.close()
        except self.backend.errors as failure:
            _log.warning("queue_not_closed", error=type(failure).__name__)

    @property
    def reachable(self) -> bool:
        """Say whether the queue answered when it was last used."""
        return self._connected and self.clock_s() >= self._quiet_until

    async def announce(self, brief_id: str, attempts: int) -> None:
        if not self.reachable:
            return
        try:
            async with asyncio.timeout(_ANNOUNCE_S):
                # One word of each attempt is enough, however often it is given.
                await self.backend.queue.enqueue(
                    _TASK,
                    key=f"{brief_id}:{attempts}",
                    brief_id=brief_id,
                    timeout=_TAKEN_S,
                    ttl=-1,
                )
        except self.backend.errors as failure:
            self._troubled(failure)

    async def check(self) -> None:
        if not self._connected:
            raise QueueUnavailable("there is no connection yet")
        try:
            await self.backend.queue.count("queued")
        except self.backend.errors as failure:
            raise QueueUnavailable(type(failure).__name__) from failure

    async def next(self) -> Call | None:
        if self.reachable:
            try:
                return await self._hear()
            except self.backend.errors as failure:
                self._troubled(failure)
            except _FOREIGN_JOB as failure:
                _log.warning("queue_job_unknown", error=type(failure).__name__)
                return None
        await asyncio.sleep(_LOOK_WITHOUT_S)
        return Call()

    async def _hear(self) -> Call | None:
        job = await self.backend.queue.dequeue(timeout=_HEAR_S, poll_interval=_POLL_S)
        if job is not None:
            await self._take_out(job)
            named = (job.kwargs or {}).get("brief_id")
            return Call(named) if isinstance(named, str) else None
        if self.clock_s() - self._looked < _LOOK_S:
            return None
        self._looked = self.clock_s()
        return Call()

    async def _take_out(self, job: "Job") -> None:
        from saq import Status

        try:
            await job.finish(Status.COMPLETE)
        except self.backend.errors as failure:
            # What was heard was heard.
            self._troubled(failure)

    def _troubled(self, failure: Exception) -> None:
        self._quiet_until = self.clock_s() + _QUIET_S
        _log.warning("queue_unavailable", error=type(failure).__name__, at=where(failure)[-1:])

    async def _connect(self) -> None:
        while not self._connected:
            try:
                async with asyncio.timeout(_CONNECT_S):
                    await self.backend.queue.connect()
                self._connected = True
            except self.backend.errors as failure:
                self._troubled(failure)
                await asyncio.sleep(_LOOK_WITHOUT_S)

    async def _sweep(self) -> None:
        # RuntimeError: what is swept was taken out by its reader in the same moment.
        passing = self.backend.errors + _FOREIGN_JOB + (RuntimeError,)
        while True:
            await asyncio.sleep(_SWEEP_S)
            if not self.reachable:
                continue
            try:
                await self.backend.queue.sweep(lock=_SWEEP_S, abort=_SWEPT_S)
            except passing as failure:
                _log.warning("queue_not_swept", error=type(failure).__name__)


def shared_queue(url: str, clock_s: Callable[[], float]) -> SharedQueue:
    """Return the queue at a redis:// or postgresql:// address, not connected yet.

    Raises `BadSettings` where the address is none, or what speaks to it is not installed.
    """
    # It tells of every job; what becomes of briefs is logged by those who make them.
    logging.getLogger("saq").setLevel(logging.WARNING)
    try:
        made = _redis(url) if url.startswith("redis") else _postgres(url)
    except ImportError as error:
        reason = "a shared queue needs more: pip install 'wellsourced[queue]'"
        raise BadSettings([("queue_url", reason)]) from error
    except ValueError as error:
        raise BadSettings([("queue_url", "not an address of a queue")]) from error
    return SharedQueue(backend=made, clock_s=clock_s)


def _redis(url: str) -> Backend:
    from redis.asyncio import Redis
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff
    from redis.exceptions import RedisError
    from saq.queue.redis import RedisQueue

    client = Redis.from_url(
        url,
        # Whatever does not answer is tried again by those who call, in their own time.
        retry=Retry(NoBackoff(), 0),
        socket_connect_timeout=_ANNOUNCE_S,
        socket_timeout=_SOCKET_S,
        health_check_interval=15,
    )
    return Backend(
        queue=RedisQueue(client, name=NAME),
        errors=(RedisError, OSError, TimeoutError),
        # Not the queue's own way to close, which would first connect once more.
        close=client.aclose,
    )


def _postgres(url: str) -> Backend:
    from psycopg import Error, ProgrammingError
    from psycopg.conninfo import conninfo_to_dict
    from saq.queue.postgres import PostgresQueue

    try:
        conninfo_to_dict(url)
    except ProgrammingError as error:
        raise ValueError("not an address of PostgreSQL") from error
    queue = PostgresQueue(url=url, name=NAME, min_size=1, max_size=_MOST_CONNECTIONS)
    return Backend(queue=queue, errors=(Error, OSError, TimeoutError), close=queue.pool.close)
