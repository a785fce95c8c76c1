from dataclasses import replace
from datetime import UTC, datetime

import pytest

from service.domain.brief import Brief, Stale
from service.domain.errors import AlteredBrief, BrokenBrief
from service.render import FORMATS, dump_brief, json_line, load_brief, render

SINCE = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
CHANGED = Stale(
    statement_id="s2",
    document_id="a",
    reason="changed",
    since=SINCE,
    successor_id="z",
    quote_found=True,
)
DELETED = Stale(
    statement_id="s1",
    document_id="b",
    reason="deleted",
    since=SINCE,
    successor_id=None,
    quote_found=False,
)
PEOPLE = [one for one in FORMATS if one != "json"]


@pytest.fixture
def stale_brief(port_brief: Brief) -> Brief:
    return replace(port_brief, rebuild_of="brf_0", stale=(DELETED, CHANGED))


def test_what_is_stale_is_written_and_read_again(stale_brief: Brief) -> None:
    text = dump_brief(stale_brief)
    assert '"since": "2026-11-22T09:30:00Z"' in text
    assert load_brief(text) == stale_brief


def test_a_brief_from_before_is_read_as_one_with_nothing_stale(port_brief: Brief) -> None:
    text = dump_brief(port_brief)
    older = text.replace(',\n  "rebuild_of": null,\n  "stale": []\n}', "\n}")
    assert older != text
    assert load_brief(older) == port_brief


def test_a_stale_statement_that_is_not_in_the_brief_is_refused(stale_brief: Brief) -> None:
    text = dump_brief(stale_brief).replace('"statement_id": "s2"', '"statement_id": "s9"')
    with pytest.raises(AlteredBrief, match="does not cite"):
        load_brief(text)


def test_a_deleted_document_in_which_a_quote_stands_is_refused(stale_brief: Brief) -> None:
    text = dump_brief(stale_brief).replace('"quote_found": false', '"quote_found": true')
    with pytest.raises(AlteredBrief, match="nothing stands in it"):
        load_brief(text)


def test_a_time_without_its_zone_is_refused(stale_brief: Brief) -> None:
    text = dump_brief(stale_brief).replace("2026-11-22T09:30:00Z", "2026-11-22T09:30:00")
    with pytest.raises(BrokenBrief, match=r"stale\[0\]\.since"):
        load_brief(text)


@pytest.mark.parametrize("form", PEOPLE)
def test_a_note_comes_before_the_statements(stale_brief: Brief, form: str) -> None:
    text = " ".join(render(stale_brief, form).split())  # type: ignore[arg-type]
    note = text.replace("\\", "").index(
        "2 statements stand on documents that were changed or deleted since:"
        " [1] changed on 22 November 2026, [2] deleted on 22 November 2026."
    )
    assert note < text.index("Traffic was normal by evening.")


@pytest.mark.parametrize("form", PEOPLE)
def test_each_stale_statement_is_marked(stale_brief: Brief, form: str) -> None:
    text = " ".join(render(stale_brief, form).replace("\\", "").split())  # type: ignore[arg-type]
    assert text.count("[2] was deleted since") == 1
    assert text.count("[1] was changed since, the quote still stands") == 1


@pytest.mark.parametrize("form", PEOPLE)
def test_where_nothing_is_stale_nothing_is_said(port_brief: Brief, form: str) -> None:
    assert "since" not in render(port_brief, form)  # type: ignore[arg-type]


def test_one_stale_statement_is_told_as_one(port_brief: Brief) -> None:
    assert "1 statement stands on" in render(replace(port_brief, stale=(CHANGED,)), "text")


def test_a_line_of_json_is_one_line_that_no_terminal_obeys() -> None:
    assert json_line({"a": "b\n\x9b\u2028é"}) == '{"a":"b\\n\\u009b\\u2028é"}'
