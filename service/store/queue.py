"""The briefs' queue: a row is held by one worker at a time, and ends once."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Select,
    Update,
    and_,
    case,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from service.domain.brief import Progress
from service.store.database import Database, rows_of
from service.store.ids import plain, storable
from service.store.outbox import tell_ended, tell_stale_to
from service.store.records import Backlog, BriefRecord, Due, Lease, Outcome
from service.store.rows import brief_record
from service.store.standing import departed
from service.store.tables import BriefDocumentRow, BriefRow, DocumentRow
from service.store.tenancy import EVERYONE


class BriefQueue:
    """Gives each brief, whosever it is, to one worker at a time.

    A worker that stops renewing its lease is taken for dead, and its brief is handed out again;
    whatever it still has to say about it is then refused.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def backlog(self) -> Backlog:
        """Return how many briefs wait and are being made."""
        query = (
            select(BriefRow.status, func.count(), func.min(BriefRow.created_at))
            .where(BriefRow.status.in_(("queued", "running")))
            .group_by(BriefRow.status)
        )
        async with self._database.reading(EVERYONE) as session:
            found = {status: (n, first) for status, n, first in await session.execute(query)}
        queued, oldest = found.get("queued", (0, None))
        running, _ = found.get("running", (0, None))
        return Backlog(queued=queued, running=running, oldest=oldest)

    async def due(self, now: datetime, limit: int) -> Sequence[Due]:
        """Return briefs that wait, or whose worker died, those that came first first."""
        query = _turn(now).with_only_columns(BriefRow.id, BriefRow.attempts).limit(limit)
        async with self._database.reading(EVERYONE) as session:
            return [Due(id=id, attempts=n) for id, n in await session.execute(query)]

    async def claim(
        self, lease: Lease, now: datetime, brief_id: str | None = None
    ) -> BriefRecord | None:
        """Give the brief whose turn it is, or the one named, or None where it is not to be had.

        It is then running and held by the lease.
        """
        turn = _turn(now).limit(1)
        if brief_id is not None:
            if not storable(brief_id):
                return None
            turn = turn.where(BriefRow.id == brief_id)
        # Looked at first without the write lock, which idle workers must not keep taking.
        async with self._database.reading(EVERYONE) as session:
            if await session.scalar(turn.with_only_columns(BriefRow.id)) is None:
                return None

        async def change(session: AsyncSession) -> BriefRecord | None:
            row = await session.scalar(turn.with_for_update(skip_locked=True))
            if row is None:
                return None
            row.status, row.attempts = "running", row.attempts + 1
            row.owner, row.lease_until = lease.owner, lease.until
            row.progress_stage, row.progress_done, row.progress_total = None, 0, 0
            row.revision += 1
            return brief_record(row)

        return await self._database.write(EVERYONE, change)

    async def renew(self, brief_id: str, lease: Lease, progress: Progress | None) -> bool:
        """Keep a running brief and write its progress; return False where it is held no more."""
        change = _held(brief_id, lease.owner).values(lease_until=lease.until)
        if progress is not None:
            new = or_(
                BriefRow.progress_stage.is_distinct_from(progress.stage),
                BriefRow.progress_done != progress.done,
                BriefRow.progress_total != progress.total,
            )
            change = change.values(
                revision=BriefRow.revision + case((new, 1), else_=0),
                progress_stage=progress.stage,
                progress_done=progress.done,
                progress_total=progress.total,
            )
        return await self._changed(change)

    async def settle(self, brief_id: str, owner: str, outcome: Outcome) -> bool:
        """End a running brief; return False, changing nothing, where it is held no more.

        Where it has a webhook the message is written with it, and that it is stale already where a
        document was changed while it was being made.
        """

        async def change(session: AsyncSession) -> bool:
            query = select(BriefRow).where(_is_held(brief_id, owner)).with_for_update()
            row = await session.scalar(query)
            if row is None:
                return False
            row.status, row.finished_at = outcome.status, outcome.finished_at
            row.body, row.headline = outcome.body, plain(outcome.headline)
            row.error = plain(outcome.error)
            row.owner = row.lease_until = None
            row.revision += 1
            await session.flush()
            if row.webhook_url is not None:
                await _tell(session, row, outcome.finished_at)
            return True

        return await self._database.write(EVERYONE, change)

    async def requeue(self, brief_id: str, owner: str) -> bool:
        """Put a running brief back in its place in the queue, as if it had not been begun."""
        return await self._changed(
            _held(brief_id, owner).values(
                status="queued",
                owner=None,
                lease_until=None,
                attempts=BriefRow.attempts - 1,
                revision=BriefRow.revision + 1,
                progress_stage=None,
                progress_done=0,
                progress_total=0,
            )
        )

    async def _changed(self, change: Update) -> bool:
        async def run(session: AsyncSession) -> bool:
            return rows_of(await session.execute(change)) == 1

        return await self._database.write(EVERYONE, run)


def _turn(now: datetime) -> Select[BriefRow]:
    abandoned = and_(BriefRow.status == "running", BriefRow.lease_until < now)
    return (
        select(BriefRow)
        .where(or_(BriefRow.status == "queued", abandoned))
        .order_by(BriefRow.created_at, BriefRow.id)
    )


def _is_held(brief_id: str, owner: str) -> ColumnElement[bool]:
    return and_(BriefRow.id == brief_id, BriefRow.owner == owner, BriefRow.status == "running")


def _held(brief_id: str, owner: str) -> Update:
    return (
        update(BriefRow)
        .where(_is_held(brief_id, owner))
        .execution_options(synchronize_session=False)
    )


async def _tell(session: AsyncSession, brief: BriefRow, at: datetime) -> None:
    await tell_ended(session, brief, at)
    if brief.status != "done":
        return
    # Held until the end: a correction that comes at the same time either is seen here or sees this
    # brief done. In order of their ids, as corrections lock them.
    await session.execute(
        select(DocumentRow.id)
        .join(
            BriefDocumentRow,
            (BriefDocumentRow.tenant == DocumentRow.tenant)
            & (BriefDocumentRow.document_id == DocumentRow.id),
        )
        .where(BriefDocumentRow.tenant == brief.tenant, BriefDocumentRow.brief_id == brief.id)
        .order_by(DocumentRow.id)
        .with_for_update(read=True, of=DocumentRow)
    )
    for one in await departed(session, brief.tenant, brief.id):
        await tell_stale_to(session, [brief], one.document, one.successor, at)
