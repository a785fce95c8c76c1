"""The database and queue servers that some tests need, and what to do where there are none."""

import asyncio
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

POSTGRES = os.environ.get("BRIEF_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("BRIEF_TEST_REDIS", "redis://127.0.0.1:6379/15")
# Where it is "required", a server that is missing fails the tests that need it.
REQUIRED = os.environ.get("BRIEF_TEST_SERVICES") == "required"
_CONNECT_S = 2.0


def missing(what: str) -> None:
    """Skip the test that needs a server, or fail it where servers have to be there."""
    reason = f"needs {what}"
    if REQUIRED:
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def reachable(url: str) -> bool:
    """Say whether anything listens where an address points."""
    parts = urlsplit(url)
    ports = {"redis": 6379, "postgresql": 5432}
    place = (parts.hostname or "127.0.0.1", parts.port or ports[parts.scheme])
    try:
        with closing(socket.create_connection(place, timeout=_CONNECT_S)):
            return True
    except OSError:
        return False


def on_postgres(*statements: str) -> None:
    """Run statements on the server's own database, each in a transaction of its own."""

    async def run() -> None:
        connection = await asyncpg.connect(POSTGRES, timeout=_CONNECT_S)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(run())


def fresh_postgres() -> Iterator[str]:
    """Give the address of an empty PostgreSQL database, dropped afterwards."""
    if not reachable(POSTGRES):
        missing(f"PostgreSQL at {urlsplit(POSTGRES).netloc.rpartition('@')[2]}")
    name = f"ws_{secrets.token_hex(6)}"
    on_postgres(f"CREATE DATABASE {name}")
    try:
        yield urlunsplit(urlsplit(POSTGRES)._replace(path=f"/{name}"))
    finally:
        on_postgres(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """The address, postgresql://, of an empty database that is this test's own."""
    yield from fresh_postgres()


@pytest.fixture(scope="module")
def postgres_url_of_module() -> Iterator[str]:
    """The address, postgresql://, of a database that the tests of one module share."""
    yield from fresh_postgres()


@pytest.fixture
def redis_url() -> Iterator[str]:
    """The address of an empty Redis database; tests that use it never run side by side."""
    if not reachable(REDIS):
        missing(f"Redis at {urlsplit(REDIS).netloc}")
    _flush(REDIS)
    try:
        yield REDIS
    finally:
        _flush(REDIS)


def _flush(url: str) -> None:
    import redis

    with closing(redis.Redis.from_url(url)) as server:
        server.flushdb()
