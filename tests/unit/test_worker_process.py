"""A worker process, in this process: its life from its models to its end."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs
from structlog.typing import EventDict

from service.backends.fakes import FakeDrafter, fake_models
from service.bootstrap import worker
from service.bootstrap.worker import run_worker
from service.domain.errors import BadSettings, ModelError
from service.domain.ports import Models
from service.settings import Settings
from service.store import Store
from service.store.records import Presence
from service.store.tenancy import EVERYONE
from service.telemetry.metrics import Metrics
from tests.rest.services import until
from tests.unit.jobs.workshops import NOW, accept, record, shop_at


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(database_url=f"sqlite:///{tmp_path / 'brief.db'}", threads=1, grace_s=5.0)


class AttendedDrafter(FakeDrafter):
    """Remembers what was done to it besides drafting."""

    def __init__(self, warm: Callable[[], None] = lambda: None) -> None:
        super().__init__()
        self.done: list[str] = []
        self._warm = warm

    def warm_up(self) -> None:
        self._warm()
        self.done.append("warmed up")

    def close(self, *, drain: bool = True) -> None:
        self.done.append("closed")


@pytest.fixture(autouse=True)
def own_signals() -> object:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def when(holds: Callable[[Store], object], settings: Settings) -> threading.Thread:
    """Tell this process to stop once something holds of its database."""

    async def waiting() -> None:
        store = Store.at(settings.database_url)
        await store.database.open()
        async with asyncio.timeout(20):
            while not await holds(store):  # type: ignore[misc]
                await asyncio.sleep(0.02)
        await store.database.close()

    def run() -> None:
        try:
            asyncio.run(waiting())
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


async def _presence(store: Store) -> Presence:
    return await store.workers.seen_since(NOW.replace(year=2000))


def test_a_worker_makes_what_waits_with_a_warm_model_and_is_gone_when_told_to_stop(
    settings: Settings,
) -> None:
    drafter = AttendedDrafter()

    def loader(_: Settings, __: Metrics) -> Models:
        return replace(fake_models(), drafter=drafter)

    shop = shop_at(settings.database_url)

    async def prepare() -> None:
        await shop.store.database.open()
        await accept(shop, texts=("A flood hit the town of Bell on Monday.",))
        await shop.store.database.close()

    async def done(store: Store) -> bool:
        return (await store.briefs.get("local", "b")).finished

    asyncio.run(prepare())
    stopping = when(done, settings)
    run_worker(settings, 1, loader=loader)
    stopping.join()
    assert drafter.done == ["warmed up", "closed"]

    async def left() -> tuple[str, Presence]:
        again = shop_at(settings.database_url)
        await again.store.database.open()
        found = (await record(again)).status, await _presence(again.store)
        await again.store.database.close()
        return found

    assert asyncio.run(left()) == ("done", Presence())


def test_a_worker_is_seen_and_not_ready_while_its_model_is_loaded(settings: Settings) -> None:
    seen: list[Presence] = []
    let = threading.Event()

    def loader(_: Settings, __: Metrics) -> Models:
        assert let.wait(20)
        return fake_models()

    async def ready(store: Store) -> bool:
        found = await _presence(store)
        if found.workers:
            seen.append(found)
            let.set()
        return found.ready

    stopping = when(ready, settings)
    run_worker(settings, 1, loader=loader)
    stopping.join()
    assert [one.reason for one in seen[0].workers] == ["they are being loaded"]


def test_a_worker_without_a_model_says_so(settings: Settings) -> None:
    def loader(_: Settings, __: Metrics) -> Models:
        raise ModelError("nowhere", "there is none")

    with pytest.raises(ModelError, match="nowhere"):
        run_worker(settings, 1, loader=loader)


def test_a_model_that_fails_to_warm_up_is_none(settings: Settings) -> None:
    def cold() -> None:
        raise ModelError("cold", "it gave no numbers")

    drafter = AttendedDrafter(cold)
    with pytest.raises(ModelError, match="it gave no numbers"):
        run_worker(settings, 1, loader=lambda _, __: replace(fake_models(), drafter=drafter))


@pytest.fixture
def soon_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_FIRST_WAIT_S", 0.01)


@pytest.fixture
def away(tmp_path: Path) -> Path:
    """Return a file that stands where the folder of the database should be."""
    path = tmp_path / "volume"
    path.write_text("not mounted yet")
    return path


def awaited(logs: list[EventDict]) -> int:
    return sum(line["event"] == "database_awaited" for line in logs)


@pytest.mark.usefixtures("soon_again")
def test_a_database_that_is_away_when_a_worker_starts_is_waited_for(away: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{away / 'brief.db'}", threads=1)
    loaded = threading.Event()

    def loader(_: Settings, __: Metrics) -> Models:
        loaded.set()
        return fake_models()

    def tell() -> None:
        until(lambda: awaited(logs) >= 3)
        away.unlink()
        loaded.wait(20)
        os.kill(os.getpid(), signal.SIGTERM)

    with capture_logs() as logs:
        thread = threading.Thread(target=tell)
        thread.start()
        run_worker(settings, 1, loader=loader)
        thread.join()
    assert loaded.is_set()


def test_a_worker_that_waits_for_its_database_ends_when_told_to(away: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{away / 'brief.db'}", threads=1)

    def tell() -> None:
        until(lambda: awaited(logs) >= 1)
        os.kill(os.getpid(), signal.SIGTERM)

    def loader(_: Settings, __: Metrics) -> Models:
        raise AssertionError("there is nothing to make")

    with capture_logs() as logs:
        thread = threading.Thread(target=tell)
        thread.start()
        run_worker(settings, 1, loader=loader)
        thread.join()


@pytest.mark.parametrize("option", ["nonsense=1", "ssl=nonsense"])
def test_an_address_that_can_never_be_used_is_told(option: str) -> None:
    url = f"postgresql://postgres@127.0.0.1:1/none?{option}"
    with pytest.raises(BadSettings, match="database_url"):
        run_worker(Settings(database_url=url, threads=1), 1, loader=lambda _, __: fake_models())


def test_a_driver_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    settings = Settings(database_url="postgresql://postgres@127.0.0.1:1/none", threads=1)
    with pytest.raises(BadSettings, match=r"wellsourced\[postgres\]"):
        run_worker(settings, 1, loader=lambda _, __: fake_models())


def test_tables_of_a_later_version_are_told(settings: Settings) -> None:
    async def prepare() -> None:
        store = Store.at(settings.database_url)
        await store.database.open()
        async with store.database.writing(EVERYONE) as session:
            await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        await store.database.close()

    asyncio.run(prepare())
    with pytest.raises(BadSettings, match="later version"):
        run_worker(settings, 1, loader=lambda _, __: fake_models())


def test_a_database_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.write_text("This is a shopping list, and no database at all. " * 100)
    settings = Settings(database_url=f"sqlite:///{path}", threads=1)
    with pytest.raises(BadSettings, match="file is not a database"):
        run_worker(settings, 1, loader=lambda _, __: fake_models())
