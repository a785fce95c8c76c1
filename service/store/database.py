"""The connection to SQLite: write-ahead log, real transactions, and errors that are ours."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import Connection, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from service.domain.errors import StoreUnavailable
from service.store.tables import Table

BUSY_S = 30.0


class Database:
    """One SQLite file. Whatever its driver raises leaves as `StoreUnavailable`."""

    def __init__(self, url: str) -> None:
        self._path = make_url(url).database
        self._engine = _engine(url)

    async def open(self) -> None:
        """Make the file, its folder and the tables where they are missing."""
        try:
            if self._path:
                Path(self._path).expanduser().parent.mkdir(parents=True, exist_ok=True)
            async with self._engine.begin() as connection:
                await connection.run_sync(Table.metadata.create_all)
        except OSError as failure:
            raise StoreUnavailable(f"{self._path}: {failure.strerror or failure}") from failure
        except DBAPIError as failure:
            # No user's value is in a statement yet, so that the driver's own words may be told.
            raise StoreUnavailable(f"{self._path}: {failure.orig}") from failure
        except SQLAlchemyError as failure:
            raise StoreUnavailable(type(failure).__name__) from failure

    async def close(self) -> None:
        await self._engine.dispose()

    async def ping(self) -> None:
        """Ask the database for something only it can answer."""
        async with self.reading() as session:
            await session.execute(text("SELECT count(*) FROM briefs WHERE status = 'queued'"))

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """Give a session that sees one state of the database and writes nothing."""
        async with self._session(self._engine) as session:
            yield session

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """Give a session whose changes are all written when the block ends, or none of them.

        Nobody else writes meanwhile, so that what was read in it still holds when it ends.
        """
        engine = self._engine.execution_options(takes_write_lock=True)
        async with self._session(engine) as session:
            yield session
            await session.commit()

    @asynccontextmanager
    async def _session(self, engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
        try:
            async with AsyncSession(engine, expire_on_commit=False) as session:
                yield session
        except SQLAlchemyError as failure:
            # The class alone: the driver's text quotes the values, which are the users' documents.
            raise StoreUnavailable(type(failure).__name__) from failure


def _engine(url: str) -> AsyncEngine:
    engine = create_async_engine(url, connect_args={"timeout": BUSY_S}, hide_parameters=True)
    event.listen(engine.sync_engine, "connect", _configure)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _configure(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    # The driver would begin transactions by rules of its own, and too late to hold the lock.
    connection.isolation_level = None
    cursor = connection.cursor()
    # FULL: an accepted brief must outlive a power cut, not only a killed process.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    locks = connection.get_execution_options().get("takes_write_lock", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if locks else "BEGIN")
