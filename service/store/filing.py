"""Storing documents: versions of one id, and one document in place of another of the same URL."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from service.domain.errors import BadDocument
from service.store.codec import dump_document
from service.store.database import Database
from service.store.ids import plain, storable
from service.store.outbox import tell_stale
from service.store.records import Filed, Filing
from service.store.tables import NAME, DocumentRow, DocumentVersionRow

# A document's row with the row of its current version.
CURRENT = and_(
    DocumentVersionRow.tenant == DocumentRow.tenant,
    DocumentVersionRow.document_id == DocumentRow.id,
    DocumentVersionRow.version == DocumentRow.version,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Where documents are put: a writing session of one tenant, at a moment."""

    database: Database
    session: AsyncSession
    tenant: str
    now: datetime


async def file_all(
    shelf: Shelf, filed: Sequence[Filed], beside: Collection[str] = ()
) -> tuple[Filing, ...]:
    """Store the documents of one request, and say in their order what that did.

    They never take each other's place, nor that of those `beside` them in the request.
    Raises `BadDocument` for an id that cannot be kept.
    """
    urls = {_url_sha256(one.article.url) for one in filed if one.article.url is not None}
    # In order, so that two requests with the same ones do not wait for each other. Without the lock
    # two documents of one URL, stored at once, would not see each other.
    for url in sorted(urls):
        await shelf.database.lock(shelf.session, f"url {shelf.tenant} {url}")
    request = frozenset(beside) | {one.article.id for one in filed}
    await _lock_rows(shelf.session, request, urls)
    done: dict[str, Filing] = {}
    for one in sorted(filed, key=lambda one: one.article.id):
        done[one.article.id] = await _file(shelf, one, request)
    return tuple(done[one.article.id] for one in filed)


async def _file(shelf: Shelf, filed: Filed, request: Collection[str]) -> Filing:
    article = filed.article
    row = await locked_document(shelf.session, article.id)
    before = None if row is None else await _current(shelf.session, row)
    if (
        row is not None
        and row.deleted_at is None
        and before is not None
        and before[0] == filed.content_id
    ):
        return Filing(document_id=row.id, version=row.version, new=False)
    row = await _put(shelf, row, filed)
    changed = before is not None and before[1] != article.sha256
    if changed:
        await tell_stale(shelf.session, row, row, article.sha256, shelf.now)
    replaced = await _supersede(shelf, filed, request)
    for other in replaced:
        await tell_stale(shelf.session, other, row, article.sha256, shelf.now)
    return Filing(
        document_id=row.id, version=row.version, new=True, changed=changed or bool(replaced)
    )


async def _lock_rows(session: AsyncSession, ids: Collection[str], urls: Collection[str]) -> None:
    """Hold every document that a request names, or may take the place of, in the order of their ids.

    One order for everybody: taken one by one as they come up, two requests with the same documents
    would hold what the other waits for.
    """
    named = [id for id in ids if storable(id)]
    query = (
        select(DocumentRow.id)
        .where(or_(DocumentRow.id.in_(named), DocumentRow.url_sha256.in_(urls)))
        .order_by(DocumentRow.id)
        .with_for_update()
    )
    await session.execute(query)


async def locked_document(session: AsyncSession, document_id: str) -> DocumentRow | None:
    """Return a document's row, which nobody else changes until the session ends."""
    if not storable(document_id):
        return None
    query = select(DocumentRow).where(DocumentRow.id == document_id).with_for_update()
    return await session.scalar(query)


async def _current(session: AsyncSession, row: DocumentRow) -> tuple[str, str] | None:
    """Return the content id and the text's hash of the version that is current, or was at last."""
    query = select(DocumentVersionRow.content_id, DocumentVersionRow.sha256).where(
        DocumentVersionRow.document_id == row.id, DocumentVersionRow.version == row.version
    )
    found = (await session.execute(query)).one_or_none()
    return None if found is None else (found.content_id, found.sha256)


async def _put(shelf: Shelf, row: DocumentRow | None, filed: Filed) -> DocumentRow:
    """Write the next version of a document, and make it the current one."""
    article = filed.article
    if row is None:
        if not storable(article.id) or len(article.id) > NAME:
            raise BadDocument(article.id, f"its id cannot be kept; ids have {NAME} characters")
        row = DocumentRow(id=article.id, version=0, created_at=shelf.now)
        shelf.session.add(row)
    row.version += 1
    row.url = plain(article.url)
    row.url_sha256 = None if article.url is None else _url_sha256(article.url)
    row.changed_at = shelf.now
    row.deleted_at = row.superseded_by = None
    # A version refers to its document, and is written after it.
    await shelf.session.flush()
    shelf.session.add(
        DocumentVersionRow(
            document_id=row.id,
            version=row.version,
            content_id=filed.content_id,
            sha256=article.sha256,
            created_at=shelf.now,
            title=plain(article.title),
            publisher=plain(article.publisher),
            author=plain(article.author),
            published_at=article.published_at,
            language=plain(article.language),
            document=dump_document(filed.document),
            article=filed.article_json,
        )
    )
    await shelf.session.flush()
    return row


async def _supersede(shelf: Shelf, filed: Filed, request: Collection[str]) -> Sequence[DocumentRow]:
    """Put a document in the place of those that stand under its URL with another text."""
    article = filed.article
    if article.url is None:
        return []
    query = (
        select(DocumentRow)
        .join(DocumentVersionRow, CURRENT)
        .where(
            DocumentRow.url_sha256 == _url_sha256(article.url),
            DocumentRow.deleted_at.is_(None),
            DocumentRow.superseded_by.is_(None),
            DocumentVersionRow.sha256 != article.sha256,
        )
        .order_by(DocumentRow.id)
        .with_for_update(of=DocumentRow)
    )
    found = [row for row in await shelf.session.scalars(query) if row.id not in request]
    for row in found:
        row.superseded_by, row.changed_at = article.id, shelf.now
    await shelf.session.flush()
    return found


def _url_sha256(url: str) -> str:
    return sha256(url.encode("utf-8", "surrogatepass")).hexdigest()
