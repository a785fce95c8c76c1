"""A changed brief is found out, with and without its documents, and the statement is named."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from tests.conftest import SEEDS
from tests.e2e.conftest import invoke

Change = Callable[[dict[str, Any]], str]


def verified(brief: dict[str, Any], folder: Path, *documents: str) -> Result:
    path = folder / "brief.json"
    path.write_text(json.dumps(brief, ensure_ascii=False), "utf-8")
    return invoke("verify", str(path), *documents)


@pytest.mark.parametrize("documents", [(), (str(SEEDS),)])
def test_a_brief_as_it_was_written_holds(
    seeds_brief: dict[str, Any], tmp_path: Path, documents: tuple[str, ...]
) -> None:
    result = verified(seeds_brief, tmp_path, *documents)
    assert result.exit_code == 0, result.output
    assert "statements hold" in result.stdout


def statement_with(brief: dict[str, Any], words: str) -> dict[str, Any]:
    found = [s for s in brief["statements"] if words in s["text"]]
    return found[0]


def a_digit(brief: dict[str, Any]) -> str:
    statement = statement_with(brief, "2003")
    statement["text"] = statement["text"].replace("2003", "2004")
    return statement["id"]


def a_digit_of_a_quote(brief: dict[str, Any]) -> str:
    position = brief["disagreements"][0]["positions"][0]["statement"]
    for citation in position["citations"]:
        for span in citation["spans"]:
            span["quote"] = span["quote"].replace("145", "146")
    return position["id"]


def a_digit_and_its_quote(brief: dict[str, Any]) -> str:
    statement = statement_with(brief, "2003")
    statement["text"] = statement["text"].replace("2003", "2004")
    for span in statement["citations"][0]["spans"]:
        span["quote"] = span["quote"].replace("2003", "2004")
    return statement["id"]


def a_name(brief: dict[str, Any]) -> str:
    statement = statement_with(brief, "Moscow")
    statement["text"] = statement["text"].replace("Moscow", "Moskow")
    return statement["id"]


def a_name_in_a_second_source(brief: dict[str, Any]) -> str:
    statement = next(s for s in brief["statements"] if len(s["citations"]) > 1)
    span = statement["citations"][1]["spans"][0]
    span["quote"] = span["quote"].replace("Taliban", "Galiban")
    return statement["id"]


def an_offset_of_a_citation(brief: dict[str, Any]) -> str:
    span = brief["statements"][0]["citations"][0]["spans"][0]
    span["start"], span["end"] = span["start"] + 1, span["end"] + 1
    return brief["statements"][0]["id"]


def an_end_of_a_citation(brief: dict[str, Any]) -> str:
    brief["statements"][1]["citations"][0]["spans"][0]["end"] += 1
    return brief["statements"][1]["id"]


def an_offset_of_a_piece(brief: dict[str, Any]) -> str:
    brief["statements"][2]["provenance"][0]["source_start"] += 1
    return brief["statements"][2]["id"]


def a_not(brief: dict[str, Any]) -> str:
    statement = brief["statements"][0]
    statement["text"] = statement["text"].replace("has lifted", "has not lifted")
    statement["provenance"][0]["end"] += len("not ")
    return statement["id"]


def a_not_as_a_word_of_the_services_own(brief: dict[str, Any]) -> str:
    statement = brief["statements"][0]
    [piece] = statement["provenance"]
    statement["text"] = "Not: " + statement["text"]
    piece["start"], piece["end"] = piece["start"] + 5, piece["end"] + 5
    own = dict.fromkeys(("document_id", "source_start", "source_end"))
    statement["provenance"].insert(0, {"start": 0, "end": 4, **own})
    return statement["id"]


def a_count_of_sources(brief: dict[str, Any]) -> str:
    statement = next(s for s in brief["statements"] if len(s["citations"]) > 1)
    statement["independent_sources"] = 1
    return statement["id"]


def a_value(brief: dict[str, Any]) -> str:
    position = brief["disagreements"][0]["positions"][0]
    position["value"] = "144"
    return position["statement"]["id"]


CHANGES: tuple[Change, ...] = (
    a_digit,
    a_digit_of_a_quote,
    a_digit_and_its_quote,
    a_name,
    a_name_in_a_second_source,
    an_offset_of_a_citation,
    an_end_of_a_citation,
    an_offset_of_a_piece,
    a_not,
    a_not_as_a_word_of_the_services_own,
    a_count_of_sources,
    a_value,
)


@pytest.mark.parametrize("documents", [(), (str(SEEDS),)], ids=["alone", "with documents"])
@pytest.mark.parametrize("change", CHANGES, ids=lambda c: c.__name__)
def test_a_change_of_one_place_is_found_and_its_statement_named(
    seeds_brief: dict[str, Any], tmp_path: Path, change: Change, documents: tuple[str, ...]
) -> None:
    named = change(seeds_brief)
    result = verified(seeds_brief, tmp_path, *documents)
    assert result.exit_code == 1, result.output
    assert named in result.stdout


def a_date_of_the_timeline(brief: dict[str, Any]) -> None:
    brief["timeline"][0]["date"] = "2002"


def a_title(brief: dict[str, Any]) -> None:
    source = next(s for s in brief["sources"] if s["title"])
    source["title"] = source["title"].replace("Russia", "Prussia")


def a_question(brief: dict[str, Any]) -> None:
    brief["disagreements"][0]["question"] = "How many people were hurt?"


def what_was_left_out(brief: dict[str, Any]) -> None:
    brief["omitted"].pop()


def a_warning(brief: dict[str, Any]) -> None:
    brief["run"]["warnings"].pop()


@pytest.mark.parametrize(
    "change",
    [a_date_of_the_timeline, a_title, a_question, what_was_left_out, a_warning],
    ids=lambda c: c.__name__,
)
def test_a_change_outside_the_statements_is_found_too(
    seeds_brief: dict[str, Any], tmp_path: Path, change: Callable[[dict[str, Any]], None]
) -> None:
    change(seeds_brief)
    assert verified(seeds_brief, tmp_path).exit_code == 1


def test_another_text_under_the_documents_name_is_found(
    seeds_brief: dict[str, Any], tmp_path: Path
) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    for path in SEEDS.iterdir():
        text = path.read_text("utf-8").replace("imposed in 2003", "imposed in 2005")
        (folder / path.name).write_text(text, "utf-8")
    result = verified(seeds_brief, tmp_path, str(folder))
    assert result.exit_code == 1, result.output
    assert "s1" in result.stdout
