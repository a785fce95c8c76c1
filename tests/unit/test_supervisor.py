import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from service.bootstrap import supervisor as supervising
from service.bootstrap.supervisor import Supervisor, worker_environment
from tests.serving import pids_of_group

# Notes its id, and lives until it is told to stop or nobody holds its standard input.
LIVING = """
import os, sys
with open(sys.argv[1], "a") as file:
    file.write(f"{os.getpid()}\\n")
sys.stdin.read()
with open(sys.argv[1], "a") as file:
    file.write("closed\\n")
"""
ENDING = """
import sys
with open(sys.argv[1], "a") as file:
    file.write("started\\n")
sys.exit(int(sys.argv[2]))
"""
# Shows that it lives until it is stopped or, where told to, matches a pattern that never ends.
SHOWING = """
import asyncio, os, re, sys, threading
from service.bootstrap.signs import SignsOfLife, own_output
with open(sys.argv[1], "a") as file:
    file.write(f"{os.getpid()}\\n")
def match():
    re.match("(a|aa)+$", "a" * 60 + "b")
async def live():
    await SignsOfLife(own_output(), 0.05).start()
    await asyncio.sleep(0.2)
    if sys.argv[2] == "match":
        threading.Thread(target=match, daemon=True).start()
    await asyncio.to_thread(sys.stdin.read)
asyncio.run(live())
"""
ENVIRONMENT = {"PYTHONPATH": str(Path.cwd())}
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + LIVING
SERVER = f"""
import asyncio, sys, time
from service.bootstrap.supervisor import Supervisor
async def live():
    one = Supervisor(command=[sys.executable, "-c", {LIVING!r}, sys.argv[1]], environment={{}},
                     count=1, grace_s=1, clock_s=time.monotonic, on_hopeless=lambda: None)
    await one.start()
    await asyncio.sleep(60)
asyncio.run(live())
"""


def supervisor(
    notes: Path,
    code: str,
    *arguments: str,
    count: int = 1,
    on_hopeless: Callable[[], None] = lambda: None,
    on_end: Callable[[int], None] = lambda pid: None,
    silent_s: float = 20.0,
    first_sign_s: float = 20.0,
) -> Supervisor:
    return Supervisor(
        command=[sys.executable, "-c", code, str(notes), *arguments],
        environment=ENVIRONMENT,
        count=count,
        grace_s=0.5,
        clock_s=time.monotonic,
        on_hopeless=on_hopeless,
        on_end=on_end,
        silent_s=silent_s,
        first_sign_s=first_sign_s,
    )


def lines(notes: Path) -> list[str]:
    return notes.read_text().split() if notes.exists() else []


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0.01)


def test_as_many_processes_are_started_as_asked_for_and_ended_with_the_server(
    tmp_path: Path,
) -> None:
    notes, ended = tmp_path / "notes", list[int]()

    async def story() -> set[int]:
        kept = supervisor(notes, LIVING, count=2, on_end=ended.append)
        await kept.start()
        await until(lambda: len(lines(notes)) == 2)
        alive = set(kept.pids)
        await kept.stop()
        assert kept.pids == ()
        return alive

    assert {str(pid) for pid in asyncio.run(story())} == set(lines(notes))
    assert sorted(map(str, ended)) == sorted(lines(notes))


def test_a_process_that_is_killed_is_started_again(tmp_path: Path) -> None:
    notes = tmp_path / "notes"

    async def story() -> None:
        kept = supervisor(notes, LIVING)
        await kept.start()
        await until(lambda: len(lines(notes)) == 1)
        os.kill(int(lines(notes)[0]), signal.SIGKILL)
        await until(lambda: len(lines(notes)) == 2)
        await kept.stop()

    asyncio.run(story())
    assert len(set(lines(notes))) == 2


def test_a_process_that_keeps_dying_is_started_ever_more_seldom(tmp_path: Path) -> None:
    notes, waits = tmp_path / "notes", list[float]()

    async def story() -> None:
        kept = supervisor(notes, ENDING, "1")
        ordinary = asyncio.wait_for

        async def noting(waiting: object, timeout: float) -> object:
            waits.append(timeout)
            return await ordinary(waiting, 0.01)  # type: ignore[arg-type]

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(supervising.asyncio, "wait_for", noting)
            await kept.start()
            await until(lambda: len(waits) >= 9)
            await kept.stop()

    asyncio.run(story())
    assert waits[:9] == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10.0, 10.0]


def test_a_first_start_that_cannot_succeed_is_told_and_not_tried_again(tmp_path: Path) -> None:
    notes, told = tmp_path / "notes", list[bool]()

    async def story() -> None:
        kept = supervisor(notes, ENDING, "2", on_hopeless=lambda: told.append(True))
        await kept.start()
        await until(lambda: bool(told))
        await asyncio.sleep(0.3)
        await kept.stop()

    asyncio.run(story())
    assert (told, lines(notes)) == ([True], ["started"])


