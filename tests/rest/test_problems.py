import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.jobs.limits import Limits
from service.rest.problems import KINDS, problem_of
from tests.rest.services import Client, Services

PROBLEM = "application/problem+json"
JSON = {"Content-Type": "application/json"}
CALLS = ("/v1/documents", "/v1/briefs")


@pytest.mark.parametrize(
    ("method", "path", "status", "slug"),
    [
        ("GET", "/nowhere", 404, "not-found"),
        ("GET", "/v1/nowhere", 404, "not-found"),
        ("DELETE", "/v1/briefs", 405, "method-not-allowed"),
        ("PUT", "/healthz", 405, "method-not-allowed"),
        ("GET", "/errors/none", 404, "not-found"),
        ("GET", "/v1/documents/a%00b", 404, "unknown-document"),
        ("GET", "/v1/briefs/%F0%9F%98%80", 404, "unknown-brief"),
    ],
)
def test_what_is_not_there_is_a_problem(
    client: Client, method: str, path: str, status: int, slug: str
) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)
    assert answer.json()["type"] == f"/errors/{slug}"
    assert answer.json()["status"] == status
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_method_that_is_not_allowed_is_told_those_that_are(client: Client) -> None:
    answer = client.delete("/v1/briefs")
    assert answer.status_code == 405
    assert sorted(answer.headers["allow"].split(", ")) == ["GET", "HEAD", "OPTIONS", "POST"]


def test_every_type_of_problem_is_listed(client: Client) -> None:
    types = client.get("/errors").json()["types"]
    assert [one["type"] for one in types] == [kind.type for kind in KINDS.values()]
    assert client.get(types[0]["type"]).status_code == 200


@pytest.mark.parametrize("path", CALLS)
@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"documents":' * 50_000,
        b'{"content": "\\ud800"}',
        b'{"content": NaN}',
        b"1e999999",
    ],
)
def test_a_body_that_is_not_json_is_a_client_s_mistake(
    client: Client, path: str, body: bytes
) -> None:
    answer = client.post(path, content=body, headers=JSON)
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == PROBLEM


def test_malformed_json_tells_where(client: Client) -> None:
    answer = client.post("/v1/briefs", content=b'{"documents": [}', headers=JSON)
    assert (answer.status_code, answer.json()["type"]) == (400, "/errors/malformed-json")
    assert "line 1 column 16" in answer.json()["detail"]


@pytest.mark.parametrize("path", CALLS)
def test_an_empty_body_is_a_client_s_mistake(client: Client, path: str) -> None:
    answer = client.post(path, headers=JSON)
    assert (answer.status_code, answer.headers["content-type"]) == (400, PROBLEM)
    assert answer.json()["detail"] == "the body is empty; it must be one JSON value"


@pytest.mark.parametrize("path", CALLS)
@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": "application/jsonx"},
        {"Content-Type": ""},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    ],
)
def test_a_body_of_another_type_is_a_415(
    client: Client, path: str, headers: dict[str, str]
) -> None:
    answer = client.post(path, content=b'{"content": "a"}', headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (415, "/errors/unsupported-media-type")


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_too_large_is_a_413_that_states_the_limit(
    services: Services, announced: bool
) -> None:
    client = services.open(services.app(limits=Limits(bytes_per_request=100)))
    body = b'{"content": "' + b"x" * 100 + b'"}'
    answer = client.post("/v1/documents", content=body if announced else iter([body]), headers=JSON)
    assert (answer.status_code, answer.json()["type"]) == (413, "/errors/too-large")
    assert answer.json()["limit"] == 100


def test_a_defect_tells_nothing_of_the_inside() -> None:
    told = problem_of(RuntimeError("secret"), Limits())
    assert told.status_code == 500
    assert "secret" not in f"{told.detail}{told.extra}"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
documents = st.fixed_dictionaries(
    {"content": st.text() | json_values},
    optional={
        "id": st.text(max_size=5) | json_values,
        "title": st.text() | json_values,
        "url": st.text() | st.just("http://[") | json_values,
        "published_at": st.datetimes().map(str) | st.text() | json_values,
        "media_type": st.sampled_from(["text/plain", "text/html", "a/b"]) | json_values,
        "language": st.text() | json_values,
    },
)
orders = st.fixed_dictionaries(
    {},
    optional={
        "documents": st.lists(documents, max_size=3) | json_values,
        "document_ids": st.lists(st.text(), max_size=2) | json_values,
        "options": st.dictionaries(
            st.sampled_from(["max_words", "provenance", "model", "seed", "x"]), json_values
        ),
        "webhook": json_values,
    },
)


@given(sent=json_values | documents | orders, path=st.sampled_from(CALLS))
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_no_json_makes_a_server_error(client: Client, sent: object, path: str) -> None:
    body = json.dumps(sent).encode()
    answer = client.post(path, content=body, headers=JSON)
    assert answer.status_code < 500, (answer.text, body)
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == PROBLEM


@given(accept=st.text(st.characters(min_codepoint=32, max_codepoint=126)))
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_accept_header_makes_a_server_error(client: Client, accept: str) -> None:
    answer = client.get("/v1/briefs/none", headers={"Accept": accept})
    assert answer.status_code == 404
