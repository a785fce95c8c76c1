import re
import sqlite3
import threading
from contextlib import closing
from html.parser import HTMLParser

import pytest

from service.backends.fakes import fake_models
from service.domain.errors import ModelNotFound
from service.domain.ports import Models
from service.rest.problem_kinds import KINDS
from service.rest.schema_pages import in_3_0
from tests.rest.services import Client, Services, until


def test_a_service_whose_models_are_loading_is_alive_and_not_ready(services: Services) -> None:
    let = threading.Event()

    def load() -> Models:
        assert let.wait(20)
        return fake_models()

    client = services.open(services.app(load=load), ready=False)
    try:
        assert client.get("/healthz").status_code == 200
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()["type"]) == (503, "/errors/not-ready")
        refused = client.post("/v1/briefs", json={"documents": [{"content": "Rain fell."}]})
        assert (refused.status_code, "retry-after" in refused.headers) == (503, True)
    finally:
        let.set()
    until(lambda: client.get("/readyz").status_code == 200)


def test_models_that_cannot_be_loaded_are_named(services: Services) -> None:
    def load() -> Models:
        raise ModelNotFound("lost", "there is no such folder")

    client = services.open(services.app(load=load), ready=False)
    until(lambda: "lost" in client.get("/readyz").json()["detail"])
    assert client.get("/readyz").status_code == 503


def test_a_database_that_cannot_be_used_is_not_ready(services: Services) -> None:
    client = services.open()
    with closing(sqlite3.connect(services.folder / "brief.db")) as database:
        database.execute("DROP TABLE briefs")
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["type"]) == (503, "/errors/not-ready")


@pytest.mark.parametrize("slug", sorted(KINDS))
def test_every_type_of_problem_has_a_page(client: Client, slug: str) -> None:
    answer = client.get(KINDS[slug].type)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    assert KINDS[slug].title in answer.text


def test_the_schema_is_openapi_3_1_and_names_every_call(client: Client) -> None:
    schema = client.get("/schema").json()
    assert schema["openapi"].startswith("3.1")
    assert {
        (path, method, told["operationId"])
        for path, methods in schema["paths"].items()
        for method, told in methods.items()
    } == {
        ("/v1/documents", "post", "addDocuments"),
        ("/v1/documents", "get", "listDocuments"),
        ("/v1/documents/{document_id}", "delete", "deleteDocument"),
        ("/v1/briefs", "get", "listBriefs"),
        ("/v1/briefs/{brief_id}", "delete", "deleteBrief"),
        ("/v1/briefs/{brief_id}/events", "get", "followBrief"),
        ("/v1/briefs/{brief_id}/rebuild", "post", "rebuildBrief"),
        ("/errors", "get", "listProblemTypes"),
        ("/metrics", "get", "getMetrics"),
        ("/v1/webhooks/deliveries/{delivery_id}/redeliver", "post", "redeliver"),
        ("/v1/webhooks/deliveries/{delivery_id}", "get", "getDelivery"),
        ("/v1/webhooks/deliveries", "get", "listDeliveries"),
        ("/v1/briefs/{brief_id}/shares", "post", "shareBrief"),
        ("/v1/briefs/{brief_id}/shares", "get", "listShares"),
        ("/v1/briefs/{brief_id}/shares/{share_id}", "delete", "endShare"),
        ("/v1/editions", "get", "listEditions"),
        ("/v1/editions/{date}", "get", "getEdition"),
        ("/v1/documents/{document_id}", "get", "getDocument"),
        ("/v1/briefs", "post", "addBrief"),
        ("/v1/briefs/{brief_id}", "get", "getBrief"),
        ("/v1/briefs/{brief_id}/verification", "get", "verifyBrief"),
        ("/v1/briefs/{brief_id}/cancel", "post", "cancelBrief"),
        ("/healthz", "get", "getHealth"),
        ("/readyz", "get", "getReadiness"),
        ("/errors/{slug}", "get", "getProblemType"),
    }


def test_the_schema_tells_of_problems_as_problems(client: Client) -> None:
    schema = client.get("/schema").json()
    for methods in schema["paths"].values():
        for told in methods.values():
            for status, answer in told["responses"].items():
                if int(status) >= 400:
                    assert list(answer["content"]) == ["application/problem+json"]


