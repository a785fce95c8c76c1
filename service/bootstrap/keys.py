"""The wiring of API keys for whoever runs the service."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from service.bootstrap.secret import server_secret
from service.jobs.keys import KeyMaker, MadeKey
from service.settings import Settings
from service.store import Store
from service.store.records import Key, Scope

Told = TypeVar("Told")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyDesk:
    """The keys of the database that settings name. Each call opens it, and closes it again."""

    settings: Settings

    def create(self, name: str, tenant: str, scopes: frozenset[Scope]) -> MadeKey:
        """Make a key; raises `BadSettings` where the service's secret cannot be had."""
        prover = server_secret(self.settings)

        async def making(store: Store) -> MadeKey:
            maker = KeyMaker(keys=store.keys, prover=prover, now=_now, choose=secrets.choice)
            return await maker.make(name, tenant, scopes)

        return self._with_store(making)

    def listed(self) -> tuple[Key, ...]:
        """Return all keys, the oldest first."""
        return self._with_store(lambda store: store.keys.list())

    def holding(self, *tenants: str) -> frozenset[str]:
        """Return those of the tenants for which documents or briefs are stored."""

        async def asking(store: Store) -> frozenset[str]:
            return frozenset([one for one in tenants if await _holds(store, one)])

        return self._with_store(asking)

    def revoke(self, key_id: str) -> bool:
        """Revoke a key, from the next request on; return False where there is none."""
        return self._with_store(lambda store: store.keys.revoke(key_id, _now()))

    def _with_store(self, ask: Callable[[Store], Awaitable[Told]]) -> Told:
        async def asking() -> Told:
            store = Store.at(self.settings.database_url)
            try:
                await store.database.open()
                return await ask(store)
            finally:
                await store.database.close()

        return asyncio.run(asking())


def may_bind(*, loopback: bool, any_key: bool, allow_remote: bool) -> bool:
    """Say whether a service may listen on an address: others reach it with a key, or by a setting."""
    return loopback or any_key or allow_remote


async def _holds(store: Store, tenant: str) -> bool:
    documents = await store.documents.list(tenant, limit=1, after=None)
    return bool(documents.entries or (await store.briefs.list(tenant, limit=1, after=None)).entries)


def _now() -> datetime:
    return datetime.now(UTC)
