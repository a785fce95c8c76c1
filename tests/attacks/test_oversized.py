"""Bodies made to keep the service busy, or to fill its memory, against the real service."""

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx
import pytest

from tests.serving import Serving, resident_bytes

STORY = "Rain fell on Monday in the town of Bell. "
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    folder = tmp_path_factory.mktemp("oversized")
    serving = Serving.on(
        folder, "--workers", "0", BRIEF_THREADS="1", BRIEF_READ_TIMEOUT_S="20", BRIEF_STREAMS="2"
    )
    serving.start()
    try:
        _until_reading(serving)
        yield serving
    finally:
        serving.stop()


def _until_reading(serving: Serving) -> None:
    ends = time.monotonic() + 120
    while time.monotonic() < ends:
        try:
            if _post(serving, {"content": STORY}).status_code in (200, 201):
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise TimeoutError(serving.log.read_text()[-2000:])


def _post(serving: Serving, document: object) -> httpx.Response:
    return _send(serving, json.dumps(document).encode())


def _send(serving: Serving, body: bytes, path: str = "/v1/documents") -> httpx.Response:
    return httpx.post(serving.url + path, content=body, headers=JSON, timeout=120)


HELD_AT_ONCE = 80_000_000
# Bytes that are held are there up to four times over: in pieces, put together, on their way to or
# from the process that works on them, and as what the allocator has not given back.
MOST_GROWN = 4 * HELD_AT_ONCE
BODIES = {
    "a million documents": b'{"documents": [' + b'{"content":"a"},' * 1_000_000 + b"1]}",
    "a million faults": b"{" + b",".join(b'"%d":1' % i for i in range(1_000_000)) + b"}",
    "two million fields": b"{" + b",".join(b'"%d":1' % i for i in range(1_700_000)) + b"}",
    "nested arrays": b"[" * 5_000_000,
    "nested objects": b'{"documents":' * 1_000_000,
    "a long number": b'{"content": ' + b"9" * 5_000_000 + b"}",
    "escapes": b'{"documents": [' + b'{"content":"' + b"\\u0416" * 3_000_000 + b'"}]}',
    "surrogates": b'{"content":"' + b"\\ud800" * 100_000 + b'"}',
    "zeros": b"\0" * 5_000_000,
    "a large document": b'{"content":"' + b"a" * 6_000_000 + b'"}',
}


@pytest.mark.slow
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
@pytest.mark.parametrize("path", ["/v1/documents", "/v1/briefs"])
def test_a_hostile_body_is_the_clients_mistake_and_holds_nobody_up(
    serving: Serving, path: str, body: bytes
) -> None:
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(_send, serving, body, path)
        while not sending.done():
            assert httpx.get(f"{serving.url}/healthz", timeout=20).status_code == 200
            time.sleep(0.05)
    answer = sending.result()
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert _post(serving, {"content": STORY}).status_code == 200


@pytest.mark.slow
def test_a_body_larger_than_the_limit_is_refused_before_it_is_sent(serving: Serving) -> None:
    with socket.create_connection(("127.0.0.1", serving.port), timeout=20) as line:
        line.sendall(
            b"POST /v1/documents HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            b"Content-Length: 20000001\r\n\r\n{"
        )
        assert line.recv(65536).startswith(b"HTTP/1.1 413 ")


@pytest.mark.slow
def test_a_body_without_an_end_is_cut_off_at_the_limit(serving: Serving) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(300):
            yield b" " * 100_000

    answer = httpx.post(f"{serving.url}/v1/documents", content=endless(), headers=JSON, timeout=120)
    assert answer.status_code == 413
    assert answer.json()["limit"] == 20_000_000


@pytest.mark.slow
def test_many_large_bodies_at_once_are_bounded_in_memory(serving: Serving) -> None:
    before = resident_bytes(serving.pid)
    body = BODIES["escapes"]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: _send(serving, body), range(24)))
    # Either read, one after another, or refused at once because so many bytes were held already.
    assert {one.status_code for one in answers} <= {422, 429}
    assert all("retry-after" in one.headers for one in answers if one.status_code == 429)
    assert resident_bytes(serving.pid) < before + MOST_GROWN


def _line(serving: Serving, sent: bytes) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", serving.port), timeout=60)
    line.sendall(sent)
    return line


@pytest.mark.slow
def test_bodies_that_are_only_promised_keep_nobody_out(serving: Serving) -> None:
    promise = (
        b"POST /v1/documents HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        b"Content-Length: 20000000\r\n\r\n"
    )
    with ExitStack() as stack:
        for _ in range(16):
            stack.enter_context(_line(serving, promise))
        for _ in range(5):
            assert _post(serving, {"content": STORY}).status_code == 200


@pytest.mark.slow
def test_answers_that_nobody_reads_are_bounded_in_memory(serving: Serving) -> None:
    content = "".join(f"{number}. {STORY}" for number in range(40_000))
    assert _post(serving, {"id": "large", "content": content}).status_code in (200, 201)
    size = len(httpx.get(f"{serving.url}/v1/documents/large", timeout=60).content)
    before = resident_bytes(serving.pid)
    asked = b"GET /v1/documents/large HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    with ExitStack() as stack:
        deaf = [stack.enter_context(_line(serving, asked)) for _ in range(40)]
        # What it refuses it says at once, and what it answers begins.
        statuses = [line.recv(len(b"HTTP/1.1 429")) for line in deaf]
        assert set(statuses) == {b"HTTP/1.1 200", b"HTTP/1.1 429"}
        assert statuses.count(b"HTTP/1.1 200") * size <= HELD_AT_ONCE
        assert resident_bytes(serving.pid) < before + MOST_GROWN
        assert httpx.get(f"{serving.url}/healthz", timeout=20).status_code == 200
        assert _post(serving, {"content": STORY}).status_code == 200


@pytest.mark.slow
def test_a_head_without_an_end_is_cut_off(serving: Serving) -> None:
    with _line(serving, b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\na: " + b"b" * 60_000) as line:
        assert line.recv(65536).startswith(b"HTTP/1.1 400 ")


@pytest.mark.slow
def test_two_lengths_of_one_body_are_refused_and_the_connection_ends(serving: Serving) -> None:
    smuggled = (
        b"POST /v1/documents HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    )
    with _line(serving, smuggled) as line:
        answer = b""
        while piece := line.recv(65536):
            answer += piece
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1 ") == 1


@pytest.mark.slow
def test_a_target_with_the_servers_name_in_it_is_asked_as_its_path(serving: Serving) -> None:
    with _line(
        serving, b"GET http://127.0.0.1/healthz HTTP/1.1\r\nHost: elsewhere\r\n\r\n"
    ) as line:
        assert line.recv(65536).startswith(b"HTTP/1.1 200 ")
    with _line(
        serving, b"GET http://elsewhere/v1/briefs HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    ) as line:
        assert line.recv(65536).startswith(b"HTTP/1.1 421 ")
