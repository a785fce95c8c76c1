import asyncio
import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pytest

from service.domain.ports import Models
from service.jobs.bell import Bell
from service.jobs.limits import Limits
from service.jobs.parts import Background, Shop
from tests.rest.services import QUICK, Client, HeldDrafter, Services, done, until

ONE, TWO = {"content": "Rain fell on Monday."}, {"content": "The river rose.", "id": "two"}
BOTH = {"documents": [ONE, TWO]}


@dataclass(frozen=True)
class Told:
    id: str
    name: str
    data: dict[str, object]


def told(text: str) -> list[Told]:
    """Read a stream of events as the standard says, as far as the service uses it."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if line[:1] != ":")
        if "data" in fields:
            found.append(Told(fields["id"], fields["event"], json.loads(fields["data"])))
    return found


def names(events: Sequence[Told]) -> list[str]:
    return [event.name for event in events]


class Listener(threading.Thread):
    """Reads a stream to its end beside the test."""

    def __init__(self, client: Client, url: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(daemon=True)
        self.client, self.url, self.headers = client, url, headers
        self.text = ""
        self.start()

    def run(self) -> None:
        self.text = self.client.get(self.url, headers=self.headers).text

    def events(self) -> list[Told]:
        self.join(20)
        assert not self.is_alive()
        return told(self.text)


def test_a_finished_brief_is_told_from_the_start(client: Client) -> None:
    url = done(client, BOTH)
    answer = client.get(url + "/events")
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.text.startswith("retry: 2000\n\n")
    events = told(answer.text)
    assert names(events) == ["queued", "statement", "statement", "statement", "done"]
    brief = client.get(url).json()
    assert [event.data for event in events[1:4]] == [
        {"part": "headline", **brief["headline"]},
        *({"part": "statements", **one} for one in brief["statements"]),
    ]
    assert events[0].data == {"id": brief["id"], "status": "queued"}
    assert events[4].data == {
        "id": brief["id"],
        "status": "done",
        "finished_at": brief["finished_at"],
        "url": url,
        "statements": 3,
    }


def test_a_client_goes_on_after_every_event_with_exactly_the_rest(client: Client) -> None:
    url = done(client, BOTH) + "/events"
    whole = told(client.get(url).text)
    for at, event in enumerate(whole[:-1], start=1):
        rest = client.get(url, headers={"Last-Event-ID": event.id})
        assert told(rest.text) == whole[at:]


def test_a_client_that_has_everything_is_told_not_to_come_back(client: Client) -> None:
    url = done(client, BOTH) + "/events"
    last = told(client.get(url).text)[-1].id
    answer = client.get(url, headers={"Last-Event-ID": last})
    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize("last", ["", "x", "1", "99-0", "1-1-1", "'; --", "9" * 300])
def test_an_id_that_was_never_given_is_the_start(client: Client, last: str) -> None:
    url = done(client, BOTH) + "/events"
    again = client.get(url, headers={"Last-Event-ID": last})
    assert again.text == client.get(url).text


def test_a_brief_is_told_of_while_it_is_made(
    services: Services, held: HeldDrafter, held_models: Models
) -> None:
    client = services.open(services.app(models=held_models))
    url = client.post("/v1/briefs", json=BOTH).headers["location"]
    listener = Listener(client, url + "/events")
    assert held.busy.wait(20)
    until(lambda: client.get(url).json()["progress"] is not None)
    held.let.set()
    events = listener.events()
    assert names(events)[-4:] == ["statement"] * 3 + ["done"]
    assert set(names(events)[:-4]) <= {"queued", "progress"}
    ids = [tuple(map(int, event.id.split("-"))) for event in events]
    assert ids == sorted(set(ids))


def test_progress_is_told_as_it_is_made(
    services: Services, held: HeldDrafter, held_models: Models
) -> None:
    client = services.open(services.app(models=held_models))
    url = client.post("/v1/briefs", json=BOTH).headers["location"]
    assert held.busy.wait(20)
    until(lambda: client.get(url).json()["progress"] is not None)
    listener = Listener(client, url + "/events")
    # Cancelled, it ends the stream without a further progress.
    until(lambda: services.streams_open() == 1)
    client.post(url + "/cancel")
    events = listener.events()
    assert names(events) == ["queued", "progress", "failed"]
    assert events[1].data == {"stage": "draft", "done": 0, "total": 2}
    assert events[2].data == {"id": url.rpartition("/")[2], "status": "cancelled", "error": None}


def test_another_process_tells_of_it_as_well(
    services: Services, held: HeldDrafter, held_models: Models
) -> None:
    maker = services.open(services.app(models=held_models))
    other = services.open(services.app(pace=replace(QUICK, workers=0)))
    url = maker.post("/v1/briefs", json=BOTH).headers["location"]
    assert held.busy.wait(20)
    listener = Listener(other, url + "/events")
    until(lambda: services.streams_open() == 1)
    held.let.set()
    assert names(listener.events())[-1] == "done"


def test_a_brief_that_is_deleted_ends_its_stream(
    services: Services, held: HeldDrafter, held_models: Models
) -> None:
    client = services.open(services.app(models=held_models))
    url = client.post("/v1/briefs", json=BOTH).headers["location"]
    assert held.busy.wait(20)
    listener = Listener(client, url + "/events")
    until(lambda: services.streams_open() == 1)
    client.delete(url)
    assert "done" not in names(listener.events())


class Ringing:
    """Tells of news of a brief without a pause, whether there is any or not."""

    def __init__(self, bell: Bell) -> None:
        self.bell, self.brief_id = bell, ""
        self.task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self.task = asyncio.create_task(self._ring())

    async def stop(self) -> None:
        assert self.task is not None
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)

    async def _ring(self) -> None:
        while True:
            self.bell.ring_for_end(self.brief_id)
            await asyncio.sleep(0.001)


@pytest.mark.parametrize("news", [False, True])
def test_a_key_that_is_revoked_ends_what_it_listens_to(
    services: Services, held: HeldDrafter, held_models: Models, *, news: bool
) -> None:
    key = services.key("acme")
    bearer = {"Authorization": f"Bearer {key.token}"}
    ringing: list[Ringing] = []

    def background(shop: Shop) -> tuple[Background, ...]:
        ringing.append(Ringing(shop.bell))
        return tuple(ringing)

    # With news there is never a pause of this length.
    heartbeat_s = 0.2 if news else 0.01
    app = services.app(models=held_models, heartbeat_s=heartbeat_s, background=background)
    client = services.open(app)
    client.headers.update(bearer)
    url = client.post("/v1/briefs", json=BOTH).headers["location"]
    assert held.busy.wait(20)
    if news:
        ringing[0].brief_id = url.rpartition("/")[2]
    listener = Listener(client, url + "/events")
    until(lambda: services.streams_open() == 1)
    services.revoke(key.key.id)
    assert "done" not in names(listener.events())


def test_more_streams_than_may_be_are_refused_at_once(
    services: Services, held: HeldDrafter, held_models: Models
) -> None:
    client = services.open(services.app(models=held_models, limits=Limits(streams=1)))
    url = client.post("/v1/briefs", json=BOTH).headers["location"]
    assert held.busy.wait(20)
    listener = Listener(client, url + "/events")
    until(lambda: services.streams_open() == 1)
    answer = client.get(url + "/events")
    assert (answer.status_code, answer.json()["type"]) == (429, "/errors/overloaded")
    assert int(answer.headers["retry-after"]) > 0
    held.let.set()
    listener.events()
    until(lambda: services.streams_open() == 0)
    assert client.get(url + "/events").status_code == 200


def test_one_tenant_has_half_of_the_streams_at_most(
    services: Services, held: HeldDrafter, held_models: Models
) -> None:
    tokens = [services.key(tenant).token for tenant in ("acme", "other")]
    acme, other = ({"Authorization": f"Bearer {token}"} for token in tokens)
    client = services.open(services.app(models=held_models, limits=Limits(streams=2)))
    urls = [
        str(client.post("/v1/briefs", json=BOTH, headers=one).headers["location"]) + "/events"
        for one in (acme, other)
    ]
    assert held.busy.wait(20)
    first = Listener(client, urls[0], acme)
    until(lambda: services.streams_open() == 1)
    refused = client.get(urls[0], headers=acme)
    assert (refused.status_code, refused.json()["limit"]) == (429, 1)
    second = Listener(client, urls[1], other)
    until(lambda: services.streams_open() == 2)
    held.let.set()
    assert names(first.events())[-1] == names(second.events())[-1] == "done"


def test_events_are_had_in_one_form_only(client: Client) -> None:
    url = done(client, BOTH) + "/events"
    assert client.get(url, headers={"Accept": "text/event-stream"}).status_code == 200
    answer = client.get(url, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["available"]) == (406, ["text/event-stream"])


def test_nobody_waits_when_all_is_told(services: Services) -> None:
    client = services.open()
    client.get(done(client, BOTH) + "/events")
    assert services.streams_open() == 0
    assert services.watched() == 0
