import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain.brief import (
    Brief,
    Citation,
    Dropped,
    Omitted,
    Options,
    Progress,
    QuotedSpan,
    RunRecord,
    Source,
    Statement,
)
from service.domain.claims import Piece
from service.domain.errors import AlteredBrief, BrokenBrief
from service.render import dump_brief, load_brief

AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
OFFSETS = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
# Not at the calendar's ends, where an offset leads out of it.
TIMES = st.datetimes(
    AT.replace(year=2, tzinfo=None), AT.replace(year=9998, tzinfo=None), timezones=OFFSETS
)
NAMES = st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3)


@st.composite
def statements(draw: st.DrawFn) -> Statement:
    text = draw(st.text(min_size=1, max_size=20))
    start = draw(st.integers(0, 10**6))
    span = QuotedSpan(start=start, end=start + len(text), quote=text)
    return Statement(
        id=draw(st.text(max_size=5)),
        text=text,
        independent_sources=1,
        citations=(Citation(marker=1, document_id="d", spans=(span,)),),
        provenance=(
            Piece(
                start=0,
                end=len(text),
                document_id="d",
                source_start=start,
                source_end=start + len(text),
            ),
        ),
    )


@st.composite
def runs(draw: st.DrawFn) -> RunRecord:
    return RunRecord(
        version=draw(st.text(max_size=5)),
        models=draw(NAMES),
        prompts=draw(NAMES),
        options=Options(model=draw(st.none() | st.text(max_size=5))),
        seed=draw(st.integers()),
        timings_s=draw(
            st.dictionaries(
                st.text(max_size=5), st.floats(allow_nan=False, allow_infinity=False), max_size=3
            )
        ),
        warnings=tuple(draw(st.lists(st.text(max_size=9), max_size=2))),
    )


@st.composite
def briefs(draw: st.DrawFn) -> Brief:
    texts = st.text(max_size=10)
    source = Source(
        marker=1,
        document_id="d",
        title=draw(st.none() | texts),
        publisher=draw(st.none() | texts),
        published_at=draw(st.none() | TIMES),
        url=draw(st.none() | texts),
        sha256=draw(texts),
        independent_group=draw(st.integers(1, 9)),
    )
    return Brief(
        id=draw(texts),
        status="done",
        created_at=draw(TIMES),
        finished_at=draw(st.none() | TIMES),
        progress=draw(st.none() | st.just(Progress(stage="draft", done=1, total=2))),
        headline=draw(statements()),
        statements=tuple(draw(st.lists(statements(), min_size=1, max_size=2))),
        sources=(source,),
        dropped=(Dropped(text=draw(texts), document_id=None, reason=draw(texts)),),
        omitted=(Omitted(text=draw(texts), document_id="d", reason="redundant"),),
        run=draw(st.none() | runs()),
    )


@settings(max_examples=60, deadline=None)
@given(briefs())
def test_a_brief_survives_its_json(brief: Brief) -> None:
    assert load_brief(dump_brief(brief)) == brief


def test_every_part_of_a_brief_survives_its_json(port_brief: Brief) -> None:
    assert load_brief(dump_brief(port_brief)) == port_brief


def test_a_brief_has_the_keys_of_the_contract_in_its_order(port_brief: Brief) -> None:
    shape = json.loads(dump_brief(port_brief))
    contract = (
        "id status created_at finished_at progress headline statements timeline disagreements"
        " sources dropped omitted run".split()
    )
    assert [key for key in shape if key in contract] == contract


def test_a_statement_has_the_keys_of_the_contract_in_its_order(port_brief: Brief) -> None:
    headline = json.loads(dump_brief(port_brief))["headline"]
    contract = "id text verdict independent_sources citations provenance".split()
    assert list(headline) == contract


def test_a_run_has_the_keys_of_the_contract_in_its_order(port_brief: Brief) -> None:
    run = json.loads(dump_brief(port_brief))["run"]
    contract = "version models prompts options seed input_sha256 timings_s warnings".split()
    assert [key for key in run if key in contract] == contract


def test_times_are_utc_with_a_z() -> None:
    at = datetime(2026, 11, 21, 9, 30, tzinfo=timezone(timedelta(hours=2)))
    shape = json.loads(dump_brief(Brief(id="b", status="queued", created_at=at)))
    assert shape["created_at"] == "2026-11-21T07:30:00Z"


