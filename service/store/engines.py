"""The two databases as they are connected to: SQLite's write-ahead log, and PostgreSQL's pool."""

import os
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Connection, Dialect, event
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from service.domain.errors import StoreUnavailable, WrongDatabase

# How long a writer waits for another, in seconds. SQLite has one lock, under which briefs are kept.
_BUSY_S = 30.0
_CONNECT_S = 5.0
# A server that is gone without a word answers nothing, not even that a statement took too long.
_COMMAND_S = 20.0
_POOL_WAIT_S = 10.0
# The most connections of one process, half of which are kept open. PostgreSQL allows 100 by default.
_CONNECTIONS = 16
_RECYCLE_S = 1800
_SERVER_SETTINGS = {
    "application_name": "wellsourced",
    # In milliseconds. A process that hangs must not keep the others waiting.
    "lock_timeout": "10000",
    "statement_timeout": "15000",
    "idle_in_transaction_session_timeout": "60000",
}

# What marks an engine's transactions, for the listeners below.
TAKES_WRITE_LOCK = "takes_write_lock"


def sqlite_engine(url: URL, *, synchronous: str = "FULL") -> AsyncEngine:
    """Return an engine on an SQLite file.

    `synchronous` FULL: an accepted brief must outlive a power cut, not only a killed process.
    """
    engine = create_async_engine(url, connect_args={"timeout": _BUSY_S}, hide_parameters=True)

    def configure(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        # The driver would begin transactions by rules of its own, and too late to hold the lock.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", f"synchronous={synchronous}", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    event.listen(engine.sync_engine, "connect", configure)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def make_private_folder(path: Path) -> None:
    """Make a folder and those above it where they are missing, for their owner alone."""
    for folder in [*reversed(path.parents), path]:
        if not folder.exists():
            folder.mkdir(mode=0o700, exist_ok=True)


def make_private(path: Path) -> None:
    """Make the file of a database where it is missing, as `make_private_folder` does its folder.

    What SQLite writes beside the file is as open as the file is.
    """
    make_private_folder(path.parent)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _begin(connection: Connection) -> None:
    locks = connection.get_execution_options().get(TAKES_WRITE_LOCK, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if locks else "BEGIN")


def postgres_engine(url: URL, *, patient: bool = False) -> AsyncEngine:
    """Return an engine on a PostgreSQL database; raises `WrongDatabase` without its driver.

    Each connection is tried before it is used, so that a restarted server is not noticed. A `patient`
    one waits for statements however long they take.
    """
    try:
        engine = create_async_engine(
            _for_asyncpg(url),
            connect_args={
                "timeout": _CONNECT_S,
                "command_timeout": None if patient else _COMMAND_S,
                "server_settings": _SERVER_SETTINGS,
            },
            hide_parameters=True,
            pool_size=_CONNECTIONS // 2,
            max_overflow=_CONNECTIONS - _CONNECTIONS // 2,
            pool_timeout=_POOL_WAIT_S,
            pool_recycle=_RECYCLE_S,
            pool_pre_ping=True,
        )
    except ModuleNotFoundError as failure:
        raise WrongDatabase("PostgreSQL needs wellsourced[postgres] installed") from failure
    event.listen(engine.sync_engine, "do_connect", _connect)
    return engine


def _for_asyncpg(url: URL) -> URL:
    """Return the address with `sslmode`, as other drivers call it, under the name asyncpg has."""
    mode = url.query.get("sslmode")
    if mode is None:
        return url
    return url.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode})


def _connect(
    dialect: Dialect, _: ConnectionPoolEntry, args: tuple[object, ...], options: dict[str, object]
) -> DBAPIConnection:
    # SQLAlchemy lets what asyncpg raises here through as it is.
    import asyncpg

    try:
        return dialect.connect(*args, **options)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as failure:
        where = f"{options.get('host', 'PostgreSQL')}:{options.get('port', 5432)}"
        raise StoreUnavailable(f"{where}: {type(failure).__name__}") from failure
