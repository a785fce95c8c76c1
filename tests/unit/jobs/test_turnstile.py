import asyncio
from collections.abc import Awaitable, Callable

import pytest

from service.domain.errors import QueueFull
from service.jobs.turnstile import Turnstile


def told(queued: int) -> Callable[[], Awaitable[int]]:
    async def ask() -> int:
        return queued

    return ask


async def refused(turnstile: Turnstile, queued: int, limit: int) -> QueueFull:
    with pytest.raises(QueueFull) as full:
        async with turnstile.passing(told(queued), limit):
            pass
    return full.value


def test_those_who_pass_count_until_they_have_passed() -> None:
    async def story() -> None:
        turnstile = Turnstile()
        async with turnstile.passing(told(1), 3), turnstile.passing(told(1), 3):
            full = await refused(turnstile, 1, 3)
            assert (full.waiting, full.limit) == (3, 3)
        async with turnstile.passing(told(2), 3):
            pass

    asyncio.run(story())


def test_one_that_fails_leaves_its_place() -> None:
    async def story() -> None:
        turnstile = Turnstile()
        with pytest.raises(ValueError, match="no"):
            async with turnstile.passing(told(0), 1):
                raise ValueError("no")
        async with turnstile.passing(told(0), 1):
            pass

    asyncio.run(story())


def test_one_that_was_stored_while_another_asked_counts() -> None:
    async def story() -> None:
        turnstile = Turnstile()
        asked, answer = asyncio.Event(), asyncio.Event()

        async def slowly() -> int:
            asked.set()
            await answer.wait()
            # As it was when it was asked: without the one that is stored meanwhile.
            return 1

        async def late() -> None:
            async with turnstile.passing(slowly, 2):
                pass

        asking = asyncio.create_task(late())
        await asked.wait()
        async with turnstile.passing(told(1), 2):
            pass
        answer.set()
        with pytest.raises(QueueFull):
            await asking

    asyncio.run(story())
