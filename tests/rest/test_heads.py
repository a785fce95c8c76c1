from collections.abc import Mapping

import pytest

from tests.rest.services import Client, Services, done

ONE = {"content": "Rain fell on Monday.", "id": "one"}
PATHS = (
    "/healthz",
    "/readyz",
    "/metrics",
    "/errors",
    "/errors/validation",
    "/schema",
    "/schema/openapi.json",
    "/v1/documents",
    "/v1/documents/one",
    "/v1/documents/none",
    "/v1/briefs",
    "/v1/briefs/none",
    "/v1/briefs?limit=0",
    "/v1/webhooks/deliveries",
    "/nowhere",
)
# These differ from one answer to the next.
PASSING = {"x-request-id", "date"}


def head_of(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name not in PASSING}


@pytest.mark.parametrize("path", PATHS)
def test_a_head_is_the_head_of_what_get_answers(client: Client, path: str) -> None:
    client.post("/v1/documents", json=ONE)
    got, head = client.get(path), client.head(path)
    assert (head.status_code, head.content) == (got.status_code, b"")
    if path != "/metrics":
        assert head_of(head.headers) == head_of(got.headers)


@pytest.mark.parametrize("rest", ["", "/verification"])
def test_a_finished_brief_has_a_head(client: Client, rest: str) -> None:
    url = done(client, {"documents": [ONE]}) + rest
    got, head = client.get(url), client.head(url)
    assert head.content == b""
    assert head_of(head.headers) == head_of(got.headers)
    assert int(head.headers["content-length"]) == len(got.content)


def test_the_head_of_a_stream_ends_at_once(services: Services) -> None:
    app = services.app()
    client = services.open(app)
    url = done(client, {"documents": [ONE]})
    head = client.head(url + "/events")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"].startswith("text/event-stream")
    assert app.streams.open == 0


def test_a_head_of_what_can_only_be_posted_is_not_allowed(client: Client) -> None:
    answer = client.head("/v1/briefs/none/cancel")
    assert answer.status_code == 405
    assert "POST" in answer.headers["allow"]
    assert "HEAD" not in answer.headers["allow"]


@pytest.mark.parametrize("path", ["/v1/documents", "/v1/briefs/x", "/healthz"])
def test_options_tells_what_may_be_asked(client: Client, path: str) -> None:
    answer = client.options(path)
    assert (answer.status_code, answer.content) == (204, b"")
    assert {"GET", "HEAD", "OPTIONS"} <= set(answer.headers["allow"].split(", "))