def test_the_schema_tells_how_a_key_is_sent_and_that_there_may_be_none(client: Client) -> None:
    schema = client.get("/schema").json()
    assert schema["security"] == [{"key": []}, {}]
    told = schema["components"]["securitySchemes"]["key"]
    assert (told["type"], told["scheme"]) == ("http", "bearer")


def test_the_schema_tells_of_refusals_wherever_a_key_is_asked_for(client: Client) -> None:
    for path, methods in client.get("/schema").json()["paths"].items():
        for told in methods.values():
            if path.startswith("/v1/"):
                assert {"400", "401", "403", "421", "429", "503"} <= set(told["responses"]), path


def test_the_schema_tells_the_headers_that_are_read(client: Client) -> None:
    paths = client.get("/schema").json()["paths"]
    for path, method, header in (
        ("/v1/briefs", "post", "Idempotency-Key"),
        ("/v1/briefs", "post", "Prefer"),
        ("/v1/documents", "post", "Idempotency-Key"),
        ("/v1/briefs/{brief_id}", "get", "If-None-Match"),
        ("/v1/briefs/{brief_id}/events", "get", "Last-Event-ID"),
        ("/v1/briefs/{brief_id}/cancel", "post", "Idempotency-Key"),
    ):
        named = {one["name"] for one in paths[path][method]["parameters"] if one["in"] == "header"}
        assert header in named, path


def test_the_schema_tells_the_forms_of_a_brief(client: Client) -> None:
    told = client.get("/schema").json()["paths"]["/v1/briefs/{brief_id}"]["get"]["responses"]
    assert set(told["200"]["content"]) == {
        "application/json", "text/markdown", "text/html", "text/plain"
    }  # fmt: skip


def test_every_reference_in_the_schema_leads_somewhere(client: Client) -> None:
    text = client.get("/schema/openapi.json").text
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', text))
    assert named
    assert named <= set(client.get("/schema").json()["components"]["schemas"])


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in ("src", "href") and value]


def test_a_browser_is_sent_to_a_page_that_loads_nothing_from_elsewhere(client: Client) -> None:
    page = client.get("/schema", headers={"Accept": "text/html,*/*;q=0.8"})
    assert page.status_code == 200
    assert page.url.path == "/schema/ui"
    assert "//" not in page.text
    links = Links()
    links.feed(page.text)
    assert len(links.found) == 4
    for link in links.found:
        assert client.get(link).status_code == 200
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]


def test_the_page_names_no_validator_elsewhere(client: Client) -> None:
    start = client.get("/schema/assets/start.js").text
    assert "validatorUrl: null" in start
    assert "//" not in start


def test_the_page_reads_the_schema_in_words_it_knows(client: Client) -> None:
    older = client.get("/schema/openapi-3.0.json").json()
    assert older["openapi"] == "3.0.3"
    assert older["paths"].keys() == client.get("/schema").json()["paths"].keys()


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        (
            {"oneOf": [{"type": "string"}, {"type": "null"}]},
            {"oneOf": [{"type": "string"}], "nullable": True},
        ),
        ({"type": ["string", "null"]}, {"type": "string", "nullable": True}),
        ({"a": [{"const": 1}]}, {"a": [{"enum": [1]}]}),
    ],
)
def test_what_is_null_is_nullable_in_the_older_schema(
    newer: dict[str, object], older: dict[str, object]
) -> None:
    assert in_3_0(newer) == older


@pytest.mark.parametrize("path", ["/schema/nothing", "/schema/assets/index.html", "/schema/x.json"])
def test_what_is_not_under_the_schema_is_a_problem(client: Client, path: str) -> None:
    answer = client.get(path, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.json()["type"]) == (404, "/errors/not-found")


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "",
        "[::1]x",
        "localhost:80@evil.example",
        "localhost.",
    ],
)
def test_another_host_name_is_refused(services: Services, host: str) -> None:
    client = services.open(services.app(host_names=frozenset({"localhost"})), ready=False)
    answer = client.get("/healthz", headers={"Host": host})
    assert (answer.status_code, answer.json()["type"]) == (421, "/errors/misdirected")


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST:8000", "[::1]:8000", "[::1]", "192.0.2.7:8000", "[2001:db8::7]"],
)
def test_a_name_of_the_service_and_any_address_are_answered_with_any_port(
    services: Services, host: str
) -> None:
    client = services.open(services.app(host_names=frozenset({"localhost"})), ready=False)
    assert client.get("/healthz", headers={"Host": host}).status_code == 200
