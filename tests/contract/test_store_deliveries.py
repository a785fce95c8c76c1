import asyncio
from datetime import timedelta

import pytest

from service.domain.errors import UnknownDelivery
from service.store.database import Database
from service.store.deliveries import DeliveryStore, Room
from service.store.records import Delivery, Hook
from tests.contract.databases import Tell, add_delivery, database_url, later, lease, tell

__all__ = ["database_url", "tell"]


async def with_messages(database: Database, *ids: str, tenant: str = "t") -> DeliveryStore:
    for at, id_ in enumerate(ids):
        await add_delivery(database, id_, tenant=tenant, at_s=at)
    return DeliveryStore(database)


def room(count: int) -> Room:
    return Room(all=count, each=count)


def test_a_message_that_is_due_is_taken_with_all_that_sending_needs(tell: Tell) -> None:
    async def story(database: Database) -> None:
        deliveries = await with_messages(database, "m")
        assert await deliveries.claim(lease("me"), later(0), room(5)) == [
            Delivery(
                id="m",
                tenant="t",
                brief_id="brief of m",
                event="brief.done",
                hook=Hook(url="https://example.org/hook", sealed_secret="sealed"),
                body="{}",
                status="pending",
                attempts=1,
                next_at=later(0),
                last_error=None,
                created_at=later(0),
                finished_at=None,
            )
        ]

    tell(story)


def test_those_that_waited_longest_are_taken_first_and_as_many_as_asked(tell: Tell) -> None:
    async def story(database: Database) -> None:
        deliveries = await with_messages(database, "c", "a", "b", "z")
        first = await deliveries.claim(lease("me"), later(2), room(2))
        rest = await deliveries.claim(lease("you"), later(2), room(9))
        assert ([one.id for one in first], [one.id for one in rest]) == (["c", "a"], ["b"])

    tell(story)


def test_no_tenant_gets_more_than_there_is_room_for_however_long_it_waits(tell: Tell) -> None:
    async def story(database: Database) -> None:
        await with_messages(database, "a1", "a2", "a3", "a4", tenant="a")
        await with_messages(database, "b1", "b2", "b3", tenant="b")
        deliveries = await with_messages(database, "c1", "c2", tenant="c")
        some = Room(all=9, each=2, of={"b": 1, "c": 0})
        taken = await deliveries.claim(lease("me"), later(9), some)
        assert sorted(one.id for one in taken) == ["a1", "a2", "b1"]
        full = Room(all=9, each=2, of={"a": 0, "b": 0, "c": 0})
        assert await deliveries.claim(lease("me"), later(9), full) == []
        rest = await deliveries.claim(lease("you"), later(9), Room(all=3, each=9))
        assert [one.id for one in rest] == ["c1", "b2", "c2"]

    tell(story)


def test_a_message_that_is_being_sent_is_taken_again_only_once_its_lease_is_over(
    tell: Tell,
) -> None:
    async def story(database: Database) -> None:
        deliveries = await with_messages(database, "m")
        await deliveries.claim(lease("me", 10), later(0), room(1))
        assert await deliveries.claim(lease("you", 30), later(9), room(1)) == []
        [again] = await deliveries.claim(lease("you", 30), later(10), room(1))
        assert again.attempts == 2
        assert not await deliveries.succeed("m", "me", later(11))
        assert not await deliveries.retry("m", "me", later(11), "no")
        assert not await deliveries.bury("m", "me", later(11), "no")
        assert await deliveries.succeed("m", "you", later(12))

    tell(story)


def test_a_message_that_arrived_is_over(tell: Tell) -> None:
    async def story(database: Database) -> None:
        deliveries = await with_messages(database, "m")
        await deliveries.claim(lease("me"), later(0), room(1))
        assert await deliveries.pending() == 1
        assert await deliveries.succeed("m", "me", later(1))
        assert await deliveries.pending() == 0
        assert await deliveries.claim(lease("me"), later(9999), room(1)) == []
        kept = await deliveries.get("t", "m")
        assert (kept.status, kept.finished_at) == ("delivered", later(1))
        assert not await deliveries.succeed("m", "me", later(2))

    tell(story)


def test_a_message_that_is_put_off_is_due_at_its_time(tell: Tell) -> None:
    async def story(database: Database) -> None:
        deliveries = await with_messages(database, "m")
        await deliveries.claim(lease("me"), later(0), room(1))
        assert await deliveries.retry("m", "me", later(5), "it said 503")
        assert await deliveries.claim(lease("me"), later(4), room(1)) == []
        [again] = await deliveries.claim(lease("me"), later(5), room(1))
        assert (again.attempts, again.last_error) == (2, "it said 503")

    tell(story)


