"""Documents and their articles: written once, never changed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from service.domain.errors import DocumentConflict, UnknownDocument
from service.store.codec import dump_document
from service.store.database import Database
from service.store.records import Filed
from service.store.tables import BriefDocumentRow, DocumentRow

# SQLite takes a limited number of bound values in one statement.
_IDS_A_QUERY = 500


class DocumentStore:
    """Keeps documents with the articles made of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, filed: Filed, now: datetime) -> bool:
        """Store a document; return False where the very same is there already.

        Raises `DocumentConflict` where its id names other content.
        """
        async with self._database.writing() as session:
            return await add_document(session, filed, now)

    async def article_json(self, document_id: str) -> str:
        """Return the document out as JSON, or raise `UnknownDocument`."""
        async with self._database.reading() as session:
            row = await session.get(DocumentRow, document_id)
        if row is None:
            raise UnknownDocument(document_id)
        return row.article

    async def matches(self, document_id: str, content_id: str) -> bool:
        """Say whether the id is taken by that very content, False where it is free.

        Raises `DocumentConflict` where it names other content.
        """
        async with self._database.reading() as session:
            return await _matches(session, document_id, content_id)

    async def missing(self, document_ids: Sequence[str]) -> list[str]:
        """Return those of the ids that no stored document has, in the order given."""
        found: set[str] = set()
        async with self._database.reading() as session:
            for at in range(0, len(document_ids), _IDS_A_QUERY):
                asked = document_ids[at : at + _IDS_A_QUERY]
                query = select(DocumentRow.id).where(DocumentRow.id.in_(asked))
                found.update(await session.scalars(query))
        return [one for one in document_ids if one not in found]

    async def article_jsons_of(self, brief_id: str) -> list[str]:
        """Return the articles of a brief as JSON, in the order in which they were given."""
        query = (
            select(DocumentRow.article)
            .join(BriefDocumentRow, BriefDocumentRow.document_id == DocumentRow.id)
            .where(BriefDocumentRow.brief_id == brief_id)
            .order_by(BriefDocumentRow.position)
        )
        async with self._database.reading() as session:
            return list(await session.scalars(query))


async def add_document(session: AsyncSession, filed: Filed, now: datetime) -> bool:
    """Add the document to a transaction; return False where the very same is there already.

    Raises `DocumentConflict` where its id names other content.
    """
    if await _matches(session, filed.article.id, filed.document.content_id):
        return False
    session.add(
        DocumentRow(
            id=filed.article.id,
            content_id=filed.document.content_id,
            created_at=now,
            document=dump_document(filed.document),
            article=filed.article_json,
        )
    )
    await session.flush()
    return True


async def _matches(session: AsyncSession, document_id: str, content_id: str) -> bool:
    query = select(DocumentRow.content_id).where(DocumentRow.id == document_id)
    known = await session.scalar(query)
    if known not in (None, content_id):
        raise DocumentConflict(document_id)
    return known is not None
