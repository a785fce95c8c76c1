"""Each test runs processes of its own: the metrics library looks at its variable once."""

import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from service.telemetry.shared import SHARED_FOLDER, process_ended, reading_shared, shared_counts

COUNT = """
from service.telemetry.metrics import Metrics
metrics = Metrics()
metrics.brief_ended("done")
metrics.request(method="GET", route="/x", status=200, seconds=0.2)
"""
TELL = "from service.telemetry.metrics import Metrics; print(Metrics().render().decode())"
OPEN = """
from service.telemetry.shared import shared_counts
with shared_counts():
    pass
"""
DONE = 'brief_briefs_total{status="done"}'
REQUESTS = 'brief_http_request_seconds_count{method="GET",route="/x",status="200"}'


def another_service() -> None:
    """Let another service begin and end."""
    environment = {k: v for k, v in os.environ.items() if k != SHARED_FOLDER}
    subprocess.run([sys.executable, "-c", OPEN], env=environment, check=True)


def run(folder: Path, code: str) -> tuple[int, str]:
    """Run code in a process that shares its counts by a folder; return its id and what it printed."""
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        env=os.environ | {SHARED_FOLDER: str(folder)},
        stdout=subprocess.PIPE,
        text=True,
    )
    told, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return process.pid, told


def test_the_counts_of_processes_are_told_together_and_those_of_ended_ones_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pids = [run(tmp_path, COUNT)[0] for _ in range(3)]
    before = run(tmp_path, TELL)[1]
    assert f"{DONE} 3.0" in before
    monkeypatch.setenv(SHARED_FOLDER, str(tmp_path))
    for pid in pids:
        process_ended(pid)
    assert sorted(path.name for path in tmp_path.iterdir() if "ended" in path.name) == [
        "counter_ended.db",
        "histogram_ended.db",
    ]
    assert not [path for path in tmp_path.iterdir() if any(str(pid) in path.name for pid in pids)]
    after = run(tmp_path, TELL)[1]
    assert f"{DONE} 3.0" in after
    assert f"{REQUESTS} 3.0" in after


def test_a_process_that_shared_nothing_may_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SHARED_FOLDER, str(tmp_path))
    process_ended(4_000_000)
    monkeypatch.delenv(SHARED_FOLDER)
    process_ended(4_000_000)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"\xff" * 100, b"\x40\0\0\0" * 4])
def test_a_file_that_its_process_was_killed_over_is_removed_and_the_others_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    pid, _ = run(tmp_path, COUNT)
    (tmp_path / "counter_7.db").write_bytes(content)
    monkeypatch.setenv(SHARED_FOLDER, str(tmp_path))
    for one in (7, pid):
        process_ended(one)
    assert not (tmp_path / "counter_7.db").exists()
    assert f"{DONE} 1.0" in run(tmp_path, TELL)[1]


@pytest.mark.parametrize("passing", [FileNotFoundError("gone"), struct.error("empty")])
def test_figures_are_read_again_where_a_process_began_or_ended_meanwhile(
    passing: Exception,
) -> None:
    troubles = [passing, passing]

    def read() -> str:
        if troubles:
            raise troubles.pop()
        return "read"

    assert reading_shared(read) == "read"


def test_figures_that_cannot_be_read_are_not_read_for_ever() -> None:
    def read() -> str:
        raise FileNotFoundError

    with pytest.raises(FileNotFoundError):
        reading_shared(read)


def test_figures_are_told_while_the_file_of_a_process_is_still_empty(tmp_path: Path) -> None:
    run(tmp_path, COUNT)
    empty = tmp_path / "counter_7.db"
    empty.touch()
    soon = (
        "import threading; threading.Timer(0.03, lambda: __import__('os').remove({!r})).start()\n"
    )
    assert f"{DONE} 1.0" in run(tmp_path, soon.format(str(empty)) + TELL)[1]


def test_a_folder_is_made_for_the_processes_and_removed_with_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(SHARED_FOLDER, raising=False)
    with shared_counts():
        folder = Path(os.environ[SHARED_FOLDER])
        assert folder.is_dir()
    assert SHARED_FOLDER not in os.environ
    assert not folder.exists()


def test_the_folder_of_a_service_that_was_killed_is_removed_by_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(SHARED_FOLDER, raising=False)
    code = """
import os, signal
from service.telemetry.shared import SHARED_FOLDER, shared_counts
with shared_counts():
    print(os.environ[SHARED_FOLDER], flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""
    killed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    left = Path(killed.stdout.strip())
    assert left.is_dir()
    with shared_counts():
        mine = Path(os.environ[SHARED_FOLDER])
        assert not left.exists()
        another_service()
        assert mine.is_dir()


def test_a_folder_that_is_given_is_emptied_of_old_counts_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "counter_7.db").write_bytes(b"old")
    (tmp_path / "notes.txt").write_text("not ours")
    monkeypatch.setenv(SHARED_FOLDER, str(tmp_path))
    with shared_counts():
        assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    assert tmp_path.exists()
