"""Where spans go is said by the standard variables; each is tried in a process of its own."""

import http.client
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from service.bootstrap.telemetry import figures_told, set_up_tracing
from service.domain.errors import BadSettings
from service.telemetry.metrics import Metrics
from tests.serving import free_port

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
ONE_SPAN = """
from service.bootstrap.telemetry import telemetry
from service.settings import Settings
from service.telemetry.tracing import span
with telemetry(Settings(threads=1)):
    with span("make brief", {"brief.id": "b1"}):
        pass
"""


def run(**variables: str) -> str:
    """Run a process that makes one span, and return what it wrote on standard error."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("OTEL_")}
    done = subprocess.run(
        [sys.executable, "-c", ONE_SPAN],
        env=inherited | variables,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


class Collector(BaseHTTPRequestHandler):
    """Keeps what it is sent."""

    got: list[tuple[str, bytes]]

    def do_POST(self) -> None:
        size = int(self.headers["content-length"])
        self.got.append((self.path, self.rfile.read(size)))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Write nothing."""


@pytest.fixture
def collector() -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    Collector.got = []
    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", Collector.got
        server.shutdown()
        thread.join()


def test_spans_are_sent_to_the_endpoint_before_the_process_ends(
    collector: tuple[str, list[tuple[str, bytes]]],
) -> None:
    url, got = collector
    run(**{ENDPOINT: url, "OTEL_EXPORTER_OTLP_COMPRESSION": "none"})
    [(path, body)] = got
    assert path == "/v1/traces"
    assert b"make brief" in body
    assert b"wellsourced" in body


def test_the_name_of_the_service_may_be_given(
    collector: tuple[str, list[tuple[str, bytes]]],
) -> None:
    url, got = collector
    run(**{ENDPOINT: url, "OTEL_SERVICE_NAME": "newsdesk"})
    assert b"newsdesk" in got[0][1]


def test_spans_are_written_where_the_console_is_asked_for() -> None:
    told = run(OTEL_TRACES_EXPORTER="console")
    assert json.loads(told)["name"] == "make brief"


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"OTEL_TRACES_EXPORTER": "none", ENDPOINT: "http://127.0.0.1:9"},
        {"OTEL_SDK_DISABLED": "true", "OTEL_TRACES_EXPORTER": "console"},
        {ENDPOINT: ""},
    ],
)
def test_otherwise_nothing_is_sent(variables: dict[str, str]) -> None:
    assert run(**variables) == ""


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"OTEL_TRACES_EXPORTER": "zipkin"}, "zipkin"),
        ({ENDPOINT: "http://127.0.0.1:9", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "grpc"),
    ],
)
def test_what_cannot_be_sent_as_asked_is_told(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], named: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(BadSettings, match=named):
        set_up_tracing()


def test_the_figures_of_a_worker_are_told_where_asked() -> None:
    port = free_port()
    with figures_told(Metrics(), ("127.0.0.1", port)):
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as asked:
            asked.request("GET", "/metrics")
            assert b"brief_takeovers_total" in asked.getresponse().read()
        with (
            pytest.raises(BadSettings, match=f"port {port} cannot be listened on"),
            figures_told(Metrics(), ("127.0.0.1", port)),
        ):
            pass


def test_nothing_listens_where_no_port_is_asked_for() -> None:
    with figures_told(Metrics(), None):
        pass
