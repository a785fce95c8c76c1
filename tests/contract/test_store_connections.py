"""What a database server does to its clients: it goes away, comes back, refuses and times out."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import text

from service.domain.errors import StoreUnavailable
from service.store import Store
from service.store.database import Database
from service.store.tenancy import EVERYONE
from tests.contract.stores import NOW, US, brief, filed, lease
from tests.servers import on_postgres
from tests.serving import free_port

ENDED = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = '{}' AND application_name = 'wellsourced'"
)


def told(url: str, story: Callable[[Store], Awaitable[None]]) -> None:
    async def run() -> None:
        store = Store.at(url)
        await store.database.open()
        try:
            await story(store)
        finally:
            await store.database.close()

    asyncio.run(run())


async def drop_connections(url: str) -> None:
    """End every connection to a database, as a restart of its server does."""
    await asyncio.to_thread(on_postgres, ENDED.format(url.rpartition("/")[2]))


def test_connections_that_were_dropped_are_made_anew(postgres_url: str) -> None:
    async def story(store: Store) -> None:
        await store.briefs.accept(US, brief("b", filed("a")), 9)
        await asyncio.gather(*(store.briefs.backlog() for _ in range(6)))
        await drop_connections(postgres_url)
        found = await asyncio.gather(*(store.briefs.backlog() for _ in range(6)))
        assert {one.queued for one in found} == {1}
        await drop_connections(postgres_url)
        assert await store.briefs.claim(lease(), NOW) is not None

    told(postgres_url, story)


def test_a_change_whose_connection_broke_before_its_commit_is_made_again(
    postgres_url: str,
) -> None:
    async def story(store: Store) -> None:
        tries = 0

        async def change(session: object) -> str:
            nonlocal tries
            tries += 1
            if tries == 1:
                await _execute(session, "SELECT 1")
                await drop_connections(postgres_url)
            return await _execute(session, "SELECT current_database()")

        assert await store.database.write(EVERYONE, change) == postgres_url.rpartition("/")[2]
        assert tries == 2

    told(postgres_url, story)


def test_a_deadlock_is_made_again_by_who_lost_it(postgres_url: str) -> None:
    async def story(store: Store) -> None:
        database = store.database
        both = asyncio.Barrier(2)
        tries = []

        async def change(first: str, second: str) -> None:
            async def run(session: object) -> None:
                tries.append(first)
                await database.lock(session, first)  # type: ignore[arg-type]
                if len(tries) <= 2:
                    await both.wait()
                await database.lock(session, second)  # type: ignore[arg-type]

            await database.write(EVERYONE, run)

        await asyncio.gather(change("a", "b"), change("b", "a"))
        assert len(tries) == 3

    told(postgres_url, story)


async def _execute(session: object, statement: str) -> str:
    return str(await session.scalar(text(statement)))  # type: ignore[attr-defined]


def test_a_name_is_locked_until_the_transaction_ends(postgres_url: str) -> None:
    async def story(store: Store) -> None:
        database, order = store.database, []

        async def hold(name: str) -> None:
            async with database.writing(EVERYONE) as session:
                await database.lock(session, "one name")
                order.append(f"{name} in")
                await session.execute(text("SELECT pg_sleep(0.05)"))
                order.append(f"{name} out")

        await asyncio.gather(hold("a"), hold("b"))
        assert [one.split()[1] for one in order] == ["in", "out", "in", "out"]

    told(postgres_url, story)


def test_a_server_that_does_not_answer_is_our_error() -> None:
    async def story() -> None:
        database = Database(f"postgresql://postgres@127.0.0.1:{free_port()}/brief")
        with pytest.raises(StoreUnavailable, match="ConnectionRefused"):
            await database.open()
        with pytest.raises(StoreUnavailable):
            await database.ping()
        await database.close()

    asyncio.run(story())


def test_a_database_that_is_not_there_is_our_error_without_the_password(postgres_url: str) -> None:
    async def story() -> None:
        url = postgres_url.replace("postgres@", "postgres:hush@") + "_not_there"
        database = Database(url)
        with pytest.raises(StoreUnavailable) as caught:
            await database.open()
        assert "hush" not in str(caught.value)
        await database.close()

    asyncio.run(story())


def test_what_the_server_refuses_is_our_error_without_its_values(postgres_url: str) -> None:
    async def story(store: Store) -> None:
        with pytest.raises(StoreUnavailable) as caught:
            async with store.database.reading(EVERYONE) as session:
                await session.execute(text("SELECT CAST(:said AS integer)"), {"said": "secret"})
        assert "secret" not in str(caught.value)

    told(postgres_url, story)


def test_a_reading_session_sees_one_state_and_can_write_nothing(postgres_url: str) -> None:
    async def story(store: Store) -> None:
        count = text("SELECT count(*) FROM briefs")
        async with store.database.reading(EVERYONE) as session:
            assert await session.scalar(count) == 0
            await store.briefs.accept(US, brief("b", filed("a")), 9)
            assert await session.scalar(count) == 0
        with pytest.raises(StoreUnavailable):
            async with store.database.reading(EVERYONE) as session:
                await session.execute(text("DELETE FROM briefs"))

    told(postgres_url, story)


def test_the_server_is_told_who_is_connected_and_to_wait_for_no_hung_client(
    postgres_url: str,
) -> None:
    async def story(store: Store) -> None:
        asked = ("application_name", "lock_timeout", "statement_timeout")
        async with store.database.reading(EVERYONE) as session:
            found = [await session.scalar(text(f"SHOW {name}")) for name in asked]
        assert found == ["wellsourced", "10s", "15s"]

    told(postgres_url, story)


def test_an_address_may_say_sslmode_as_for_other_drivers(postgres_url: str) -> None:
    async def story() -> None:
        database = Database(f"{postgres_url}?sslmode=prefer")
        await database.open()
        await database.ping()
        await database.close()

    asyncio.run(story())
