from pathlib import Path

import pytest

from service.domain.errors import BadCorpus
from service.evaluation.gate import Gate, read_gate

GATE = Gate(
    sets=6,
    files={"a.jsonl": "00"},
    floors={"coverage": {"ROUGE-1": 51.0}},
    ceilings={"errors": {"refused": 0.01}},
)


def write(folder: Path, text: str) -> Path:
    path = folder / "floors.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_gate_is_read_from_its_file(tmp_path: Path) -> None:
    text = """sets = 6
[files]
"a.jsonl" = "00"
[floors.coverage]
"ROUGE-1" = 51
[ceilings.errors]
refused = 0.01
"""
    assert read_gate(write(tmp_path, text)) == GATE


@pytest.mark.parametrize("figure", [51.0, 51.1])
def test_a_figure_at_its_floor_or_above_holds(figure: float) -> None:
    assert list(GATE.breaches("coverage", {"ROUGE-1": figure})) == []


def test_a_figure_below_its_floor_is_told() -> None:
    [told] = GATE.breaches("coverage", {"ROUGE-1": 50.99})
    assert told == "coverage: ROUGE-1 is 50.9900, below its floor of 51.0"


@pytest.mark.parametrize(("figure", "breaches"), [(0.01, 0), (0.011, 1)])
def test_a_figure_above_its_ceiling_is_told(figure: float, breaches: int) -> None:
    assert len(list(GATE.breaches("errors", {"refused": figure}))) == breaches


@pytest.mark.parametrize("suite", ["coverage", "errors"])
def test_a_bound_whose_figure_is_missing_is_no_pass(suite: str) -> None:
    [told] = GATE.breaches(suite, {"another": 1.0})
    assert told.endswith("and was not measured")


def test_a_suite_without_bounds_holds() -> None:
    assert list(GATE.breaches("claims", {"WiCE": 0.0})) == []


@pytest.mark.parametrize("name", ["a.jsonl", "b.jsonl"])
def test_another_file_than_was_measured_is_told(name: str) -> None:
    [told] = GATE.other_files({name: "01"})
    assert told.startswith(f"{name} has SHA-256 01")
    assert told.endswith("measure them anew")


def test_the_file_that_was_measured_is_as_good_as_ever() -> None:
    assert list(GATE.other_files({"a.jsonl": "00"})) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("sets", "Expected '='"),
        ("", "'sets' is None"),
        ("sets = 0", "'sets' is 0"),
        ("sets = 6\nfloor = 1", "unknown: floor"),
        ("sets = 6\nfloors = 1", "'bounds' is no table"),
        ("sets = 6\n[floors]\ncoverage = 1", "'coverage' is no table"),
        ('sets = 6\n[floors.coverage]\n"ROUGE-1" = "high"', "bound of 'ROUGE-1' is 'high'"),
        ("sets = 6\n[files]\na = 1", "SHA-256 of 'a' is 1"),
    ],
)
def test_a_malformed_file_is_told_with_its_fault(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(BadCorpus) as told:
        read_gate(write(tmp_path, text))
    assert reason in str(told.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadCorpus, match="No such file"):
        read_gate(tmp_path / "floors.toml")
