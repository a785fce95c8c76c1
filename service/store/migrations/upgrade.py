"""Bringing a database's tables up to date, once, however many processes start at the same time."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

from service.domain.errors import NewerTables, StoreUnavailable

if TYPE_CHECKING:
    from advanced_alchemy.alembic.commands import AlembicCommands

HEAD = "0004"
# The tables of versions that knew no Alembic.
_FIRST = "0001"
_TABLE = "alembic_version"
# Any number that nothing else in the database locks.
_LOCK = 0x77_65_6C_6C


async def upgrade(reader: AsyncEngine, writer: AsyncEngine) -> None:
    """Make or change the tables so that they are those of this version of the service.

    Raises `NewerTables` where a later version of the service has changed them already.
    """
    # Looked at first: a start must not wait for whoever writes.
    async with reader.connect() as connection:
        if await connection.run_sync(_version) == HEAD:
            return
    async with writer.begin() as connection:
        await connection.run_sync(_upgrade, writer)


async def check(reader: AsyncEngine) -> None:
    """Find out whether the tables are those of this version.

    Raises `NewerTables`, and `StoreUnavailable` where there are none or they are older.
    """
    async with reader.connect() as connection:
        version = await connection.run_sync(_version)
    if version is None or version < HEAD:
        raise StoreUnavailable(f"its tables are of version {version}, not {HEAD}")
    if version > HEAD:
        raise NewerTables(version, HEAD)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table(_TABLE):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _upgrade(connection: Connection, engine: AsyncEngine) -> None:
    if connection.dialect.name == "postgresql":
        for limit in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
            connection.execute(text(f"SET LOCAL {limit} = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    # Another process may have done it while this one waited for the lock.
    version = _version(connection)
    if version == HEAD:
        return
    if version is not None and version > HEAD:
        raise NewerTables(version, HEAD)
    commands = _commands(connection, engine)
    if version is None and inspect(connection).has_table("documents"):
        commands.stamp(_FIRST)
    commands.upgrade(HEAD)


def _commands(connection: Connection, engine: AsyncEngine) -> "AlembicCommands":
    # Here, because a database that is up to date needs nothing of it.
    from advanced_alchemy.alembic.commands import AlembicCommands
    from advanced_alchemy.config import AlembicAsyncConfig, SQLAlchemyAsyncConfig

    # Alembic takes per cent signs for places to fill in.
    steps = str(Path(__file__).parent).replace("%", "%%")
    commands = AlembicCommands(
        SQLAlchemyAsyncConfig(
            engine_instance=engine,
            alembic_config=AlembicAsyncConfig(version_table_name=_TABLE, script_location=steps),
        )
    )
    commands.config.attributes["connection"] = connection
    return commands
