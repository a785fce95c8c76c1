from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain.brief import Status
from service.domain.errors import BadCursor
from service.store import Store
from service.store.records import BriefSummary, Cursor, DocumentSummary, Page
from tests.contract.databases import run_on
from tests.contract.stores import (
    NOW,
    US,
    Told,
    at,
    brief,
    database_url,
    done,
    filed,
    lease,
    tell,
    told,
)

__all__ = ["database_url", "tell", "told"]

Fetch = Callable[
    [int, Cursor | None], Awaitable[Page[DocumentSummary]] | Awaitable[Page[BriefSummary]]
]


async def documents_at(store: Store, times: list[int], first: int = 0) -> list[str]:
    """Store a document for each time; return the ids as they should be listed."""
    named = [(at(second), f"d{first + n:03}") for n, second in enumerate(times)]
    for moment, id_ in named:
        await store.documents.add(US, filed(id_), moment)
    return [id_ for _, id_ in sorted(named, reverse=True)]


async def walked(fetch: Fetch, limit: int, between: Callable[[], Awaitable[object]]) -> list[str]:
    found: list[str] = []
    after: Cursor | None = None
    while True:
        page = await fetch(limit, after)
        assert len(page.entries) <= limit
        found.extend(one.id for one in page.entries)
        if page.next is None:
            return found
        after = page.next
        await between()


# Times of which many are the same, so that ids decide.
@settings(max_examples=12)
@given(times=st.lists(st.integers(0, 4), max_size=14), limit=st.integers(1, 6))
@pytest.mark.parametrize("added", [False, True])
def test_pages_give_each_document_once_though_others_are_added(
    database_url: str, added: bool, times: list[int], limit: int
) -> None:
    run_on(database_url, lambda database: _walk(Store.over(database), added, times, limit))


async def _walk(store: Store, added: bool, times: list[int], limit: int) -> None:
    before = await documents_at(store, times)
    extra = iter(range(500, 600))

    async def another() -> None:
        if added:
            n = next(extra)
            await documents_at(store, [n], first=n)

    found = await walked(
        lambda limit, after: store.documents.list(US, limit=limit, after=after), limit, another
    )
    assert found == before


def test_briefs_are_listed_the_newest_first_with_what_a_list_shows(told: Told) -> None:
    async def story(store: Store) -> None:
        for n in range(3):
            await store.briefs.accept(US, brief(f"b{n}", filed("a"), after_s=n), 99)
        await store.briefs.claim(lease(), NOW, "b1")
        await store.briefs.settle("b1", "mine", done(5))
        page = await store.briefs.list(US, limit=3, after=None)
        assert page.next is None
        assert [one.id for one in page.entries] == ["b2", "b1", "b0"]
        ended = page.entries[1]
        assert (ended.status, ended.headline) == ("done", "Rain fell.")
        assert (ended.created_at, ended.finished_at) == (at(1), at(5))

    told(story)


def test_briefs_are_listed_by_status_and_since_a_moment_inclusive(told: Told) -> None:
    async def story(store: Store) -> None:
        for n in range(5):
            await store.briefs.accept(US, brief(f"b{n}", filed("a"), after_s=n), 99)
            if n % 2:
                await store.briefs.cancel(US, f"b{n}", NOW)

        async def ids(status: Status | None, since: datetime | None) -> list[str]:
            page = await store.briefs.list(US, limit=9, after=None, status=status, since=since)
            return [one.id for one in page.entries]

        assert await ids("cancelled", None) == ["b3", "b1"]
        assert await ids(None, at(3)) == ["b4", "b3"]
        assert await ids(None, at(3) + timedelta(microseconds=1)) == ["b4"]
        assert await ids("queued", at(1)) == ["b4", "b2"]

    told(story)


def test_pages_of_briefs_give_each_once_though_others_are_added(told: Told) -> None:
    async def story(store: Store) -> None:
        # All at one moment: the ids alone tell them apart.
        for n in range(10):
            await store.briefs.accept(US, brief(f"b{n}", filed("a")), 99)

        added = iter(range(20, 40))

        async def another() -> None:
            n = next(added)
            await store.briefs.accept(US, brief(f"b{n}", filed("a"), after_s=n), 99)

        found = await walked(
            lambda limit, after: store.briefs.list(US, limit=limit, after=after), 3, another
        )
        assert found == [f"b{n}" for n in range(9, -1, -1)]

    told(story)


def test_a_cursor_of_what_was_deleted_since_still_gives_the_rest(told: Told) -> None:
    async def story(store: Store) -> None:
        for n in range(4):
            await store.documents.add(US, filed(f"d{n}"), at(n))
        page = await store.documents.list(US, limit=2, after=None)
        await store.documents.delete(US, "d2", at(9))
        rest = await store.documents.list(US, limit=2, after=page.next)
        assert [one.id for one in rest.entries] == ["d1", "d0"]

    told(story)


@pytest.mark.parametrize(
    "cursor",
    [
        Cursor(created_at=NOW.replace(tzinfo=None), id="a"),
        Cursor(created_at=NOW, id="\0"),
        Cursor(created_at=NOW, id="\ud800"),
    ],
)
def test_a_cursor_that_no_page_gave_is_refused(told: Told, cursor: Cursor) -> None:
    async def story(store: Store) -> None:
        for listed in (store.documents.list, store.briefs.list):
            with pytest.raises(BadCursor):
                await listed(US, limit=9, after=cursor)

    told(story)
