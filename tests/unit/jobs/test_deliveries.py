import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook

from service.domain.errors import NotDelivered
from service.jobs.deliveries import Rounds
from service.store.deliveries import Room
from service.store.records import LOCAL, Lease
from service.webhooks.schedule import DELAYS_S
from service.webhooks.sender import Reply
from tests.unit.jobs.office import (
    BODY,
    NOON,
    SECRET,
    URL,
    Office,
    dead,
    delivered,
    never,
    with_office,
)
from tests.unit.jobs.posts import Answer, FakePost, Sent


def test_a_message_is_sent_signed_as_it_was_written(tmp_path: Path) -> None:
    post = FakePost()

    async def test(office: Office) -> None:
        # The official library compares the time with the clock of the machine.
        office.clock.now = datetime.now(UTC)
        await office.write()
        async with office.open(post):
            found = await office.is_so(delivered)
        assert found.attempts == 1
        assert found.finished_at == office.clock.now
        assert found.last_error is None
        assert office.counted("delivered") == 1

    with_office(tmp_path, test)
    [one] = post.sent
    assert one.url == URL
    assert one.body == BODY.encode()
    assert one.headers["webhook-id"] == "msg_1"
    assert Webhook(SECRET).verify(one.body, dict(one.headers))["data"]["who"] == "Zoë"
    assert post.closed


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Reply(status=500), "it answered 500"),
        (Reply(status=302), "it answered 302"),
        (Reply(status=404), "it answered 404"),
        (Reply(status=199), "it answered 199"),
        (NotDelivered("no connection could be made"), "no connection could be made"),
        (RuntimeError("Zoë's secret"), "an internal error; the service's log has the place"),
    ],
)
def test_a_message_that_did_not_arrive_is_sent_again_later_under_its_id(
    tmp_path: Path, answer: Answer, error: str
) -> None:
    post = FakePost(answers=[answer, Reply(status=200)])

    async def test(office: Office) -> None:
        await office.write()
        async with office.open(post):
            waiting = await office.is_so(lambda one: one.last_error is not None)
            assert waiting.last_error == error
            assert waiting.status == "pending"
            assert waiting.next_at == NOON + timedelta(seconds=5)
            office.clock.pass_by(4.9)
            await asyncio.sleep(0.05)
            assert len(post.sent) == 1
            office.clock.pass_by(0.1)
            found = await office.is_so(delivered)
            assert found.attempts == 2
            assert found.last_error is None
        assert office.counted("retried") == office.counted("delivered") == 1

    with_office(tmp_path, test)
    first, second = post.sent
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == "msg_1"
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    assert first.body == second.body


def test_a_message_that_never_arrives_is_given_up_after_more_than_a_day(tmp_path: Path) -> None:
    post = FakePost(answers=[Reply(status=503)])

    async def test(office: Office) -> None:
        await office.write()
        waited = []
        async with office.open(post):
            for attempt in range(1, len(DELAYS_S) + 1):
                waiting = await office.is_so(
                    lambda one, n=attempt: one.attempts == n and one.next_at > office.clock.now
                )
                waited.append((waiting.next_at - office.clock.now).total_seconds())
                office.clock.now = waiting.next_at
            found = await office.is_so(dead)
        assert waited == list(DELAYS_S)
        assert found.attempts == len(post.sent) == len(DELAYS_S) + 1
        assert found.last_error == "it answered 503"
        assert found.finished_at == office.clock.now > NOON + timedelta(days=1)
        assert office.counted("dead") == 1

    with_office(tmp_path, test)


@pytest.mark.parametrize(("chance", "seconds"), [(0.0, 4.0), (0.5, 5.0), (0.999, 5.998)])
def test_chance_moves_the_next_attempt_by_a_fifth_at_most(
    tmp_path: Path, chance: float, seconds: float
) -> None:
    async def test(office: Office) -> None:
        await office.write()
        async with office.open(FakePost(answers=[Reply(status=500)]), chance=chance):
            waiting = await office.is_so(lambda one: one.last_error is not None)
        assert (waiting.next_at - NOON).total_seconds() == pytest.approx(seconds)

    with_office(tmp_path, test)


def test_a_receiver_that_is_gone_gets_the_message_no_more(tmp_path: Path) -> None:
    post = FakePost(answers=[Reply(status=410)])

    async def test(office: Office) -> None:
        await office.write()
        async with office.open(post):
            found = await office.is_so(dead)
            assert (found.attempts, found.last_error) == (1, "it answered 410")
            office.clock.pass_by(86_400)
            await asyncio.sleep(0.05)
        assert len(post.sent) == 1

    with_office(tmp_path, test)


@pytest.mark.parametrize(
    ("status", "retry_after", "seconds"),
    [(429, "90", 90.0), (503, "1", 5.0), (503, "99999999", 86_400.0), (500, "90", 5.0)],
)
def test_a_receiver_may_ask_for_more_time(
    tmp_path: Path, status: int, retry_after: str, seconds: float
) -> None:
    post = FakePost(answers=[Reply(status=status, retry_after=retry_after)])

    async def test(office: Office) -> None:
        await office.write()
        async with office.open(post):
            waiting = await office.is_so(lambda one: one.last_error is not None)
        assert (waiting.next_at - NOON).total_seconds() == seconds

    with_office(tmp_path, test)


