"""What a reader of the sample brief relies on."""

import json
import re
from typing import Any

import pytest

from service.domain.text import Document
from service.render import FORMATS, load_brief, render
from tests.conftest import SEEDS
from tests.e2e.conftest import invoke

RESIDUE = (
    "HomeInternational News",
    "Photo:",
    "Getty Images",
    "Subscribe to our newsletter",
    "COMMENTS",
)


def everything(brief: dict[str, Any]) -> list[dict[str, Any]]:
    positions = [p["statement"] for d in brief["disagreements"] for p in d["positions"]]
    entries = [t["statement"] for t in brief["timeline"]]
    return [brief["headline"], *brief["statements"], *positions, *entries]


def test_the_statements_keep_to_the_words_allowed(seeds_brief: dict[str, Any]) -> None:
    assert 100 <= sum(len(s["text"].split()) for s in seeds_brief["statements"]) <= 250


def test_the_latest_state_of_affairs_leads(seeds_brief: dict[str, Any]) -> None:
    first, second = (s["text"] for s in seeds_brief["statements"][:2])
    assert "has lifted its longstanding designation of the Taliban" in first
    assert "Supreme Court" in second
    assert "has lifted" in seeds_brief["headline"]["text"]


def test_earlier_stages_are_marked_and_are_no_disagreement(seeds_brief: dict[str, Any]) -> None:
    stages = [s["text"] for s in seeds_brief["statements"][2:]]
    for words in ("approved a bill", "is set to remove", "is considering the removal"):
        told = [s for s in stages if words in s]
        assert all(s.startswith("Earlier: ") for s in told)
    assert [d["kind"] for d in seeds_brief["disagreements"]] == ["number", "name"]


def test_how_many_died_stands_as_a_disagreement_with_both_cited(
    seeds_brief: dict[str, Any],
) -> None:
    [told] = (d for d in seeds_brief["disagreements"] if d["kind"] == "number")
    quotes = {
        p["value"]: [s["quote"] for c in p["statement"]["citations"] for s in c["spans"]]
        for p in told["positions"]
    }
    assert set(quotes) == {"145", "over 130"}
    assert any("gunmen killed 145 people" in q for q in quotes["145"])
    assert any("the deaths of over 130 people" in q for q in quotes["over 130"])


def test_one_name_spelled_in_two_ways_is_told_and_taken_for_one_person(
    seeds_brief: dict[str, Any],
) -> None:
    [told] = (d for d in seeds_brief["disagreements"] if d["kind"] == "name")
    assert {p["value"] for p in told["positions"]} == {"Kabulov", "Kamulov"}
    assert "spelled" in told["question"]


def test_nothing_of_the_web_residue_survives(seeds_json: str) -> None:
    for output in (render(load_brief(seeds_json), f) for f in FORMATS):
        assert not any(residue in output for residue in RESIDUE)


def test_each_document_is_cited_or_its_fate_is_told(seeds_brief: dict[str, Any]) -> None:
    documents = {
        Document(content=p.read_text("utf-8"), title=t).content_id for p, t in _with_stated_titles()
    }
    told = {s["document_id"] for s in seeds_brief["sources"]}
    told |= {d["document_id"] for d in seeds_brief["dropped"] + seeds_brief["omitted"]}
    assert documents <= told


def _with_stated_titles() -> list[tuple[Any, str | None]]:
    manifest = json.loads((SEEDS / "manifest.json").read_text("utf-8"))
    titles = {d["file"]: d.get("title") for d in manifest["documents"]}
    return [(p, titles.get(p.name)) for p in sorted(SEEDS.glob("*.txt"))]


def test_the_manifest_states_only_what_the_texts_state() -> None:
    manifest = json.loads((SEEDS / "manifest.json").read_text("utf-8"))
    assert {d["file"] for d in manifest["documents"]} == {p.name for p in SEEDS.glob("*.txt")}
    for document in manifest["documents"]:
        text = (SEEDS / document["file"]).read_text("utf-8")
        assert all(value in text for key, value in document.items() if key != "file")


def own_span(statement: dict[str, Any]) -> tuple[str, int, int]:
    pieces = [p for p in statement["provenance"] if p["document_id"]]
    return pieces[0]["document_id"], pieces[0]["source_start"], pieces[-1]["source_end"]


def test_what_points_back_stands_right_behind_what_it_points_at(
    seeds_brief: dict[str, Any],
) -> None:
    opening = re.compile(r"(?:He|She|They|It|This|These|Those|Such|The move)\b")
    statements = seeds_brief["statements"]
    pointing = [i for i, s in enumerate(statements) if opening.match(s["text"])]
    for i in pointing:
        document, _, end = own_span(statements[i - 1])
        its_document, start, _ = own_span(statements[i])
        assert i
        assert its_document == document
        assert 0 <= start - end <= len("\n\n") + len("However, ")
    others = [s for s in everything(seeds_brief) if s not in statements]
    assert not any(opening.match(s["text"]) for s in others)


def test_every_quote_is_in_its_file(seeds_brief: dict[str, Any]) -> None:
    texts = [p.read_text("utf-8") for p in SEEDS.glob("*.txt")]
    for statement in everything(seeds_brief):
        assert statement["citations"]
        for citation in statement["citations"]:
            for span in citation["spans"]:
                assert any(span["quote"] in text for text in texts)


def test_markers_are_the_same_in_every_rendering(seeds_json: str) -> None:
    brief = load_brief(seeds_json)
    for statement in brief.statements:
        markers = "".join(f"[{c.marker}]" for c in statement.citations)
        for output in (render(brief, "markdown"), render(brief, "text")):
            assert markers in output
    page = render(brief, "html")
    assert all(f"[{s.marker}]" in page for s in brief.sources)


@pytest.mark.parametrize("words", [60, 120, 400])
def test_another_length_is_kept_too(words: int) -> None:
    made = invoke("run", str(SEEDS), "--format", "json", "--max-words", str(words))
    statements = json.loads(made.stdout)["statements"]
    assert 0 < sum(len(s["text"].split()) for s in statements) <= words


def test_nothing_that_the_brief_quotes_is_told_as_left_out_for_length_or_weight(
    seeds_brief: dict[str, Any],
) -> None:
    quoted = {
        (cited["document_id"], span["quote"])
        for said in everything(seeds_brief)
        for cited in said["citations"]
        for span in cited["spans"]
    }
    # Another source's sentence that a statement quotes as well is said already.
    left_out = [
        (one["document_id"], one["text"])
        for one in seeds_brief["omitted"]
        if one["reason"] != "redundant"
    ]
    assert left_out
    assert [one for one in left_out if one in quoted] == []
