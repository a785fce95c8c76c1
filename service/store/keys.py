"""API keys: who may ask, kept without what proves it."""

from datetime import datetime
from typing import cast

from sqlalchemy import select

from service.store.database import Database
from service.store.ids import storable
from service.store.records import Key, Scope
from service.store.tables import KeyRow, RateRow
from service.store.tenancy import EVERYONE


class KeyStore:
    """Keeps API keys. A revoked one stays, so that what it did can still be told."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, key: Key) -> None:
        """Store a key, and open the account of its requests."""
        async with self._database.writing(EVERYONE) as session:
            session.add(_row(key))
            await session.flush()
            session.add(RateRow(key_id=key.id, due_s=0.0))

    async def any_ever(self) -> bool:
        """Say whether there is a key or has been: revoking the last must not open the service."""
        async with self._database.reading(EVERYONE) as session:
            return await session.scalar(select(KeyRow.id).limit(1)) is not None

    async def find(self, key_id: str) -> Key | None:
        async with self._database.reading(EVERYONE) as session:
            row = await session.scalar(select(KeyRow).where(KeyRow.id == key_id))
            return None if row is None else _key(row)

    async def list(self) -> tuple[Key, ...]:
        """Return all keys, the oldest first."""
        query = select(KeyRow).order_by(KeyRow.created_at, KeyRow.id)
        async with self._database.reading(EVERYONE) as session:
            return tuple(_key(row) for row in await session.scalars(query))

    async def revoke(self, key_id: str, now: datetime) -> bool:
        """Revoke a key; return False where there is none. The first revocation counts."""
        if not storable(key_id):
            return False
        query = select(KeyRow).where(KeyRow.id == key_id).with_for_update()
        async with self._database.writing(EVERYONE) as session:
            row = await session.scalar(query)
            if row is None:
                return False
            if row.revoked_at is None:
                row.revoked_at = now
            return True


def _row(key: Key) -> KeyRow:
    return KeyRow(
        id=key.id,
        tenant=key.tenant,
        name=key.name,
        scopes=" ".join(sorted(key.scopes)),
        digest=key.digest,
        created_at=key.created_at,
        revoked_at=key.revoked_at,
    )


def _key(row: KeyRow) -> Key:
    return Key(
        id=row.id,
        tenant=row.tenant,
        name=row.name,
        scopes=frozenset(cast("list[Scope]", row.scopes.split())),
        digest=row.digest,
        created_at=row.created_at,
        revoked_at=row.revoked_at,
    )
