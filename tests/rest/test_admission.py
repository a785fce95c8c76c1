import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from litestar.types import Message, Receive, Scope

from service.jobs.limits import Limits
from service.rest.app import Service
from service.rest.parsing import Refusal, parsed_brief, parsed_documents
from tests.rest.services import Client, HeldDrafter, Services

STORY = "Rain fell on Monday."
BRIEF = json.dumps({"documents": [{"content": STORY}]}).encode()


@dataclass
class Exchange:
    """One POST to an application, whose body comes when the test lets it."""

    app: Service
    headers: Sequence[tuple[bytes, bytes]] = ((b"content-type", b"application/json"),)
    path: str = "/v1/briefs"
    coming: "asyncio.Queue[dict[str, Any]]" = field(default_factory=asyncio.Queue)
    sent: list[dict[str, Any]] = field(default_factory=list)
    reads: int = 0

    def give(self, body: bytes, *, more: bool = False) -> None:
        self.coming.put_nowait({"type": "http.request", "body": body, "more_body": more})

    async def run(self) -> int:
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": self.path,
            "raw_path": self.path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(b"host", b"127.0.0.1"), *self.headers],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 2),
            "state": {},
        }
        await self.app(cast(Scope, scope), cast(Receive, self._receive), self._send)
        return self.status

    @property
    def status(self) -> int:
        return int(next(m["status"] for m in self.sent if m["type"] == "http.response.start"))

    def header(self, name: bytes) -> bytes | None:
        start = next(m for m in self.sent if m["type"] == "http.response.start")
        return dict(start["headers"]).get(name)

    async def _receive(self) -> dict[str, Any]:
        self.reads += 1
        return await self.coming.get()

    async def _send(self, message: Message) -> None:
        self.sent.append(dict(message))


def _in_app(app: Service, use: Callable[[], Any]) -> None:
    """Run a scenario inside a started application, on one event loop."""

    async def run() -> None:
        began, over = asyncio.Event(), asyncio.Event()

        async def receive() -> dict[str, str]:
            if not began.is_set():
                began.set()
                return {"type": "lifespan.startup"}
            await over.wait()
            return {"type": "lifespan.shutdown"}

        ready = asyncio.Event()

        async def send(message: Message) -> None:
            if cast(dict[str, Any], message)["type"] == "lifespan.startup.complete":
                ready.set()

        scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}, "app": app}
        life = asyncio.create_task(app(cast(Any, scope), cast(Any, receive), cast(Any, send)))
        await ready.wait()
        try:
            await use()
        finally:
            over.set()
            await life

    asyncio.run(run())


async def _settled(*exchanges: Exchange) -> None:
    """Wait until requests wait for the rest of their bodies."""
    for _ in range(1000):
        if all(one.reads > one.coming.qsize() and one.coming.empty() for one in exchanges):
            return
        await asyncio.sleep(0.005)
    raise TimeoutError("they do not read")


def test_beyond_so_many_at_once_a_request_is_refused_before_its_body_is_read(
    services: Services,
) -> None:
    app = services.app(limits=Limits(requests_at_once=1))

    async def use() -> None:
        slow, other = Exchange(app), Exchange(app)
        running = asyncio.create_task(slow.run())
        slow.give(BRIEF[:5], more=True)
        await _settled(slow)
        assert await other.run() == 429
        assert other.reads == 0
        assert other.header(b"retry-after") is not None
        assert json.loads(other.sent[-1]["body"])["type"] == "/errors/overloaded"
        slow.give(BRIEF[5:])
        assert await running == 202
        other.sent.clear()
        other.give(BRIEF)
        assert await other.run() == 202

    _in_app(app, use)


def test_a_body_that_does_not_arrive_in_time_is_told_so(services: Services) -> None:
    app = services.app(limits=Limits(requests_at_once=1, body_timeout_s=0.05))

    async def use() -> None:
        slow = Exchange(app)
        slow.give(BRIEF[:5], more=True)
        assert await slow.run() == 408
        assert slow.header(b"connection") == b"close"
        # Its place is free again.
        other = Exchange(app)
        other.give(BRIEF)
        assert await other.run() == 202

    _in_app(app, use)


