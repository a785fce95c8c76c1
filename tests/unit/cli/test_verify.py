import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from service.backends.fakes import FakeScorer
from service.render import dump_brief, load_brief
from service.settings import Settings
from service.stages.digest import sealed
from tests.unit.cli.conftest import PORT, Brief


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


def made_with_an_entailment_model(brief_json: Path) -> None:
    """Give the brief another source that only an entailment model could have admitted."""
    made = load_brief(brief_json.read_text("utf-8"))
    assert made.run is not None
    models = made.run.models | {"entailment": "judge", "entailment_revision": "0"}
    changed = sealed(replace(made, run=replace(made.run, models=models)))
    brief_json.write_text(dump_brief(changed), "utf-8")


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """Put a fake in place of every entailment model, and remember which were asked for."""
    names: list[str | None] = []

    def load(settings: Settings) -> FakeScorer:
        names.append(settings.entailment)
        return FakeScorer()

    monkeypatch.setattr("service.bootstrap.models.load_scorer", load)
    return names


def test_the_entailment_model_that_is_named_is_loaded(
    brief: Brief, brief_json: Path, loaded: list[str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    made_with_an_entailment_model(brief_json)
    monkeypatch.setenv("BRIEF_ENTAILMENT", "of the settings")
    for more in ([], ["--entailment", "judge"]):
        done = brief("verify", "brief.json", "port.txt", "storm.txt", *more)
        assert done.exit_code == 0, done.output
    assert loaded == ["of the settings", "judge"]


def test_no_model_is_loaded_for_a_brief_made_without_one(
    brief: Brief, brief_json: Path, loaded: list[str | None]
) -> None:
    assert brief("verify", "brief.json", "--entailment", "judge").exit_code == 0
    assert loaded == []


def test_a_model_that_is_not_there_is_told(brief: Brief, brief_json: Path) -> None:
    made_with_an_entailment_model(brief_json)
    done = brief("verify", "brief.json", "--entailment", "./nowhere")
    assert done.exit_code == 2
    assert "there is no such folder" in done.stderr
