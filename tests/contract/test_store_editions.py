from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from threading import Thread, current_thread

import pytest

from service.domain.brief import Dropped
from service.domain.edition import Edition, Story
from service.domain.errors import BadCursor, UnknownEdition
from service.store import Store
from service.store.records import Cursor, EditionSummary
from tests.contract.stores import (
    NOW,
    THEM,
    US,
    Told,
    brief,
    database_url,
    filed,
    tell,
    told,
)
from tests.unit.domain.editions import (
    MADE_AT,
    TODAY,
    TOMORROW,
    YESTERDAY,
    edition,
    source,
    story,
    whole,
)

__all__ = ["database_url", "tell", "told"]

LATER = MADE_AT + timedelta(hours=3)


def of(day: date) -> Edition:
    return edition(date=day, previous=None)


async def days(store: Store) -> list[date]:
    page = await store.editions.list(US, limit=99, after=None)
    return [one.date for one in page.entries]


def test_an_edition_comes_back_as_it_was_stored(told: Told) -> None:
    async def telling(store: Store) -> None:
        assert await store.editions.put(US, whole())
        assert await store.editions.get(US, TODAY) == whole()

    told(telling)


def test_a_day_without_an_edition_has_none(told: Told) -> None:
    async def telling(store: Store) -> None:
        await store.editions.put(US, of(TODAY))
        with pytest.raises(UnknownEdition, match="2026-11-22"):
            await store.editions.get(US, TOMORROW)

    told(telling)


def test_the_same_content_made_again_changes_nothing(told: Told) -> None:
    async def telling(store: Store) -> None:
        await store.editions.put(US, whole())
        again = replace(whole(), created_at=LATER, changed_at=LATER)
        assert not await store.editions.put(US, again)
        assert await store.editions.get(US, TODAY) == whole()

    told(telling)


def test_other_content_replaces_it_and_leaves_when_it_was_created(told: Told) -> None:
    async def telling(store: Store) -> None:
        await store.editions.put(US, whole())
        other = edition(story("snow"), created_at=LATER, changed_at=LATER)
        assert await store.editions.put(US, other)
        assert await store.editions.get(US, TODAY) == replace(other, created_at=MADE_AT)
        [listed] = (await store.editions.list(US, limit=9, after=None)).entries
        assert (listed.created_at, listed.changed_at) == (MADE_AT, LATER)
        assert (listed.stories, listed.headline) == (1, "Snow fell.")

    told(telling)


def test_times_are_kept_in_utc(told: Told) -> None:
    east = timezone(timedelta(hours=5, minutes=30))
    there = datetime(2026, 11, 21, 3, tzinfo=east)

    async def telling(store: Store) -> None:
        made = edition(
            story(sources=(source(published_at=there),)), created_at=there, changed_at=there
        )
        await store.editions.put(US, made)
        kept = await store.editions.get(US, TODAY)
        assert kept == made
        assert kept.created_at.tzinfo == kept.stories[0].sources[0].published_at.tzinfo == UTC
        assert not await store.editions.put(US, made)

    told(telling)


def test_an_edition_is_written_away_from_the_event_loop(told: Told) -> None:
    asked_in: list[Thread] = []

    class Noting(tzinfo):
        """UTC, which notes the threads it is asked in."""

        def utcoffset(self, _: datetime | None) -> timedelta:
            asked_in.append(current_thread())
            return timedelta(0)

    made = edition(story(sources=(source(published_at=MADE_AT.replace(tzinfo=Noting())),)))

    async def telling(store: Store) -> None:
        for new in (True, False):
            asked_in.clear()
            assert await store.editions.put(US, made) == new
            assert asked_in
            assert current_thread() not in asked_in

    told(telling)


