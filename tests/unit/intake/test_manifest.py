"""What a folder's manifest says of the files beside it."""

import io
import json
from pathlib import Path

import pytest

from service.intake import Intake, read_paths

SEEDS = Path(__file__).parents[3] / "seeds"


def read(*paths: Path) -> Intake:
    return read_paths([str(p) for p in paths], stdin=io.BytesIO())


def folder(root: Path, *entries: dict[str, object]) -> Path:
    (root / "a.txt").write_text("Text a.")
    (root / "b.txt").write_text("Text b.")
    (root / "c.json").write_text('{"content": "Text c."}')
    (root / "manifest.json").write_text(json.dumps({"documents": entries}))
    return root


def test_a_manifest_gives_metadata_and_is_no_document(tmp_path: Path) -> None:
    entry = {"file": "b.txt", "title": "B", "published_at": "2024-04-01"}
    a, b, c = read(folder(tmp_path, entry)).documents
    assert (a.title, b.title, c.title) == (None, "B", None)
    assert b.published_at is not None
    assert b.published_at.isoformat() == "2024-04-01T00:00:00+00:00"


def test_a_manifest_that_is_named_stands_for_its_files(tmp_path: Path) -> None:
    folder(tmp_path, {"file": "b.txt", "title": "B"})
    assert [d.title for d in read(tmp_path / "manifest.json").documents] == ["B"]


def test_a_file_named_before_its_manifest_has_its_metadata_too(tmp_path: Path) -> None:
    folder(tmp_path, {"file": "b.txt", "title": "B"})
    [document] = read(tmp_path / "b.txt", tmp_path / "manifest.json").documents
    assert document.title == "B"


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"file": "x.txt"}, "it names 'x.txt', which is not there"),
        ({"file": "../a.txt"}, "documents.0.file: only a file in the same folder can be named"),
        ({"file": "a.txt", "titel": "x"}, "unknown field 'documents.0.titel'"),
        ({"title": "x"}, "field 'documents.0.file' is missing"),
        ({"file": "a.txt", "content": "x"}, "unknown field 'documents.0.content'"),
        ({"file": "c.json", "title": "C"}, "take no metadata from a manifest"),
    ],
)
def test_a_mistake_in_a_manifest_is_told_and_the_files_are_read(
    tmp_path: Path, entry: dict[str, object], reason: str
) -> None:
    intake = read(folder(tmp_path, entry))
    assert len(intake.documents) == 3
    [problem] = intake.problems
    assert problem.text.endswith("manifest.json")
    assert reason in problem.reason


def test_the_seeds_are_five_and_two_state_a_title() -> None:
    intake = read(SEEDS)
    assert intake.problems == ()
    assert len(intake.documents) == 5
    titled = [d for d in intake.documents if d.title]
    assert len(titled) == 2
    assert all(d.title in d.content.splitlines() for d in titled)
