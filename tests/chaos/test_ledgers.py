import asyncio
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from service.backends.fakes import FakeDrafter
from tests.chaos.ledgers import Ledger, PostgresLedger, SqliteLedger, ends
from tests.servers import postgres_url
from tests.unit.jobs.workshops import accept, opened, shop_at, sqlite

__all__ = ["postgres_url"]

_AGAIN = "UPDATE briefs SET body = 'another' WHERE id = 'b'"


async def _made(url: str) -> None:
    shop = shop_at(url, FakeDrafter())
    async with opened(shop) as workers:
        await accept(shop, "a")
        await accept(shop, "b", ("It rose.",))
        assert await workers.make("b")


async def _opened(url: str) -> None:
    async with opened(shop_at(url)):
        pass


def counted(url: str, ledger: Ledger) -> Counter[str]:
    asyncio.run(_opened(url))
    ledger.install()
    asyncio.run(_made(url))
    return ends(ledger)


def test_a_brief_that_ends_once_is_counted_once_and_one_that_ends_twice_is_seen(
    tmp_path: Path,
) -> None:
    path = tmp_path / "brief.db"
    ledger = SqliteLedger(path)
    assert counted(sqlite(tmp_path), ledger) == {"b": 1}
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(_AGAIN)
    assert ends(ledger) == {"b": 2}


@pytest.mark.slow
def test_it_is_the_same_on_postgresql(postgres_url: str) -> None:
    ledger = PostgresLedger(postgres_url)
    assert counted(postgres_url, ledger) == {"b": 1}
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(_AGAIN)
    assert ends(ledger) == {"b": 2}
