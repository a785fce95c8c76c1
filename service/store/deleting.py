"""Deleting a document: its texts go, its name stays, and what gave way to it stands again."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from service.domain.errors import DocumentCited, UnknownDocument
from service.store.filing import CURRENT, Shelf
from service.store.ids import storable
from service.store.outbox import tell_stale
from service.store.standing import sha256_of, successor_of
from service.store.tables import (
    AnswerRow,
    BriefDocumentRow,
    BriefRow,
    DocumentRow,
    DocumentVersionRow,
)

_CITING_SHOWN = 100


async def delete_document(shelf: Shelf, document_id: str, *, force: bool) -> None:
    """Delete all texts of a document for good, and let what it superseded stand again.

    Raises `UnknownDocument`, and unless `force` `DocumentCited` where briefs are made of it.
    """
    session = shelf.session
    row, replaced = await _locked(session, document_id)
    if row is None or row.deleted_at is not None:
        raise UnknownDocument(document_id)
    briefs = [] if force else await citing(session, document_id)
    if briefs:
        raise DocumentCited(document_id, briefs)
    await _give_way(shelf, row, replaced)
    await _purge(session, row, shelf.now)
    # Where another had taken its place before, that one still stands for it.
    successor = await successor_of(session, row)
    sha256 = None if successor is None else await sha256_of(session, successor, successor.version)
    await tell_stale(session, row, successor, sha256, shelf.now)


async def citing(session: AsyncSession, document_id: str) -> Sequence[str]:
    """Return briefs, the newest first and 100 at most, that are or will be made of a document."""
    query = (
        select(BriefRow.id)
        .join(
            BriefDocumentRow,
            (BriefDocumentRow.tenant == BriefRow.tenant)
            & (BriefDocumentRow.brief_id == BriefRow.id),
        )
        .where(
            BriefDocumentRow.document_id == document_id,
            BriefRow.status.in_(("queued", "running", "done")),
        )
        .order_by(BriefRow.created_at.desc(), BriefRow.id.desc())
        .limit(_CITING_SHOWN)
    )
    return list(await session.scalars(query))


async def _locked(
    session: AsyncSession, document_id: str
) -> tuple[DocumentRow | None, Sequence[DocumentRow]]:
    """Return a document and those that it superseded; nobody else changes them meanwhile."""
    if not storable(document_id):
        return None, []
    # In the order of their ids, as everybody locks them. Whoever stores a document of their URL waits
    # for these rows, and then sees what stands again.
    query = (
        select(DocumentRow)
        .where(or_(DocumentRow.id == document_id, DocumentRow.superseded_by == document_id))
        .order_by(DocumentRow.id)
        .with_for_update()
    )
    # Twice: what the document superseded while its lock was waited for is not in the first answer.
    await session.execute(query.with_only_columns(DocumentRow.id))
    rows = (await session.scalars(query)).all()
    row = next((one for one in rows if one.id == document_id), None)
    return row, [one for one in rows if one.id != document_id]


async def _give_way(shelf: Shelf, row: DocumentRow, replaced: Sequence[DocumentRow]) -> None:
    """Let what a document superseded stand again, unless another stands in its place as well."""
    heirs = await _heirs(shelf.session, row) if replaced else []
    for one in replaced:
        later = (id for id, since in heirs if since >= one.changed_at)
        one.superseded_by = row.superseded_by or next(later, None)
        # A deleted one stays as it is, and one that is superseded is so since it was.
        if one.superseded_by is None and one.deleted_at is None:
            one.changed_at = shelf.now


async def _heirs(session: AsyncSession, row: DocumentRow) -> list[tuple[str, datetime]]:
    """Return documents of the URL with the same text as one, and since when they have it.

    They were stored without taking a place that was taken by that text already.
    """
    sha256 = await sha256_of(session, row, row.version)
    query = (
        select(DocumentRow.id, DocumentVersionRow.created_at)
        .join(DocumentVersionRow, CURRENT)
        .where(
            DocumentRow.url_sha256 == row.url_sha256,
            DocumentRow.id != row.id,
            DocumentRow.deleted_at.is_(None),
            DocumentRow.superseded_by.is_(None),
            DocumentVersionRow.sha256 == sha256,
        )
        .order_by(DocumentVersionRow.created_at, DocumentRow.id)
    )
    return [(id, since) for id, since in await session.execute(query)]


async def _purge(session: AsyncSession, row: DocumentRow, now: datetime) -> None:
    await session.execute(
        update(DocumentVersionRow)
        .where(DocumentVersionRow.document_id == row.id)
        .values(
            document=None,
            article=None,
            title=None,
            publisher=None,
            author=None,
            published_at=None,
            language=None,
        )
        .execution_options(synchronize_session=False)
    )
    # Which documents an answer holds is not known; at worst a request sent twice is done twice.
    await session.execute(
        delete(AnswerRow)
        .where(AnswerRow.holds_documents)
        .execution_options(synchronize_session=False)
    )
    row.url = row.url_sha256 = None
    row.deleted_at = now
    if row.superseded_by is None:
        # Otherwise its text has not stood since another took its place.
        row.changed_at = now
