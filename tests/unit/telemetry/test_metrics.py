import http.client
import re
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from service.pipeline import STAGES as STAGES_OF_THE_PIPELINE
from service.telemetry.metrics import OTHER, STAGES, Level, Metrics


def samples(told: bytes) -> dict[str, float]:
    """Return the figures by name and labels as they are written."""
    lines = [line for line in told.decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def labels(told: bytes, name: str, label: str) -> set[str]:
    return set(re.findall(rf'^{name}.*{label}="([^"]*)"', told.decode(), re.MULTILINE))


def test_what_happened_is_counted() -> None:
    metrics = Metrics()
    metrics.brief_ended("done")
    metrics.brief_ended("done")
    metrics.brief_ended("failed")
    metrics.takeover()
    metrics.document("read")
    metrics.delivery("dead")
    metrics.refused("queue-full")
    metrics.brief_claimed(3.0)
    told = samples(metrics.render())
    assert told['brief_briefs_total{status="done"}'] == 2
    assert told['brief_briefs_total{status="failed"}'] == 1
    assert told["brief_takeovers_total"] == 1
    assert told['brief_documents_total{outcome="read"}'] == 1
    assert told['brief_webhook_deliveries_total{outcome="dead"}'] == 1
    assert told['brief_refusals_total{reason="queue-full"}'] == 1
    assert told["brief_queue_wait_seconds_sum"] == 3.0


def test_a_turn_counts_its_chunks_its_tokens_and_how_full_it_was() -> None:
    metrics = Metrics()
    metrics.drafted(chunks=1, tokens=100, most_chunks=2)
    metrics.drafted(chunks=2, tokens=150, most_chunks=2)
    told = samples(metrics.render())
    assert told["brief_drafted_chunks_total"] == 3
    assert told["brief_drafted_tokens_total"] == 250
    assert told['brief_batch_fill_ratio_bucket{le="0.5"}'] == 1
    assert told["brief_batch_fill_ratio_sum"] == 1.5


def test_the_stages_are_those_of_the_pipeline() -> None:
    assert STAGES == STAGES_OF_THE_PIPELINE


@given(st.lists(st.text(), max_size=5))
def test_stages_nobody_knows_share_one_label(names: list[str]) -> None:
    metrics = Metrics()
    metrics.brief_timed(dict.fromkeys(names, 0.5))
    assert labels(metrics.render(), "brief_stage_seconds", "stage") <= {*STAGES, OTHER}


def test_methods_nobody_knows_and_addresses_without_a_route_share_one_label() -> None:
    metrics = Metrics()
    metrics.request(method="BREW", route=None, status=404, seconds=0.1)
    metrics.request(method="GET", route="/v1/briefs/{brief_id}", status=200, seconds=0.1)
    told = metrics.render()
    assert labels(told, "brief_http_request_seconds", "method") == {OTHER, "GET"}
    assert labels(told, "brief_http_request_seconds", "route") == {OTHER, "/v1/briefs/{brief_id}"}


def test_what_is_not_known_at_a_scrape_is_left_out() -> None:
    metrics = Metrics()
    told = samples(metrics.render(Level(queue_depth=4, oldest_s=2.5)))
    assert (told["brief_queue_depth"], told["brief_queue_oldest_seconds"]) == (4, 2.5)
    assert "brief_workers_ready" not in told


def test_what_is_told_can_be_read_by_the_reference_parser() -> None:
    metrics = Metrics()
    metrics.brief_ended("done")
    level = Level(queue_depth=0, running=1, oldest_s=0.0, workers_ready=2, loop_lag_max_s=0.01)
    families = list(text_string_to_metric_families(metrics.render(level).decode()))
    names = [family.name for family in families]
    assert len(names) == len(set(names))
    assert all(family.documentation for family in families)
    assert all(name.startswith("brief_") for name in names)


@pytest.fixture
def port() -> Iterator[int]:
    metrics = Metrics()
    metrics.takeover()
    # The port is the system's choice, which the library does not tell: one is looked for.
    for found in range(20_000, 60_000, 7):
        try:
            stop = metrics.serve("127.0.0.1", found)
        except OSError:
            continue
        yield found
        stop()
        return


def test_a_worker_alone_tells_its_figures_over_http(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with closing(connection):
        connection.request("GET", "/metrics")
        assert samples(connection.getresponse().read())["brief_takeovers_total"] == 1
