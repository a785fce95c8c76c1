import asyncio
from dataclasses import replace

import pytest

from service.store.database import Database
from service.store.keys import KeyStore
from service.store.rates import RateStore
from tests.contract.databases import Tell, database_url, later, tell
from tests.contract.test_store_keys import KEY

__all__ = ["database_url", "tell"]


async def rates_of(database: Database, *ids: str) -> RateStore:
    for id_ in ids or ("one",):
        await KeyStore(database).add(replace(KEY, id=id_))
    return RateStore(database)


@pytest.mark.parametrize("limit", [1, 2, 7, 60, 113])
def test_a_minutes_requests_may_come_at_once_and_not_one_more(tell: Tell, limit: int) -> None:
    async def story(database: Database) -> None:
        rates = await rates_of(database)
        waits = [await rates.take("one", later(0), limit) for _ in range(limit)]
        assert waits == [0.0] * limit
        assert await rates.take("one", later(0), limit) > 0

    tell(story)


def test_the_wait_told_is_long_enough_and_not_longer_than_the_pace(tell: Tell) -> None:
    async def story(database: Database) -> None:
        rates = await rates_of(database)
        for _ in range(6):
            await rates.take("one", later(0), 6)
        wait_s = await rates.take("one", later(0), 6)
        assert 9 < wait_s <= 10
        assert await rates.take("one", later(wait_s - 0.5), 6) > 0
        assert await rates.take("one", later(wait_s), 6) == 0.0

    tell(story)


def test_refused_requests_do_not_count(tell: Tell) -> None:
    async def story(database: Database) -> None:
        rates = await rates_of(database)
        await rates.take("one", later(0), 1)
        for _ in range(20):
            assert await rates.take("one", later(1), 1) > 0
        assert await rates.take("one", later(60), 1) == 0.0

    tell(story)


def test_a_quiet_minute_gives_a_minutes_requests_and_no_more(tell: Tell) -> None:
    async def story(database: Database) -> None:
        rates = await rates_of(database)
        await rates.take("one", later(0), 3)
        waits = [await rates.take("one", later(3600), 3) for _ in range(4)]
        assert waits[:3] == [0.0] * 3
        assert waits[3] > 0

    tell(story)


def test_each_key_has_its_own_account(tell: Tell) -> None:
    async def story(database: Database) -> None:
        rates = await rates_of(database, "one", "two")
        assert await rates.take("one", later(0), 1) == 0.0
        assert await rates.take("two", later(0), 1) == 0.0
        assert await rates.take("one", later(0), 1) > 0

    tell(story)


def test_requests_at_the_same_time_over_two_connections_are_counted_one_by_one(
    tell: Tell, database_url: str
) -> None:
    async def story(database: Database) -> None:
        other = Database(database_url)
        stores = [await rates_of(database), RateStore(other)]
        waits = await asyncio.gather(*(stores[n % 2].take("one", later(0), 10) for n in range(40)))
        await other.close()
        assert waits.count(0.0) == 10

    tell(story)


def test_a_key_that_is_not_there_may_send_nothing(tell: Tell) -> None:
    async def story(database: Database) -> None:
        assert await RateStore(database).take("none", later(0), 10) > 0

    tell(story)
