"""Documents and their articles: each version is written once, and its text never changed."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from service.domain.errors import UnknownDocument
from service.store.codec import opening_of
from service.store.database import Database
from service.store.deleting import citing, delete_document
from service.store.duplicates import duplicates, first_with
from service.store.filing import CURRENT, Shelf, file_all
from service.store.ids import parts, storable
from service.store.listing import as_page, paged
from service.store.records import Cursor, DocumentSummary, Filed, Filing, Page
from service.store.tables import BriefDocumentRow, DocumentRow, DocumentVersionRow
from service.store.tenancy import EVERYONE, Whose

# In characters of JSON, some of which are what is known of the document.
_OPENING = 4_000


class DocumentStore:
    """Keeps documents with the articles made of them, in all their versions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self, tenant: str, filed: Filed, now: datetime, *, beside: Collection[str] = ()
    ) -> Filing:
        """Store a document as the current version of its id; word for word again changes nothing.

        Another document that stands under its URL with another text gives way to it, unless its id
        is among those `beside` it in one request. Raises `BadDocument` for what cannot be kept.
        """

        async def change(session: AsyncSession) -> Filing:
            shelf = Shelf(database=self._database, session=session, tenant=tenant, now=now)
            [filing] = await file_all(shelf, [filed], beside)
            return filing

        return await self._database.write(tenant, change)

    async def article_json(self, tenant: str, document_id: str) -> str:
        """Return the current document out as JSON, or raise `UnknownDocument`."""
        query = _standing(document_id).with_only_columns(DocumentVersionRow.article)
        found: str | None = None
        if storable(document_id):
            async with self._database.reading(tenant) as session:
                found = await session.scalar(query)
        if found is None:
            raise UnknownDocument(document_id)
        return found

    async def matches(self, tenant: str, document_id: str, content_id: str) -> bool:
        """Say whether that very content is the document's current one."""
        if not storable(document_id):
            return False
        query = _standing(document_id).with_only_columns(DocumentVersionRow.content_id)
        async with self._database.reading(tenant) as session:
            return await session.scalar(query) == content_id

    async def missing(self, tenant: str, document_ids: Sequence[str]) -> list[str]:
        """Return those of the ids that no stored document has, in the order given."""
        asked = [one for one in document_ids if storable(one)]
        found: set[str] = set()
        async with self._database.reading(tenant) as session:
            for part in parts(asked):
                query = select(DocumentRow.id).where(
                    DocumentRow.id.in_(part),
                    DocumentRow.deleted_at.is_(None),
                )
                found.update(await session.scalars(query))
        return [one for one in document_ids if one not in found]

    async def list(self, tenant: str, *, limit: int, after: Cursor | None) -> Page[DocumentSummary]:
        """Return documents that are not deleted, the newest first; raises `BadCursor`."""
        query = paged(
            select(*_SHOWN)
            .join(DocumentVersionRow, CURRENT)
            .where(DocumentRow.deleted_at.is_(None)),
            (DocumentRow.created_at, DocumentRow.id),
            limit,
            after,
        )
        async with self._database.reading(tenant) as session:
            rows = (await session.execute(query)).mappings().all()
            first = await first_with(session, {row["sha256"] for row in rows})
        found = [
            DocumentSummary(**row, duplicate_of=_other(first.get(row["sha256"]), row["id"]))
            for row in rows
        ]
        return as_page(found, limit, _cursor)

    async def summary(self, tenant: str, document_id: str) -> DocumentSummary:
        """Return a document as it is listed, or raise `UnknownDocument`."""
        if not storable(document_id):
            raise UnknownDocument(document_id)
        query = _standing(document_id).with_only_columns(*_SHOWN)
        async with self._database.reading(tenant) as session:
            row = (await session.execute(query)).mappings().one_or_none()
            if row is None:
                raise UnknownDocument(document_id)
            first = await first_with(session, [row["sha256"]])
        return DocumentSummary(**row, duplicate_of=_other(first.get(row["sha256"]), row["id"]))

    async def openings(self, tenant: str, document_ids: Sequence[str]) -> dict[str, str]:
        """Return how the texts of documents begin, without reading the texts as a whole.

        What comes before a text leaves no room for it where a URL is very long: then it is empty.
        """
        beginning = func.substr(DocumentVersionRow.article, 1, _OPENING)
        found: dict[str, str] = {}
        async with self._database.reading(tenant) as session:
            for part in parts([one for one in document_ids if storable(one)]):
                query = (
                    select(DocumentRow.id, beginning)
                    .join(DocumentVersionRow, CURRENT)
                    .where(DocumentRow.id.in_(part), DocumentRow.deleted_at.is_(None))
                )
                rows = await session.execute(query)
                found.update({id: opening_of(cut) for id, cut in rows})
        return found

    async def duplicates(self, tenant: str, document_ids: Sequence[str]) -> dict[str, str]:
        """Return, for those documents whose text another one had before, which was the first."""
        async with self._database.reading(tenant) as session:
            return await duplicates(session, document_ids)

    async def citing(self, tenant: str, document_id: str) -> Sequence[str]:
        """Return briefs, the newest first and 100 at most, that are or will be made of a document."""
        if not storable(document_id):
            return []
        async with self._database.reading(tenant) as session:
            return await citing(session, document_id)

    async def delete(
        self, tenant: str, document_id: str, now: datetime, *, force: bool = False
    ) -> None:
        """Delete all texts of a document for good, also in kept answers; its name and hashes stay.

        What it superseded stands again. Raises `UnknownDocument`, and unless `force` `DocumentCited`
        where briefs are made of it.
        """

        async def change(session: AsyncSession) -> None:
            shelf = Shelf(database=self._database, session=session, tenant=tenant, now=now)
            await delete_document(shelf, document_id, force=force)

        await self._database.write(tenant, change)

    async def article_jsons_of(self, brief_id: str) -> Sequence[str]:
        """Return the articles of any tenant's brief as JSON, as it was accepted with them.

        They are in the order given; what was deleted since is left out.
        """
        return await self._articles(EVERYONE, brief_id)

    async def articles_of(self, tenant: str, brief_id: str) -> Sequence[str]:
        """Return the same for a brief of one tenant; nothing for another's."""
        return await self._articles(tenant, brief_id)

    async def article_of(self, tenant: str, brief_id: str, document_id: str) -> str | None:
        """Return one article of a tenant's brief as JSON, as it was accepted with it.

        None where it was deleted since, or where the brief has no such document.
        """
        if not (storable(brief_id) and storable(document_id)):
            return None
        query = _accepted_with(brief_id).where(BriefDocumentRow.document_id == document_id)
        async with self._database.reading(tenant) as session:
            return await session.scalar(query)

    async def _articles(self, whose: Whose, brief_id: str) -> Sequence[str]:
        if not storable(brief_id):
            return []
        query = _accepted_with(brief_id).order_by(BriefDocumentRow.position)
        async with self._database.reading(whose) as session:
            return [one for one in await session.scalars(query) if one is not None]


