import asyncio
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.errors import Overloaded
from service.jobs.reading.fair_line import FairLine

TENANTS = "abc"
# Who comes, or whose caller gives up, and whether somebody who has a thing is done with it then.
STEPS = st.lists(
    st.tuples(st.sampled_from(("come", "come", "come", "leave", "end")), st.sampled_from(TENANTS)),
    max_size=60,
)


class _Crowd:
    """Callers of a line, which tells who waits, and who got a thing when."""

    def __init__(self, things: int) -> None:
        self.line = FairLine(range(things))
        self.came: list[str] = []
        self.waiting: dict[int, asyncio.Task[None]] = {}
        self.inside: dict[int, asyncio.Event] = {}
        self.left: set[int] = set()
        self.turns: list[tuple[int, frozenset[int]]] = []
        self.held: Counter[int] = Counter()
        self.tasks: list[asyncio.Task[None]] = []

    async def step(self, what: str, tenant: str) -> None:
        if what == "come":
            number = len(self.came)
            self.came.append(tenant)
            self.waiting[number] = asyncio.create_task(self._use(number, tenant))
            self.tasks.append(self.waiting[number])
        elif what == "leave":
            for number in [n for n in self.waiting if self.came[n] == tenant][:1]:
                self.left.add(number)
                self.waiting.pop(number).cancel()
        else:
            for number in list(self.inside)[:1]:
                self.inside.pop(number).set()
        for _ in range(5):
            await asyncio.sleep(0)

    async def _use(self, number: int, tenant: str) -> None:
        async with self.line.one(tenant) as thing:
            self.waiting.pop(number, None)
            self.turns.append((number, frozenset(self.waiting)))
            self.held[thing] += 1
            assert self.held[thing] == 1, "two have one thing"
            self.inside[number] = done = asyncio.Event()
            await done.wait()
            self.held[thing] -= 1


async def _lived(things: int, steps: Sequence[tuple[str, str]]) -> _Crowd:
    crowd = _Crowd(things)
    for what, tenant in steps:
        await crowd.step(what, tenant)
    while crowd.waiting or crowd.inside:
        assert crowd.inside, "somebody waits for what is free"
        await crowd.step("end", "")
    await asyncio.gather(*crowd.tasks, return_exceptions=True)
    return crowd


@given(st.integers(1, 3), STEPS)
def test_everyone_who_stays_gets_one_turn_and_those_who_leave_none(
    things: int, steps: list[tuple[str, str]]
) -> None:
    crowd = asyncio.run(_lived(things, steps))
    served = [number for number, _ in crowd.turns]
    assert len(served) == len(set(served))
    assert set(served) == set(range(len(crowd.came))) - crowd.left
    assert all(task.cancelled() or task.exception() is None for task in crowd.tasks)


@given(st.integers(1, 3), STEPS)
def test_while_one_tenant_waits_no_other_gets_two_turns(
    things: int, steps: list[tuple[str, str]]
) -> None:
    crowd = asyncio.run(_lived(things, steps))
    for number, tenant in enumerate(crowd.came):
        others = Counter(crowd.came[served] for served, waiting in crowd.turns if number in waiting)
        # Those of its own tenant that came before it have their turns in between.
        ahead = others.pop(tenant, 0)
        assert all(turns <= ahead + 1 for turns in others.values())


@given(st.integers(1, 3), STEPS)
def test_callers_of_one_tenant_keep_their_order(things: int, steps: list[tuple[str, str]]) -> None:
    crowd = asyncio.run(_lived(things, steps))
    for tenant in TENANTS:
        served = [number for number, _ in crowd.turns if crowd.came[number] == tenant]
        assert served == sorted(served)


def test_a_newcomer_is_before_the_tenant_that_holds_everything() -> None:
    async def story() -> list[str]:
        steps = [*[("come", "a")] * 8, ("come", "b")]
        crowd = await _lived(1, steps)
        return [crowd.came[number] for number, _ in crowd.turns]

    assert asyncio.run(story()) == ["a", "b", *"a" * 7]


def test_a_tenant_waits_with_so_many_callers_at_most() -> None:
    async def story() -> None:
        line = FairLine([1], waiting_each=1)

        async def use(tenant: str) -> int:
            async with line.one(tenant) as thing:
                await asyncio.sleep(0)
                return thing

        one, two, three, other = await asyncio.gather(
            use("a"), use("a"), use("a"), use("b"), return_exceptions=True
        )
        assert (one, two, other) == (1, 1, 1)
        assert isinstance(three, Overloaded)
        assert await use("a") == 1

    asyncio.run(story())


def test_a_turn_that_comes_in_the_moment_of_giving_up_is_the_next_ones() -> None:
    async def story() -> None:
        line = FairLine([1])

        async def use(tenant: str) -> int:
            async with line.one(tenant) as thing:
                return thing

        async with line.one("a"):
            first, second = asyncio.create_task(use("b")), asyncio.create_task(use("c"))
            await asyncio.sleep(0)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        assert await second == 1

    asyncio.run(story())
