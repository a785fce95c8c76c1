"""Briefs and their queue: a row is accepted once, held by one owner at a time, and ends once."""

from datetime import datetime
from typing import cast

from sqlalchemy import CursorResult, Update, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from service.domain.brief import Progress, Status
from service.domain.errors import QueueFull, UnknownBrief, WrongStatus
from service.store.codec import dump_dropped, dump_options, load_dropped, load_options
from service.store.database import Database
from service.store.documents import add_document
from service.store.records import BriefRecord, Lease, NewBrief, Outcome
from service.store.tables import BriefDocumentRow, BriefRow


class BriefStore:
    """Keeps briefs, and gives each to one worker at a time.

    A worker that stops renewing its lease is taken for dead, and its brief is handed out again;
    whatever it still has to say about it is then refused.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def accept(self, brief: NewBrief, queue_limit: int) -> None:
        """Store a brief and its new documents, all or nothing.

        Raises `QueueFull`, and `DocumentConflict` where an id names other content.
        """
        async with self._database.writing() as session:
            waiting = await _waiting(session)
            if waiting >= queue_limit:
                raise QueueFull(waiting, queue_limit)
            for filed in brief.filed:
                await add_document(session, filed, brief.created_at)
            session.add(_row(brief))
            await session.flush()
            for position, document_id in enumerate(brief.document_ids):
                session.add(
                    BriefDocumentRow(brief_id=brief.id, position=position, document_id=document_id)
                )

    async def waiting(self) -> int:
        """Return how many briefs are queued."""
        async with self._database.reading() as session:
            return await _waiting(session)

    async def get(self, brief_id: str) -> BriefRecord:
        """Return a brief, or raise `UnknownBrief`."""
        async with self._database.reading() as session:
            return _record(await _row_of(session, brief_id))

    async def claim(self, lease: Lease, now: datetime) -> BriefRecord | None:
        """Give the brief whose turn it is, or None; it is then running and held by the lease."""
        abandoned = and_(BriefRow.status == "running", BriefRow.lease_until < now)
        turn = (
            select(BriefRow)
            .where(or_(BriefRow.status == "queued", abandoned))
            .order_by(BriefRow.created_at, BriefRow.id)
            .limit(1)
        )
        # Looked at first without the write lock, which idle workers must not keep taking.
        async with self._database.reading() as session:
            if await session.scalar(turn) is None:
                return None
        async with self._database.writing() as session:
            row = await session.scalar(turn)
            if row is None:
                return None
            row.status, row.attempts = "running", row.attempts + 1
            row.owner, row.lease_until = lease.owner, lease.until
            return _record(row)

    async def renew(self, brief_id: str, lease: Lease, progress: Progress | None) -> bool:
        """Keep a running brief and write its progress; return False where it is held no more."""
        change = _held(brief_id, lease.owner).values(lease_until=lease.until)
        if progress is not None:
            change = change.values(
                progress_stage=progress.stage,
                progress_done=progress.done,
                progress_total=progress.total,
            )
        return await self._changed(change)

    async def settle(self, brief_id: str, owner: str, outcome: Outcome) -> bool:
        """End a running brief; return False, changing nothing, where it is held no more."""
        return await self._changed(
            _held(brief_id, owner).values(
                status=outcome.status,
                finished_at=outcome.finished_at,
                body=outcome.body,
                error=outcome.error,
                owner=None,
                lease_until=None,
            )
        )

    async def requeue(self, brief_id: str, owner: str) -> bool:
        """Put a running brief back in its place in the queue, as if it had not been begun."""
        return await self._changed(
            _held(brief_id, owner).values(
                status="queued",
                owner=None,
                lease_until=None,
                attempts=BriefRow.attempts - 1,
                progress_stage=None,
            )
        )

    async def cancel(self, brief_id: str, now: datetime) -> BriefRecord:
        """Cancel a brief that is queued or running; one that is cancelled already stays so.

        Raises `UnknownBrief`, and `WrongStatus` where it is done or failed.
        """
        async with self._database.writing() as session:
            row = await _row_of(session, brief_id)
            if row.status in ("done", "failed"):
                raise WrongStatus(brief_id, row.status, "queued or running")
            if row.status != "cancelled":
                row.status, row.finished_at = "cancelled", now
                row.owner = row.lease_until = None
            return _record(row)

    async def _changed(self, change: Update) -> bool:
        async with self._database.writing() as session:
            result = cast("CursorResult[tuple[()]]", await session.execute(change))
            return result.rowcount == 1


def _held(brief_id: str, owner: str) -> Update:
    return (
        update(BriefRow)
        .where(BriefRow.id == brief_id, BriefRow.owner == owner, BriefRow.status == "running")
        .execution_options(synchronize_session=False)
    )


async def _waiting(session: AsyncSession) -> int:
    query = select(func.count()).select_from(BriefRow).where(BriefRow.status == "queued")
    return await session.scalar(query) or 0


async def _row_of(session: AsyncSession, brief_id: str) -> BriefRow:
    row = await session.get(BriefRow, brief_id)
    if row is None:
        raise UnknownBrief(brief_id)
    return row


def _row(brief: NewBrief) -> BriefRow:
    return BriefRow(
        id=brief.id,
        status="queued",
        created_at=brief.created_at,
        options=dump_options(brief.options),
        intake_dropped=dump_dropped(brief.dropped),
    )


def _record(row: BriefRow) -> BriefRecord:
    progress = None
    if row.progress_stage is not None:
        progress = Progress(
            stage=row.progress_stage, done=row.progress_done, total=row.progress_total
        )
    return BriefRecord(
        id=row.id,
        status=cast("Status", row.status),
        created_at=row.created_at,
        finished_at=row.finished_at,
        options=load_options(row.options),
        dropped=load_dropped(row.intake_dropped),
        progress=progress,
        attempts=row.attempts,
        error=row.error,
        body=row.body,
    )
