"""Sending the messages that wait for their webhooks, again and again until they arrive or are dead."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

import structlog
from opentelemetry.trace import SpanKind

from service.domain.errors import BadSettings, NotDelivered, StoreUnavailable
from service.jobs.parts import Surroundings, Vault
from service.store.deliveries import DeliveryStore, Room
from service.store.records import LOCAL, Delivery, Lease
from service.telemetry.metrics import Metrics
from service.telemetry.places import where
from service.telemetry.tracing import Attributes, span
from service.webhooks.schedule import MOST_ATTEMPTS, asked_wait_s, wait_s
from service.webhooks.sender import Reply
from service.webhooks.signing import signed_headers

_GONE = 410
# How often what became of a message is tried to be written; then it is sent again.
_TRIES = 10

_log = structlog.stdlib.get_logger(__name__)


class Post(Protocol):
    """Carries messages to their webhooks."""

    async def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Return what a webhook answered; raises `NotDelivered` where it did not."""
        ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """How the sending keeps time. A lease must outlive the time that one message may take.

    Of the messages sent `at_once`, `each` may be one tenant's, unless there is but one tenant.
    """

    at_once: int = 8
    each: int = 2
    poll_s: float = 1.0
    lease_s: float = 60.0
    grace_s: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failure:
    """Why a message did not arrive. `final`: it is not wanted; `asked_s`: not before that."""

    reason: str
    asked_s: float = 0.0
    final: bool = False


@dataclass(slots=True, kw_only=True)
class Deliveries:
    """Sends messages in their turn until told to stop; several processes share the work.

    A message is sent at least once, always under the same id: a process that dies over it lets its
    lease run out, and another sends it again. `chance` gives numbers in [0, 1). `post` is closed at
    the end.
    """

    store: DeliveryStore
    post: Post
    vault: Vault
    surroundings: Surroundings
    metrics: Metrics
    chance: Callable[[], float]
    rounds: Rounds = field(default_factory=Rounds)
    _stopping: bool = field(default=False, init=False)
    _awake: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _loop: asyncio.Task[None] | None = field(default=None, init=False)
    _sending: dict[asyncio.Task[None], str] = field(default_factory=dict, init=False)

    async def start(self) -> None:
        """Begin; what a process that died was sending is sent in its turn."""
        self._loop = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Finish what is being sent, or leave it to whoever comes next when the grace is over."""
        self._stopping = True
        self._awake.set()
        running = {*self._sending, *([self._loop] if self._loop else [])}
        if running:
            _, pending = await asyncio.wait(running, timeout=self.rounds.grace_s)
            for task in {*pending, *self._sending}:
                task.cancel()
            await asyncio.gather(*running, *self._sending, return_exceptions=True)
        await self.post.close()

    async def _run(self) -> None:
        while not self._stopping:
            try:
                await self._take()
            except StoreUnavailable as failure:
                _log.error("store_unavailable", error=str(failure), at=where(failure))
            except Exception as failure:
                # The loop must live on; what it took is handed out again when the lease ends.
                _log.error("deliveries_failed", error=type(failure).__name__, at=where(failure))
            with suppress(TimeoutError):
                async with asyncio.timeout(self.rounds.poll_s):
                    await self._awake.wait()
            self._awake.clear()

    async def _take(self) -> None:
        """Begin to send as many messages as there is room for: none waits here under its lease."""
        room = self._room()
        if room.all == 0:
            return
        now = self.surroundings.now()
        lease = Lease(
            owner=self.surroundings.new_owner(),
            until=now + timedelta(seconds=self.rounds.lease_s),
        )
        for delivery in await self.store.claim(lease, now, room):
            task = asyncio.create_task(self._deliver(delivery, lease.owner))
            self._sending[task] = delivery.tenant
            task.add_done_callback(self._sent)

    def _room(self) -> Room:
        """Return what may be begun: receivers that never answer must be felt by their tenant only."""
        room = self.rounds.at_once - len(self._sending)
        of = {
            tenant: self.rounds.each - sending
            for tenant, sending in Counter(self._sending.values()).items()
        }
        # There is no other where there are no keys.
        return Room(all=room, each=self.rounds.each, of={**of, LOCAL: room})

    def _sent(self, task: asyncio.Task[None]) -> None:
        del self._sending[task]
        self._awake.set()

    async def _deliver(self, delivery: Delivery, owner: str) -> None:
        failure = await self._attempt(delivery)
        for _ in range(_TRIES):
            try:
                await self._note(delivery, owner, failure)
                return
            except StoreUnavailable as fault:
                _log.error("delivery_not_noted", delivery_id=delivery.id, error=str(fault))
                await asyncio.sleep(self.rounds.poll_s)

    async def _attempt(self, delivery: Delivery) -> _Failure | None:
        """Send a message once; return None where it arrived."""
        if delivery.attempts > MOST_ATTEMPTS:
            return _Failure(reason="the service stopped while sending it", final=True)
        try:
            return self._failure(await self._reply(delivery))
        except NotDelivered as fault:
            return _Failure(reason=str(fault))
        except BadSettings:
            reason = "its secret cannot be read: the service's own secret is another"
            return _Failure(reason=reason)
        except Exception as fault:
            _log.error(
                "delivery_broke",
                delivery_id=delivery.id,
                error=type(fault).__name__,
                at=where(fault),
            )
            return _Failure(reason="an internal error; the service's log has the place")

    async def _reply(self, delivery: Delivery) -> Reply:
        body = delivery.body.encode()
        secret = self.vault.unseal(delivery.hook.sealed_secret)
        headers = signed_headers(delivery.id, self.surroundings.now(), body, secret)
        told: Attributes = {
            "brief.id": delivery.brief_id,
            "brief.delivery.id": delivery.id,
            "brief.delivery.attempt": delivery.attempts,
        }
        with span("deliver webhook", told, kind=SpanKind.CLIENT) as opened:
            reply = await self.post.send(delivery.hook.url, headers, body)
            opened.set_attribute("http.response.status_code", reply.status)
        return reply

    def _failure(self, reply: Reply) -> _Failure | None:
        if 200 <= reply.status < 300:
            return None
        now = self.surroundings.now()
        return _Failure(
            reason=f"it answered {reply.status}",
            asked_s=asked_wait_s(reply.status, reply.retry_after, now),
            final=reply.status == _GONE,
        )

    async def _note(self, delivery: Delivery, owner: str, failure: _Failure | None) -> None:
        """Write what became of an attempt, so that it is told only once it is true."""
        now = self.surroundings.now()
        noted = _log.bind(
            delivery_id=delivery.id, brief_id=delivery.brief_id, attempt=delivery.attempts
        )
        if failure is None:
            kept = await self.store.succeed(delivery.id, owner, now)
            self.metrics.delivery("delivered")
            noted.info("webhook_delivered", kept=kept)
            return
        wait = None if failure.final else wait_s(delivery.attempts, self.chance())
        if wait is None:
            kept = await self.store.bury(delivery.id, owner, now, failure.reason)
            self.metrics.delivery("dead")
            noted.warning("webhook_dead", reason=failure.reason, kept=kept)
            return
        wait = max(wait, failure.asked_s)
        next_at = now + timedelta(seconds=wait)
        kept = await self.store.retry(delivery.id, owner, next_at, failure.reason)
        self.metrics.delivery("retried")
        noted.info("webhook_retried", reason=failure.reason, wait_s=round(wait), kept=kept)
