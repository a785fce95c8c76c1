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
from service.cli.evaluate import SUITES
from service.cli.wiring import Wiring
from service.domain.ports import Models
from service.evaluation.holdings import SUITES as ALL
from tests.unit.cli.conftest import PORT, ROOT, STORM, WIRING, load_fakes

FILE, EVENTS, CLAIMS = "wikinews_mds.jsonl", "ecbplus_events.jsonl", "summedits_news.jsonl"
TOPIC = {
    "id": "t1",
    "documents": [
        {"id": "port", "title": None, "text": PORT, "publisher": "A", "date": None, "url": None},
        {"id": "storm", "title": None, "text": STORM, "publisher": "B", "date": None, "url": None},
    ],
    "references": ["On Tuesday, ships came.", "A storm tore down three cranes."],
}
REFUSED = TOPIC | {"id": "t\x1b[31m2", "documents": [{"id": "broken", "text": "%PDF"}]}


CLAIM = "145 ships had waited outside."
BOTH_SIDES = f"{PORT}\n{STORM}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / FILE).write_text(json.dumps(TOPIC) + "\n", "utf-8")
    return tmp_path


@pytest.fixture
def whole(folder: Path) -> Path:
    """Add claims and reports of events to the topic."""
    claims = [
        {"text": text, "summary": claim, "label": label, "edit_types": []}
        for text in (PORT, STORM)
        for claim, label in ((text.splitlines()[1], 1), ("Pigs flew over Rome in 1820.", 0))
    ]
    reports = [
        {"id": f"e{i}", "cluster_id": "event", "text": text}
        for i, text in enumerate((PORT, STORM, BOTH_SIDES))
    ]
    for name, rows in {CLAIMS: claims, EVENTS: reports}.items():
        (folder / name).write_text("\n".join(map(json.dumps, rows)), "utf-8")
    return folder


def run(*arguments: object, wiring: Wiring = WIRING) -> Result:
    asked = ["eval", *map(str, arguments)]
    return CliRunner().invoke(main, asked, obj=wiring, catch_exceptions=False)


def run_coverage(*arguments: object, wiring: Wiring = WIRING) -> Result:
    return run(*arguments, "--only", "coverage", wiring=wiring)


def run_json(*arguments: object) -> dict[str, Any]:
    done = run_coverage(*arguments, "--json")
    assert done.exit_code == 0
    return dict(json.loads(done.stdout)["coverage"])


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_table_tells_each_systems_means_and_how_they_came_about(folder: Path) -> None:
    done = run_coverage(folder)
    assert (done.exit_code, done.stderr) == (0, "")
    table, _, facts = done.stdout.partition("\n\n")
    title, *lines = table.splitlines()
    assert title.startswith("coverage: ")
    rows = [line.rsplit(maxsplit=3) for line in lines]
    assert rows[0] == ["system", "ROUGE-1", "ROUGE-2", "words"]
    assert [row[0] for row in rows[1:]] == ["brief", "leads in turn", "LexRank", "greedy bigrams"]
    assert all(0 < float(row[2]) < float(row[1]) <= 100 for row in rows[1:])
    told = dict(line.split(maxsplit=1) for line in facts.splitlines() if line[0:2] != "a ")
    assert told == {
        "topics": "1",
        "model": "fake",
        "revision": "0",
        "engine": "none",
        "provenance": "strict",
        "scored": "recall of the first 250 words",
        "file": str(folder / FILE),
        "SHA-256": sha256(folder / FILE),
    }
    assert "\na topic takes   0." in facts


def test_json_tells_what_the_table_does(folder: Path) -> None:
    told = run_json(folder)
    rows = run_coverage(folder).stdout.splitlines()[2:6]
    assert rows == [
        f"{s['system']:<16}{s['rouge1']:>9.2f}{s['rouge2']:>9.2f}{s['words']:>7.0f}"
        for s in told.pop("scores")
    ]
    assert 0 <= told.pop("seconds_per_topic") < 60
    assert told == {
        "files": [{"file": str(folder / FILE), "sha256": sha256(folder / FILE)}],
        "model": "fake",
        "revision": "0",
        "engine": "none",
        "provenance": "strict",
        "max_words": 250,
        "topics": 1,
        "problems": [],
    }


