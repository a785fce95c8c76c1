import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from typing import BinaryIO

import pytest
from click.testing import CliRunner, Result
from rich.console import Console
from rich.progress import Progress

from service.backends.fakes import FakeExtractor, FakeLanguageIdentifier, fake_models
from service.cli import main
from service.cli.progress import StageBars
from service.cli.wiring import Reader, Wiring
from service.domain.brief import Dropped
from service.domain.brief import Progress as Report
from service.domain.errors import BadDocument, ModelNotFound
from service.domain.ports import Extracted, Models
from service.domain.text import Document

ROOT = Path(__file__).parents[2]
PORT = """The port reopened on Tuesday.
The harbour master said that 145 ships had waited outside for nine days.
Traffic was back to normal by the evening, the harbour office said.
"""
STORM = """A storm tore down three cranes.
The storm tore down three cranes at the port on 4 April 2025.
The port authority expects repairs to cost $12 million.
"""


@dataclass(frozen=True, kw_only=True)
class Intake:
    documents: tuple[Document, ...]
    problems: tuple[Dropped, ...] = ()
    notes: tuple[str, ...] = ()


def read_text_files(paths: Sequence[str], stdin: BinaryIO) -> Intake:
    """Read each path as one plain document; a path that is not there is a problem."""
    documents, problems = [], []
    for path in paths:
        try:
            content = stdin.read().decode() if path == "-" else Path(path).read_text("utf-8")
            documents.append(Document(content=content, origin=path))
        except OSError:
            problems.append(Dropped(text=path, document_id=None, reason="there is no such file"))
    return Intake(documents=tuple(documents), problems=tuple(problems))


class RefusingExtractor(FakeExtractor):
    """Cannot read what begins with a percent sign."""

    def extract(self, document: Document) -> Extracted:
        if document.content.startswith("%"):
            raise BadDocument(document.id or document.content_id, "it is damaged")
        return super().extract(document)


def load_fakes(model: str | None) -> Models:
    if model == "missing":
        raise ModelNotFound(model, "there is no such folder")
    return replace(fake_models(), extractor=RefusingExtractor())


def no_server(host: str, port: int, workers: int) -> None:
    raise AssertionError("a server was started")


WIRING = Wiring(
    read_paths=read_text_files,
    load_models=load_fakes,
    load_reader=lambda: Reader(extractor=RefusingExtractor(), languages=FakeLanguageIdentifier()),
    serve=no_server,
)

Brief = Callable[..., Result]


@pytest.fixture
def brief(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Brief:
    """Run the command in a folder with two documents and one that cannot be read."""
    monkeypatch.chdir(tmp_path)
    for name, text in {"port.txt": PORT, "storm.txt": STORM, "broken.txt": "%PDF"}.items():
        (tmp_path / name).write_text(text, "utf-8")

    def run(*arguments: str, stdin: str = "") -> Result:
        return CliRunner().invoke(main, arguments, input=stdin, obj=WIRING, catch_exceptions=False)

    return run


@pytest.fixture
def brief_json(brief: Brief) -> Path:
    assert brief("run", "port.txt", "storm.txt", "-o", "brief.json").exit_code == 0
    return Path("brief.json")


def test_markdown_goes_to_stdout_and_nothing_to_stderr(brief: Brief) -> None:
    done = brief("run", "port.txt", "storm.txt")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith("# ")


@pytest.mark.parametrize(
    ("format", "opening"), [("json", "{"), ("html", "<!doctype html>"), ("markdown", "# ")]
)
def test_the_format_asked_for_is_printed(brief: Brief, format: str, opening: str) -> None:
    assert brief("run", "port.txt", "--format", format).stdout.startswith(opening)


def test_standard_input_is_a_document(brief: Brief) -> None:
    assert "145 ships" in brief("run", "-", stdin=PORT).stdout


@pytest.mark.parametrize(
    ("name", "opening"), [("b.json", "{"), ("b.HTML", "<!doctype"), ("b.md", "# "), ("b", "# ")]
)
def test_a_files_suffix_tells_the_format(brief: Brief, name: str, opening: str) -> None:
    done = brief("run", "port.txt", "-o", name)
    assert (done.exit_code, done.stdout) == (0, "")
    assert Path(name).read_text("utf-8").startswith(opening)


def test_the_format_asked_for_wins_over_the_suffix(brief: Brief) -> None:
    brief("run", "port.txt", "-o", "b.json", "--format", "markdown")
    assert Path("b.json").read_text("utf-8").startswith("# ")


def test_a_file_is_replaced_whole_and_keeps_its_rights(brief: Brief) -> None:
    target = Path("b.json")
    target.write_text("old " * 10_000)
    target.chmod(0o640)
    brief("run", "port.txt", "-o", "b.json")
    assert json.loads(target.read_text("utf-8"))["status"] == "done"
    assert target.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in Path().iterdir() if path.suffix == ".tmp") == []