def test_a_body_that_says_it_is_too_large_is_refused_unread(services: Services) -> None:
    app = services.app(limits=Limits(bytes_per_request=100))

    async def use() -> None:
        for stated in (b"101", b"9" * 5000):
            large = Exchange(app, (*Exchange.headers, (b"content-length", stated)))
            assert await large.run() == 413
            assert large.reads == 0
            assert json.loads(large.sent[-1]["body"])["limit"] == 100

    _in_app(app, use)


def test_a_body_that_does_not_say_its_size_is_cut_off_at_the_limit(services: Services) -> None:
    app = services.app(limits=Limits(bytes_per_request=100))

    async def use() -> None:
        large = Exchange(app)
        for _ in range(50):
            large.give(b" " * 60, more=True)
        assert await large.run() == 413
        assert large.reads == 2

    _in_app(app, use)


def test_all_bodies_together_may_hold_so_many_bytes(services: Services) -> None:
    app = services.app(limits=Limits(bytes_per_request=1000))

    async def use() -> None:
        held = [Exchange(app) for _ in range(4)]
        running = [asyncio.create_task(one.run()) for one in held]
        for one in held:
            one.give(b" " * 990, more=True)
        await _settled(*held)
        one_more = Exchange(app)
        one_more.give(b" " * 100, more=True)
        assert await one_more.run() == 429
        assert b"bytes at once" in one_more.sent[-1]["body"]
        for one in held:
            one.give(b"1")
        assert await asyncio.gather(*running) == [422] * 4
        one_more.sent.clear()
        one_more.give(BRIEF)
        assert await one_more.run() == 202

    _in_app(app, use)


def test_bytes_that_are_only_promised_keep_nobody_out(services: Services) -> None:
    app = services.app(limits=Limits(bytes_per_request=1000))

    async def use() -> None:
        promising = (*Exchange.headers, (b"content-length", b"1000"))
        silent = [Exchange(app, promising) for _ in range(8)]
        running = [asyncio.create_task(one.run()) for one in silent]
        await _settled(*silent)
        other = Exchange(app)
        other.give(BRIEF)
        assert await other.run() == 202
        for one in silent:
            one.give(b"1")
        assert await asyncio.gather(*running) == [422] * 8

    _in_app(app, use)


def _as_tenant(services: Services, tenant: str) -> tuple[tuple[bytes, bytes], ...]:
    token = services.key(tenant).token
    return (*Exchange.headers, (b"authorization", f"Bearer {token}".encode()))


def test_one_tenant_takes_half_of_the_places_at_most(services: Services) -> None:
    acme, other = (_as_tenant(services, tenant) for tenant in ("acme", "other"))
    app = services.app(limits=Limits(requests_at_once=4))

    async def use() -> None:
        slow = [Exchange(app, acme) for _ in range(2)]
        running = [asyncio.create_task(one.run()) for one in slow]
        await _settled(*slow)
        third = Exchange(app, acme)
        assert await third.run() == 429
        assert json.loads(third.sent[-1]["body"])["limit"] == 2
        another = Exchange(app, other)
        another.give(BRIEF)
        assert await another.run() == 202
        for one in slow:
            one.give(BRIEF)
        assert await asyncio.gather(*running) == [202] * 2

    _in_app(app, use)


def test_one_tenant_holds_half_of_the_bytes_at_most(services: Services) -> None:
    acme, other = (_as_tenant(services, tenant) for tenant in ("acme", "other"))
    app = services.app(limits=Limits(bytes_per_request=1000))

    async def use() -> None:
        held = [Exchange(app, acme) for _ in range(2)]
        running = [asyncio.create_task(one.run()) for one in held]
        for one in held:
            one.give(b" " * 990, more=True)
        await _settled(*held)
        third = Exchange(app, acme)
        third.give(b" " * 100, more=True)
        assert await third.run() == 429
        another = Exchange(app, other)
        another.give(b" " * 900 + BRIEF)
        assert await another.run() == 202
        for one in held:
            one.give(b"1")
        assert await asyncio.gather(*running) == [422] * 2

    _in_app(app, use)


def test_a_tenant_may_always_send_one_body_of_full_size(services: Services) -> None:
    acme = _as_tenant(services, "acme")
    app = services.app(limits=Limits(bytes_per_request=len(BRIEF), requests_at_once=1))

    async def use() -> None:
        whole = Exchange(app, acme)
        whole.give(BRIEF)
        assert await whole.run() == 202

    _in_app(app, use)


