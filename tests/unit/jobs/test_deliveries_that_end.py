import asyncio
from pathlib import Path

from service.jobs.deliveries import Rounds
from service.webhooks.sender import Reply
from tests.unit.jobs.office import (
    Flaky,
    Office,
    delivered,
    never,
    with_office,
)
from tests.unit.jobs.posts import FakePost


def test_stopping_waits_for_what_is_being_sent(tmp_path: Path) -> None:
    began = asyncio.Event()

    async def slow() -> Reply:
        began.set()
        await asyncio.sleep(0.05)
        return Reply(status=200)

    async def test(office: Office) -> None:
        await office.write()
        async with office.open(FakePost(answers=[slow]), rounds=Rounds(grace_s=10.0)):
            await began.wait()
        assert (await office.get()).status == "delivered"

    with_office(tmp_path, test)


def test_stopping_does_not_wait_for_ever_and_the_message_is_sent_by_the_next(
    tmp_path: Path,
) -> None:
    began = asyncio.Event()

    async def stuck() -> Reply:
        began.set()
        return await never()

    async def test(office: Office) -> None:
        await office.write()
        async with office.open(FakePost(answers=[stuck])):
            await began.wait()
        assert (await office.get()).status == "pending"
        office.clock.pass_by(61)
        async with office.open(FakePost()):
            await office.is_so(delivered)

    with_office(tmp_path, test)


def test_what_was_never_started_can_be_stopped(tmp_path: Path) -> None:
    async def test(office: Office) -> None:
        post = FakePost()
        await office.sending(post).stop()
        assert post.closed

    with_office(tmp_path, test)


def test_a_database_that_is_away_for_a_while_loses_nothing_and_sends_nothing_twice(
    tmp_path: Path,
) -> None:
    post = FakePost()

    async def test(office: Office) -> None:
        await office.write()
        async with office.open(post, store=Flaky(office.store, 3)):
            await office.is_so(delivered)
        assert len(post.sent) == 1

    with_office(tmp_path, test)


def test_a_message_whose_end_could_not_be_written_is_sent_again(tmp_path: Path) -> None:
    post = FakePost()

    async def test(office: Office) -> None:
        await office.write()
        flaky = Flaky(office.store, 0)
        flaky.ends = 10
        async with office.open(post, store=flaky):
            for _ in range(6000):
                if flaky.ends == 0:
                    break
                await asyncio.sleep(0.005)
            office.clock.pass_by(61)
            await office.is_so(delivered)
        assert [one.headers["webhook-id"] for one in post.sent] == ["msg_1", "msg_1"]

    with_office(tmp_path, test)


def test_what_an_old_owner_has_to_say_is_not_heard(tmp_path: Path) -> None:
    let = asyncio.Event()

    async def late() -> Reply:
        await let.wait()
        return Reply(status=410)

    async def test(office: Office) -> None:
        await office.write()
        # With room for no other: it must not take its own message up again.
        rounds = Rounds(at_once=1, poll_s=0.01, grace_s=10.0)
        async with office.open(FakePost(answers=[late]), rounds=rounds):
            await office.is_so(lambda one: one.attempts == 1)
            office.clock.pass_by(61)
            async with office.open(FakePost(answers=[Reply(status=200)])):
                await office.is_so(delivered)
            let.set()
        assert (await office.get()).status == "delivered"

    with_office(tmp_path, test)