def test_a_later_start_that_does_not_succeed_is_tried_again(tmp_path: Path) -> None:
    notes, told = tmp_path / "notes", list[bool]()
    first_fails = ENDING.replace("int(sys.argv[2])", "2 if open(sys.argv[1]).read()[8:] else 1")

    async def story() -> None:
        kept = supervisor(notes, first_fails, on_hopeless=lambda: told.append(True))
        await kept.start()
        await until(lambda: len(lines(notes)) >= 3)
        await kept.stop()

    asyncio.run(story())
    assert told == []


def test_a_process_that_does_not_end_by_itself_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervising, "_MARGIN_S", 0.1)
    notes = tmp_path / "notes"

    async def story() -> tuple[int, ...]:
        kept = supervisor(notes, STUBBORN)
        await kept.start()
        await until(lambda: len(lines(notes)) == 1)
        await kept.stop()
        return kept.pids

    assert asyncio.run(story()) == ()
    assert not Path(f"/proc/{lines(notes)[0]}").exists()


def test_a_command_that_cannot_be_started_is_tried_again_and_stopped_all_the_same() -> None:
    async def story() -> None:
        kept = Supervisor(
            command=["/no/such/command"],
            environment={},
            count=1,
            grace_s=0.5,
            clock_s=time.monotonic,
            on_hopeless=lambda: None,
        )
        await kept.start()
        await asyncio.sleep(0.25)
        async with asyncio.timeout(5):
            await kept.stop()

    asyncio.run(story())


def test_a_server_that_is_killed_takes_its_processes_with_it(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(notes)], start_new_session=True, cwd=Path.cwd()
    )
    asyncio.run(until(lambda: len(lines(notes)) == 1))
    server.kill()
    server.wait()
    asyncio.run(until(lambda: lines(notes)[1:] == ["closed"]))
    asyncio.run(until(lambda: not pids_of_group(server.pid)))


@pytest.fixture
def short_second_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervising, "_SECOND_LOOK_S", 0.1)


@pytest.mark.usefixtures("short_second_look")
def test_a_process_that_hangs_is_killed_and_another_is_started(tmp_path: Path) -> None:
    notes, ended = tmp_path / "notes", list[int]()

    async def story() -> None:
        kept = supervisor(notes, SHOWING, "live", on_end=ended.append, silent_s=1.0)
        await kept.start()
        await until(lambda: len(lines(notes)) == 1)
        os.kill(int(lines(notes)[0]), signal.SIGSTOP)
        await until(lambda: len(lines(notes)) == 2)
        await kept.stop()

    asyncio.run(story())
    assert str(ended[0]) == lines(notes)[0]


@pytest.mark.usefixtures("short_second_look")
def test_a_process_whose_thread_lets_no_other_run_hangs(tmp_path: Path) -> None:
    notes = tmp_path / "notes"

    async def story() -> None:
        kept = supervisor(notes, SHOWING, "match", silent_s=1.0)
        await kept.start()
        await until(lambda: len(lines(notes)) == 2)
        await kept.stop()

    asyncio.run(story())
    assert len(set(lines(notes))) == 2


@pytest.mark.usefixtures("short_second_look")
def test_a_process_that_shows_signs_of_life_is_left_alone(tmp_path: Path) -> None:
    notes = tmp_path / "notes"

    async def story() -> tuple[int, ...]:
        kept = supervisor(notes, SHOWING, "live", silent_s=0.8)
        await kept.start()
        await until(lambda: len(lines(notes)) == 1)
        await asyncio.sleep(2.5)
        alive = kept.pids
        await kept.stop()
        return alive

    assert [str(pid) for pid in asyncio.run(story())] == lines(notes)


@pytest.mark.usefixtures("short_second_look")
def test_a_process_that_never_shows_a_sign_of_life_is_given_longer(tmp_path: Path) -> None:
    notes = tmp_path / "notes"

    async def story() -> None:
        kept = supervisor(notes, LIVING, silent_s=0.1, first_sign_s=1.0)
        await kept.start()
        await until(lambda: len(lines(notes)) == 1)
        await asyncio.sleep(0.4)
        assert [str(pid) for pid in kept.pids] == lines(notes)
        await until(lambda: len(lines(notes)) == 2)
        await kept.stop()

    asyncio.run(story())


def test_what_cannot_be_done_at_the_end_of_a_process_does_not_keep_the_next_from_starting(
    tmp_path: Path,
) -> None:
    notes = tmp_path / "notes"

    def breaks(pid: int) -> None:
        raise ValueError(pid)

    async def story() -> None:
        kept = supervisor(notes, ENDING, "1", on_end=breaks)
        await kept.start()
        await until(lambda: len(lines(notes)) >= 2)
        await kept.stop()

    asyncio.run(story())


@pytest.mark.parametrize(("threads", "workers", "share"), [(4, 2, "2"), (2, 4, "1"), (5, 2, "2")])
def test_workers_share_the_threads(threads: int, workers: int, share: str) -> None:
    assert worker_environment(threads, workers)["BRIEF_THREADS"] == share
