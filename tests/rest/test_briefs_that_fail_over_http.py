import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from service.backends.fakes import FakeDrafter, fake_models
from service.domain.claims import Draft, DraftRequest
from service.domain.ports import Models
from service.jobs.work.workers import Pace
from tests.rest.services import HeldDrafter, Services, done, ended

ONE, TWO = {"content": "Rain fell on Monday."}, {"content": "The river rose.", "id": "two"}
BOTH = {"documents": [ONE, TWO]}
WAIT = {"Prefer": "wait=20"}


class Failing(FakeDrafter):
    """Fails once, with a text that no client may see."""

    def __init__(self) -> None:
        super().__init__()
        self.failures = [OSError("secret of the engine")]

    def draft(
        self, requests: Sequence[DraftRequest], advance: Callable[[int], None] = lambda _: None
    ) -> list[Draft]:
        if self.failures:
            raise self.failures.pop()
        return super().draft(requests, advance)


def test_a_failure_is_told_without_its_secrets_and_the_next_brief_is_made(
    services: Services,
) -> None:
    client = services.open(services.app(models=replace(fake_models(), drafter=Failing())))
    failed = client.post("/v1/briefs", json={"documents": [ONE]}, headers=WAIT)
    assert failed.json()["status"] == "failed"
    assert "internal error" in failed.json()["error"]
    assert "secret" not in failed.text
    assert client.get(done(client, BOTH)).json()["status"] == "done"


def test_a_failed_brief_keeps_what_the_intake_dropped(services: Services) -> None:
    client = services.open(services.app(models=replace(fake_models(), drafter=Failing())))
    sent = {"documents": [ONE, {"id": "void", "content": ""}]}
    failed = client.post("/v1/briefs", json=sent, headers=WAIT).json()
    assert [one["document_id"] for one in failed["dropped"]] == ["void"]


def test_what_a_dead_process_left_is_taken_up_and_done_once(
    services: Services, held: HeldDrafter, held_models: Models
) -> None:
    dead = services.open(services.app(models=held_models, pace=Pace(poll_s=0.05, tick_s=3600)))
    running = dead.post("/v1/briefs", json={"documents": [ONE]}).headers["location"]
    assert held.busy.wait(20)
    queued = dead.post("/v1/briefs", json={"documents": [TWO]}).headers["location"]
    # As good as dead: it renews no lease. Its thread comes back later, and must change nothing.
    services.time.pass_by(60)
    drafter = Counting()
    client = services.open(services.app(models=replace(fake_models(), drafter=drafter)))
    first, second = ended(client, running), ended(client, queued)
    assert (first["status"], second["status"]) == ("done", "done")
    held.let.set()
    assert client.get(running).json() == first
    assert drafter.calls == 2


class Counting(FakeDrafter):
    """Counts what it drafts."""

    def __init__(self) -> None:
        super().__init__()
        self.calls, self._lock = 0, threading.Lock()

    def draft(
        self, requests: Sequence[DraftRequest], advance: Callable[[int], None] = lambda _: None
    ) -> list[Draft]:
        with self._lock:
            self.calls += 1
        return super().draft(requests, advance)