def test_a_link_is_written_through(brief: Brief) -> None:
    Path("real.json").write_text("old")
    Path("link.json").symlink_to("real.json")
    brief("run", "port.txt", "-o", "link.json")
    assert Path("link.json").is_symlink()
    assert json.loads(Path("real.json").read_text("utf-8"))["status"] == "done"


def test_a_device_is_written_to_and_not_replaced(brief: Brief) -> None:
    assert brief("run", "port.txt", "-o", os.devnull).exit_code == 0
    assert not Path(os.devnull).is_file()


@pytest.mark.parametrize("target", [".", "no/such/folder/b.json"])
def test_a_target_that_cannot_be_written_is_wrong_usage(brief: Brief, target: str) -> None:
    done = brief("run", "port.txt", "-o", target)
    assert done.exit_code == 2
    assert "-o" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["run"],
        ["run", "port.txt", "--max-words", "0"],
        ["run", "port.txt", "--provenance", "loose"],
        ["run", "port.txt", "--format", "pdf"],
        ["run", "port.txt", "--model", "missing"],
        ["serve", "--port", "70000"],
        ["nonsense"],
    ],
)
def test_wrong_usage_exits_2_and_prints_no_result(brief: Brief, arguments: list[str]) -> None:
    done = brief(*arguments)
    assert (done.exit_code, done.stdout) == (2, "")


def test_the_same_run_has_the_same_id(brief: Brief) -> None:
    ids = {json.loads(brief("run", "port.txt", "--format", "json").stdout)["id"] for _ in "ab"}
    assert len(ids) == 1


def test_other_options_have_another_id(brief: Brief) -> None:
    ids = {
        json.loads(brief("run", "port.txt", "--format", "json", "--max-words", n).stdout)["id"]
        for n in ("60", "80")
    }
    assert len(ids) == 2


def test_the_brief_is_printed_though_one_path_could_not_be_read(brief: Brief) -> None:
    done = brief("run", "port.txt", "gone.txt")
    assert done.exit_code == 3
    assert done.stdout.startswith("# ")
    assert done.stderr == "gone.txt: there is no such file\n"


def test_the_brief_is_printed_though_one_document_is_damaged(brief: Brief) -> None:
    done = brief("run", "port.txt", "broken.txt")
    assert done.exit_code == 3
    assert done.stdout.startswith("# ")
    assert "it is damaged" in done.stderr


@pytest.mark.parametrize("path", ["gone.txt", "broken.txt"])
def test_nothing_usable_exits_3_with_the_reason(brief: Brief, path: str) -> None:
    done = brief("run", path)
    assert (done.exit_code, done.stdout) == (3, "")
    assert "no usable document" in done.stderr
    assert "no such file" in done.stderr or "damaged" in done.stderr


def test_a_document_that_says_nothing_is_told_by_its_name(brief: Brief) -> None:
    Path("heads.txt").write_text("Ships\nCranes\n")
    done = brief("run", "heads.txt")
    assert (done.exit_code, done.stdout) == (3, "")
    assert "heads.txt: " in done.stderr
    assert "doc_" not in done.stderr


def test_a_file_name_cannot_drive_the_terminal(brief: Brief) -> None:
    assert "\x1b" not in brief("run", "\x1b[2Jgone.txt").stderr


def test_a_brief_holds_against_its_documents(brief: Brief, brief_json: Path) -> None:
    done = brief("verify", "brief.json", "port.txt", "storm.txt")
    assert done.exit_code == 0
    assert done.stdout.endswith("statements hold.\n")


def test_a_brief_without_documents_is_checked_against_its_own_quotes(
    brief: Brief, brief_json: Path
) -> None:
    done = brief("verify", "brief.json")
    assert done.exit_code == 0
    assert "own quotes only: no document was given" in done.stdout


