import asyncio
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest
from sqlalchemy import text

from service.domain.errors import StoreUnavailable
from service.store.database import Database


def test_the_log_is_written_ahead_and_its_folder_made(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "brief.db"

    async def story() -> None:
        database = Database(f"sqlite+aiosqlite:///{path}")
        await database.open()
        await database.close()

    asyncio.run(story())
    with closing(sqlite3.connect(path)) as kept:
        assert kept.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_place_that_is_no_folder_is_told_as_our_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    async def story() -> None:
        database = Database(f"sqlite+aiosqlite:///{tmp_path / 'file' / 'brief.db'}")
        with pytest.raises(StoreUnavailable):
            await database.open()
        await database.close()

    asyncio.run(story())


def test_what_the_driver_raises_leaves_as_our_error_without_its_values(tmp_path: Path) -> None:
    async def story() -> None:
        database = Database(f"sqlite+aiosqlite:///{tmp_path / 'brief.db'}")
        with pytest.raises(StoreUnavailable) as caught:
            async with database.reading() as session:
                await session.execute(text("SELECT :said FROM nowhere"), {"said": "secret"})
        assert "secret" not in str(caught.value)
        await database.close()

    asyncio.run(story())


def test_what_fails_half_way_is_not_written(tmp_path: Path) -> None:
    async def story() -> None:
        database = Database(f"sqlite+aiosqlite:///{tmp_path / 'brief.db'}")
        await database.open()
        row = "INSERT INTO documents VALUES ('a', 'a', '2026-01-01 00:00:00.000000', '{}', '{}')"
        with suppress(ZeroDivisionError):
            async with database.writing() as session:
                await session.execute(text(row))
                raise ZeroDivisionError
        async with database.reading() as session:
            assert await session.scalar(text("SELECT count(*) FROM documents")) == 0
        await database.close()

    asyncio.run(story())