def test_everything_that_there_is_data_for_is_measured(whole: Path) -> None:
    done = run(whole)
    titles = [line.split(":")[0] for line in done.stdout.splitlines() if ": " in line[:12]]
    assert (done.exit_code, titles) == (0, list(SUITES))
    assert done.stderr == "claims: there is no bump_pairs.jsonl.gz and no wice_claims.jsonl.gz\n"


def test_each_suite_tells_the_files_it_was_measured_on(whole: Path) -> None:
    parts = run(whole).stdout.split("\n\n")[1::2]
    names = [
        [Path(line.split()[1]).name for line in part.splitlines() if line.startswith("file")]
        for part in parts
    ]
    assert names == [[FILE], [CLAIMS], [FILE, EVENTS], [FILE, EVENTS], [FILE, EVENTS]]


def test_json_holds_every_suite(whole: Path) -> None:
    told = json.loads(run(whole, "--json").stdout)
    assert list(told) == [*SUITES, "breaches"]
    assert told["claims"]["sets"][0]["scores"][0]["system"] == "check"
    assert told["errors"]["sets"] == told["conflicts"]["untouched_sets"] == 2
    assert told["errors"]["caught"] == told["errors"]["planted"] > 0
    assert told["conflicts"]["kinds"][-1]["fact"] == "all"
    assert told["conflicts"]["kinds"][-1]["planted"] > 0
    assert {g["name"] for g in told["sources"]["groupings"]} == {"Wikinews topics"}


def test_what_is_asked_for_is_measured_in_one_order(whole: Path) -> None:
    done = run(whole, "--only", "sources", "--only", "errors", "--json")
    assert list(json.loads(done.stdout)) == ["errors", "sources", "breaches"]


def test_suites_without_data_are_told_and_left_out(folder: Path) -> None:
    (folder / FILE).rename(folder / "other.jsonl")
    (folder / EVENTS).write_text(
        json.dumps({"id": "e", "cluster_id": "event", "text": PORT}), "utf-8"
    )
    done = run(folder, "--json")
    assert done.exit_code == 0
    assert list(json.loads(done.stdout)) == ["errors", "conflicts", "sources", "breaches"]
    assert done.stderr.splitlines()[0] == f"coverage: there is no {FILE}, so it is left out"


def test_a_suite_without_data_that_was_asked_for_is_an_error(folder: Path) -> None:
    done = run(folder, "--only", "coverage", "--only", "claims")
    assert (done.exit_code, done.stdout) == (3, "")
    assert f"corpus {str(folder)!r}: there is no {CLAIMS} and no bump" in done.stderr


def test_claims_alone_need_no_model(whole: Path) -> None:
    def load(name: str | None) -> Models:
        raise AssertionError("a model was loaded")

    done = run(whole, "--only", "claims", wiring=replace(WIRING, load_models=load))
    assert done.exit_code == 0
    assert "\n  check  " in done.stdout
    assert "2 of 4 claims held out" in done.stdout


@pytest.mark.parametrize(("floor", "code"), [(0.0, 0), (100.1, 1)])
def test_a_figure_below_its_floor_fails_the_check(folder: Path, floor: float, code: int) -> None:
    floors = folder / "floors.toml"
    floors.write_text(
        f'sets = 2\n[files]\n"{FILE}" = "{sha256(folder / FILE)}"\n'
        f'[floors.coverage]\n"ROUGE-1" = {floor}\n',
        "utf-8",
    )
    done = run_coverage(folder, "--floors", floors, "--json")
    assert (done.exit_code, len(json.loads(done.stdout)["breaches"])) == (code, code)
    assert done.stderr.startswith("coverage: ROUGE-1 is " if code else "")
    assert len(done.stderr.splitlines()) == code


