"""Answers kept under an Idempotency-Key: each request of a key is done by one caller at a time."""

import json
from datetime import datetime

from sqlalchemy import Delete, Update, delete, or_, select, update

from service.store.database import Database, rows_of
from service.store.records import Answer, Claimed, Lease
from service.store.tables import AnswerRow
from service.store.tenancy import EVERYONE


class AnswerStore:
    """Keeps answers. The key is a tenant's own: the same one of another tenant is another."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(
        self,
        tenant: str,
        key: str,
        fingerprint: str,
        lease: Lease,
        now: datetime,
        kept_since: datetime,
        *,
        holds_documents: bool = False,
    ) -> Claimed:
        """Take a request to answer it, or return what stands under its key.

        A request that nobody answers any more is taken over, by the same request only. What was
        claimed before `kept_since` is forgotten, unless it is being answered. `holds_documents`: the
        answer will have the texts of documents, and goes when any of the tenant's is deleted.
        """
        async with self._database.writing(tenant) as session:
            # Where two claim a new key at once there is no row yet that could be locked.
            await self._database.lock(session, f"answer {tenant} {key}")
            row = await session.scalar(select(AnswerRow).where(AnswerRow.key == key))
            if row is not None and not _free(row, fingerprint, now, kept_since):
                return _found(row)
            if row is None:
                row = AnswerRow(tenant=tenant, key=key)
                session.add(row)
            row.fingerprint, row.created_at = fingerprint, now
            row.owner, row.locked_until = lease.owner, lease.until
            row.status = row.headers = row.body = None
            row.holds_documents = holds_documents
            return Claimed(mine=True, fingerprint=fingerprint)

    async def renew(self, tenant: str, key: str, lease: Lease) -> bool:
        """Hold a claimed request for longer; return False where it is not the owner's any more."""
        return await self._changed(tenant, _held(key, lease.owner).values(locked_until=lease.until))

    async def keep(self, tenant: str, key: str, owner: str, answer: Answer) -> bool:
        """Keep the answer to a claimed request; return False where it is not the owner's any more."""
        return await self._changed(
            tenant,
            _held(key, owner).values(
                status=answer.status,
                headers=json.dumps(dict(answer.headers)),
                body=answer.body,
                owner=None,
                locked_until=None,
            ),
        )

    async def drop(self, tenant: str, key: str, owner: str) -> bool:
        """Give a claimed request up, so that the next one under its key is a new one."""
        return await self._changed(
            tenant,
            delete(AnswerRow)
            .where(AnswerRow.key == key, AnswerRow.owner == owner)
            .execution_options(synchronize_session=False),
        )

    async def forget(self, before: datetime) -> int:
        """Delete what was claimed before the moment and is not being answered; return how many."""
        old = delete(AnswerRow).where(
            AnswerRow.created_at < before,
            or_(AnswerRow.locked_until.is_(None), AnswerRow.locked_until < before),
        )
        async with self._database.writing(EVERYONE) as session:
            return rows_of(await session.execute(old.execution_options(synchronize_session=False)))

    async def _changed(self, tenant: str, change: Update | Delete) -> bool:
        async with self._database.writing(tenant) as session:
            return rows_of(await session.execute(change)) == 1


def _held(key: str, owner: str) -> Update:
    return (
        update(AnswerRow)
        .where(AnswerRow.key == key, AnswerRow.owner == owner)
        .execution_options(synchronize_session=False)
    )


def _abandoned(row: AnswerRow, now: datetime) -> bool:
    return row.locked_until is not None and row.locked_until <= now


def _free(row: AnswerRow, fingerprint: str, now: datetime, kept_since: datetime) -> bool:
    if row.created_at < kept_since:
        return row.status is not None or _abandoned(row, now)
    return row.fingerprint == fingerprint and _abandoned(row, now)


def _found(row: AnswerRow) -> Claimed:
    if row.status is None:
        return Claimed(mine=False, fingerprint=row.fingerprint)
    answer = Answer(
        status=row.status, headers=json.loads(row.headers or "{}"), body=row.body or b""
    )
    return Claimed(mine=False, fingerprint=row.fingerprint, answer=answer)
