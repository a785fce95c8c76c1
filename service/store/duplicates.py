"""Documents of one tenant that have the very same text."""

from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from service.store.filing import CURRENT
from service.store.ids import parts, storable
from service.store.tables import DocumentRow, DocumentVersionRow


async def duplicates(session: AsyncSession, document_ids: Sequence[str]) -> dict[str, str]:
    """Return, for those documents whose text another one had before, which was the first."""
    asked = [one for one in document_ids if storable(one)]
    texts: dict[str, str] = {}
    for part in parts(asked):
        query = (
            select(DocumentRow.id, DocumentVersionRow.sha256)
            .join(DocumentVersionRow, CURRENT)
            .where(DocumentRow.id.in_(part), DocumentRow.deleted_at.is_(None))
        )
        texts.update({id: sha256 for id, sha256 in await session.execute(query)})
    first = await first_with(session, set(texts.values()))
    return {id: first[sha256] for id, sha256 in texts.items() if first.get(sha256, id) != id}


async def first_with(session: AsyncSession, sha256s: Collection[str]) -> dict[str, str]:
    """Return by its hash which document with a text, of those not deleted, was stored first.

    Of those stored at one moment it is the one with the lowest id.
    """
    found: dict[str, str] = {}
    for part in parts(sorted(sha256s)):
        place = func.row_number().over(
            partition_by=DocumentVersionRow.sha256,
            order_by=(DocumentRow.created_at, DocumentRow.id),
        )
        ranked = (
            select(DocumentVersionRow.sha256, DocumentRow.id, place.label("place"))
            .join(DocumentRow, CURRENT)
            .where(
                DocumentVersionRow.sha256.in_(part),
                DocumentRow.deleted_at.is_(None),
            )
            .subquery()
        )
        query = select(ranked.c.sha256, ranked.c.id).where(ranked.c.place == 1)
        found.update({sha256: id for sha256, id in await session.execute(query)})
    return found
