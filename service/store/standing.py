"""What became of the documents that a brief was made of."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from service.store.filing import CURRENT
from service.store.records import Outdated
from service.store.tables import BriefDocumentRow, DocumentRow, DocumentVersionRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Departed:
    """A document whose text stands no more as a brief was made of it, and what stands instead."""

    document: DocumentRow
    since: datetime
    successor: DocumentRow | None


async def departed(session: AsyncSession, tenant: str, brief_id: str) -> list[Departed]:
    """Return the documents of a brief whose text is another now or gone, in the brief's order."""
    found = []
    for made_of, document in await session.execute(_touched(tenant, brief_id)):
        successor = await successor_of(session, document)
        was = await sha256_of(session, document, made_of.version)
        if successor is not None and await sha256_of(session, successor, successor.version) == was:
            continue
        since = await _since(session, document, made_of.version, was)
        found.append(Departed(document=document, since=since, successor=successor))
    return found


async def outdated(session: AsyncSession, tenant: str, brief_id: str) -> tuple[Outdated, ...]:
    """Return the same with the texts that stand now."""
    return tuple(
        [
            Outdated(
                document_id=one.document.id,
                since=one.since,
                successor_id=None if one.successor is None else one.successor.id,
                article_json=await _article_json(session, one.successor),
            )
            for one in await departed(session, tenant, brief_id)
        ]
    )


async def superseded_already(session: AsyncSession, tenant: str, brief_id: str) -> tuple[str, ...]:
    """Return what a brief must say, accepted just now, of documents that have given way to others."""
    return tuple(
        [
            f"document {one.document.id!r} was superseded by {one.successor.id!r} before this brief"
            " was asked for"
            for one in await departed(session, tenant, brief_id)
            if one.successor is not None
        ]
    )


def _touched(tenant: str, brief_id: str) -> Select[BriefDocumentRow, DocumentRow]:
    return (
        select(BriefDocumentRow, DocumentRow)
        .join(
            DocumentRow,
            (DocumentRow.tenant == BriefDocumentRow.tenant)
            & (DocumentRow.id == BriefDocumentRow.document_id),
        )
        .where(
            BriefDocumentRow.tenant == tenant,
            BriefDocumentRow.brief_id == brief_id,
            or_(
                DocumentRow.version != BriefDocumentRow.version,
                DocumentRow.deleted_at.is_not(None),
                DocumentRow.superseded_by.is_not(None),
            ),
        )
        .order_by(BriefDocumentRow.position)
    )


async def successor_of(session: AsyncSession, document: DocumentRow) -> DocumentRow | None:
    """Return the document that stands in the place of one, which may be itself; None for none.

    The chain ends: a document takes another's place only while it is in nobody's shadow itself.
    """
    while document.superseded_by is not None:
        following = await session.get(DocumentRow, (document.tenant, document.superseded_by))
        if following is None:
            break
        document = following
    return document if document.deleted_at is None else None


async def sha256_of(session: AsyncSession, document: DocumentRow, version: int) -> str | None:
    """Return the hash of the text of a version; that of a deleted one is kept."""
    query = select(DocumentVersionRow.sha256).where(
        DocumentVersionRow.tenant == document.tenant,
        DocumentVersionRow.document_id == document.id,
        DocumentVersionRow.version == version,
    )
    return await session.scalar(query)


async def _since(
    session: AsyncSession, document: DocumentRow, version: int, was: str | None
) -> datetime:
    """Return since when the text of a version does not stand: that of the first other one."""
    query = (
        select(DocumentVersionRow.sha256, DocumentVersionRow.created_at)
        .where(
            DocumentVersionRow.tenant == document.tenant,
            DocumentVersionRow.document_id == document.id,
            DocumentVersionRow.version > version,
        )
        .order_by(DocumentVersionRow.version.desc())
    )
    since = document.changed_at
    for later in await session.execute(query):
        if later.sha256 == was:
            break
        since = min(since, later.created_at)
    return since


async def _article_json(session: AsyncSession, document: DocumentRow | None) -> str | None:
    if document is None:
        return None
    query = (
        select(DocumentVersionRow.article)
        .join(DocumentRow, CURRENT)
        .where(DocumentRow.tenant == document.tenant, DocumentRow.id == document.id)
    )
    return await session.scalar(query)
