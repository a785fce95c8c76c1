import json
import os
from pathlib import Path

import pytest

from tests.unit.cli.conftest import PORT, Brief


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
