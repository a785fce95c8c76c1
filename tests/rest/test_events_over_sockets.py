"""Streams over a real server: clients that come, leave, and do not read."""

import gc
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import httpx
import pytest
import uvicorn

from service.bootstrap.stopping import StoppingServer
from service.domain.ports import Models
from service.rest.app import Service
from tests.rest.services import QUICK, HeldDrafter, Services, until
from tests.serving import free_port

# A process that makes no briefs itself.
IDLE = replace(QUICK, workers=0)
BOTH = {"documents": [{"content": "Rain fell on Monday."}, {"content": "The river rose."}]}


@dataclass
class Served:
    """One process's worth of service; `stop` is what a signal does."""

    app: Service
    url: str
    server: StoppingServer
    thread: threading.Thread

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(20)

    @property
    def stopped(self) -> bool:
        return not self.thread.is_alive()


@contextmanager
def served(app: Service) -> Iterator[Served]:
    port = free_port()
    config = uvicorn.Config(
        app, host="127.0.0.1", port=port, ws="none", log_config=None, timeout_graceful_shutdown=60
    )
    server = StoppingServer(config, app.streams)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{port}"
    try:
        until(lambda: server.started)
        until(lambda: httpx.get(f"{url}/readyz").status_code == 200)
        yield Served(app, url, server, thread)
    finally:
        server.should_exit = True
        thread.join(30)


def begun(one: Served, held: HeldDrafter) -> str:
    """Return the address of a brief that is being made."""
    sent = httpx.post(f"{one.url}/v1/briefs", json=BOTH)
    assert held.busy.wait(20)
    return str(sent.headers["location"])


def test_events_of_another_process_arrive_as_they_happen(
    services: Services, held: HeldDrafter, held_models: Models
) -> None:
    with (
        served(services.app(models=held_models)) as maker,
        served(services.app(pace=IDLE)) as other,
    ):
        path = begun(maker, held)
        got: list[str] = []
        with httpx.stream("GET", f"{other.url}{path}/events", timeout=20) as stream:
            for line in stream.iter_lines():
                if line.startswith("event: "):
                    got.append(line.removeprefix("event: "))
                if got and got[-1] == "progress":
                    # Only now: what was told before came while the brief was being made.
                    held.let.set()
        assert got[:2] == ["queued", "progress"]
        assert got[-4:] == ["statement"] * 3 + ["done"]


def test_a_client_that_was_cut_off_goes_on_at_another_process(
    services: Services, held: HeldDrafter, held_models: Models
) -> None:
    with (
        served(services.app(models=held_models)) as first,
        served(services.app(pace=IDLE)) as second,
    ):
        path = begun(first, held)
        ids: list[str] = []
        with httpx.stream("GET", f"{first.url}{path}/events", timeout=20) as stream:
            for line in stream.iter_lines():
                if line.startswith("id: "):
                    ids.append(line.removeprefix("id: "))
                    break
        held.let.set()
        goes_on = {"Last-Event-ID": ids[-1]}
        rest = httpx.get(f"{second.url}{path}/events", headers=goes_on, timeout=20)
        ids += [line[4:] for line in rest.text.splitlines() if line.startswith("id: ")]
        places = [tuple(map(int, one.split("-"))) for one in ids]
        assert places == sorted(set(places))
        assert rest.text.count("event: statement\n") == 3
        assert rest.text.count("event: done\n") == 1


def test_heartbeats_come_while_nothing_happens_and_leaving_frees_the_place(
    services: Services, held: HeldDrafter, held_models: Models
) -> None:
    with served(services.app(models=held_models, heartbeat_s=0.02)) as one:
        path = begun(one, held)
        beats = 0
        with httpx.stream("GET", f"{one.url}{path}/events", timeout=20) as stream:
            for line in stream.iter_lines():
                beats += line == ": still here"
                if beats == 3:
                    assert one.app.streams.open == 1
                    break
        until(lambda: one.app.streams.open == 0)
        until(lambda: one.app.streams.watcher.watched == 0)
        held.let.set()


def test_a_process_that_is_told_to_stop_does_not_wait_for_its_streams(
    services: Services, held: HeldDrafter, held_models: Models
) -> None:
    with served(services.app(models=held_models)) as maker, served(services.app(pace=IDLE)) as one:
        path = begun(maker, held)
        with httpx.stream("GET", f"{one.url}{path}/events", timeout=20) as stream:
            lines = stream.iter_lines()
            assert next(lines) == "retry: 2000"
            one.stop()
            assert one.stopped
            # The stream ends as one that is complete, so that the client asks again.
            assert not any(line.startswith("event: done") for line in lines)
        held.let.set()


def test_a_process_that_is_told_to_stop_answers_whoever_waits_for_a_brief(
    services: Services, held: HeldDrafter, held_models: Models
) -> None:
    with served(services.app(models=held_models)) as maker, served(services.app(pace=IDLE)) as one:
        begun(maker, held)
        answers: list[httpx.Response] = []

        def ask() -> None:
            prefer = {"Prefer": "wait=60"}
            sent = httpx.post(f"{one.url}/v1/briefs", json=BOTH, headers=prefer, timeout=70)
            answers.append(sent)

        asking = threading.Thread(target=ask, daemon=True)
        asking.start()
        until(lambda: one.app.streams.watcher.watched == 1)
        one.stop()
        asking.join(20)
        assert [answer.status_code for answer in answers] == [202]
        held.let.set()


def test_a_client_that_never_reads_does_not_hold_up_the_end(
    services: Services, held: HeldDrafter, held_models: Models
) -> None:
    with served(services.app(models=held_models, heartbeat_s=0.00001)) as one:
        path = begun(one, held)
        port = int(one.url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as deaf:
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            deaf.sendall(f"GET {path}/events HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            until(lambda: one.app.streams.open == 1)
            held.let.set()
            one.stop()
            assert one.stopped


@pytest.mark.parametrize("path", ["/healthz", "/v1/documents", "/schema/openapi.json"])
def test_a_head_over_a_socket_has_the_length_and_no_body(services: Services, path: str) -> None:
    with served(services.app()) as one, httpx.Client(base_url=one.url) as client:
        got = client.get(path)
        assert int(client.head(path).headers["content-length"]) == len(got.content)
        # The connection is still good for the next request: nothing was left in it.
        assert client.get(path).content == got.content


def test_what_is_loaded_at_the_start_is_not_looked_through_for_garbage(services: Services) -> None:
    gc.unfreeze()
    try:
        with served(services.app()):
            assert gc.get_freeze_count() > 10_000
    finally:
        gc.unfreeze()
