"""What a process sets up before it tells of itself: log lines, and spans where they are wanted."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from opentelemetry import trace

from service import __version__
from service.domain.errors import BadSettings
from service.settings import Settings
from service.telemetry.logs import configure_logs

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter

    from service.telemetry.metrics import Metrics

# The names are those of the OpenTelemetry specification, as are their meanings.
_EXPORTER = "OTEL_TRACES_EXPORTER"
_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_SPOKEN = "http/protobuf"
_SERVICE = "wellsourced"


@contextmanager
def telemetry(settings: Settings) -> Iterator[None]:
    """Log to standard error, and send spans where the environment says; what is left is sent at the end.

    Raises `BadSettings` where spans are asked for and cannot be sent.
    """
    configure_logs(settings.log_level)
    finish = set_up_tracing()
    try:
        yield
    finally:
        finish()


@contextmanager
def figures_told(metrics: "Metrics", at: tuple[str, int] | None) -> Iterator[None]:
    """Tell the figures of this process at a host and port, if any, while the block runs.

    Raises `BadSettings` for an address that cannot be listened on.
    """
    if at is None:
        yield
        return
    host, port = at
    try:
        stop = metrics.serve(host, port)
    except OSError as error:
        reason = f"{host} port {port} cannot be listened on: {error.strerror or error}"
        raise BadSettings([("metrics-port", reason)]) from error
    try:
        yield
    finally:
        stop()


def set_up_tracing() -> Callable[[], None]:
    """Send spans as the OTEL_* variables say, and return what sends those that are left.

    Nothing is sent unless an endpoint or an exporter is named. Raises `BadSettings`.
    """
    exporter = _wanted_exporter()
    if exporter is None:
        return lambda: None
    try:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise BadSettings([(_named(), "needs the extra: wellsourced[tracing]")]) from error
    sends = _otlp() if exporter == "otlp" else _console()
    # OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win over these.
    told = {"service.version": __version__}
    if "OTEL_SERVICE_NAME" not in os.environ:
        told["service.name"] = _SERVICE
    provider = TracerProvider(resource=Resource.create(dict(told)))
    provider.add_span_processor(BatchSpanProcessor(sends))
    trace.set_tracer_provider(provider)
    return provider.shutdown


def _wanted_exporter() -> str | None:
    if os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return None
    named = os.environ.get(_EXPORTER, "").strip().lower()
    if named in ("otlp", "console"):
        return named
    if named == "none":
        return None
    if named:
        raise BadSettings([(_EXPORTER, f"{named!r} is none of otlp, console and none")])
    return "otlp" if any(os.environ.get(name) for name in _ENDPOINTS) else None


def _otlp() -> "SpanExporter":
    for name in _PROTOCOLS:
        asked = os.environ.get(name, "").strip()
        if asked not in ("", _SPOKEN):
            raise BadSettings([(name, f"spans are sent by {_SPOKEN}, not by {asked!r}")])
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    except ImportError as error:
        raise BadSettings([(_named(), "needs the extra: wellsourced[tracing]")]) from error
    return OTLPSpanExporter()


def _console() -> "SpanExporter":
    from opentelemetry.sdk.trace.export import ConsoleSpanExporter

    return ConsoleSpanExporter(out=sys.stderr)


def _named() -> str:
    """Return the variable that asked for spans."""
    return next(name for name in (_EXPORTER, *_ENDPOINTS) if os.environ.get(name))
