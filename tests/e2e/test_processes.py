"""The service's processes as the command starts them, and how each of them ends."""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from service.store import Store
from tests.chaos.deployments import supervised
from tests.serving import Command, Serving

WAIT_S = 60.0
STORY = {
    "documents": [
        {"content": "A flood hit the town of Bell on Monday. About 40 houses were damaged."},
        {"content": "Heavy rain flooded the town of Bell on Monday. 40 houses were damaged."},
    ]
}


def until(holds: Callable[[], object]) -> None:
    ends = time.monotonic() + WAIT_S
    while not holds():
        assert time.monotonic() < ends, "it never came to be"
        time.sleep(0.05)


def gone(pid: int) -> bool:
    try:
        # A process nobody has asked for its status yet is gone, too.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


@contextmanager
def started(command: Command) -> Iterator[Command]:
    command.start()
    try:
        yield command
    finally:
        command.stop()


def worker(folder: Path, *arguments: str, **environment: str) -> Command:
    settings = {"BRIEF_DATABASE_URL": f"sqlite:///{folder / 'brief.db'}", "BRIEF_THREADS": "1"}
    return Command(
        arguments=("worker", *arguments),
        log=folder / "worker.log",
        environment=settings | environment,
    )


def server(folder: Path, *arguments: str, **environment: str) -> Serving:
    secret = {"BRIEF_SECRET_FILE": str(folder / "secret"), "BRIEF_THREADS": "1"}
    return Serving.on(folder, *arguments, **(secret | environment))


def test_a_server_and_its_worker_brief_and_end_when_told_to(tmp_path: Path) -> None:
    serving = server(tmp_path)
    with started(serving):
        serving.until_ready()
        [child] = supervised(serving.pid)
        made = httpx.post(
            f"{serving.url}/v1/briefs", json=STORY, headers={"Prefer": "wait=30"}, timeout=60
        )
        assert (made.status_code, made.json()["status"]) == (201, "done"), made.text
        os.kill(serving.pid, signal.SIGTERM)
        until(lambda: not serving.alive)
        assert gone(child)
    assert "worker_died" not in serving.log.read_text()


def test_a_server_that_is_killed_leaves_no_process_behind(tmp_path: Path) -> None:
    serving = server(tmp_path)
    with started(serving):
        serving.until_ready()
        left = [*supervised(serving.pid), *(p for p in serving.pids() if p != serving.pid)]
        assert len(left) >= 2
        serving.kill()
        until(lambda: all(gone(pid) for pid in left))


def test_a_worker_that_dies_is_started_again_by_its_server(tmp_path: Path) -> None:
    serving = server(tmp_path)
    with started(serving):
        serving.until_ready()
        [first] = supervised(serving.pid)
        os.kill(first, signal.SIGKILL)
        until(lambda: (now := supervised(serving.pid)) and first not in now)
        serving.until_ready()


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_without_a_model_it_ends_with_one_plain_line(tmp_path: Path, command: str) -> None:
    environment = {"BRIEF_MODEL": str(tmp_path / "nowhere")}
    make = server if command == "serve" else worker
    with started(make(tmp_path, **environment)) as asked:
        until(lambda: not asked.alive)
        assert asked._process is not None
        assert asked._process.returncode == 2
    lines = asked.log.read_text().splitlines()
    assert len([line for line in lines if line.startswith("brief: ")]) == 1
    assert not [line for line in lines if "Traceback" in line]


def test_a_server_without_workers_is_alive_and_accepts_but_is_not_ready(tmp_path: Path) -> None:
    serving = server(tmp_path, "--workers", "0")

    def accepted() -> bool:
        try:
            return httpx.post(f"{serving.url}/v1/briefs", json=STORY, timeout=60).status_code == 202
        except httpx.TransportError:
            return False

    with started(serving):
        until(accepted)
        assert httpx.get(f"{serving.url}/healthz").status_code == 200
        told = httpx.get(f"{serving.url}/readyz")
        assert (told.status_code, "worker" in told.text) == (503, True)
        with started(worker(tmp_path)):
            serving.until_ready()
            until(
                lambda: (
                    httpx.get(f"{serving.url}/v1/briefs").json()["briefs"][0]["status"] == "done"
                )
            )


def _seen(folder: Path) -> bool:
    async def ask() -> bool:
        store = Store.at(f"sqlite:///{folder / 'brief.db'}")
        try:
            await store.database.open()
            return (await store.workers.seen_since(datetime(2000, 1, 1, tzinfo=UTC))).ready
        finally:
            await store.database.close()

    return asyncio.run(ask())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_ends_in_order_when_told_to(tmp_path: Path, number: int) -> None:
    with started(worker(tmp_path)) as asked:
        until(lambda: _seen(tmp_path))
        os.kill(asked.pid, number)
        until(lambda: not asked.alive)
        assert asked._process is not None
        assert asked._process.returncode == 0
    assert not _seen(tmp_path)
