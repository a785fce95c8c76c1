"""The figures of the service, behind plain methods; every label takes one of a few values."""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
    generate_latest,
    start_http_server,
)
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from service.telemetry.shared import SHARED_FOLDER, reading_shared

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"

DocumentOutcome = Literal["read", "unchanged", "refused"]
DeliveryOutcome = Literal["delivered", "retried", "dead"]
BriefEnd = Literal["done", "failed", "cancelled"]

# Those of `service.pipeline`; another name is counted as OTHER, so that labels stay few.
STAGES = ("clean", "draft", "align", "fuse", "verify")
OTHER = "other"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

_REQUEST_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_STAGE_S = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)
_LAG_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
_FILL = (0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """What stands at the moment of a scrape. None is what could not be found out."""

    queue_depth: int | None = None
    running: int | None = None
    oldest_s: float | None = None
    workers_ready: int | None = None
    deliveries_pending: int | None = None
    loop_lag_max_s: float | None = None
    loop_blocked_max_s: float | None = None


class Metrics:
    """Counts what happens. In a registry of its own unless one is given.

    Where `PROMETHEUS_MULTIPROC_DIR` was set before this module was first imported, the counts of all
    processes of that folder are told together.
    """

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        # When a series began is of no use here, and doubles what is sent.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = registry or CollectorRegistry()
        self._briefs = self._counter("brief_briefs", "Briefs that ended, by status.", "status")
        self._stages = self._histogram(
            "brief_stage_seconds", "Time a brief spent in a stage, by stage.", _STAGE_S, "stage"
        )
        self._waits = self._histogram(
            "brief_queue_wait_seconds",
            "Time from a brief being accepted to a worker taking it.",
            _STAGE_S,
        )
        self._takeovers = self._counter(
            "brief_takeovers", "Briefs taken over from a worker that died."
        )
        self._tokens = self._counter(
            "brief_drafted_tokens",
            "Tokens of the chunks that the model read, its warming up included.",
        )
        self._chunks = self._counter(
            "brief_drafted_chunks", "Chunks that the model read, its warming up included."
        )
        self._fill = self._histogram(
            "brief_batch_fill_ratio", "Chunks of one turn, of those that it may hold.", _FILL
        )
        self._documents = self._counter(
            "brief_documents", "Documents sent, by outcome: read, unchanged, refused.", "outcome"
        )
        self._refusals = self._counter(
            "brief_refusals",
            "Requests answered with a problem, by reason: the end of its type.",
            "reason",
        )
        self._deliveries = self._counter(
            "brief_webhook_deliveries",
            "Attempts to deliver a webhook, by outcome: delivered, retried, dead.",
            "outcome",
        )
        self._requests = self._histogram(
            "brief_http_request_seconds",
            "Time from a request to the head of its answer, by method, route and status.",
            _REQUEST_S,
            "method",
            "route",
            "status",
        )
        self._lag = self._histogram(
            "brief_event_loop_lag_seconds",
            "How much later than asked the API's event loop came back.",
            _LAG_S,
        )

    def brief_ended(self, status: BriefEnd) -> None:
        self._briefs.labels(status).inc()

    def brief_timed(self, timings_s: Mapping[str, float]) -> None:
        """Take the seconds that a brief spent in each stage, as its run record has them."""
        for stage, seconds in timings_s.items():
            self._stages.labels(stage if stage in STAGES else OTHER).observe(seconds)

    def brief_claimed(self, waited_s: float) -> None:
        """Count a brief that is taken for the first time, so many seconds after it was accepted."""
        self._waits.observe(max(0.0, waited_s))

    def takeover(self) -> None:
        """Count a brief that a worker takes although another had begun it."""
        self._takeovers.inc()

    def drafted(self, *, chunks: int, tokens: int, most_chunks: int) -> None:
        """Count one turn of a model's thread, which could have held `most_chunks`."""
        self._chunks.inc(chunks)
        self._tokens.inc(tokens)
        self._fill.observe(chunks / most_chunks)

    def document(self, outcome: DocumentOutcome) -> None:
        self._documents.labels(outcome).inc()

    def refused(self, slug: str) -> None:
        """Count an answer that is a problem; `slug` is one of the problem types' own."""
        self._refusals.labels(slug).inc()

    def delivery(self, outcome: DeliveryOutcome) -> None:
        self._deliveries.labels(outcome).inc()

    def request(self, *, method: str, route: str | None, status: int, seconds: float) -> None:
        """Take a request whose answer has begun. `route` is the template it fell under, None for no route."""
        shown = method if method in METHODS else OTHER
        self._requests.labels(shown, route or OTHER, str(status)).observe(seconds)

    def loop_lag(self, seconds: float) -> None:
        self._lag.observe(seconds)

    def render(self, level: Level | None = None) -> bytes:
        """Return all figures as Prometheus reads them, of all processes that share a folder."""
        told = self._registry
        if folder := os.environ.get(SHARED_FOLDER):
            told = CollectorRegistry()
            MultiProcessCollector(told, folder)  # type: ignore[no-untyped-call]
        levels = CollectorRegistry()
        levels.register(_Levels(lambda: level or Level()))
        return reading_shared(lambda: generate_latest(told)) + generate_latest(levels)

    def serve(self, host: str, port: int) -> Callable[[], None]:
        """Answer whoever asks this address with the figures of this process; return what ends it.

        For workers that run alone: where there is an API it tells those of its own workers too.
        Raises `OSError` for an address that cannot be listened on.
        """
        server, thread = start_http_server(port, addr=host, registry=self._registry)

        def stop() -> None:
            server.shutdown()
            server.server_close()
            thread.join()

        return stop

    def _counter(self, name: str, told: str, *labels: str) -> Counter:
        return Counter(name, told, labels, registry=self._registry)

    def _histogram(
        self, name: str, told: str, buckets: tuple[float, ...], *labels: str
    ) -> Histogram:
        return Histogram(name, told, labels, buckets=buckets, registry=self._registry)


_LEVELS: tuple[tuple[str, str, Callable[[Level], float | None]], ...] = (
    ("brief_queue_depth", "Briefs that wait for a worker.", lambda one: one.queue_depth),
    ("brief_queue_running", "Briefs at work.", lambda one: one.running),
    (
        "brief_queue_oldest_seconds",
        "How long the first brief of the queue has waited; 0 where none waits.",
        lambda one: one.oldest_s,
    ),
    ("brief_workers_ready", "Workers seen of late that can work.", lambda one: one.workers_ready),
    (
        "brief_webhook_pending",
        "Messages to webhooks that are not delivered yet.",
        lambda one: one.deliveries_pending,
    ),
    (
        "brief_event_loop_lag_max_seconds",
        "The longest lag of the API's event loop within the last minute.",
        lambda one: one.loop_lag_max_s,
    ),
    (
        "brief_event_loop_blocked_max_seconds",
        "The longest that the API held up its own event loop within the last minute; not the time in"
        " which the machine ran other processes.",
        lambda one: one.loop_blocked_max_s,
    ),
)


@dataclass(frozen=True, slots=True)
class _Levels(Collector):
    """The gauges, made anew at each scrape: a file of a process that died would tell old ones."""

    level: Callable[[], Level]

    def collect(self) -> Iterable[Metric]:
        now = self.level()
        for name, told, of in _LEVELS:
            value = of(now)
            if value is not None:
                yield GaugeMetricFamily(name, told, value=value)