def test_figures_of_another_file_than_the_floors_fail_the_check(folder: Path) -> None:
    floors = folder / "floors.toml"
    floors.write_text(f'sets = 2\n[files]\n"{FILE}" = "00"\n', "utf-8")
    done = run_coverage(folder, "--floors", floors)
    assert done.exit_code == 1
    assert done.stderr.endswith("were measured on 00: measure them anew\n")


@pytest.mark.parametrize(("limit", "sets"), [((), 2), (("--limit", "1"), 1)])
def test_how_many_sets_are_planted_in_is_as_the_floors_say_or_as_asked(
    whole: Path, limit: tuple[str, ...], sets: int
) -> None:
    row = TOPIC | {"id": "t2"}
    (whole / FILE).write_text("\n".join(map(json.dumps, (TOPIC, row))), "utf-8")
    floors = whole / "floors.toml"
    floors.write_text("sets = 2", "utf-8")
    done = run(whole, "--only", "errors", "--floors", floors, "--json", *limit)
    assert json.loads(done.stdout)["errors"]["sets"] == sets


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

    done = run_coverage(folder, "--model", "ours", wiring=replace(WIRING, load_models=load))
    assert (done.exit_code, named, drafter.closed) == (0, ["ours"], [False])


def test_a_model_that_is_not_there_is_wrong_usage(folder: Path) -> None:
    done = run_coverage(folder, "--model", "missing")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "model 'missing'" in done.stderr


def test_what_cannot_be_briefed_is_told_and_counts_as_nothing(folder: Path) -> None:
    whole = run_json(folder)["scores"][0]
    with (folder / FILE).open("a", encoding="utf-8") as file:
        file.write(json.dumps(REFUSED))
    done = run_coverage(folder, "--json")
    assert done.exit_code == 3
    half = json.loads(done.stdout)["coverage"]["scores"][0]
    assert (half["system"], half["rouge1"]) == ("brief", pytest.approx(whole["rouge1"] / 2))
    assert "\x1b" not in done.stderr
    first, second = done.stderr.splitlines()
    assert first == "t[31m2: broken: it is damaged"
    assert second.startswith("t[31m2: no usable document")
    assert json.loads(done.stdout)["coverage"]["topics"] == 2


def test_a_folder_without_any_file_cannot_be_read(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "absent"):
        done = run(folder)
        assert (done.exit_code, done.stdout) == (3, "")
        assert done.stderr.startswith(f"brief: corpus {str(folder)!r}: there is no {FILE} and no ")
        assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("line", ["{", '{"id": "t2"}'])
def test_a_malformed_line_is_named_before_any_model_is_loaded(folder: Path, line: str) -> None:
    def load(name: str | None) -> Models:
        raise AssertionError("a model was loaded")

    with (folder / FILE).open("a", encoding="utf-8") as file:
        file.write(line)
    done = run_coverage(folder, wiring=replace(WIRING, load_models=load))
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
        "from service.cli import main; main(['eval', sys.argv[1], '--only', 'coverage'])"
    )
    done = python(code, str(folder))
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith(
        "brief: scoring needs the extra: pip install 'wellsourced[eval]' (No module named"
    )


def test_other_suites_do_without_the_extra(folder: Path) -> None:
    code = (
        "import sys; sys.modules['rouge_score'] = None;"
        "from service.cli import main; from tests.unit.cli.conftest import WIRING;"
        "main(['eval', sys.argv[1], '--only', 'errors'], obj=WIRING)"
    )
    done = python(code, str(folder))
    assert done.returncode == 0
    assert done.stdout.startswith("errors: ")


def test_help_has_an_example_and_loads_neither_scorer_nor_pipeline() -> None:
    code = (
        "import sys; from service.cli import main; main(['eval', '--help'], standalone_mode=False);"
        "heavy = {'rouge_score', 'nltk', 'torch', 'service.pipeline', 'service.evaluation'};"
        "sys.stderr.write(' '.join(heavy & set(sys.modules)))"
    )
    done = python(code)
    assert "Examples:\n    brief eval " in done.stdout
    assert done.stderr == ""


def test_the_suites_that_can_be_asked_for_are_those_there_are() -> None:
    assert SUITES == ALL
