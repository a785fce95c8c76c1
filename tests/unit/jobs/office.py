"""Messages in a store, a clock, and processes that send them."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from service.domain.errors import BadSettings, StoreUnavailable
from service.jobs.deliveries import Deliveries, Rounds
from service.jobs.parts import Surroundings
from service.store import Store
from service.store.deliveries import DeliveryStore, Room
from service.store.records import LOCAL, Delivery, Lease
from service.store.tables import BriefRow, DeliveryRow
from service.telemetry.metrics import Metrics
from service.webhooks.sender import Reply
from tests.unit.jobs.posts import FakePost

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
URL = "https://hooks.example.com/brief"
BODY = '{"type":"brief.done","data":{"brief_id":"brf_1","who":"Zoë"}}'
QUICK = Rounds(poll_s=0.01, lease_s=60.0, grace_s=0.2)


class FakeVault:
    def seal(self, secret: str) -> str:
        return secret[::-1]

    def unseal(self, sealed: str) -> str:
        if sealed == "lost":
            raise BadSettings([("secret", "it is another")])
        return sealed[::-1]


@dataclass
class Clock:
    now: datetime = NOON

    def read(self) -> datetime:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass(kw_only=True)
class Office:
    """A store with messages in it, a clock, and processes that send them."""

    store: Store
    clock: Clock = field(default_factory=Clock)
    metrics: Metrics = field(default_factory=Metrics)
    owners: Iterator[int] = field(default_factory=itertools.count)

    def sending(
        self,
        post: FakePost,
        *,
        rounds: Rounds = QUICK,
        chance: float = 0.5,
        store: DeliveryStore | None = None,
    ) -> Deliveries:
        return Deliveries(
            store=store or self.store.deliveries,
            post=post,
            vault=FakeVault(),
            surroundings=Surroundings(
                now=self.clock.read,
                clock_s=lambda: 0.0,
                new_brief_id=lambda: "",
                new_owner=lambda: f"owner_{next(self.owners)}",
            ),
            metrics=self.metrics,
            chance=lambda: chance,
            rounds=rounds,
        )

    @asynccontextmanager
    async def open(self, post: FakePost, **how: object) -> AsyncIterator[Deliveries]:
        deliveries = self.sending(post, **how)  # type: ignore[arg-type]
        await deliveries.start()
        try:
            yield deliveries
        finally:
            await deliveries.stop()

    async def write(
        self, count: int = 1, secret: str = SECRET[::-1], tenant: str = LOCAL, name: str = "msg"
    ) -> None:
        async with self.store.database.writing(tenant) as session:
            session.add(
                BriefRow(
                    tenant=tenant,
                    id=f"brf_1{tenant.removeprefix(LOCAL)}",
                    status="done",
                    created_at=NOON,
                    options="{}",
                    intake_dropped="[]",
                )
            )
            await session.flush()
            for number in range(1, count + 1):
                session.add(
                    DeliveryRow(
                        tenant=tenant,
                        id=f"{name}_{number}",
                        brief_id=f"brf_1{tenant.removeprefix(LOCAL)}",
                        event="brief.done",
                        url=URL,
                        secret=secret,
                        body=BODY,
                        status="pending",
                        next_at=NOON,
                        created_at=NOON,
                    )
                )

    async def get(self, id: str = "msg_1") -> Delivery:
        return await self.store.deliveries.get(LOCAL, id)

    async def is_so(self, holds: Callable[[Delivery], bool]) -> Delivery:
        """Wait until that is so of the message; give up after long enough."""
        for _ in range(6000):
            found = await self.get()
            if holds(found):
                return found
            await asyncio.sleep(0.005)
        raise TimeoutError("it never came to be")

    def counted(self, outcome: str) -> float:
        line = f'brief_webhook_deliveries_total{{outcome="{outcome}"}} '
        told = self.metrics.render().decode().splitlines()
        return sum(float(one.removeprefix(line)) for one in told if one.startswith(line))


def with_office(folder: Path, test: Callable[[Office], Coroutine[object, object, None]]) -> None:
    async def run() -> None:
        store = Store.at(f"sqlite:///{folder / 'brief.db'}")
        await store.database.open()
        try:
            await test(Office(store=store))
        finally:
            await store.database.close()

    asyncio.run(run())


def delivered(one: Delivery) -> bool:
    return one.status == "delivered"


def dead(one: Delivery) -> bool:
    return one.status == "dead"


async def never() -> Reply:
    await asyncio.sleep(3600)
    raise AssertionError


class Flaky(DeliveryStore):
    """Fails the first calls of each kind, as a database that is being restarted does."""

    def __init__(self, store: Store, failures: int) -> None:
        super().__init__(store.database)
        self.claims, self.ends = failures, failures

    async def claim(self, lease: Lease, now: datetime, room: Room) -> list[Delivery]:
        self.claims -= 1
        if self.claims >= 0:
            raise StoreUnavailable("down")
        return await super().claim(lease, now, room)

    async def succeed(self, delivery_id: str, owner: str, now: datetime) -> bool:
        self.ends -= 1
        if self.ends >= 0:
            raise StoreUnavailable("down")
        return await super().succeed(delivery_id, owner, now)
