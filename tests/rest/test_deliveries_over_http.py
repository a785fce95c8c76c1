import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from service.backends.fakes import FakeDrafter, fake_models
from service.domain.claims import Draft, DraftRequest
from service.domain.ports import Models
from service.jobs.deliveries import Deliveries, Post, Rounds
from service.jobs.limits import Limits
from service.jobs.parts import Background, Shop
from service.webhooks.sender import Reply, Rules, Sender
from tests.rest.services import Client, Services, done, until
from tests.unit.jobs.posts import FakePost

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
HOOK = {"url": "https://hooks.example.com/brief", "secret": SECRET}
LISTED = "/v1/webhooks/deliveries"
RAIN = {"content": "Rain fell on Saturday.", "id": "rain"}


@dataclass
class Receiver:
    """A receiver on loopback, and what it got."""

    port: int
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def hook(self) -> dict[str, str]:
        return {"url": f"http://127.0.0.1:{self.port}/brief", "secret": SECRET}

    def messages(self) -> list[dict[str, Any]]:
        return [Webhook(SECRET).verify(body, headers) for headers, body in self.received]


@contextmanager
def receiving() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.received.append((dict(self.headers), body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = Receiver(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as opened:
        yield opened


def sent_by(post: Callable[[], Post]) -> Callable[[Shop], tuple[Background, ...]]:
    """Return what sends the messages of a service."""

    def begin(shop: Shop) -> tuple[Background, ...]:
        return (
            Deliveries(
                store=shop.store.deliveries,
                post=post(),
                vault=shop.vault,
                surroundings=shop.surroundings,
                metrics=shop.metrics,
                chance=lambda: 0.5,
                rounds=Rounds(poll_s=0.02, grace_s=1.0),
            ),
        )

    return begin


def opened(services: Services, post: FakePost) -> Client:
    return services.open(services.app(background=sent_by(lambda: post)))


def opened_for(services: Services, models: Models | None = None) -> Client:
    # What checks the signatures has no clock but the machine's.
    services.time.now = datetime.now(UTC)
    sender = sent_by(lambda: Sender(Rules(allow_private=True)))
    limits = Limits(webhook_private=True)
    return services.open(services.app(models=models, limits=limits, background=sender))


def listed(client: Client, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(LISTED + query).json()["deliveries"]
    return found


def in_status(client: Client, status: str) -> dict[str, Any]:
    until(lambda: bool(listed(client, f"?status={status}")))
    return listed(client, f"?status={status}")[0]


def test_a_brief_that_is_done_is_told_to_its_webhook(
    services: Services, receiver: Receiver
) -> None:
    client = opened_for(services)
    url = done(client, {"documents": [RAIN], "webhook": receiver.hook})
    told = in_status(client, "delivered")
    [message] = receiver.messages()
    assert message["type"] == "brief.done"
    assert message["data"] == {"brief_id": url.rpartition("/")[2], "status": "done", "url": url}
    assert datetime.fromisoformat(message["timestamp"]).tzinfo is not None
    assert receiver.received[0][0]["webhook-id"] == told["id"]


def test_a_document_that_changes_later_is_told_for_the_briefs_made_of_it(
    services: Services, receiver: Receiver
) -> None:
    client = opened_for(services)
    done(client, {"documents": [RAIN], "webhook": receiver.hook})
    assert client.post("/v1/documents", json={**RAIN, "content": "Snow fell."}).status_code == 201
    until(lambda: len(receiver.received) == 2)
    assert client.delete("/v1/documents/rain?force=true").status_code == 204
    until(lambda: len(receiver.received) == 3)
    stale = [one["data"]["stale"] for one in receiver.messages() if one["type"] == "brief.stale"]
    assert stale == [
        {"document_id": "rain", "reason": "changed"},
        {"document_id": "rain", "reason": "deleted"},
    ]


def test_a_message_is_listed_without_its_secret(services: Services) -> None:
    client = opened(services, FakePost())
    url = done(client, {"documents": [RAIN], "webhook": HOOK})
    told = in_status(client, "delivered")
    assert told == {
        "id": told["id"],
        "brief_id": url.rpartition("/")[2],
        "event": "brief.done",
        "url": HOOK["url"],
        "status": "delivered",
        "attempts": 1,
        "next_at": None,
        "last_error": None,
        "created_at": "2026-11-21T12:00:00Z",
        "finished_at": "2026-11-21T12:00:00Z",
    }
    one = client.get(f"{LISTED}/{told['id']}")
    assert one.json() == told
    assert one.headers["etag"]
    for answer in (one, client.get(LISTED), client.get(url), client.get("/v1/briefs")):
        assert SECRET not in answer.text
        assert SECRET[::-1] not in answer.text


def test_a_message_that_waits_tells_when_it_is_sent_next_and_why(services: Services) -> None:
    client = opened(services, FakePost(answers=[Reply(status=500)]))
    done(client, {"documents": [RAIN], "webhook": HOOK})
    until(lambda: in_status(client, "pending")["last_error"] is not None)
    told = in_status(client, "pending")
    assert told["last_error"] == "it answered 500"
    assert told["next_at"] == "2026-11-21T12:00:05Z"


def test_a_dead_message_is_sent_again_when_asked_for(services: Services) -> None:
    post = FakePost(answers=[Reply(status=410), Reply(status=200)])
    client = opened(services, post)
    done(client, {"documents": [RAIN], "webhook": HOOK})
    dead = in_status(client, "dead")
    answer = client.post(f"{LISTED}/{dead['id']}/redeliver")
    assert answer.status_code == 202
    assert answer.json()["status"] == "pending"
    assert in_status(client, "delivered")["id"] == dead["id"]
    assert listed(client, "?status=dead") == []
    assert len(post.sent) == 2


def test_a_delivered_message_is_sent_again_when_asked_for(services: Services) -> None:
    post = FakePost()
    client = opened(services, post)
    done(client, {"documents": [RAIN], "webhook": HOOK})
    told = in_status(client, "delivered")
    assert client.post(f"{LISTED}/{told['id']}/redeliver").status_code == 202
    until(lambda: len(post.sent) == 2)
    assert {one.headers["webhook-id"] for one in post.sent} == {told["id"]}


def test_messages_are_listed_in_pages_the_newest_first(services: Services) -> None:
    client = opened(services, FakePost())
    for number in range(5):
        services.time.pass_by(1)
        sent = {"content": f"Rain fell {number} times."}
        done(client, {"documents": [sent], "webhook": HOOK})
    until(lambda: len(listed(client, "?status=delivered")) == 5)
    first = client.get(f"{LISTED}?limit=2")
    assert 'rel="next"' in first.headers["link"]
    pages = [first.json()]
    while pages[-1]["next_cursor"] is not None:
        cursor = pages[-1]["next_cursor"]
        pages.append(client.get(f"{LISTED}?limit=2&cursor={cursor}").json())
    assert [len(page["deliveries"]) for page in pages] == [2, 2, 1]
    assert [one for page in pages for one in page["deliveries"]] == listed(client)
    times = [one["created_at"] for one in listed(client)]
    assert times == sorted(times, reverse=True)
    assert len(set(times)) == 5


@pytest.mark.parametrize(
    "query", ["?status=lost", "?limit=0", "?limit=201", "?cursor=x", "?limit=x"]
)
def test_a_list_that_cannot_be_is_refused(client: Client, query: str) -> None:
    answer = client.get(LISTED + query)
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_message_that_is_not_there_is_a_problem(client: Client) -> None:
    for answer in (client.get(f"{LISTED}/msg_1"), client.post(f"{LISTED}/msg_1/redeliver")):
        assert answer.status_code == 404
        assert answer.json()["type"] == "/errors/unknown-delivery"


def test_a_message_of_another_tenant_is_not_there(services: Services) -> None:
    client = opened(services, FakePost(answers=[Reply(status=410)]))
    ours, theirs = (
        {"Authorization": f"Bearer {services.key(name).token}"} for name in ("ours", "theirs")
    )
    sent = {"documents": [RAIN], "webhook": HOOK}
    location = client.post("/v1/briefs", json=sent, headers=ours).headers["location"]
    until(lambda: client.get(location, headers=ours).json()["status"] == "done")
    dead = f"{LISTED}?status=dead"
    until(lambda: bool(client.get(dead, headers=ours).json()["deliveries"]))
    [told] = client.get(dead, headers=ours).json()["deliveries"]
    at = f"{LISTED}/{told['id']}"
    assert client.get(LISTED, headers=theirs).json()["deliveries"] == []
    assert client.get(at, headers=theirs).status_code == 404
    assert client.post(f"{at}/redeliver", headers=theirs).status_code == 404
    assert client.get(at, headers=ours).json() == told


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://[::1]:8080/",
        "http://169.254.169.254/latest/meta-data/",
        "https://user:hunter2@hooks.example.com/",
        "https://localhost/",
        "ftp://hooks.example.com/",
        "https://hooks.example.com:0/",
        "https://hooks.example.com/#part",
    ],
)
def test_an_address_inside_is_refused_when_the_brief_is_asked_for(client: Client, url: str) -> None:
    sent = {"documents": [RAIN], "webhook": {"url": url, "secret": SECRET}}
    answer = client.post("/v1/briefs", json=sent)
    assert answer.status_code == 422
    [fault] = answer.json()["errors"]
    assert fault["pointer"] == "#/webhook/url"
    assert "hunter2" not in answer.text
    assert client.get("/v1/briefs").json()["briefs"] == []


@pytest.mark.parametrize("secret", ["short", "x" * 513, "", 7, None])
def test_a_secret_that_is_none_is_refused_and_not_repeated(client: Client, secret: object) -> None:
    sent = {"documents": [RAIN], "webhook": {"url": HOOK["url"], "secret": secret}}
    answer = client.post("/v1/briefs", json=sent)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "#/webhook/secret"
    assert not secret or str(secret) not in answer.json()["errors"][0]["detail"]


class Failing(FakeDrafter):
    """Drafts nothing."""

    def draft(
        self, requests: Sequence[DraftRequest], advance: Callable[[int], None] = lambda _: None
    ) -> list[Draft]:
        raise OSError("secret of the engine")


def test_a_brief_that_failed_is_told_with_its_reason(
    services: Services, receiver: Receiver
) -> None:
    client = opened_for(services, replace(fake_models(), drafter=Failing()))
    sent = {"documents": [RAIN], "webhook": receiver.hook}
    url = client.post("/v1/briefs", json=sent).headers["location"]
    until(lambda: bool(receiver.received))
    [message] = receiver.messages()
    assert message["type"] == "brief.failed"
    assert message["data"]["status"] == "failed"
    assert message["data"]["error"] == client.get(url).json()["error"]
    assert "secret of" not in str(message)
