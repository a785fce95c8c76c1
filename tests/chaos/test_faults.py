"""Queues that are lost, connections that are cut, and documents that kill their workers."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests.chaos.clients import Clients, documents
from tests.chaos.deployments import Deployment, on_postgres, on_sqlite, running, supervised
from tests.chaos.ledgers import Entry, PostgresLedger, briefs, ends
from tests.chaos.redis_server import installed, own_redis
from tests.servers import missing, postgres_url

__all__ = ["postgres_url"]

pytestmark = pytest.mark.slow

# Long, for machines that have much else to do.
WAIT_S = 180.0


def until(holds: Callable[[], object], deployment: Deployment) -> None:
    ends_at = time.monotonic() + WAIT_S
    while not holds():
        if time.monotonic() > ends_at:
            raise TimeoutError(f"it never came to be: {briefs(deployment.ledger)}")
        time.sleep(0.05)


def all_done(deployment: Deployment, ids: list[str]) -> bool:
    found = briefs(deployment.ledger)
    return all(found[id_].status == "done" for id_ in ids)


def ask(deployment: Deployment, first: int, count: int) -> list[str]:
    """Ask for briefs one after the other, as a good client does; return their ids."""
    clients = Clients(url=deployment.server.url, wait_s=0.0)
    with httpx.Client(base_url=deployment.server.url, timeout=30) as client:
        for number in range(first, first + count):
            clients.ask_one(client, number)
    assert clients.refused == []
    return list(clients.accepted.values())


def test_a_queue_that_is_stopped_and_emptied_costs_no_brief(
    tmp_path: Path, postgres_url: str
) -> None:
    if not installed():
        missing("redis-server")
    with own_redis() as queue, running(on_postgres(tmp_path, postgres_url, queue.url, 1)) as made:
        ids = ask(made, 0, 3)
        queue.stop()
        # Accepted all the same, and made: the workers look into the database.
        ids += ask(made, 3, 3)
        until(lambda: all_done(made, ids), made)
        queue.start()
        ids += ask(made, 6, 3)
        queue.empty()
        until(lambda: all_done(made, ids), made)
        assert set(ends(made.ledger).values()) == {1}
        assert len(ends(made.ledger)) == 9


def test_connections_that_are_cut_cost_no_brief(tmp_path: Path, postgres_url: str) -> None:
    with running(on_postgres(tmp_path, postgres_url, None, 1)) as made:
        assert isinstance(made.ledger, PostgresLedger)
        ids: list[str] = []
        for number in range(8):
            ids += ask(made, number, 1)
            made.ledger.cut_connections()
        until(lambda: all_done(made, ids), made)
        counted = ends(made.ledger)
        assert (set(counted), set(counted.values())) == (set(ids), {1})


def test_documents_that_kill_every_worker_are_set_aside_and_hold_up_no_others(
    tmp_path: Path,
) -> None:
    with running(on_sqlite(tmp_path, BRIEF_MAX_ATTEMPTS="2")) as made:
        # Long enough to be seen at work.
        many = [one for number in range(100, 140) for one in documents(number)]
        sent = {"documents": many, "options": {"max_words": 2000}}
        told = httpx.post(f"{made.server.url}/v1/briefs", json=sent, timeout=60)
        assert told.status_code == 202, told.text
        poison = str(told.json()["id"])
        ids = ask(made, 0, 2)

        killed: set[int] = set()

        def killed_whenever_begun() -> bool:
            entry = briefs(made.ledger)[poison]
            # The row of a dead worker's brief says running until another takes it.
            # The third is running for the moment in which it is set aside.
            if entry.status == "running" and entry.attempts in {1, 2} - killed:
                killed.add(entry.attempts)
                for pid in supervised(made.server.pid):
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
            return entry.status == "failed" and all_done(made, ids)

        until(killed_whenever_begun, made)
        reason = "set aside: 2 workers died while making it"
        assert briefs(made.ledger)[poison] == Entry("failed", 3, reason)
        assert ends(made.ledger)[poison] == 1
        assert killed == {1, 2}
