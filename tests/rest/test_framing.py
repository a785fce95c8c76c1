import asyncio
import json
from typing import Any, cast

import pytest
from litestar.types import Message, Receive, Scope, Send

from service.rest.framing import Framed

HOST = (b"host", b"inside.example")


def asked(
    target: bytes, *headers: tuple[bytes, bytes]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[str]]:
    """Return what the application within is asked, what the client is sent, what is counted."""
    seen: list[dict[str, Any]] = []
    sent: list[dict[str, Any]] = []
    counted: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(dict(scope))

    async def receive() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(dict(message))

    scope = {
        "type": "http",
        "method": "GET",
        "raw_path": target,
        "path": target.decode(),
        "headers": [HOST, *headers],
        "state": {},
    }
    framed = Framed(app=app, count_refused=counted.append)
    asyncio.run(framed(cast(Scope, scope), cast(Receive, receive), send))
    return seen, sent, counted


@pytest.mark.parametrize(
    ("target", "raw", "path", "host"),
    [
        (b"http://a.example/v1/briefs", b"/v1/briefs", "/v1/briefs", b"a.example"),
        (b"HTTPS://a.example:8000/v1/a%20b", b"/v1/a%20b", "/v1/a b", b"a.example:8000"),
        (b"http://[::1]:80", b"/", "/", b"[::1]:80"),
        (b"http://a.example//b.example/", b"//b.example/", "//b.example/", b"a.example"),
    ],
)
def test_a_target_with_the_servers_name_is_asked_by_its_path(
    target: bytes, raw: bytes, path: str, host: bytes
) -> None:
    [[scope], _, _] = asked(target)
    assert (scope["raw_path"], scope["path"]) == (raw, path)
    # The name in the target goes before the header's (RFC 9112, 3.2.2).
    assert [value for name, value in scope["headers"] if name == b"host"] == [host]


@pytest.mark.parametrize(
    "target", [b"/v1/briefs", b"/http://a.example/b", b"*", b"ftp://a/b", b"http://u@a/b"]
)
def test_other_targets_stay_as_they_are(target: bytes) -> None:
    [[scope], _, _] = asked(target)
    assert (scope["raw_path"], scope["path"]) == (target, target.decode())
    assert HOST in scope["headers"]


def test_two_headers_that_tell_the_length_are_refused_and_the_connection_ends() -> None:
    seen, sent, counted = asked(
        b"/v1/briefs", (b"content-length", b"5"), (b"transfer-encoding", b"chunked")
    )
    assert seen == []
    assert sent[0]["status"] == 400
    headers = dict(sent[0]["headers"])
    assert headers[b"connection"] == b"close"
    assert headers[b"content-type"] == b"application/problem+json"
    assert json.loads(sent[1]["body"])["type"] == "/errors/bad-request"
    assert counted == ["bad-request"]


@pytest.mark.parametrize("header", [(b"content-length", b"5"), (b"transfer-encoding", b"chunked")])
def test_one_of_them_is_let_in(header: tuple[bytes, bytes]) -> None:
    seen, sent, _ = asked(b"/v1/briefs", header)
    assert (len(seen), sent) == (1, [])
