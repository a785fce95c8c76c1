"""Briefs: accepted with all they need or not at all, shown, cancelled and deleted."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import load_only

from service.domain.brief import Status
from service.domain.errors import QueueFull, UnknownBrief, UnknownDocument, WrongStatus
from service.store.codec import dump_warnings
from service.store.database import rows_of
from service.store.filing import Shelf, file_all
from service.store.ids import parts, storable
from service.store.listing import as_page, paged
from service.store.queue import BriefQueue
from service.store.records import BriefRecord, BriefSummary, Cursor, NewBrief, Outdated, Page
from service.store.rows import brief_record, brief_row, brief_summary
from service.store.standing import outdated, superseded_already
from service.store.tables import BriefDocumentRow, BriefRow, DocumentRow
from service.store.tenancy import EVERYONE


class BriefStore(BriefQueue):
    """Keeps briefs. What a tenant asks for is here; what workers do with it is in the queue."""

    async def accept(self, tenant: str, brief: NewBrief, queue_limit: int) -> BriefRecord:
        """Store a brief and its new documents, all or nothing, and return it.

        Under an idempotency key that a brief has already, that one is returned and nothing is
        stored. Raises `QueueFull`, `UnknownDocument` and `BadDocument`.
        """

        async def change(session: AsyncSession) -> BriefRecord:
            known = await _of_key(session, brief.idempotency_key)
            if known is not None:
                return brief_record(known)
            shelf = Shelf(
                database=self._database, session=session, tenant=tenant, now=brief.created_at
            )
            await file_all(shelf, brief.filed, beside=brief.document_ids)
            versions = await _versions(session, brief.document_ids)
            # Last, because whoever accepts a brief waits here for whoever else does.
            await self._database.lock(session, "queue")
            waiting = await _waiting(session)
            if waiting >= queue_limit:
                raise QueueFull(waiting, queue_limit)
            row = brief_row(brief)
            session.add(row)
            await session.flush()
            session.add_all(
                BriefDocumentRow(
                    brief_id=brief.id, position=at, document_id=id, version=versions[id]
                )
                for at, id in enumerate(brief.document_ids)
            )
            await session.flush()
            superseded = await superseded_already(session, tenant, brief.id)
            row.intake_warnings = dump_warnings((*brief.warnings, *superseded))
            return brief_record(row)

        return await self._database.write(tenant, change)

    async def find_by_key(self, tenant: str, idempotency_key: str) -> BriefRecord | None:
        """Return the brief that was accepted under an idempotency key, None where none was."""
        async with self._database.reading(tenant) as session:
            row = await _of_key(session, idempotency_key)
            return None if row is None else brief_record(row)

    async def get(self, tenant: str, brief_id: str) -> BriefRecord:
        """Return a brief, or raise `UnknownBrief`."""
        async with self._database.reading(tenant) as session:
            return brief_record(await _row_of(session, brief_id))

    async def list(
        self,
        tenant: str,
        *,
        limit: int,
        after: Cursor | None,
        status: Status | None = None,
        since: datetime | None = None,
    ) -> Page[BriefSummary]:
        """Return briefs, the newest first, of a status and asked for at a moment or after it.

        Raises `BadCursor`.
        """
        query = select(BriefRow).options(load_only(*_SHOWN, raiseload=True))
        if status is not None:
            query = query.where(BriefRow.status == status)
        if since is not None:
            query = query.where(BriefRow.created_at >= since)
        query = paged(query, (BriefRow.created_at, BriefRow.id), limit, after)
        async with self._database.reading(tenant) as session:
            found = [brief_summary(row) for row in await session.scalars(query)]
        return as_page(found, limit, _cursor)

    async def cancel(self, tenant: str, brief_id: str, now: datetime) -> BriefRecord:
        """Cancel a brief that is queued or running; one that is cancelled already stays so.

        Raises `UnknownBrief`, and `WrongStatus` where it is done or failed.
        """

        async def change(session: AsyncSession) -> BriefRecord:
            row = await _row_of(session, brief_id, locked=True)
            if row.status in ("done", "failed"):
                raise WrongStatus(brief_id, row.status, "queued or running")
            if row.status != "cancelled":
                row.status, row.finished_at = "cancelled", now
                row.owner = row.lease_until = None
                row.revision += 1
            return brief_record(row)

        return await self._database.write(tenant, change)

    async def delete(self, tenant: str, brief_id: str) -> None:
        """Delete a brief and its messages, whatever its status; raises `UnknownBrief`.

        Its documents stay.
        """

        async def change(session: AsyncSession) -> None:
            gone = delete(BriefRow).where(BriefRow.id == brief_id)
            result = await session.execute(gone.execution_options(synchronize_session=False))
            if rows_of(result) == 0:
                raise UnknownBrief(brief_id)

        if not storable(brief_id):
            raise UnknownBrief(brief_id)
        await self._database.write(tenant, change)

    async def revisions(self, brief_ids: Sequence[str]) -> dict[str, int]:
        """Return the revisions of briefs of any tenant; those that are gone are absent."""
        asked = [one for one in brief_ids if storable(one)]
        found: dict[str, int] = {}
        async with self._database.reading(EVERYONE) as session:
            for part in parts(asked):
                query = select(BriefRow.id, BriefRow.revision).where(BriefRow.id.in_(part))
                found.update({id: revision for id, revision in await session.execute(query)})
        return found

    async def document_ids(self, tenant: str, brief_id: str) -> tuple[str, ...]:
        """Return the documents a brief is made of, whatever became of them, in its order."""
        if not storable(brief_id):
            return ()
        query = (
            select(BriefDocumentRow.document_id)
            .where(BriefDocumentRow.brief_id == brief_id)
            .order_by(BriefDocumentRow.position)
        )
        async with self._database.reading(tenant) as session:
            return tuple(await session.scalars(query))

    async def outdated(self, tenant: str, brief_id: str) -> tuple[Outdated, ...]:
        """Return the documents of a brief whose text is another now or gone, in its order.

        A document that was only described anew, or has its old text again, is not among them.
        """
        if not storable(brief_id):
            return ()
        async with self._database.reading(tenant) as session:
            return await outdated(session, tenant, brief_id)


_SHOWN = (
    BriefRow.tenant,
    BriefRow.id,
    BriefRow.status,
    BriefRow.created_at,
    BriefRow.finished_at,
    BriefRow.progress_stage,
    BriefRow.progress_done,
    BriefRow.progress_total,
    BriefRow.headline,
    BriefRow.error,
    BriefRow.rebuild_of,
)


def _cursor(one: BriefSummary) -> Cursor:
    return Cursor(created_at=one.created_at, id=one.id)


async def _of_key(session: AsyncSession, key: str | None) -> BriefRow | None:
    if key is None:
        return None
    return await session.scalar(select(BriefRow).where(BriefRow.idempotency_key == key))


async def _versions(session: AsyncSession, document_ids: Sequence[str]) -> dict[str, int]:
    """Return the current versions of documents, which nobody deletes until the session ends."""
    query = (
        select(DocumentRow.id, DocumentRow.version)
        .where(
            DocumentRow.id.in_([one for one in document_ids if storable(one)]),
            DocumentRow.deleted_at.is_(None),
        )
        .order_by(DocumentRow.id)
        .with_for_update(read=True)
    )
    found = {id: version for id, version in await session.execute(query)}
    for one in document_ids:
        if one not in found:
            raise UnknownDocument(one)
    return found


async def _waiting(session: AsyncSession) -> int:
    """Return how many briefs of all tenants are queued; the limit is one for all of them."""
    query = select(func.count()).select_from(BriefRow).where(BriefRow.status == "queued")
    # On the connection itself: the session would count those of its own tenant.
    return await (await session.connection()).scalar(query) or 0


async def _row_of(session: AsyncSession, brief_id: str, *, locked: bool = False) -> BriefRow:
    query = select(BriefRow).where(BriefRow.id == brief_id)
    if locked:
        query = query.with_for_update()
    row = await session.scalar(query) if storable(brief_id) else None
    if row is None:
        raise UnknownBrief(brief_id)
    return row