@pytest.mark.parametrize(("year", "hours"), [(1, 14), (9999, -14)])
def test_a_time_at_the_calendars_end_is_written_too(year: int, hours: int) -> None:
    day = 1 if year == 1 else 31
    month = 1 if year == 1 else 12
    hour = 0 if year == 1 else 23
    at = datetime(year, month, day, hour, tzinfo=timezone(timedelta(hours=hours)))
    assert load_brief(dump_brief(Brief(id="b", status="queued", created_at=at)))


def test_equal_runs_give_equal_bytes_whatever_the_order_of_their_models() -> None:
    def dumped(models: dict[str, str]) -> str:
        run = RunRecord(version="1", models=models)
        return dump_brief(Brief(id="b", status="queued", created_at=AT, run=run))

    assert dumped({"a": "1", "b": "2"}) == dumped({"b": "2", "a": "1"})


def test_json_holds_no_character_that_a_terminal_obeys() -> None:
    hostile = "a\x1b[2J\x9b\u202eb\ud800"
    dumped = dump_brief(Brief(id=hostile, status="queued", created_at=AT))
    assert json.loads(dumped)["id"] == hostile
    assert set(dumped) & set("\x1b\x9b\u202e\ud800") == set()


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda b: b.update(extra=1), "extra"),
        (lambda b: b.update(sources=5), "sources"),
        (lambda b: b.pop("created_at"), "created_at"),
        (lambda b: b.update(created_at="2026-11-21T09:30:00"), "created_at"),
        (lambda b: b["run"]["timings_s"].update(draft=float("nan")), "run.timings_s"),
        (lambda b: b["statements"][0].update(text=5), "statement 's2' (statements[0].text)"),
        (lambda b: b["headline"].update(verdict="likely"), "statement 's1' (headline.verdict)"),
        (
            lambda b: b["headline"]["citations"][0]["spans"][0].update(end="29"),
            "statement 's1' (headline.citations[0].spans[0].end)",
        ),
    ],
)
def test_what_has_not_the_shape_of_a_brief_is_refused_with_its_place(
    port_brief: Brief, change: Callable[[Any], object], place: str
) -> None:
    shape = json.loads(dump_brief(port_brief))
    change(shape)
    with pytest.raises(BrokenBrief) as refused:
        load_brief(json.dumps(shape))
    assert place in str(refused.value)
    assert not isinstance(refused.value, AlteredBrief)


@pytest.mark.parametrize(
    "text", ["", "{", "[" * 5000, '"\\ud800"', "\ud800", "[]", "null", "1e999"]
)
def test_a_text_that_is_no_brief_at_all_is_refused(text: str) -> None:
    with pytest.raises(BrokenBrief):
        load_brief(text)


@pytest.mark.parametrize(
    ("change", "statement_id"),
    [
        (lambda b: b["headline"]["citations"][0]["spans"][0].update(start=1), "s1"),
        (lambda b: b["statements"][0]["provenance"].clear(), "s2"),
        (lambda b: b["disagreements"][0]["positions"][1]["statement"]["citations"].clear(), "s4"),
        (lambda b: b["timeline"][0]["statement"].update(independent_sources=7), "s5"),
        (lambda b: b["statements"][0]["citations"][0].update(marker=3), "s2"),
        (lambda b: b["sources"].pop(), "s4"),
        (lambda b: b["statements"].clear(), None),
    ],
)
def test_an_altered_brief_names_the_statement_at_fault(
    port_brief: Brief, change: Callable[[Any], object], statement_id: str | None
) -> None:
    shape = json.loads(dump_brief(port_brief))
    change(shape)
    with pytest.raises(AlteredBrief) as refused:
        load_brief(json.dumps(shape))
    assert refused.value.faults[0][0] == statement_id


def test_every_altered_statement_is_named(port_brief: Brief) -> None:
    shape = json.loads(dump_brief(port_brief))
    for statement in (shape["headline"], shape["statements"][0]):
        statement["citations"][0]["spans"][0]["end"] += 1
    with pytest.raises(AlteredBrief) as refused:
        load_brief(json.dumps(shape))
    assert [statement_id for statement_id, _ in refused.value.faults] == ["s1", "s2"]
