"""Spans of the way from a request to a finished brief, and how the way is kept across the queue.

Attributes are ids, counts and names of the service's own: never text, titles, addresses or keys.
Without an SDK set up all of this costs next to nothing, and only hands on what came in.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

Attributes = Mapping[str, str | int | float | bool]

_TRACER = trace.get_tracer("service")
_W3C = TraceContextTextMapPropagator()


@contextmanager
def span(
    name: str,
    attributes: Attributes | None = None,
    *,
    kind: SpanKind = SpanKind.INTERNAL,
    parent: Context | None = None,
) -> Iterator[Span]:
    """Give a span that ends with the block; a child of `parent`, or of the span that is open here.

    What is raised in it is told by its type alone: messages of errors quote what they failed on.
    """
    with _TRACER.start_as_current_span(
        name,
        context=parent,
        kind=kind,
        attributes=attributes,
        record_exception=False,
        set_status_on_exception=False,
    ) as opened:
        try:
            yield opened
        except BaseException as error:
            opened.set_attribute("error.type", type(error).__name__)
            opened.set_status(Status(StatusCode.ERROR))
            raise


def past_span(
    name: str,
    began: datetime,
    ended: datetime,
    attributes: Attributes | None = None,
    *,
    parent: Context | None = None,
) -> None:
    """Note something that is over already, such as the time a brief waited. Both times are aware."""
    made = _TRACER.start_span(
        name, context=parent, attributes=attributes, start_time=_nanoseconds(began)
    )
    made.end(_nanoseconds(max(began, ended)))


def stage_spans(
    timings_s: Mapping[str, float], ended: datetime, *, parent: Context | None = None
) -> None:
    """Note the stages of a brief, in their order, the last of which ended at that time.

    Where fusing and verifying took turns each is one span as long as its turns together.
    """
    at = ended - timedelta(seconds=sum(timings_s.values()))
    for stage, seconds in timings_s.items():
        until = at + timedelta(seconds=seconds)
        past_span(f"stage {stage}", at, until, {"brief.stage": stage}, parent=parent)
        at = until


def current_traceparent() -> str | None:
    """Return the span that is open here as a W3C traceparent, to be kept with a brief; None for none."""
    carrier: dict[str, str] = {}
    _W3C.inject(carrier)
    return carrier.get("traceparent")


def context_of(traceparent: str | None, tracestate: str | None = None) -> Context:
    """Return the context that a traceparent stands for; a fresh one where it is None or malformed."""
    carrier = {"traceparent": traceparent or "", "tracestate": tracestate or ""}
    return _W3C.extract(carrier, context=Context())


def current_trace_id() -> str | None:
    """Return the trace that is open here as log lines tell it, or None."""
    context = trace.get_current_span().get_span_context()
    return trace.format_trace_id(context.trace_id) if context.is_valid else None


def _nanoseconds(moment: datetime) -> int:
    # In whole microseconds: a float of seconds would lose them.
    return int(moment.timestamp() * 1_000_000) * 1000
