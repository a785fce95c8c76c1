"""Both databases for the tests of one module, emptied before each; the rows that others stand on."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete

from service.store.database import Database
from service.store.records import Lease
from service.store.tables import BriefRow, DeliveryRow, Table
from service.store.tenancy import EVERYONE
from tests.conftest import NOON
from tests.servers import fresh_postgres

Story = Callable[[Database], Awaitable[None]]
Tell = Callable[[Story], None]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('kept') / 'brief.db'}"
    else:
        yield from fresh_postgres()


@pytest.fixture
def tell(database_url: str) -> Tell:
    """Run a story on an open database that is empty."""
    return lambda story: run_on(database_url, story)


def run_on(database_url: str, story: Story) -> None:
    """Run a story on a database, opened and emptied for it."""

    async def told() -> None:
        database = Database(database_url)
        await database.open()
        try:
            await _empty(database)
            await story(database)
        finally:
            await database.close()

    asyncio.run(told())


async def _empty(database: Database) -> None:
    async with database.writing(EVERYONE) as session:
        for table in reversed(Table.metadata.sorted_tables):
            await session.execute(delete(table))


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def lease(owner: str, until_s: float = 10.0) -> Lease:
    """Return a lease that is over so many seconds after noon."""
    return Lease(owner=owner, until=later(until_s))


async def add_delivery(
    database: Database, id_: str, *, tenant: str = "t", at_s: float = 0.0, event: str = "brief.done"
) -> None:
    """Store a message that is due at its time, with the brief it tells of."""
    async with database.writing(tenant) as session:
        session.add(
            BriefRow(
                tenant=tenant,
                id=f"brief of {id_}",
                status="done",
                created_at=later(at_s),
                options="{}",
                intake_dropped="[]",
            )
        )
        await session.flush()
        session.add(
            DeliveryRow(
                tenant=tenant,
                id=id_,
                brief_id=f"brief of {id_}",
                event=event,
                url="https://example.org/hook",
                secret="sealed",
                body="{}",
                status="pending",
                next_at=later(at_s),
                created_at=later(at_s),
            )
        )
