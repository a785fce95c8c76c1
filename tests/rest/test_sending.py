import asyncio
import json
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from service.domain.errors import Overloaded
from service.jobs.limits import Limits
from service.jobs.parts import Caller
from service.rest.heads import Heads
from service.rest.sending import PIECE_BYTES, Sending, expect_answer
from tests.rest.services import Client

# Half of the bytes at once is 200 kB, all of them are 400 kB.
LIMITS = Limits(bytes_per_request=100_000)


def answering(*bodies: bytes) -> ASGIApp:
    """Return an application that answers with those bodies, one after another."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"a", b"b")]})
        for number, body in enumerate(bodies, start=1):
            await send(
                {"type": "http.response.body", "body": body, "more_body": number < len(bodies)}
            )

    return app


@dataclass
class Asking:
    """Who asks, and takes what is sent to it only once `takes` is set."""

    tenant: str = "local"
    method: str = "GET"
    takes: asyncio.Event = field(default_factory=asyncio.Event)
    sent: list[dict[str, Any]] = field(default_factory=list)

    async def ask(self, app: ASGIApp) -> None:
        state = {"caller": Caller(tenant=self.tenant)}
        scope = {"type": "http", "method": self.method, "headers": [], "state": state}
        await app(cast(Scope, scope), cast(Receive, self.receive), self.take)

    async def receive(self) -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def take(self, message: Message) -> None:
        self.sent.append(dict(message))
        await self.takes.wait()

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def bodies(self) -> list[bytes]:
        return [one["body"] for one in self.sent[1:]]


def reading(method: str = "GET") -> Asking:
    client = Asking(method=method)
    client.takes.set()
    return client


def sending(*bodies: bytes, counted: Callable[[str], None] = lambda _: None) -> Sending:
    return Sending(app=answering(*bodies), limits=LIMITS, count_refused=counted)


def run(scenario: Coroutine[Any, Any, None]) -> None:
    asyncio.run(scenario)


@pytest.mark.parametrize(
    ("size", "pieces"),
    [
        (0, [0]),
        (1, [1]),
        (PIECE_BYTES, [PIECE_BYTES]),
        (PIECE_BYTES + 1, [PIECE_BYTES, 1]),
        (2 * PIECE_BYTES, [PIECE_BYTES, PIECE_BYTES]),
    ],
)
def test_a_large_body_is_sent_in_pieces(size: int, pieces: Sequence[int]) -> None:
    client, body = reading(), bytes(at % 251 for at in range(size))

    run(client.ask(sending(body)))
    assert [len(one) for one in client.bodies] == pieces
    assert b"".join(client.bodies) == body
    assert client.sent[0] == {
        "type": "http.response.start",
        "status": 200,
        "headers": [(b"a", b"b")],
    }
    assert [one["more_body"] for one in client.sent[1:]] == [True] * (len(pieces) - 1) + [False]


def test_a_stream_goes_through_as_it_comes() -> None:
    client = reading()
    run(client.ask(sending(b"one", b"", b"two")))
    assert client.bodies == [b"one", b"", b"two"]
    assert [one["more_body"] for one in client.sent[1:]] == [True, True, False]


def test_a_large_part_of_a_stream_that_has_begun_is_sent_even_where_much_is_held() -> None:
    async def scenario() -> None:
        app = sending(b"one", b"x" * 500_000)
        client = reading()
        await client.ask(app)
        assert b"".join(client.bodies) == b"one" + b"x" * 500_000
        assert app.held.held == 0

    run(scenario())


def test_beyond_so_many_bytes_held_a_large_answer_is_refused_and_a_small_one_is_not() -> None:
    async def scenario() -> None:
        counted: list[str] = []
        app = sending(b"x" * 150_000, counted=counted.append)
        deaf = [Asking() for _ in range(2)]
        waiting = [asyncio.create_task(one.ask(app)) for one in deaf]
        await asyncio.sleep(0)
        assert app.held.held == 300_000
        refused = reading()
        await refused.ask(app)
        assert refused.status == 429
        headers = dict(refused.sent[0]["headers"])
        assert int(headers[b"retry-after"]) > 0
        assert headers[b"x-content-type-options"] == b"nosniff"
        [body] = refused.bodies
        assert int(headers[b"content-length"]) == len(body)
        told = json.loads(body)
        assert (told["type"], told["limit"]) == ("/errors/overloaded", 400_000)
        assert counted == ["overloaded"]
        small = reading()
        await small.ask(
            Sending(app=answering(b"small"), limits=LIMITS, count_refused=counted.append)
        )
        assert small.status == 200
        for one in deaf:
            one.takes.set()
        await asyncio.gather(*waiting)
        again = reading()
        await again.ask(app)
        assert (again.status, app.held.held) == (200, 0)

    run(scenario())


def test_one_tenant_holds_half_of_the_bytes_at_most() -> None:
    async def scenario() -> None:
        app = sending(b"x" * 150_000)
        deaf = Asking(tenant="acme")
        waiting = asyncio.create_task(deaf.ask(app))
        await asyncio.sleep(0)
        more, other = Asking(tenant="acme"), Asking(tenant="other")
        more.takes.set()
        other.takes.set()
        await more.ask(app)
        await other.ask(app)
        assert (more.status, other.status) == (429, 200)
        deaf.takes.set()
        await waiting

    run(scenario())


def test_a_client_that_goes_away_gives_its_bytes_back() -> None:
    async def scenario() -> None:
        app = sending(b"x" * 150_000)
        waiting = asyncio.create_task(Asking().ask(app))
        await asyncio.sleep(0)
        assert app.held.held == 150_000
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert app.held.held == 0

    run(scenario())


def test_the_head_of_a_large_answer_has_no_body() -> None:
    client = reading("HEAD")
    run(client.ask(Heads(app=sending(b"x" * 150_000))))
    assert client.bodies == [b""]


def test_a_document_of_many_pieces_is_read_whole(client: Client) -> None:
    content = "Rain fell on Monday in the town of Bell. " * 10_000
    client.post("/v1/documents", json={"id": "long", "content": content})
    answer = client.get("/v1/documents/long")
    assert len(answer.content) > 5 * PIECE_BYTES
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert answer.json()["id"] == "long"


def expecting(size: int, body: bytes) -> ASGIApp:
    """Return an application that counts its answer before it makes it."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        expect_answer(scope, size)
        await answering(body)(scope, receive, send)

    return app


def test_answers_count_before_they_are_made_and_once() -> None:
    async def scenario() -> None:
        size = 3 * PIECE_BYTES
        app = Sending(app=expecting(size, bytes(size)), limits=LIMITS, count_refused=lambda _: None)
        slow = Asking()
        asked = asyncio.create_task(slow.ask(app))
        await asyncio.sleep(0)
        assert app.held.held == size
        slow.takes.set()
        await asked
        assert app.held.held == 0

    run(scenario())


def test_an_answer_that_was_expected_and_never_made_counts_no_longer() -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        expect_answer(scope, 3 * PIECE_BYTES)
        raise RuntimeError

    async def scenario() -> None:
        app = Sending(app=broken, limits=LIMITS, count_refused=lambda _: None)
        with pytest.raises(RuntimeError):
            await reading().ask(app)
        assert app.held.held == 0

    run(scenario())


def test_more_than_may_be_held_is_refused_before_it_is_made() -> None:
    async def scenario() -> None:
        app = Sending(app=expecting(500_000, b""), limits=LIMITS, count_refused=lambda _: None)
        with pytest.raises(Overloaded):
            await reading().ask(app)
        assert app.held.held == 0

    run(scenario())