def test_a_message_that_is_given_up_tells_why(tell: Tell) -> None:
    async def story(database: Database) -> None:
        deliveries = await with_messages(database, "m")
        await deliveries.claim(lease("me"), later(0), room(1))
        assert await deliveries.bury("m", "me", later(1), "it is gone")
        kept = await deliveries.get("t", "m")
        assert (kept.status, kept.finished_at, kept.last_error) == (
            "dead", later(1), "it is gone",
        )  # fmt: skip
        assert await deliveries.claim(lease("me"), later(9999), room(1)) == []

    tell(story)


def test_a_dead_message_is_sent_again_as_if_for_the_first_time(tell: Tell) -> None:
    async def story(database: Database) -> None:
        deliveries = await with_messages(database, "m")
        await deliveries.claim(lease("me"), later(0), room(1))
        await deliveries.bury("m", "me", later(1), "it is gone")
        told = await deliveries.redeliver("t", "m", later(60))
        assert (told.status, told.attempts, told.next_at, told.finished_at) == (
            "pending", 0, later(60), None,
        )  # fmt: skip
        [again] = await deliveries.claim(lease("me", 99), later(60), room(1))
        assert (again.id, again.attempts) == ("m", 1)

    tell(story)


def test_a_message_being_sent_is_left_to_who_sends_it(tell: Tell) -> None:
    async def story(database: Database) -> None:
        deliveries = await with_messages(database, "m")
        await deliveries.claim(lease("me"), later(0), room(1))
        await deliveries.redeliver("t", "m", later(1))
        assert await deliveries.claim(lease("you"), later(2), room(1)) == []
        assert await deliveries.succeed("m", "me", later(3))

    tell(story)


def test_another_tenants_message_is_unknown(tell: Tell) -> None:
    async def story(database: Database) -> None:
        deliveries = await with_messages(database, "m")
        for tenant, name in (("u", "m"), ("t", "none"), ("t", "a\0"), ("t", "\ud800"), ("t", "")):
            with pytest.raises(UnknownDelivery):
                await deliveries.get(tenant, name)
            with pytest.raises(UnknownDelivery):
                await deliveries.redeliver(tenant, name, later(0))
        page = await deliveries.list("u", limit=10, after=None)
        assert page.entries == ()

    tell(story)


def test_pages_hold_every_message_once_the_newest_first(tell: Tell) -> None:
    async def story(database: Database) -> None:
        deliveries = await with_messages(database, *"abcdefg")
        # Of one time: their ids decide.
        await add_delivery(database, "g2", at_s=6)
        await add_delivery(database, "theirs", tenant="u")
        seen, after = [], None
        while True:
            page = await deliveries.list("t", limit=3, after=after)
            seen.extend(one.id for one in page.entries)
            await add_delivery(database, f"late{len(seen)}", at_s=50)
            if page.next is None:
                break
            after = page.next
        assert seen == ["g2", "g", "f", "e", "d", "c", "b", "a"]

    tell(story)


def test_messages_are_listed_by_what_became_of_them(tell: Tell) -> None:
    async def story(database: Database) -> None:
        deliveries = await with_messages(database, "a", "b", "c")
        await deliveries.claim(lease("me"), later(9), room(3))
        await deliveries.succeed("a", "me", later(9))
        await deliveries.bury("b", "me", later(9), "no")
        for status, name in (("delivered", "a"), ("dead", "b"), ("pending", "c")):
            page = await deliveries.list("t", limit=10, after=None, status=status)
            assert [one.id for one in page.entries] == [name]

    tell(story)


def test_many_senders_at_the_same_time_take_each_message_once(
    tell: Tell, database_url: str
) -> None:
    async def story(database: Database) -> None:
        names = [f"m{n:02}" for n in range(12)]
        other = Database(database_url)
        mine = await with_messages(database, *names)
        stores = (mine, DeliveryStore(other))
        until = lease("x", 9999)
        taken = await asyncio.gather(
            *(stores[n % 2].claim(until, later(0) + timedelta(hours=1), room(2)) for n in range(20))
        )
        await other.close()
        assert sorted(one.id for batch in taken for one in batch) == names

    tell(story)


def test_what_arrived_or_was_given_up_long_ago_is_forgotten_and_nothing_else(tell: Tell) -> None:
    async def story(database: Database) -> None:
        deliveries = await with_messages(database, "arrived", "dead", "late", "waits")
        await deliveries.claim(lease("me"), later(9), room(9))
        await deliveries.succeed("arrived", "me", later(10))
        await deliveries.bury("dead", "me", later(11), "no")
        await deliveries.succeed("late", "me", later(50))
        assert await deliveries.forget(later(50)) == 2
        assert await deliveries.forget(later(50)) == 0
        left = await deliveries.list("t", limit=9, after=None)
        assert {one.id for one in left.entries} == {"late", "waits"}

    tell(story)
