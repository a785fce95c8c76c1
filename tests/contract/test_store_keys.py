from service.store.database import Database
from service.store.keys import KeyStore
from service.store.records import Key
from tests.conftest import NOON
from tests.contract.databases import Tell, database_url, later, tell

__all__ = ["database_url", "tell"]
KEY = Key(
    id="one",
    tenant="desk",
    name="The desk",
    scopes=frozenset({"read", "write"}),
    digest="d" * 64,
    created_at=NOON,
)
OTHER = Key(
    id="two",
    tenant="desk",
    name="Another",
    scopes=frozenset({"admin"}),
    digest="e" * 64,
    created_at=later(1),
)


def test_a_key_comes_back_as_it_was_stored(tell: Tell) -> None:
    async def story(database: Database) -> None:
        keys = KeyStore(database)
        await keys.add(KEY)
        assert await keys.find("one") == KEY
        assert await keys.find("two") is None

    tell(story)


def test_keys_are_listed_the_oldest_first(tell: Tell) -> None:
    async def story(database: Database) -> None:
        keys = KeyStore(database)
        await keys.add(OTHER)
        await keys.add(KEY)
        assert await keys.list() == (KEY, OTHER)

    tell(story)


def test_a_revoked_key_stays_and_counts_as_a_key(tell: Tell) -> None:
    async def story(database: Database) -> None:
        keys = KeyStore(database)
        assert not await keys.any_ever()
        await keys.add(KEY)
        assert await keys.revoke("one", later(5))
        assert await keys.any_ever()
        found = await keys.find("one")
        assert found is not None
        assert found.revoked_at == later(5)

    tell(story)


def test_revoking_again_keeps_the_first_time(tell: Tell) -> None:
    async def story(database: Database) -> None:
        keys = KeyStore(database)
        await keys.add(KEY)
        assert await keys.revoke("one", later(5))
        assert await keys.revoke("one", later(9))
        [key] = await keys.list()
        assert key.revoked_at == later(5)

    tell(story)


def test_a_key_that_is_not_there_is_not_revoked(tell: Tell) -> None:
    async def story(database: Database) -> None:
        keys = KeyStore(database)
        await keys.add(KEY)
        for name in ("none", "", "a\0b", "\ud800", "x" * 1000):
            assert not await keys.revoke(name, NOON)
        [key] = await keys.list()
        assert key.revoked_at is None

    tell(story)
