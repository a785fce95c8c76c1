"""What /readyz says of each thing the service needs."""

import asyncio
import sqlite3
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from service.domain.errors import ModelRefused, QueueUnavailable
from service.domain.ports import Models
from service.jobs import health
from service.jobs.limits import Limits
from service.jobs.parts import Shop
from service.jobs.work.making import Pace, WorkShop
from service.rest.app import Service
from tests.rest.services import Client, Services, until

CHECKS = ["database", "schema", "workers", "readers", "queue"]


def asked(client: Client) -> tuple[int, dict[str, Any]]:
    answer = client.get("/readyz")
    return answer.status_code, answer.json()


def changed(services: Services, statement: str) -> None:
    with closing(sqlite3.connect(services.folder / "brief.db")) as database, database:
        database.execute(statement)


def test_everything_that_is_needed_is_there(client: Client) -> None:
    status, told = asked(client)
    assert (status, told["status"]) == (200, "ok")
    assert told["checks"] == {name: {"status": "ok"} for name in CHECKS}


def test_without_a_worker_that_was_seen_of_late_no_brief_can_be_made(services: Services) -> None:
    client = services.open(services.app())
    services.time.pass_by(3600)
    # Until it tells of itself again, which it does every few seconds of real time.
    status, told = asked(client)
    assert (status, told["type"]) == (503, "/errors/not-ready")
    assert told["checks"]["workers"] == {
        "status": "unavailable",
        "reason": "no worker was seen of late",
    }
    assert told["detail"] == "workers: no worker was seen of late"
    assert told["checks"]["database"] == {"status": "ok"}


def test_a_worker_that_is_not_ready_says_why(services: Services) -> None:
    def load() -> Models:
        raise ModelRefused("big", "memory is short")

    client = services.open(services.app(load=load), ready=False)
    until(lambda: "memory" in asked(client)[1]["checks"]["workers"].get("reason", ""))
    status, told = asked(client)
    assert (status, told["checks"]["readers"]["status"]) == (503, "unavailable")


def test_tables_of_an_earlier_version_are_not_ready(services: Services) -> None:
    client = services.open()
    changed(services, "UPDATE alembic_version SET version_num = '0001'")
    status, told = asked(client)
    assert (status, told["checks"]["schema"]["status"]) == (503, "unavailable")
    assert "0001" in told["detail"]


def test_tables_of_a_later_version_are_told_while_the_service_goes_on(services: Services) -> None:
    client = services.open()
    changed(services, "UPDATE alembic_version SET version_num = '9999'")
    status, told = asked(client)
    assert (status, told["status"]) == (200, "degraded")
    assert "9999" in told["checks"]["schema"]["reason"]


def test_a_database_without_tables_is_not_ready(services: Services) -> None:
    client = services.open()
    changed(services, "DROP TABLE briefs")
    status, told = asked(client)
    assert (status, told["checks"]["database"]["status"]) == (503, "unavailable")
    assert client.get("/healthz").status_code == 200


class LostQueue:
    """A shared queue that is not there."""

    async def announce(self, brief_id: str, attempts: int) -> None:
        """Tell nobody."""

    async def check(self) -> None:
        raise QueueUnavailable("connection refused")


class SilentQueue(LostQueue):
    async def check(self) -> None:
        await asyncio.Event().wait()


class WithQueue(Services):
    """Services whose workers are told by another queue."""

    queue: LostQueue = LostQueue()

    def _shop(self, making: WorkShop, pool: Executor, limits: Limits) -> Shop:
        return replace(super()._shop(making, pool, limits), dispatch=self.queue)


@pytest.fixture
def with_queue(services: Services) -> WithQueue:
    return WithQueue(folder=services.folder, stack=services.stack)


def app(services: Services) -> Service:
    return services.app(pace=Pace(poll_s=0.05, tick_s=0.02))


def test_a_queue_that_is_lost_degrades_the_service_and_no_more(with_queue: WithQueue) -> None:
    client = with_queue.open(app(with_queue))
    status, told = asked(client)
    assert (status, told["status"]) == (200, "degraded")
    assert "connection refused" in told["checks"]["queue"]["reason"]
    sent = {"documents": [{"content": "Rain fell."}]}
    made = client.post("/v1/briefs", json=sent, headers={"Prefer": "wait=20"})
    assert made.status_code == 201


def test_what_does_not_answer_in_time_is_not_waited_for(
    with_queue: WithQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "ANSWER_S", 0.2)
    with_queue.queue = SilentQueue()
    client = with_queue.open(app(with_queue))
    status, told = asked(client)
    assert (status, told["checks"]["queue"]["status"]) == (200, "degraded")
    assert "no answer within 0.2 seconds" in told["checks"]["queue"]["reason"]
