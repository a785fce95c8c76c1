"""Messages to webhooks, written in the transaction of what they tell of: neither without the other."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import load_only

from service.store.ids import parts
from service.store.records import Event
from service.store.tables import BriefDocumentRow, BriefRow, DeliveryRow, DocumentRow
from service.store.tables import DocumentVersionRow as Version

# What a message is made of.
_NEEDED = (
    BriefRow.tenant,
    BriefRow.id,
    BriefRow.status,
    BriefRow.webhook_url,
    BriefRow.webhook_secret,
)


def message(event: Event, at: datetime, told: Mapping[str, object]) -> str:
    """Return the body of a message as Standard Webhooks shape it: type, timestamp, data."""
    moment = at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return json.dumps(
        {"type": event, "timestamp": moment, "data": dict(told)},
        ensure_ascii=False,
        separators=(",", ":"),
    )


async def tell_ended(session: AsyncSession, brief: BriefRow, at: datetime) -> None:
    """Write the message that a brief is done or failed, where it has a hook."""
    about = {} if brief.error is None else {"error": brief.error}
    event: Event = "brief.done" if brief.status == "done" else "brief.failed"
    await _add(session, [_row(brief, event, at, "", about)])


async def tell_stale(
    session: AsyncSession,
    document: DocumentRow,
    successor: DocumentRow | None,
    sha256_now: str | None,
    at: datetime,
) -> None:
    """Write a message for each done brief with a hook that another text of a document was made into.

    `successor` has the text that stands now, of that hash; None where there is none any more.
    """
    query = (
        select(BriefRow)
        .join(
            BriefDocumentRow,
            (BriefDocumentRow.tenant == BriefRow.tenant)
            & (BriefDocumentRow.brief_id == BriefRow.id),
        )
        .join(
            Version,
            (Version.tenant == BriefDocumentRow.tenant)
            & (Version.document_id == BriefDocumentRow.document_id)
            & (Version.version == BriefDocumentRow.version),
        )
        .where(
            BriefDocumentRow.document_id == document.id,
            BriefRow.status == "done",
            BriefRow.webhook_url.is_not(None),
        )
        .order_by(BriefRow.id)
    )
    if sha256_now is not None:
        query = query.where(Version.sha256 != sha256_now)
    # A document may be cited by thousands, whose bodies nobody needs here.
    briefs = await session.scalars(query.options(load_only(*_NEEDED)))
    await tell_stale_to(session, briefs.all(), document, successor, at)


async def tell_stale_to(
    session: AsyncSession,
    briefs: Sequence[BriefRow],
    document: DocumentRow,
    successor: DocumentRow | None,
    at: datetime,
) -> None:
    """Write the messages that briefs stand on a document which was changed or deleted."""
    stands = "deleted" if successor is None else f"{successor.id} {successor.version}"
    about = {
        "stale": {
            "document_id": document.id,
            "reason": "deleted" if successor is None else "changed",
        }
    }
    change = f"{document.id} {document.version} {stands}"
    await _add(session, [_row(one, "brief.stale", at, change, about) for one in briefs])


async def _add(session: AsyncSession, rows: Iterable[DeliveryRow | None]) -> None:
    """Write the messages that are not written yet."""
    new = {row.id: row for row in rows if row is not None}
    for part in parts(list(new)):
        query = select(DeliveryRow.id).where(DeliveryRow.id.in_(part))
        for known in await session.scalars(query):
            del new[known]
    session.add_all(new.values())
    await session.flush()


def _row(
    brief: BriefRow, event: Event, at: datetime, change: str, about: Mapping[str, object]
) -> DeliveryRow | None:
    """Return the message to a brief's hook, None where it has none."""
    if brief.webhook_url is None or brief.webhook_secret is None:
        return None
    # Made of what it tells, so that one change is told once. A brief's id cannot be guessed.
    id = "msg_" + sha256(f"{brief.tenant}\n{brief.id}\n{event}\n{change}".encode()).hexdigest()[:32]
    told = {"brief_id": brief.id, "status": brief.status, "url": f"/v1/briefs/{brief.id}"}
    return DeliveryRow(
        tenant=brief.tenant,
        id=id,
        brief_id=brief.id,
        event=event,
        url=brief.webhook_url,
        secret=brief.webhook_secret,
        body=message(event, at, {**told, **about}),
        status="pending",
        next_at=at,
        created_at=at,
    )
