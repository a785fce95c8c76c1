import asyncio
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from service.domain.errors import StoreUnavailable
from service.store.database import Database
from service.store.tables import DocumentRow
from service.store.tenancy import EVERYONE

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_the_log_is_written_ahead_and_its_folder_made(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "brief.db"

    async def story() -> None:
        database = Database(f"sqlite+aiosqlite:///{path}")
        await database.open()
        await database.close()

    asyncio.run(story())
    with closing(sqlite3.connect(path)) as kept:
        assert kept.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_what_is_made_for_a_database_is_its_owners_alone_and_what_was_there_is_left(
    tmp_path: Path,
) -> None:
    tmp_path.chmod(0o755)
    path = tmp_path / "new" / "folder" / "brief.db"

    async def story() -> dict[str, int]:
        database = Database(f"sqlite:///{path}")
        await database.open()
        async with database.counting() as session:
            await session.execute(text("DELETE FROM rates"))
        made = [path.parent.parent, *path.parent.parent.rglob("*")]
        modes = {one.name: one.stat().st_mode & 0o777 for one in made}
        await database.close()
        return modes

    assert asyncio.run(story()) == {
        "new": 0o700,
        "folder": 0o700,
        "brief.db": 0o600,
        "brief.db-wal": 0o600,
        "brief.db-shm": 0o600,
    }
    assert tmp_path.stat().st_mode & 0o777 == 0o755
    path.chmod(0o640)
    asyncio.run(story())
    assert path.stat().st_mode & 0o777 == 0o640


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
            async with database.reading(EVERYONE) as session:
                await session.execute(text("SELECT :said FROM nowhere"), {"said": "secret"})
        assert "secret" not in str(caught.value)
        await database.close()

    asyncio.run(story())


def test_what_fails_half_way_is_not_written(tmp_path: Path) -> None:
    async def story() -> None:
        database = Database(f"sqlite+aiosqlite:///{tmp_path / 'brief.db'}")
        await database.open()
        row = DocumentRow(tenant="t", id="a", version=1, created_at=NOW, changed_at=NOW)
        with suppress(ZeroDivisionError):
            async with database.writing(EVERYONE) as session:
                session.add(row)
                await session.flush()
                raise ZeroDivisionError
        async with database.reading(EVERYONE) as session:
            assert await session.scalar(text("SELECT count(*) FROM documents")) == 0
        await database.close()

    asyncio.run(story())


def test_what_is_counted_is_seen_at_once_and_waits_for_no_disk(tmp_path: Path) -> None:
    async def story() -> None:
        database = Database(f"sqlite:///{tmp_path / 'brief.db'}")
        await database.open()
        row = DocumentRow(tenant="t", id="a", version=1, created_at=NOW, changed_at=NOW)
        async with database.counting() as session:
            # 1 is NORMAL, 2 is FULL.
            assert await session.scalar(text("PRAGMA synchronous")) == 1
            session.add(row)
        async with database.reading(EVERYONE) as session:
            assert await session.scalar(text("SELECT count(*) FROM documents")) == 1
            assert await session.scalar(text("PRAGMA synchronous")) == 2
        await database.close()

    asyncio.run(story())


def test_writers_that_wait_leave_the_readers_their_connections(tmp_path: Path) -> None:
    async def story() -> None:
        database = Database(f"sqlite:///{tmp_path / 'brief.db'}")
        await database.open()
        written = []

        async def write(n: int) -> None:
            async with database.writing(EVERYONE):
                written.append(n)

        async with database.writing(EVERYONE):
            waiting = [asyncio.create_task(write(n)) for n in range(40)]
            await asyncio.sleep(0)
            await database.ping()
            assert written == []
        await asyncio.gather(*waiting)
        assert sorted(written) == list(range(40))
        await database.close()

    asyncio.run(story())


def test_a_database_that_is_no_database_is_told_as_our_error(tmp_path: Path) -> None:
    (tmp_path / "brief.db").write_text("a letter, and a long one" * 99)

    async def story() -> None:
        database = Database(f"sqlite:///{tmp_path / 'brief.db'}")
        with pytest.raises(StoreUnavailable, match="not a database"):
            await database.open()
        await database.close()

    asyncio.run(story())
