import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from service.backends.fakes import FakeDrafter
from service.cli import main
from service.cli.wiring import Wiring
from service.domain.ports import Models
from tests.unit.cli.conftest import PORT, ROOT, STORM, WIRING, load_fakes

FILE = "wikinews_mds.jsonl"
TOPIC = {
    "id": "t1",
    "documents": [
        {"id": "port", "title": None, "text": PORT, "publisher": "A", "date": None, "url": None},
        {"id": "storm", "title": None, "text": STORM, "publisher": "B", "date": None, "url": None},
    ],
    "references": ["On Tuesday, ships came.", "A storm tore down three cranes."],
}
REFUSED = TOPIC | {"id": "t\x1b[31m2", "documents": [{"id": "broken", "text": "%PDF"}]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / FILE).write_text(json.dumps(TOPIC) + "\n", "utf-8")
    return tmp_path


def run(*arguments: object, wiring: Wiring = WIRING) -> Result:
    asked = ["eval", *map(str, arguments)]
    return CliRunner().invoke(main, asked, obj=wiring, catch_exceptions=False)


def run_json(*arguments: object) -> dict[str, Any]:
    done = run(*arguments, "--json")
    assert done.exit_code == 0
    return dict(json.loads(done.stdout))


def test_a_table_tells_each_systems_means_and_how_they_came_about(folder: Path) -> None:
    done = run(folder)
    assert (done.exit_code, done.stderr) == (0, "")
    table, _, facts = done.stdout.partition("\n\n")
    rows = [line.rsplit(maxsplit=3) for line in table.splitlines()]
    assert rows[0] == ["system", "ROUGE-1", "ROUGE-2", "words"]
    assert [row[0] for row in rows[1:]] == ["brief", "leads in turn", "LexRank", "greedy bigrams"]
    assert all(0 < float(row[2]) < float(row[1]) <= 100 for row in rows[1:])
    told = dict(line.split(maxsplit=1) for line in facts.splitlines() if line[0] != "a")
    assert told == {
        "topics": "1",
        "file": str(folder / FILE),
        "SHA-256": hashlib.sha256((folder / FILE).read_bytes()).hexdigest(),
        "model": "fake",
        "revision": "0",
        "engine": "none",
        "provenance": "strict",
        "scored": "recall of the first 250 words",
    }
    assert facts.splitlines()[-1].startswith("a topic takes   0.")


def test_json_tells_what_the_table_does(folder: Path) -> None:
    told = run_json(folder)
    rows = run(folder).stdout.splitlines()[1:5]
    assert rows == [
        f"{s['system']:<16}{s['rouge1']:>9.2f}{s['rouge2']:>9.2f}{s['words']:>7.0f}"
        for s in told.pop("scores")
    ]
    assert 0 <= told.pop("seconds_per_topic") < 60
    assert told == {
        "file": str(folder / FILE),
        "sha256": hashlib.sha256((folder / FILE).read_bytes()).hexdigest(),
        "model": "fake",
        "revision": "0",
        "engine": "none",
        "provenance": "strict",
        "max_words": 250,
        "topics": 1,
        "problems": [],
    }


def test_length_and_provenance_are_those_asked_for(folder: Path) -> None:
    told = run_json(folder, "--max-words", "12", "--provenance", "lexical")
    assert (told["max_words"], told["provenance"]) == (12, "lexical")
    assert {s["words"] for s in told["scores"] if s["system"] != "brief"} == {12}


class ClosingDrafter(FakeDrafter):
    """Remembers how it was closed."""

    def __init__(self) -> None:
        super().__init__()
        self.closed: list[bool] = []

    def close(self, *, drain: bool = True) -> None:
        self.closed.append(drain)


def test_the_model_asked_for_is_taken_and_closed(folder: Path) -> None:
    drafter, named = ClosingDrafter(), list[str | None]()

    def load(name: str | None) -> Models:
        named.append(name)
        return replace(load_fakes(None), drafter=drafter)

    done = run(folder, "--model", "ours", wiring=replace(WIRING, load_models=load))
    assert (done.exit_code, named, drafter.closed) == (0, ["ours"], [False])


def test_a_model_that_is_not_there_is_wrong_usage(folder: Path) -> None:
    done = run(folder, "--model", "missing")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "model 'missing'" in done.stderr


def test_what_cannot_be_briefed_is_told_and_counts_as_nothing(folder: Path) -> None:
    whole = run_json(folder)["scores"][0]
    with (folder / FILE).open("a", encoding="utf-8") as file:
        file.write(json.dumps(REFUSED))
    done = run(folder, "--json")
    assert done.exit_code == 3
    half = json.loads(done.stdout)["scores"][0]
    assert (half["system"], half["rouge1"]) == ("brief", pytest.approx(whole["rouge1"] / 2))
    assert "\x1b" not in done.stderr
    first, second = done.stderr.splitlines()
    assert first == "t[31m2: broken: it is damaged"
    assert second.startswith("t[31m2: no usable document")
    assert json.loads(done.stdout)["topics"] == 2


def test_a_folder_without_the_file_cannot_be_read(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "absent"):
        done = run(folder)
        assert (done.exit_code, done.stdout) == (3, "")
        assert done.stderr == f"brief: corpus {str(folder / FILE)!r}: No such file or directory\n"


@pytest.mark.parametrize("line", ["{", '{"id": "t2"}'])
def test_a_malformed_line_is_named_before_any_model_is_loaded(folder: Path, line: str) -> None:
    def load(name: str | None) -> Models:
        raise AssertionError("a model was loaded")

    with (folder / FILE).open("a", encoding="utf-8") as file:
        file.write(line)
    done = run(folder, wiring=replace(WIRING, load_models=load))
    assert (done.exit_code, done.stdout) == (3, "")
    assert done.stderr.startswith(f"brief: corpus {str(folder / FILE)!r}: line 2: ")
    assert len(done.stderr.splitlines()) == 1


def python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )


def test_without_the_extra_its_installation_is_told(folder: Path) -> None:
    code = (
        "import sys; sys.modules['rouge_score'] = None;"
        "from service.cli import main; main(['eval', sys.argv[1]])"
    )
    done = python(code, str(folder))
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith(
        "brief: scoring needs the extra: pip install 'wellsourced[eval]' (No module named"
    )


def test_help_has_an_example_and_loads_neither_scorer_nor_pipeline() -> None:
    code = (
        "import sys; from service.cli import main; main(['eval', '--help'], standalone_mode=False);"
        "heavy = {'rouge_score', 'nltk', 'torch', 'service.pipeline', 'service.evaluation'};"
        "sys.stderr.write(' '.join(heavy & set(sys.modules)))"
    )
    done = python(code)
    assert "Example:\n    brief eval " in done.stdout
    assert done.stderr == ""