def test_a_source_without_its_document_is_told(brief: Brief, brief_json: Path) -> None:
    done = brief("verify", "brief.json", "port.txt")
    assert done.exit_code == 0
    assert "no document given; checked against its quotes only" in done.stdout


def test_a_document_that_is_no_source_is_told(brief: Brief, brief_json: Path) -> None:
    Path("other.txt").write_text("A whale was seen in the bay.\nIt left again.\n")
    done = brief("verify", "brief.json", "port.txt", "storm.txt", "other.txt")
    assert done.exit_code == 0
    assert "matches no source of the brief" in done.stdout


def test_a_changed_document_fails_the_check(brief: Brief, brief_json: Path) -> None:
    Path("port.txt").write_text(PORT.replace("145", "154"))
    done = brief("verify", "brief.json", "port.txt", "storm.txt")
    assert done.exit_code == 1
    assert "is not the one the brief was made from" in done.stdout


def change_brief(change: Callable[[dict[str, object]], object]) -> None:
    shape = json.loads(Path("brief.json").read_text("utf-8"))
    change(shape)
    Path("brief.json").write_text(json.dumps(shape), "utf-8")


def test_a_changed_statement_fails_the_check_with_its_text(brief: Brief, brief_json: Path) -> None:
    text = json.loads(brief_json.read_text("utf-8"))["statements"][0]["text"]
    changed = "X" + text[1:]
    change_brief(lambda b: b["statements"][0].update(text=changed))
    done = brief("verify", "brief.json")
    assert done.exit_code == 1
    assert f"does not hold: “{changed}”" in done.stdout


def test_a_moved_offset_fails_the_check_and_names_the_statement(
    brief: Brief, brief_json: Path
) -> None:
    span = "citations", 0, "spans", 0
    change_brief(lambda b: b["headline"][span[0]][0][span[2]][0].update(start=1))
    done = brief("verify", "brief.json")
    headline = json.loads(brief_json.read_text("utf-8"))["headline"]["id"]
    assert done.exit_code == 1
    assert f"{headline} does not hold: " in done.stdout


@pytest.mark.parametrize("text", ["", "not JSON", "[]", '{"id": "b"}'])
def test_a_file_that_is_no_brief_cannot_be_read(brief: Brief, text: str) -> None:
    Path("brief.json").write_text(text)
    done = brief("verify", "brief.json")
    assert (done.exit_code, done.stdout) == (3, "")
    assert done.stderr.startswith("brief.json: ")


def test_a_missing_brief_cannot_be_read(brief: Brief) -> None:
    assert brief("verify", "gone.json").exit_code == 3


def test_bytes_that_are_no_utf8_cannot_be_read(brief: Brief) -> None:
    Path("brief.json").write_bytes(b'{"id": "\xff"}')
    done = brief("verify", "brief.json")
    assert (done.exit_code, done.stderr) == (3, "brief.json: it is not UTF-8 at byte 8\n")


def test_a_brief_that_is_still_waiting_cannot_be_checked(brief: Brief) -> None:
    waiting = {"id": "b", "status": "queued", "created_at": "2026-11-21T09:30:00Z"}
    Path("brief.json").write_text(json.dumps(waiting))
    done = brief("verify", "brief.json")
    assert done.exit_code == 3
    assert "the brief is queued" in done.stderr


def test_an_unreadable_document_is_told_and_the_rest_is_checked(
    brief: Brief, brief_json: Path
) -> None:
    done = brief("verify", "brief.json", "port.txt", "storm.txt", "broken.txt")
    assert done.exit_code == 3
    assert "statements hold." in done.stdout
    assert done.stderr == "broken.txt: it is damaged\n"


def test_serving_binds_to_loopback_unless_told_otherwise() -> None:
    served: list[tuple[str, int, int]] = []
    wiring = replace(WIRING, serve=lambda *asked: served.append(asked))
    assert CliRunner().invoke(main, ["serve", "--port", "8080"], obj=wiring).exit_code == 0
    assert served == [("127.0.0.1", 8080, 1)]


def test_an_interrupt_ends_quietly_with_130() -> None:
    def interrupted(host: str, port: int, workers: int) -> None:
        raise KeyboardInterrupt

    done = CliRunner().invoke(main, ["serve"], obj=replace(WIRING, serve=interrupted))
    assert (done.exit_code, done.output) == (130, "")


@pytest.mark.parametrize("command", [[], ["run"], ["verify"], ["serve"]])
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