def test_a_client_that_leaves_in_the_middle_gives_its_place_back(services: Services) -> None:
    app = services.app(limits=Limits(requests_at_once=1))

    async def use() -> None:
        gone = Exchange(app)
        gone.give(BRIEF[:5], more=True)
        gone.coming.put_nowait({"type": "http.disconnect"})
        assert await gone.run() == 400
        other = Exchange(app)
        other.give(BRIEF)
        assert await other.run() == 202

    _in_app(app, use)


def test_who_waits_for_a_brief_holds_no_place(services: Services, held: HeldDrafter) -> None:
    from dataclasses import replace

    from service.backends.fakes import fake_models

    models = replace(fake_models(), drafter=held)
    app = services.app(models=models, limits=Limits(requests_at_once=1))

    async def use() -> None:
        waiting = Exchange(app, (*Exchange.headers, (b"prefer", b"wait=20")))
        waiting.give(BRIEF)
        running = asyncio.create_task(waiting.run())
        while not held.busy.is_set():
            await asyncio.sleep(0.01)
        other = Exchange(app)
        other.give(BRIEF)
        assert await other.run() == 202
        held.let.set()
        assert await running == 201

    _in_app(app, use)


@pytest.mark.parametrize(
    ("headers", "what"),
    [
        ({"content-type": "text/plain"}, "text/plain"),
        ({"content-type": "application/json", "content-encoding": "gzip"}, "gzip"),
        ({}, "''"),
    ],
)
def test_what_is_not_plain_json_is_refused(
    client: Client, headers: dict[str, str], what: str
) -> None:
    answer = client.post("/v1/briefs", content=BRIEF, headers=headers)
    assert answer.status_code == 415
    assert what in answer.json()["detail"]


def test_a_large_body_is_parsed_like_a_small_one(client: Client) -> None:
    documents = [{"content": STORY * 10_000}, {"content": "Snow fell."}]
    answer = client.post("/v1/documents", json={"documents": documents})
    assert answer.status_code == 201
    assert len(answer.json()["documents"]) == 2
    faulty = client.post("/v1/documents", json={"content": STORY * 10_000, "colour": "red"})
    assert faulty.json()["errors"] == [{"pointer": "#/colour", "detail": "there is no such field"}]


@pytest.mark.parametrize("parse", [parsed_brief, parsed_documents])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe{}",
        b"\xef\xbb\xbf{}",
        '{"content": "a"}'.encode("utf-16"),
        b'{"content": "a", "content": "b"}',
        b'{"content": NaN}',
        b'{"content": -Infinity}',
        b'{"content": ' + b"9" * 5000 + b"}",
        b'{"content": "\\ud800"}',
        b'{"content": "\xed\xa0\x80"}',
        b'{"content": "a\x00b"}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"content": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
)
def test_what_is_no_json_is_told_so(parse: Callable[[bytes, int], object], body: bytes) -> None:
    refusal = parse(body, 100)
    assert isinstance(refusal, Refusal)
    assert refusal.slug == "malformed-json"
    assert refusal.detail


def test_a_number_out_of_range_is_a_fault_of_its_field() -> None:
    for number in ("1e400", "1" * 4000, "-1", "1.5"):
        body = f'{{"documents": [{{"content": "a"}}], "options": {{"seed": {number}}}}}'
        refusal = parsed_brief(body.encode(), 100)
        assert isinstance(refusal, Refusal)
        assert [fault.pointer for fault in refusal.faults] == ["#/options/seed"], number


def test_too_many_documents_are_counted_before_any_is_looked_at() -> None:
    body = b'{"documents": [' + b"1," * 200 + b'1], "document_ids": [2]}'
    refusal = parsed_brief(body, 100)
    assert isinstance(refusal, Refusal)
    assert (refusal.slug, refusal.size, refusal.limit) == ("too-many-documents", 202, 100)


def test_a_thousand_faults_are_told_as_one() -> None:
    body = "{" + ",".join(f'"a{i}": 1' for i in range(2000)) + "}"
    refusal = parsed_documents(body.encode(), 100)
    assert isinstance(refusal, Refusal)
    [fault] = refusal.faults
    assert (fault.pointer, fault.detail) == ("#", "2001 fields are wrong")