_SHOWN = (
    DocumentRow.id,
    DocumentRow.version,
    DocumentVersionRow.sha256,
    DocumentVersionRow.title,
    DocumentVersionRow.publisher,
    DocumentVersionRow.author,
    DocumentRow.url,
    DocumentVersionRow.published_at,
    DocumentVersionRow.language,
    DocumentRow.created_at,
    DocumentRow.changed_at,
    DocumentRow.superseded_by,
)


def _cursor(one: DocumentSummary) -> Cursor:
    return Cursor(created_at=one.created_at, id=one.id)


def _other(first: str | None, document_id: str) -> str | None:
    return None if first == document_id else first


def _accepted_with(brief_id: str) -> Select[str | None]:
    return (
        select(DocumentVersionRow.article)
        .join(
            BriefDocumentRow,
            (BriefDocumentRow.tenant == DocumentVersionRow.tenant)
            & (BriefDocumentRow.document_id == DocumentVersionRow.document_id)
            & (BriefDocumentRow.version == DocumentVersionRow.version),
        )
        .where(BriefDocumentRow.brief_id == brief_id)
    )


def _standing(document_id: str) -> Select[DocumentRow]:
    return (
        select(DocumentRow)
        .join(DocumentVersionRow, CURRENT)
        .where(DocumentRow.id == document_id, DocumentRow.deleted_at.is_(None))
    )
