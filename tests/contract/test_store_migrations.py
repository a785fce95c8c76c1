"""Databases that earlier versions made, and many processes that start on one at once."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from service.domain.errors import StoreUnavailable
from service.store import Store
from service.store.migrations import upgrade
from service.store.records import LOCAL
from service.store.tables import Table
from service.store.tenancy import EVERYONE
from tests.contract.stores import NOW, at, filed, lease
from tests.servers import fresh_postgres

STEPS = Path(upgrade.__file__).parent
RAIN = filed("a\0", "Rain fell.", url="https://example.org/weather", title="Wea\0ther")
BODY = json.dumps({"headline": {"id": "h", "text": "Rain fell."}, "statements": []})

DOCUMENT = text("INSERT INTO documents VALUES (:id, :content_id, :created_at, :document, :article)")
BRIEF = text(
    "INSERT INTO briefs (id, status, created_at, finished_at, options, intake_dropped, owner,"
    " lease_until, attempts, progress_stage, progress_done, progress_total, error, body)"
    " VALUES (:id, :status, :created_at, :finished_at, :options, '[]', :owner,"
    " :lease_until, :attempts, NULL, 0, 0, NULL, :body)"
)
MADE_OF = text("INSERT INTO brief_documents VALUES (:brief_id, :position, :document_id)")


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database that nothing was done to."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'brief.db'}"
    else:
        yield from fresh_postgres()


def on(url: str, act: Callable[[Connection], object]) -> object:
    """Run something on the database itself, in a transaction."""

    async def run() -> object:
        store = Store.at(url)
        try:
            async with store.database.writing(EVERYONE) as session:
                return await (await session.connection()).run_sync(act)
        finally:
            await store.database.close()

    return asyncio.run(run())


def opened(url: str) -> None:
    """Bring a database up to date."""

    async def run() -> None:
        store = Store.at(url)
        try:
            await store.database.open()
        finally:
            await store.database.close()

    asyncio.run(run())


def first_tables(connection: Connection) -> None:
    """Make the tables as the first version did, which knew no steps."""
    commands = upgrade._commands(connection, connection.engine)
    commands.upgrade("0001")
    connection.execute(text("DROP TABLE alembic_version"))


def fill(connection: Connection) -> None:
    """Store what the first version stored: documents and briefs in every status."""
    for one in (RAIN, *(filed(f"d{n:02}") for n in range(45))):
        connection.execute(
            DOCUMENT,
            {
                "id": one.article.id.replace("\0", ""),
                "content_id": one.document.content_id,
                "created_at": naive(0),
                "document": '{"content":"Rain fell."}',
                "article": one.article_json,
            },
        )
    for n, status in enumerate(("done", "queued", "running", "failed", "cancelled")):
        running, ended = status == "running", status in ("done", "failed", "cancelled")
        connection.execute(
            BRIEF,
            {
                "id": f"b{n}",
                "status": status,
                "options": '{"max_words":99}',
                "created_at": naive(n),
                "finished_at": naive(9) if ended else None,
                "owner": "mine" if running else None,
                "lease_until": naive(15) if running else None,
                "attempts": int(running or ended),
                "body": BODY if status == "done" else None,
            },
        )
        for position, document_id in enumerate(("d01", "a")):
            connection.execute(
                MADE_OF,
                {"brief_id": f"b{n}", "position": position, "document_id": document_id},
            )


def naive(seconds: float) -> object:
    return at(seconds).replace(tzinfo=None)


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return compare_metadata(context, Table.metadata)


def test_a_new_database_gets_the_tables_that_the_code_has(new_url: str) -> None:
    opened(new_url)
    assert on(new_url, differences) == []
    assert on(new_url, upgrade._version) == upgrade.HEAD


def test_the_last_step_is_the_version_of_the_code() -> None:
    assert ScriptDirectory(str(STEPS)).get_heads() == [upgrade.HEAD]


def test_what_the_first_version_stored_is_there_after_the_upgrade(new_url: str) -> None:
    on(new_url, first_tables)
    on(new_url, fill)
    opened(new_url)
    assert on(new_url, differences) == []

    async def story() -> None:
        store = Store.at(new_url)
        assert len((await store.documents.list(LOCAL, limit=99, after=None)).entries) == 46
        assert await store.documents.article_json(LOCAL, "a") == RAIN.article_json
        [listed] = [
            one
            for one in (await store.documents.list(LOCAL, limit=99, after=None)).entries
            if one.id == "a"
        ]
        assert (listed.title, listed.url) == ("Weather", "https://example.org/weather")
        assert (listed.version, listed.created_at, listed.changed_at) == (1, NOW, NOW)
        assert listed.sha256 == RAIN.article.sha256
        assert await store.documents.matches(LOCAL, "a", RAIN.document.content_id)
        briefs = (await store.briefs.list(LOCAL, limit=9, after=None)).entries
        assert [one.status for one in briefs] == [
            "cancelled", "failed", "running", "queued", "done",
        ]  # fmt: skip
        assert briefs[-1].headline == "Rain fell."
        done = await store.briefs.get(LOCAL, "b0")
        assert (done.body, done.finished_at, done.revision) == (BODY, at(9), 1)
        assert list(await store.documents.article_jsons_of("b0")) == [
            filed("d01").article_json,
            RAIN.article_json,
        ]
        assert await store.briefs.outdated(LOCAL, "b0") == ()
        await store.database.close()

    asyncio.run(story())


@pytest.mark.parametrize("version", ["0002", "0003"])
def test_tables_of_a_later_version_than_the_first_are_brought_up_to_date(
    new_url: str, version: str
) -> None:
    on(new_url, lambda c: upgrade._commands(c, c.engine).upgrade(version))
    assert on(new_url, upgrade._version) == version
    opened(new_url)
    assert on(new_url, differences) == []


def test_the_queue_goes_on_after_the_upgrade(new_url: str) -> None:
    on(new_url, first_tables)
    on(new_url, fill)
    opened(new_url)

    async def story() -> None:
        store = Store.at(new_url)
        assert await store.briefs.renew("b2", lease("mine"), None)
        first = await store.briefs.claim(lease("new"), at(10))
        second = await store.briefs.claim(lease("new"), at(60))
        assert first is not None
        assert second is not None
        assert (first.id, second.id, second.attempts) == ("b1", "b1", 2)
        filing = await store.documents.add(LOCAL, filed("d01", "Snow fell."), at(61))
        assert (filing.version, filing.changed) == (2, True)
        [outdated] = await store.briefs.outdated(LOCAL, "b0")
        assert outdated.document_id == "d01"
        await store.database.close()

    asyncio.run(story())


def test_a_step_that_fails_leaves_everything_as_it_was(new_url: str) -> None:
    on(new_url, first_tables)
    on(new_url, fill)
    on(new_url, lambda c: c.execute(text("UPDATE documents SET article = '{' WHERE id = 'd44'")))
    with pytest.raises(StoreUnavailable, match="JSONDecodeError"):
        opened(new_url)
    assert on(new_url, lambda c: c.scalar(text("SELECT count(*) FROM documents"))) == 46
    assert on(new_url, upgrade._version) is None
    assert on(new_url, lambda c: inspect(c).has_table("documents_0001")) is False


def test_a_database_of_a_later_version_is_left_alone(new_url: str) -> None:
    opened(new_url)
    on(new_url, lambda c: c.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    with pytest.raises(StoreUnavailable, match="9999"):
        opened(new_url)
    assert on(new_url, differences) == []


def test_four_processes_that_start_at_once_make_the_tables_once(new_url: str) -> None:
    program = (
        "import asyncio, sys\n"
        "from service.store import Store\n"
        "async def run():\n"
        "    store = Store.at(sys.argv[1])\n"
        "    await store.database.open()\n"
        "    print(await store.briefs.backlog())\n"
        "asyncio.run(run())\n"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, new_url],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    ended = [(one.communicate(timeout=120), one.returncode) for one in started]
    assert [code for _, code in ended] == [0] * 4, ended
    assert all("queued=0" in out for (out, _), _ in ended)
    assert on(new_url, differences) == []


def test_a_database_opened_four_times_at_once_is_upgraded_once(new_url: str) -> None:
    on(new_url, first_tables)
    on(new_url, fill)

    async def story() -> None:
        stores = [Store.at(new_url) for _ in range(4)]
        await asyncio.gather(*(store.database.open() for store in stores))
        assert (await stores[0].briefs.backlog()).queued == 1
        for store in stores:
            await store.database.close()

    asyncio.run(story())


def test_the_package_carries_its_steps() -> None:
    versions = {path.name for path in (STEPS / "versions").glob("v*.py")}
    assert {name.partition("_")[0] for name in versions} == {"v0001", "v0002", "v0003", "v0004"}
    assert (STEPS / "env.py").is_file()
