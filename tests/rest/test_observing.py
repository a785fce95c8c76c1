"""The request id, the log line and the trace of every request, and what is in none of them."""

import base64
import io
import json
import logging
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
import structlog
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from service.backends.extract import DocumentExtractor
from service.backends.fakes import FakeDrafter, fake_models
from service.domain.claims import Draft, DraftRequest
from service.jobs.limits import Limits
from service.telemetry.logs import configure_logs
from tests.rest.services import Client, Services, done, ended
from tests.spans import recorded

NOTE = {"content": "Rain fell on Monday."}
TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    """Log as the service does, everything, and set logging back afterwards."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    written = io.StringIO()
    configure_logs("debug", lambda: written)
    yield written
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    with recorded() as exporter:
        yield exporter


def lines(out: io.StringIO, event: str) -> list[dict[str, Any]]:
    told = [json.loads(line) for line in out.getvalue().splitlines()]
    return [line for line in told if line["event"] == event]


@pytest.mark.parametrize("sent", ["a", "7f3c-11", "Root=1-67891233-abcdef012345678912345678"])
def test_a_request_id_that_is_sane_is_kept(client: Client, sent: str) -> None:
    assert client.get("/healthz", headers={"X-Request-Id": sent}).headers["x-request-id"] == sent


@pytest.mark.parametrize("sent", ["", "a b", "x" * 129, '"quoted"', "a\tb"])
def test_another_is_replaced(client: Client, sent: str) -> None:
    answer = client.get("/healthz", headers={"X-Request-Id": sent})
    assert answer.headers["x-request-id"].startswith("owner_")


@pytest.mark.parametrize("path", ["/v1/briefs/none", "/nothing", "/v1/briefs"])
def test_problems_have_a_request_id_as_well(client: Client, path: str) -> None:
    assert client.put(path).headers["x-request-id"].startswith("owner_")


def test_a_request_is_one_line_with_its_route_and_its_key(
    services: Services, out: io.StringIO
) -> None:
    client = services.open()
    made = services.key("desk")
    client.get(
        "/v1/briefs/none?cursor=MARKER",
        headers={"Authorization": f"Bearer {made.token}", "X-Request-Id": "r1"},
    )
    [line] = [one for one in lines(out, "request") if one["request_id"] == "r1"]
    assert (line["method"], line["route"], line["status"]) == ("GET", "/v1/briefs/{brief_id}", 404)
    assert (line["key_id"], line["level"]) == (made.key.id, "info")
    assert line["duration_ms"] >= 0
    assert "MARKER" not in out.getvalue()


def test_a_key_that_is_refused_is_named_in_the_line(services: Services, out: io.StringIO) -> None:
    client = services.open(services.app(limits=Limits(requests_per_minute=1)))
    made = services.key("desk", "read")
    sent = {"Authorization": f"Bearer {made.token}"}
    for method in ("DELETE", "GET"):
        client.request(method, "/v1/briefs/none", headers=sent)
    told = [(one["status"], one["key_id"]) for one in lines(out, "request")][-2:]
    assert told == [(status, made.key.id) for status in (403, 429)]


def test_a_key_that_proves_nothing_is_not_named_in_the_line(
    services: Services, out: io.StringIO
) -> None:
    client = services.open()
    made = services.key("desk")
    client.get("/v1/briefs", headers={"Authorization": f"Bearer {made.token[:-1]}!"})
    services.revoke(made.key.id)
    client.get("/v1/briefs", headers={"Authorization": f"Bearer {made.token}"})
    told = [(one["status"], one["key_id"]) for one in lines(out, "request")][-2:]
    assert told == [(401, None)] * 2


def test_probes_that_succeed_are_no_news(client: Client, out: io.StringIO) -> None:
    client.get("/healthz")
    client.get("/metrics")
    assert {line["level"] for line in lines(out, "request")} == {"debug"}


def test_one_trace_leads_from_the_request_to_the_finished_brief(
    services: Services, spans: InMemorySpanExporter
) -> None:
    client = services.open()
    done_at = client.post(
        "/v1/briefs",
        json={"documents": [NOTE]},
        headers={"Prefer": "wait=20", "traceparent": PARENT},
    )
    assert done_at.status_code == 201
    found = {one.name: one for one in spans.get_finished_spans() if _trace_of(one) == TRACE}
    assert {
        "POST /v1/briefs",
        "read document",
        "accept brief",
        "wait in queue",
        "make brief",
    } <= set(found)
    request = found["POST /v1/briefs"]
    assert request.parent is not None
    assert f"{request.parent.span_id:016x}" == "b7ad6b7169203331"
    for name in ("accept brief", "wait in queue", "make brief"):
        parent = found[name].parent
        assert parent is not None
        assert request.context is not None
        assert parent.span_id == request.context.span_id, name
    assert dict(request.attributes or {}) == {
        "http.request.method": "POST",
        "http.route": "/v1/briefs",
        "http.response.status_code": 201,
    }


def test_probes_leave_no_span(client: Client, spans: InMemorySpanExporter) -> None:
    spans.clear()
    client.get("/readyz")
    client.get("/metrics")
    assert spans.get_finished_spans() == ()


def _trace_of(span: ReadableSpan) -> str:
    return "" if span.context is None else f"{span.context.trace_id:032x}"


class BreakingDrafter(FakeDrafter):
    """Fails as foreign code does: with what it failed on in its words."""

    def draft(
        self, requests: Sequence[DraftRequest], advance: Callable[[int], None] = lambda _: None
    ) -> list[Draft]:
        if any("BREAK" in request.text for request in requests):
            logging.getLogger("some.engine").error("cannot draft %s", requests[0].text)
            raise ValueError(f"cannot draft {requests[0].text!r}")
        return super().draft(requests, advance)


def marked(number: int, content: str, **more: str) -> dict[str, str]:
    """Return a document with a marker in each of its fields."""
    return {
        "id": f"ZEBRA{number}-id",
        "title": f"ZEBRA{number} title",
        "publisher": f"ZEBRA{number} publisher",
        "author": f"ZEBRA{number} author",
        "url": f"https://example.org/ZEBRA{number}",
        "content": content,
        **more,
    }


def test_no_word_of_a_document_and_no_secret_is_in_logs_metrics_or_spans(
    services: Services, out: io.StringIO, spans: InMemorySpanExporter
) -> None:
    models = replace(fake_models(), drafter=BreakingDrafter(), extractor=DocumentExtractor())
    client = services.open(services.app(models=models))
    page = "<html><head><title>ZEBRA3</title></head><body><p>ZEBRA3 was seen.</p></body></html>"
    broken = base64.b64encode(b"%PDF-1.4 ZEBRA4").decode()
    good = [
        marked(1, "ZEBRA1 was seen on Monday in the town."),
        marked(3, page, media_type="text/html"),
        marked(4, broken, media_type="application/pdf"),
    ]
    secret = "ZEBRA-hook-secret"
    hook = {"url": "https://hooks.example.org/ZEBRA-hook", "secret": secret}
    url = done(client, {"documents": good, "webhook": hook})
    answer = client.post(
        "/v1/briefs",
        json={"documents": [marked(2, "BREAK the ZEBRA2 engine.")]},
        headers={
            "Idempotency-Key": "ZEBRA-key",
            "X-Request-Id": "ZEBRA request",
            "User-Agent": "ZEBRA/1.0",
            "traceparent": "ZEBRA",
        },
    )
    assert ended(client, answer.headers["location"])["status"] == "failed"
    client.post("/v1/documents", json=marked(1, "ZEBRA1 was not seen at all."))
    client.post("/v1/documents", json=marked(5, ""))
    client.post(
        "/v1/documents", content=b'{"ZEBRA": ', headers={"Content-Type": "application/json"}
    )
    client.get("/v1/documents/ZEBRA1-id")
    client.get("/ZEBRA/nothing?ZEBRA=1")
    client.get("/v1/documents?cursor=ZEBRA")
    client.get(f"{url}/verification")
    client.delete("/v1/documents/ZEBRA1-id")
    client.get("/v1/briefs", headers={"Authorization": "Bearer ZEBRA-token"})
    told = out.getvalue() + client.get("/metrics").text + _all_of(spans)
    # What is looked at is what was meant to be.
    assert lines(out, "brief_broke")
    assert 'status="failed"' in told
    assert "make brief" in told
    assert not re.findall(r".{60}zebra.{0,60}", told, re.IGNORECASE)


def _all_of(spans: InMemorySpanExporter) -> str:
    return "\n".join(one.to_json() for one in spans.get_finished_spans())
