import os
import subprocess
import sys
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console
from rich.progress import Progress

from service.cli import main
from service.cli.progress import StageBars
from service.domain.brief import Progress as Report
from tests.unit.cli.conftest import ROOT, WIRING


def test_serving_binds_to_loopback_unless_told_otherwise() -> None:
    served: list[tuple[object, ...]] = []

    def serve(*asked: object) -> int:
        served.append(asked)
        return 0

    wiring = replace(WIRING, serve=serve)
    assert CliRunner().invoke(main, ["serve", "--port", "8080"], obj=wiring).exit_code == 0
    assert served == [("127.0.0.1", 8080, 1)]


def test_a_service_whose_workers_can_do_nothing_ends_with_their_status() -> None:
    wiring = replace(WIRING, serve=lambda *_: 2)
    assert CliRunner().invoke(main, ["serve"], obj=wiring).exit_code == 2


def test_a_worker_makes_one_brief_at_a_time_unless_told_otherwise() -> None:
    asked: list[object] = []
    wiring = replace(WIRING, work=lambda *told: asked.append(told[:2]))
    for arguments in (["worker"], ["worker", "--concurrency", "3"]):
        assert CliRunner().invoke(main, arguments, obj=wiring).exit_code == 0
    assert asked == [(1, False), (3, False)]


def test_an_interrupt_ends_quietly_with_130() -> None:
    def interrupted(host: str, port: int, workers: int) -> int:
        raise KeyboardInterrupt

    done = CliRunner().invoke(main, ["serve"], obj=replace(WIRING, serve=interrupted))
    assert (done.exit_code, done.output) == (130, "")


@pytest.mark.parametrize("command", [[], ["run"], ["verify"], ["serve"], ["worker"]])
def test_every_command_has_help_with_an_example(command: list[str]) -> None:
    done = CliRunner().invoke(main, [*command, "--help"])
    assert done.exit_code == 0
    assert "Example:\n    brief " in done.stdout


def test_the_version_is_told() -> None:
    assert CliRunner().invoke(main, ["--version"]).stdout.startswith("brief 0.")


def python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )


def test_help_loads_no_model_and_no_framework() -> None:
    code = (
        "import sys; from service.cli import main; main(['run', '--help'], standalone_mode=False);"
        "heavy = {'torch', 'litestar', 'pydantic', 'rich', 'jinja2'};"
        "sys.stderr.write(' '.join(heavy & set(sys.modules)))"
    )
    done = python(code)
    assert (done.stderr.strip(), done.returncode) == ("", 0)


def test_a_closed_pipe_ends_quietly(brief_json: Path) -> None:
    closed, pipe = os.pipe()
    os.close(closed)
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r});"
    code += "from service.cli import main; main(['verify', 'brief.json'])"
    done = subprocess.run(
        [sys.executable, "-c", code], stdout=pipe, stderr=subprocess.PIPE, check=False
    )
    os.close(pipe)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_behind_standard_output_is_told_in_a_line(brief_json: Path) -> None:
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r});"
    code += "from service.cli.output import write_result; from service.cli import main;"
    code += "main.commands['serve'].callback = lambda **_: write_result('a brief', None);"
    code += "main(['serve'])"
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-c", code], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 2
    assert b"the result could not be printed: No space left on device" in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_terminal_is_shown_how_far_the_stages_are() -> None:
    bars = Progress(console=Console(file=StringIO(), width=80))
    with bars:
        shown = StageBars(bars)
        shown.show(Report(stage="clean", done=0, total=2))
        shown.show(Report(stage="draft", done=1, total=4))
    assert [(task.description, task.completed, task.total) for task in bars.tasks] == [
        ("Cleaning", 2, 2),
        ("Drafting", 1, 4),
    ]