def test_a_dead_message_is_sent_again_when_asked_for(tmp_path: Path) -> None:
    post = FakePost(answers=[Reply(status=410), Reply(status=200)])

    async def test(office: Office) -> None:
        await office.write()
        async with office.open(post):
            await office.is_so(dead)
            await office.store.deliveries.redeliver(LOCAL, "msg_1", office.clock.now)
            await office.is_so(delivered)
        assert [one.headers["webhook-id"] for one in post.sent] == ["msg_1", "msg_1"]

    with_office(tmp_path, test)


def test_a_secret_that_cannot_be_read_puts_the_message_off_unsent(tmp_path: Path) -> None:
    post = FakePost()

    async def test(office: Office) -> None:
        await office.write(secret="lost")
        async with office.open(post):
            waiting = await office.is_so(lambda one: one.last_error is not None)
        assert (
            waiting.last_error == "its secret cannot be read: the service's own secret is another"
        )
        assert post.sent == []

    with_office(tmp_path, test)


def test_a_message_whose_sender_died_is_sent_by_another_under_its_id(tmp_path: Path) -> None:
    post = FakePost()

    async def test(office: Office) -> None:
        await office.write()
        lease = Lease(owner="died", until=NOON + timedelta(seconds=60))
        [taken] = await office.store.deliveries.claim(lease, NOON, Room(all=8, each=8))
        async with office.open(post):
            office.clock.pass_by(59)
            await asyncio.sleep(0.05)
            assert post.sent == []
            office.clock.pass_by(2)
            found = await office.is_so(delivered)
        assert found.attempts == 2
        assert post.sent[0].headers["webhook-id"] == taken.id

    with_office(tmp_path, test)


def test_a_message_over_which_every_sender_died_is_given_up(tmp_path: Path) -> None:
    post = FakePost()

    async def test(office: Office) -> None:
        await office.write()
        for _ in range(len(DELAYS_S) + 1):
            lease = Lease(owner="died", until=office.clock.now + timedelta(seconds=60))
            assert await office.store.deliveries.claim(lease, office.clock.now, Room(all=1, each=1))
            office.clock.pass_by(61)
        async with office.open(post):
            found = await office.is_so(dead)
        assert found.last_error == "the service stopped while sending it"
        assert post.sent == []

    with_office(tmp_path, test)


def test_processes_share_the_work_and_send_nothing_twice(tmp_path: Path) -> None:
    posts = [FakePost(), FakePost(), FakePost()]

    async def test(office: Office) -> None:
        await office.write(count=40)
        async with office.open(posts[0]), office.open(posts[1]), office.open(posts[2]):
            for _ in range(6000):
                if await office.store.deliveries.pending() == 0:
                    break
                await asyncio.sleep(0.01)

    with_office(tmp_path, test)
    ids = [one.headers["webhook-id"] for post in posts for one in post.sent]
    assert sorted(ids) == sorted(f"msg_{number}" for number in range(1, 41))


def test_no_more_are_sent_at_once_than_may(tmp_path: Path) -> None:
    now, most = 0, 0

    async def slow() -> Reply:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.02)
        now -= 1
        return Reply(status=200)

    async def test(office: Office) -> None:
        await office.write(count=12)
        rounds = Rounds(at_once=3, poll_s=0.01)
        async with office.open(FakePost(answers=[slow]), rounds=rounds):
            for _ in range(6000):
                if await office.store.deliveries.pending() == 0:
                    break
                await asyncio.sleep(0.01)
        assert await office.store.deliveries.pending() == 0

    with_office(tmp_path, test)
    assert most == 3


def test_a_receiver_that_takes_long_holds_up_no_other(tmp_path: Path) -> None:
    post = FakePost(answers=[never, Reply(status=200)])

    async def test(office: Office) -> None:
        await office.write(count=5)
        async with office.open(post):
            for _ in range(6000):
                if await office.store.deliveries.pending() == 1:
                    break
                await asyncio.sleep(0.01)
        assert await office.store.deliveries.pending() == 1

    with_office(tmp_path, test)


def test_receivers_that_never_answer_hold_up_no_other_tenant(tmp_path: Path) -> None:
    class Receivers(FakePost):
        async def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
            self.sent.append(Sent(url, headers, body))
            if headers["webhook-id"].startswith("slow"):
                return await never()
            return Reply(status=204)

    post = Receivers()

    async def test(office: Office) -> None:
        await office.write(30, tenant="slow", name="slow")
        await office.write(9, tenant="quick", name="quick")
        async with office.open(post):
            while await office.store.deliveries.pending() > 30:
                await asyncio.sleep(0.005)

    with_office(tmp_path, test)
    sent = [one.headers["webhook-id"] for one in post.sent]
    assert sorted(one for one in sent if one.startswith("slow")) == ["slow_1", "slow_10"]
    assert len(sent) == 11


def test_without_tenants_all_of_the_room_is_used(tmp_path: Path) -> None:
    post = FakePost(answers=[never])

    async def test(office: Office) -> None:
        await office.write(12)
        async with office.open(post):
            while len(post.sent) < 8:
                await asyncio.sleep(0.005)
            await asyncio.sleep(0.05)
            assert len(post.sent) == 8

    with_office(tmp_path, test)
