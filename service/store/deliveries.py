"""Messages to webhooks: sent by one process at a time, until they arrive or are given up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from sqlalchemy import (
    ColumnElement,
    Select,
    Update,
    and_,
    case,
    delete,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from service.domain.errors import UnknownDelivery
from service.store.database import Database, rows_of
from service.store.ids import storable
from service.store.listing import as_page, paged
from service.store.records import Cursor, Delivery, DeliveryStatus, Event, Hook, Lease, Page
from service.store.tables import DeliveryRow
from service.store.tenancy import EVERYONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How many messages a sender begins with: in all, of one tenant, and of some that differ."""

    all: int
    each: int
    of: Mapping[str, int] = field(default_factory=dict)


class DeliveryStore:
    """Keeps messages to webhooks, and gives each to one sender at a time.

    A sender that lets its lease run out is taken for dead, and its message is handed out again;
    whatever it still has to say about it is then refused.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, lease: Lease, now: datetime, room: Room) -> list[Delivery]:
        """Take messages that are to be sent now, those that waited longest first.

        No tenant gets more of them than there is room for, however many it has. `attempts` counts
        the attempt that begins with this.
        """
        # Asked twice: one may be sent again, or taken, before it is locked here.
        due = and_(_due(now), DeliveryRow.id.in_(_in_turn(_due(now), room)))
        async with self._database.reading(EVERYONE) as session:
            # Looked at first: most of the time there is nothing, and writing locks others out.
            if await session.scalar(select(DeliveryRow.id).where(due).limit(1)) is None:
                return []
        query = (
            select(DeliveryRow)
            .where(due)
            .order_by(DeliveryRow.next_at, DeliveryRow.id)
            .limit(room.all)
            .with_for_update(skip_locked=True)
        )
        async with self._database.writing(EVERYONE) as session:
            # One after another: who looks at the same turns at once would find them taken, and none.
            await self._database.lock(session, "deliveries")
            rows = list(await session.scalars(query))
            for row in rows:
                row.owner, row.lease_until = lease.owner, lease.until
                row.attempts += 1
            return [_delivery(row) for row in rows]

    async def succeed(self, delivery_id: str, owner: str, now: datetime) -> bool:
        """Note that a message arrived; return False where it is not the owner's any more."""
        return await self._ended(
            delivery_id, owner, status="delivered", finished_at=now, last_error=None
        )

    async def retry(self, delivery_id: str, owner: str, next_at: datetime, error: str) -> bool:
        """Put a message off; return False where it is not the owner's any more."""
        return await self._ended(delivery_id, owner, next_at=next_at, last_error=error)

    async def bury(self, delivery_id: str, owner: str, now: datetime, error: str) -> bool:
        """Give a message up; return False where it is not the owner's any more."""
        return await self._ended(
            delivery_id, owner, status="dead", finished_at=now, last_error=error
        )

    async def get(self, tenant: str, delivery_id: str) -> Delivery:
        """Return a message, or raise `UnknownDelivery`."""
        async with self._database.reading(tenant) as session:
            return _delivery(await _row(session, delivery_id))

    async def list(
        self,
        tenant: str,
        *,
        limit: int,
        after: Cursor | None,
        status: DeliveryStatus | None = None,
    ) -> Page[Delivery]:
        """Return a tenant's messages, the newest first; raises `BadCursor`."""
        order = (DeliveryRow.created_at, DeliveryRow.id)
        query = paged(select(DeliveryRow), order, limit, after)
        if status is not None:
            query = query.where(DeliveryRow.status == status)
        async with self._database.reading(tenant) as session:
            found = [_delivery(row) for row in await session.scalars(query)]
        return as_page(found, limit, lambda one: Cursor(created_at=one.created_at, id=one.id))

    async def redeliver(self, tenant: str, delivery_id: str, now: datetime) -> Delivery:
        """Have a message sent again, as if for the first time; raises `UnknownDelivery`.

        One that is being sent right now is left to who sends it.
        """
        async with self._database.writing(tenant) as session:
            row = await _row(session, delivery_id, locked=True)
            row.status, row.finished_at = "pending", None
            row.next_at, row.attempts = now, 0
            return _delivery(row)

    async def pending(self) -> int:
        """Return how many messages of all tenants are still to be sent."""
        query = select(func.count()).select_from(DeliveryRow).where(DeliveryRow.status == "pending")
        async with self._database.reading(EVERYONE) as session:
            return await session.scalar(query) or 0

    async def forget(self, before: datetime) -> int:
        """Delete what was delivered or given up before the moment; return how many."""
        old = delete(DeliveryRow).where(
            DeliveryRow.status != "pending", DeliveryRow.finished_at < before
        )
        async with self._database.writing(EVERYONE) as session:
            result = await session.execute(old.execution_options(synchronize_session=False))
            return rows_of(result)

    async def _ended(self, delivery_id: str, owner: str, **values: object) -> bool:
        change = _held(delivery_id, owner).values(owner=None, lease_until=None, **values)
        async with self._database.writing(EVERYONE) as session:
            return rows_of(await session.execute(change)) == 1


async def _row(session: AsyncSession, delivery_id: str, *, locked: bool = False) -> DeliveryRow:
    query = select(DeliveryRow).where(DeliveryRow.id == delivery_id)
    row = None
    if storable(delivery_id):
        row = await session.scalar(query.with_for_update() if locked else query)
    if row is None:
        raise UnknownDelivery(delivery_id)
    return row


def _due(now: datetime) -> ColumnElement[bool]:
    free = or_(DeliveryRow.lease_until.is_(None), DeliveryRow.lease_until <= now)
    return and_(DeliveryRow.status == "pending", DeliveryRow.next_at <= now, free)


def _in_turn(due: ColumnElement[bool], room: Room) -> Select[str]:
    """Return the ids of those that there is room for, tenant by tenant."""
    turn = func.row_number().over(
        partition_by=DeliveryRow.tenant, order_by=(DeliveryRow.next_at, DeliveryRow.id)
    )
    lined = select(DeliveryRow.id, DeliveryRow.tenant, turn.label("turn")).where(due).subquery()
    most = (
        case(dict(room.of), value=lined.c.tenant, else_=room.each)
        if room.of
        else literal(room.each)
    )
    return select(lined.c.id).where(lined.c.turn <= most)


def _held(delivery_id: str, owner: str) -> Update:
    return (
        update(DeliveryRow)
        .where(
            DeliveryRow.status == "pending",
            DeliveryRow.id == delivery_id,
            DeliveryRow.owner == owner,
        )
        .execution_options(synchronize_session=False)
    )


def _delivery(row: DeliveryRow) -> Delivery:
    return Delivery(
        id=row.id,
        tenant=row.tenant,
        brief_id=row.brief_id,
        event=cast("Event", row.event),
        hook=Hook(url=row.url, sealed_secret=row.secret),
        body=row.body,
        status=cast("DeliveryStatus", row.status),
        attempts=row.attempts,
        next_at=row.next_at,
        last_error=row.last_error,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )
