"""What /metrics tells of what was done over HTTP, and what it never tells."""

import re

import pytest

from service.domain.ports import Models
from service.jobs.limits import Limits
from service.rest.problem_kinds import KINDS
from tests.rest.services import Client, HeldDrafter, Services, done, until

NOTE = {"content": "Rain fell on Monday."}


def figures(client: Client) -> dict[str, float]:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_a_brief_is_counted_from_its_documents_to_its_end(client: Client) -> None:
    done(client, {"documents": [NOTE, {"content": "The river rose."}]})
    done(client, {"documents": [NOTE]})
    told = figures(client)
    assert told['brief_briefs_total{status="done"}'] == 2
    assert told['brief_documents_total{outcome="read"}'] == 2
    assert told['brief_documents_total{outcome="unchanged"}'] == 1
    assert told["brief_queue_wait_seconds_count"] == 2
    assert told["brief_workers_ready"] == 1
    assert told["brief_queue_depth"] == told["brief_queue_running"] == 0
    assert told["brief_queue_oldest_seconds"] == 0


def test_a_brief_that_waits_shows_in_the_depth_and_the_age_of_the_queue(
    services: Services, held: HeldDrafter, held_models: Models
) -> None:
    client = services.open(services.app(models=held_models))
    client.post("/v1/briefs", json={"documents": [NOTE]})
    assert held.busy.wait(20)
    client.post("/v1/briefs", json={"documents": [NOTE]})
    services.time.pass_by(90)
    told = figures(client)
    assert (told["brief_queue_running"], told["brief_queue_depth"]) == (1, 1)
    assert told["brief_queue_oldest_seconds"] == 90


def test_a_cancelled_brief_is_counted_once(
    services: Services, held: HeldDrafter, held_models: Models
) -> None:
    client = services.open(services.app(models=held_models))
    url = client.post("/v1/briefs", json={"documents": [NOTE]}).headers["location"]
    assert held.busy.wait(20)
    for _ in range(2):
        services.time.pass_by(1)
        assert client.post(f"{url}/cancel").json()["status"] == "cancelled"
    assert figures(client)['brief_briefs_total{status="cancelled"}'] == 1


def test_what_is_refused_is_counted_by_the_type_of_its_problem(services: Services) -> None:
    client = services.open(services.app(limits=Limits(bytes_per_document=10)))
    client.post("/v1/documents", json=NOTE)
    client.post("/v1/documents", content=b"{", headers={"Content-Type": "application/json"})
    client.get("/v1/briefs/none")
    client.get("/nothing/here")
    told = figures(client)
    reasons = set(re.findall(r'brief_refusals_total\{reason="([^"]+)"\}', "\n".join(told)))
    assert {"too-large", "malformed-json", "unknown-brief", "not-found"} <= reasons
    assert reasons <= set(KINDS)
    assert told['brief_documents_total{outcome="refused"}'] == 1


@pytest.mark.parametrize(
    "path",
    [
        "/wp-login.php",
        "/v1/briefs/marker-in-path",
        "/v1/documents/marker-in-path",
        "/errors/marker",
    ],
)
def test_addresses_are_counted_under_their_route_alone(client: Client, path: str) -> None:
    client.get(path)
    client.request("MARKER", path)
    text = client.get("/metrics").text
    assert "marker" not in text.lower()
    assert "wp-login" not in text


def test_a_request_is_counted_with_its_method_route_and_status(client: Client) -> None:
    client.get("/v1/briefs/none")
    name = (
        'brief_http_request_seconds_count{method="GET",route="/v1/briefs/{brief_id}",status="404"}'
    )
    assert figures(client)[name] == 1


def test_the_lag_of_the_event_loop_is_measured_all_the_time(client: Client) -> None:
    until(lambda: figures(client)["brief_event_loop_lag_seconds_count"] > 2)
    assert figures(client)["brief_event_loop_lag_max_seconds"] >= 0


def test_without_the_database_the_counts_are_told_still(services: Services) -> None:
    client = services.open()
    done(client, {"documents": [NOTE]})
    (services.folder / "brief.db").write_bytes(b"no database at all" * 1000)
    told = figures(client)
    assert told['brief_briefs_total{status="done"}'] == 1


def test_only_an_operator_may_see_the_figures(services: Services) -> None:
    client = services.open()
    reader = {"Authorization": f"Bearer {services.key('desk').token}"}
    operator = {"Authorization": f"Bearer {services.key('ops', 'admin').token}"}
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers=reader).status_code == 403
    assert client.get("/metrics", headers=operator).status_code == 200