def test_an_edition_is_read_away_from_the_event_loop(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_in: list[Thread] = []

    async def telling(store: Store) -> None:
        await store.editions.put(US, whole())
        monkeypatch.setattr(Story, "__post_init__", lambda _: made_in.append(current_thread()))
        await store.editions.get(US, TODAY)
        assert made_in
        assert current_thread() not in made_in

    told(telling)


@pytest.mark.parametrize(("text", "kept"), [("a\0b", "a\0b"), ("a\ud800b", "a?b")])
def test_text_that_a_database_cannot_hold_sinks_no_edition(
    told: Told, text: str, kept: str
) -> None:
    async def telling(store: Store) -> None:
        dropped = Dropped(text=text, document_id=None, reason="it is empty")
        await store.editions.put(US, edition(skipped=(dropped,)))
        assert (await store.editions.get(US, TODAY)).skipped[0].text == kept

    told(telling)


def test_a_list_shows_the_first_headline_and_how_many_stories(told: Told) -> None:
    async def telling(store: Store) -> None:
        await store.editions.put(US, of(YESTERDAY))
        await store.editions.put(US, whole())
        assert (await store.editions.list(US, limit=9, after=None)).entries == (
            EditionSummary(
                date=TODAY, created_at=MADE_AT, changed_at=MADE_AT, stories=2, headline="Rain fell."
            ),
            EditionSummary(
                date=YESTERDAY, created_at=MADE_AT, changed_at=MADE_AT, stories=0, headline=None
            ),
        )

    told(telling)


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_pages_give_each_day_once_the_latest_first_though_others_are_added(
    told: Told, limit: int
) -> None:
    async def telling(store: Store) -> None:
        # Stored in no order: an edition of an older day may be made later.
        for n in (2, 0, 4, 1, 3):
            await store.editions.put(US, of(TODAY - timedelta(days=n)))
        found: list[date] = []
        after: Cursor | None = None
        while not found or after is not None:
            page = await store.editions.list(US, limit=limit, after=after)
            found.extend(one.date for one in page.entries)
            after = page.next
            await store.editions.put(US, of(TODAY + timedelta(days=len(found))))
        assert found == [TODAY - timedelta(days=n) for n in range(5)]

    told(telling)


@pytest.mark.parametrize(
    "cursor",
    [
        Cursor(created_at=NOW, id="brf_1"),
        Cursor(created_at=NOW, id="2026-11-21"),
        Cursor(created_at=datetime(2026, 11, 21, tzinfo=UTC), id="20261121"),
        Cursor(created_at=datetime(2026, 11, 21), id="2026-11-21"),  # noqa: DTZ001
        Cursor(created_at=NOW, id="\0"),
    ],
)
def test_a_cursor_that_no_page_gave_is_refused(told: Told, cursor: Cursor) -> None:
    async def telling(store: Store) -> None:
        with pytest.raises(BadCursor):
            await store.editions.list(US, limit=9, after=cursor)

    told(telling)


def test_the_editions_beside_a_day_are_the_nearest_there_are(told: Told) -> None:
    async def telling(store: Store) -> None:
        early = YESTERDAY - timedelta(days=30)
        for day in (early, YESTERDAY, TOMORROW):
            await store.editions.put(US, of(day))
        assert await store.editions.beside(US, TODAY) == (YESTERDAY, TOMORROW)
        assert await store.editions.beside(US, YESTERDAY) == (early, TOMORROW)
        assert await store.editions.beside(US, early) == (None, YESTERDAY)

    told(telling)


def test_a_deleted_brief_is_left_in_the_edition_and_told_to_be_gone(told: Told) -> None:
    async def telling(store: Store) -> None:
        for id_ in ("b1", "b2"):
            await store.briefs.accept(US, brief(id_, filed("a")), 9)
        made = edition(story("rain", brief_id="b1"), story("snow", brief_id="b2"))
        await store.editions.put(US, made)
        assert await store.editions.briefs_left(US, made) == {"b1", "b2"}
        await store.briefs.delete(US, "b1")
        assert await store.editions.briefs_left(US, made) == {"b2"}
        assert await store.editions.get(US, TODAY) == made

    told(telling)


def test_one_day_has_an_edition_a_tenant(told: Told) -> None:
    async def telling(store: Store) -> None:
        await store.editions.put(THEM, whole())
        with pytest.raises(UnknownEdition):
            await store.editions.get(US, TODAY)
        assert await days(store) == []
        assert await store.editions.beside(US, TOMORROW) == (None, None)
        await store.briefs.accept(THEM, brief("brief of port", filed("a")), 9)
        assert await store.editions.briefs_left(US, whole()) == frozenset()
        assert await store.editions.put(US, edition(story("snow")))
        assert await store.editions.get(THEM, TODAY) == whole()

    told(telling)
