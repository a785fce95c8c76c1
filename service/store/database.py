"""The database: sessions of one tenant each, real transactions, and errors that are ours."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar, cast

from sqlalchemy import CursorResult, Result, func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm.exc import StaleDataError

from service.domain.errors import StoreUnavailable, WrongDatabase
from service.store.engines import TAKES_WRITE_LOCK, make_private, postgres_engine, sqlite_engine
from service.store.migrations.upgrade import check, upgrade
from service.store.tenancy import EVERYONE, Whose, session_for

Written = TypeVar("Written")

# A transaction that another one got in the way of is tried so often.
_TRIES = 8
_FIRST_WAIT_S = 0.005
_CLOSE_S = 5.0
# Serialization failure and deadlock, as PostgreSQL numbers them.
_IN_THE_WAY = frozenset({"40001", "40P01"})


class _Again(Exception):
    """The transaction was undone by what another one did at the same time."""


class Database:
    """An SQLite file or a PostgreSQL database. What its driver raises leaves as `StoreUnavailable`.

    SQLite has one writer at a time. On PostgreSQL writers run side by side: what must not change
    meanwhile is locked by whoever relies on it.
    """

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self.shared = self._url.get_backend_name() in ("postgres", "postgresql")
        driver = "postgresql+asyncpg" if self.shared else "sqlite+aiosqlite"
        self._url = self._url.set(drivername=driver)
        self._counting: AsyncEngine | None = None
        # Writers wait here for each other, each without a connection that readers could use.
        self._turn: AbstractAsyncContextManager[None] = (
            nullcontext() if self.shared else asyncio.Lock()
        )
        if self.shared:
            self._engine = postgres_engine(self._url)
            self._reader = self._engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            self._writer = self._engine
        else:
            self._engine = self._reader = sqlite_engine(self._url)
            self._writer = self._engine.execution_options(**{TAKES_WRITE_LOCK: True})

    async def open(self) -> None:
        """Make the file and its folder where they are missing, and bring the tables up to date.

        Raises `WrongDatabase` where that can never be done, as where a newer version of the service
        has been at it, else `StoreUnavailable`.
        """
        # Without what follows the name, where a password may stand too.
        where = self._url.set(query={}).render_as_string() if self.shared else self._url.database
        try:
            if not self.shared and self._url.database:
                make_private(Path(self._url.database).expanduser())
            await self._upgrade()
        except OSError as failure:
            raise StoreUnavailable(f"{where}: {failure.strerror or failure}") from failure
        except DBAPIError as failure:
            # No user's value is in a statement yet, so that the driver's own words may be told.
            kind = WrongDatabase if _for_good(failure) else StoreUnavailable
            raise kind(f"{where}: {failure.orig}") from failure
        except (ArgumentError, TypeError, ValueError) as failure:
            # Also where what an earlier version stored is not as it stored things.
            raise WrongDatabase(f"{where}: {type(failure).__name__}") from failure
        except SQLAlchemyError as failure:
            raise StoreUnavailable(f"{where}: {type(failure).__name__}") from failure

    async def _upgrade(self) -> None:
        if not self.shared:
            await upgrade(self._engine, self._writer)
            return
        patient = postgres_engine(self._url, patient=True)
        try:
            await upgrade(self._engine, patient)
        finally:
            await patient.dispose()

    async def close(self) -> None:
        """Give the connections back; a server that does not answer is not waited for."""
        for engine in (self._engine, self._counting):
            if engine is not None:
                with suppress(TimeoutError):
                    async with asyncio.timeout(_CLOSE_S):
                        await engine.dispose()

    async def ping(self) -> None:
        """Ask the database for something only it can answer."""
        async with self.reading(EVERYONE) as session:
            await session.execute(text("SELECT count(*) FROM briefs WHERE status = 'queued'"))

    async def check_schema(self) -> None:
        """Find out whether the tables are those of this version.

        Raises `NewerTables` where a later version has changed them, else `StoreUnavailable`.
        """
        try:
            await check(self._reader)
        except (SQLAlchemyError, OSError) as failure:
            raise StoreUnavailable(type(failure).__name__) from failure

    @asynccontextmanager
    async def reading(self, whose: Whose) -> AsyncIterator[AsyncSession]:
        """Give a session that sees one state of the database and writes nothing."""
        async with self._session(whose, self._reader) as session:
            yield session

    @asynccontextmanager
    async def writing(self, whose: Whose) -> AsyncIterator[AsyncSession]:
        """Give a session whose changes are all written when the block ends, or none of them.

        On SQLite nobody else writes meanwhile. On PostgreSQL others do: `lock` or `write` help.
        """
        async with self._turn, self._session(whose, self._writer) as session:
            yield session
            await session.commit()

    @asynccontextmanager
    async def counting(self) -> AsyncIterator[AsyncSession]:
        """Give a writing session whose changes may be lost in a power cut, and cost no wait for a disk.

        They are seen by every process at once, as others are. It acts for everyone.
        """
        if not self.shared and self._counting is None:
            self._counting = sqlite_engine(self._url, synchronous="NORMAL")
        engine = self._counting or self._engine
        writer = engine.execution_options(**{TAKES_WRITE_LOCK: True})
        async with self._turn, self._session(EVERYONE, writer) as session:
            if self.shared:
                await session.execute(text("SET LOCAL synchronous_commit = off"))
            yield session
            await session.commit()

    async def write(
        self, whose: Whose, change: Callable[[AsyncSession], Awaitable[Written]]
    ) -> Written:
        """Run a change in a writing session of its own, and return what it returns.

        Where another transaction got in its way (both insert one row, a deadlock, a connection that
        broke before the commit), it is undone and run again: it must change nothing but the session.
        """
        for _ in range(_TRIES):
            try:
                async with self._turn, self._session(whose, self._writer) as session:
                    return await _committed(session, change)
            except _Again:
                continue
        raise StoreUnavailable(f"others got in the way {_TRIES} times")

    async def lock(self, session: AsyncSession, name: str) -> None:
        """Wait until no other transaction holds the name; it is held until this one ends.

        On SQLite a writing session holds the only lock there is, and this does nothing.
        """
        if self.shared:
            number = int.from_bytes(sha256(name.encode()).digest()[:8], signed=True)
            connection = await session.connection()
            await connection.execute(select(func.pg_advisory_xact_lock(number)))

    @asynccontextmanager
    async def _session(self, whose: Whose, engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
        try:
            async with session_for(whose, engine) as session:
                yield session
        except SQLAlchemyError as failure:
            # The class alone: the driver's text quotes the values, which are the users' documents.
            raise StoreUnavailable(type(failure).__name__) from failure
        except OSError as failure:
            raise StoreUnavailable(type(failure).__name__) from failure


async def _committed(
    session: AsyncSession, change: Callable[[AsyncSession], Awaitable[Written]]
) -> Written:
    try:
        result = await change(session)
        await session.flush()
    except (StaleDataError, IntegrityError) as failure:
        raise _Again from failure
    except DBAPIError as failure:
        if failure.connection_invalidated or _sqlstate(failure) in _IN_THE_WAY:
            raise _Again from failure
        raise
    # Not tried again: whether a commit that broke off was done is not known.
    await session.commit()
    return result


def _for_good(failure: DBAPIError) -> bool:
    """Say whether no database can be there: the file is another, or its address says what none does."""
    code = getattr(failure.orig, "sqlite_errorcode", None)
    # The driver tells a wrong option by a ValueError, which is wrapped twice here.
    why = None if failure.orig is None else failure.orig.__cause__
    return code == sqlite3.SQLITE_NOTADB or isinstance(why, ValueError)


def _sqlstate(failure: DBAPIError) -> str | None:
    return getattr(failure.orig, "sqlstate", None)


def rows_of(result: Result[Any]) -> int:
    """Return how many rows a statement changed; of its result only the class of cursors tells."""
    return cast("CursorResult[Any]", result).rowcount
