from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from opentelemetry.context import get_current
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from service.telemetry.tracing import (
    context_of,
    current_trace_id,
    current_traceparent,
    past_span,
    span,
    stage_spans,
)
from tests.spans import recorded

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    with recorded() as exporter:
        yield exporter


def named(exporter: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    return {one.name: one for one in exporter.get_finished_spans()}


def test_what_is_inside_is_a_child(spans: InMemorySpanExporter) -> None:
    with span("outer"), span("inner", {"brief.id": "b1"}):
        pass
    inner, outer = named(spans)["inner"], named(spans)["outer"]
    assert inner.parent is not None
    assert outer.context is not None
    assert inner.parent.span_id == outer.context.span_id
    assert inner.attributes == {"brief.id": "b1"}
    assert outer.parent is None


def test_a_trace_goes_on_where_its_traceparent_was_kept(spans: InMemorySpanExporter) -> None:
    with span("accept", parent=context_of(PARENT)):
        kept = current_traceparent()
    assert kept is not None
    with span("make", parent=context_of(kept)):
        assert current_trace_id() == TRACE
    accept, make = named(spans)["accept"], named(spans)["make"]
    assert accept.context is not None
    assert make.parent is not None
    assert make.parent.span_id == accept.context.span_id
    assert f"{accept.context.trace_id:032x}" == TRACE


@pytest.mark.parametrize("sent", [None, "", "nonsense", "00-0-0-0", PARENT + "\x00", "9" * 5000])
def test_what_is_no_traceparent_begins_a_new_trace(
    spans: InMemorySpanExporter, sent: str | None
) -> None:
    with span("outer"), span("make", parent=context_of(sent)):
        assert current_trace_id() != TRACE
    assert named(spans)["make"].parent is None


def test_nothing_is_open_outside(spans: InMemorySpanExporter) -> None:
    assert current_traceparent() is None
    assert current_trace_id() is None


def test_an_error_is_told_by_its_type_alone(spans: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match="secret"), span("make"):
        raise ValueError("a secret")
    made = named(spans)["make"]
    assert made.attributes == {"error.type": "ValueError"}
    assert made.status.status_code is StatusCode.ERROR
    assert not made.events
    assert made.status.description is None


def test_what_is_past_has_its_own_times(spans: InMemorySpanExporter) -> None:
    with span("make"):
        past_span("wait", NOON, NOON + timedelta(seconds=2), {"brief.attempt": 1})
        parent = get_current()
    past_span("backwards", NOON, NOON - timedelta(seconds=1), parent=parent)
    wait, backwards = named(spans)["wait"], named(spans)["backwards"]
    assert wait.start_time == int(NOON.timestamp()) * 10**9
    assert wait.end_time == wait.start_time + 2 * 10**9
    assert backwards.end_time == backwards.start_time
    assert wait.parent == backwards.parent == named(spans)["make"].context


def test_stages_follow_each_other_and_end_with_the_brief(spans: InMemorySpanExporter) -> None:
    with span("make"):
        stage_spans({"draft": 2.0, "fuse": 0.5}, NOON)
    draft, fuse = named(spans)["stage draft"], named(spans)["stage fuse"]
    assert draft.end_time == fuse.start_time
    assert fuse.end_time == int(NOON.timestamp()) * 10**9
    assert (fuse.end_time or 0) - (draft.start_time or 0) == 2_500_000_000
