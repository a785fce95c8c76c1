"""Shares: which briefs are shown to whoever has a link, kept without what the link ends with."""

from datetime import datetime

from sqlalchemy import delete, select

from service.domain.errors import UnknownBrief, UnknownShare
from service.store.database import Database, rows_of
from service.store.ids import storable
from service.store.listing import as_page, paged
from service.store.records import Cursor, Page, Share
from service.store.tables import BriefRow, ShareRow
from service.store.tenancy import EVERYONE


class ShareStore:
    """Keeps shares. One that is over is as one that never was."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, share: Share) -> None:
        """Store a share; raises `UnknownBrief` where its brief is not there any more."""
        # Locked: it may be deleted between being looked at and being shared.
        there = select(BriefRow.id).where(BriefRow.id == share.brief_id).with_for_update()
        async with self._database.writing(share.tenant) as session:
            if await session.scalar(there) is None:
                raise UnknownBrief(share.brief_id)
            session.add(_row(share))

    async def find(self, digest: str, now: datetime) -> Share | None:
        """Return what is shared by a link, whoever's it is."""
        query = select(ShareRow).where(ShareRow.digest == digest, ShareRow.expires_at > now)
        # A link is all that its holder has: by it alone is told whose brief it shows.
        async with self._database.reading(EVERYONE) as session:
            row = await session.scalar(query)
            return None if row is None else _share(row)

    async def list(
        self, tenant: str, brief_id: str, now: datetime, *, limit: int, after: Cursor | None
    ) -> Page[Share]:
        """Return a brief's shares that are not over, the newest first; raises `BadCursor`."""
        query = select(ShareRow).where(ShareRow.brief_id == brief_id, ShareRow.expires_at > now)
        query = paged(query, (ShareRow.created_at, ShareRow.id), limit, after)
        async with self._database.reading(tenant) as session:
            found = [_share(row) for row in await session.scalars(query)]
        return as_page(found, limit, lambda one: Cursor(created_at=one.created_at, id=one.id))

    async def end(self, tenant: str, brief_id: str, share_id: str, now: datetime) -> None:
        """Delete a share of a brief for good; raises `UnknownShare`."""
        if not storable(share_id):
            raise UnknownShare
        gone = delete(ShareRow).where(
            ShareRow.id == share_id, ShareRow.brief_id == brief_id, ShareRow.expires_at > now
        )
        async with self._database.writing(tenant) as session:
            result = await session.execute(gone.execution_options(synchronize_session=False))
            if rows_of(result) == 0:
                raise UnknownShare

    async def forget(self, now: datetime) -> int:
        """Delete the shares that are over; return how many."""
        over = delete(ShareRow).where(ShareRow.expires_at <= now)
        async with self._database.writing(EVERYONE) as session:
            return rows_of(await session.execute(over.execution_options(synchronize_session=False)))


def _row(share: Share) -> ShareRow:
    return ShareRow(
        tenant=share.tenant,
        id=share.id,
        brief_id=share.brief_id,
        digest=share.digest,
        created_at=share.created_at,
        expires_at=share.expires_at,
    )


def _share(row: ShareRow) -> Share:
    return Share(
        id=row.id,
        tenant=row.tenant,
        brief_id=row.brief_id,
        digest=row.digest,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )
