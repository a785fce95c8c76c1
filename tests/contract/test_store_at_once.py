"""What many do at the same time ends as if they had done it one after the other."""

import asyncio
from collections import Counter

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from service.domain.errors import QueueFull, StoreUnavailable, WrongStatus
from service.store import Store
from service.store.records import BriefRecord, Lease
from service.store.rows import brief_row
from tests.contract.stores import (
    HOOK,
    NOW,
    THEM,
    US,
    Told,
    at,
    brief,
    database_url,
    done,
    filed,
    lease,
    made,
    tell,
    told,
)

__all__ = ["database_url", "tell", "told"]

PAGE = "https://example.org/weather"


async def beside(database_url: str) -> Store:
    """Return the store as another process would open it, with connections of its own."""
    store = Store.at(database_url)
    await store.database.open()
    return store


def test_the_queue_keeps_its_limit_exactly(told: Told, database_url: str) -> None:
    async def story(store: Store) -> None:
        other = await beside(database_url)
        asked = [
            (store, other)[n % 2].briefs.accept(
                (US, THEM)[n % 3 == 0], brief(f"b{n}", filed("a")), 7
            )
            for n in range(50)
        ]
        found = await asyncio.gather(*asked, return_exceptions=True)
        await other.database.close()
        kinds = Counter(type(one) for one in found)
        assert kinds == {BriefRecord: 7, QueueFull: 43}
        assert (await store.briefs.backlog()).queued == 7

    told(story)


def test_one_idempotency_key_makes_one_brief(told: Told, database_url: str) -> None:
    async def story(store: Store) -> None:
        other = await beside(database_url)
        found = await asyncio.gather(
            *(
                (store, other)[n % 2].briefs.accept(US, brief(f"b{n}", filed("a"), key="k"), 9)
                for n in range(20)
            )
        )
        await other.database.close()
        assert len({one.id for one in found}) == 1
        assert (await store.briefs.backlog()).queued == 1

    told(story)


def test_twenty_workers_share_ten_briefs_without_sharing_one(told: Told, database_url: str) -> None:
    async def story(store: Store) -> None:
        other = await beside(database_url)
        for n in range(10):
            await store.briefs.accept(US, brief(f"b{n}", filed("a"), after_s=n), 99)
        leases = [Lease(owner=f"w{n}", until=at(60)) for n in range(20)]
        found = await asyncio.gather(
            *((store, other)[n % 2].briefs.claim(one, NOW) for n, one in enumerate(leases))
        )
        # Who looked while the last ones were being taken comes back for what it missed.
        rest = [await store.briefs.claim(leases[0], NOW) for _ in range(10)]
        await other.database.close()
        taken = Counter(one.id for one in (*found, *rest) if one is not None)
        assert taken == {f"b{n}": 1 for n in range(10)}
        assert {one.attempts for one in (*found, *rest) if one is not None} == {1}

    told(story)


def test_one_brief_asked_for_by_twenty_goes_to_one(told: Told, database_url: str) -> None:
    async def story(store: Store) -> None:
        other = await beside(database_url)
        await store.briefs.accept(US, brief("b", filed("a")), 9)
        leases = [Lease(owner=f"w{n}", until=at(60)) for n in range(20)]
        found = await asyncio.gather(
            *((store, other)[n % 2].briefs.claim(one, NOW, "b") for n, one in enumerate(leases))
        )
        await other.database.close()
        assert sum(one is not None for one in found) == 1
        assert (await store.briefs.get(US, "b")).attempts == 1

    told(story)


def test_a_brief_settled_and_cancelled_at_once_ends_one_way(told: Told) -> None:
    async def story(store: Store) -> None:
        for n in range(8):
            id_ = f"b{n}"
            await store.briefs.accept(US, brief(id_, filed("a"), hook=HOOK), 99)
            await store.briefs.claim(lease(), NOW, id_)
            settled, cancelled, again = await asyncio.gather(
                store.briefs.settle(id_, "mine", done()),
                store.briefs.cancel(US, id_, NOW),
                store.briefs.settle(id_, "mine", done()),
                return_exceptions=True,
            )
            won = [settled, again].count(True)
            record = await store.briefs.get(US, id_)
            if record.status == "done":
                assert won == 1
                assert isinstance(cancelled, WrongStatus)
            else:
                assert (record.status, won) == ("cancelled", 0)
            messages = await store.deliveries.list(US, limit=99, after=None)
            assert sum(one.brief_id == id_ for one in messages.entries) == won

    told(story)


def test_one_document_stored_by_twenty_is_stored_once(told: Told, database_url: str) -> None:
    async def story(store: Store) -> None:
        other = await beside(database_url)
        found = await asyncio.gather(
            *((store, other)[n % 2].documents.add(US, filed("a", url=PAGE), NOW) for n in range(20))
        )
        await other.database.close()
        assert [one.version for one in found] == [1] * 20
        assert sum(one.new for one in found) == 1

    told(story)


def test_versions_stored_at_once_follow_each_other(told: Told, database_url: str) -> None:
    async def story(store: Store) -> None:
        other = await beside(database_url)
        found = await asyncio.gather(
            *(
                (store, other)[n % 2].documents.add(US, filed("a", f"Text {n}."), NOW)
                for n in range(12)
            )
        )
        await other.database.close()
        assert sorted(one.version for one in found) == list(range(1, 13))
        assert sum(one.changed for one in found) == 11

    told(story)


def test_of_texts_of_one_url_stored_at_once_one_stands(told: Told, database_url: str) -> None:
    async def story(store: Store) -> None:
        other = await beside(database_url)
        await asyncio.gather(
            *(
                (store, other)[n % 2].documents.add(US, filed(f"d{n}", f"Text {n}.", url=PAGE), NOW)
                for n in range(8)
            )
        )
        await other.database.close()
        page = await store.documents.list(US, limit=99, after=None)
        assert [one.superseded_by for one in page.entries].count(None) == 1

    told(story)


def test_requests_with_the_same_documents_in_other_orders_all_come_through(
    told: Told, database_url: str
) -> None:
    async def story(store: Store) -> None:
        other = await beside(database_url)
        documents = [filed(f"d{n}", f"Text {n}.", url=f"{PAGE}/{n}") for n in range(6)]
        asked = []
        for n in range(12):
            turned = [*documents[n % 6 :], *documents[: n % 6]]
            asked.append((store, other)[n % 2].briefs.accept(US, brief(f"b{n}", *turned), 99))
        found = await asyncio.gather(*asked)
        await other.database.close()
        assert len({one.id for one in found}) == 12
        page = await store.documents.list(US, limit=99, after=None)
        assert [one.version for one in page.entries] == [1] * 6

    told(story)


def test_a_correction_at_the_time_of_the_end_is_told_once(told: Told, database_url: str) -> None:
    async def story(store: Store) -> None:
        other = await beside(database_url)
        for n in range(8):
            await store.briefs.accept(US, brief(f"b{n}", filed(f"d{n}", "Old."), hook=HOOK), 99)
            await store.briefs.claim(lease(), NOW, f"b{n}")
            await asyncio.gather(
                store.briefs.settle(f"b{n}", "mine", done()),
                other.documents.add(US, filed(f"d{n}", "New."), at(1)),
            )
        await other.database.close()
        page = await store.deliveries.list(US, limit=99, after=None)
        told_of = Counter((one.brief_id, one.event) for one in page.entries)
        assert told_of == {
            (f"b{n}", event): 1 for n in range(8) for event in ("brief.done", "brief.stale")
        }

    told(story)


def test_a_document_is_not_deleted_from_under_a_brief(told: Told, database_url: str) -> None:
    async def story(store: Store) -> None:
        other = await beside(database_url)
        for n in range(8):
            await store.documents.add(US, filed(f"d{n}"), NOW)
            accepted, deleted = await asyncio.gather(
                store.briefs.accept(US, brief(f"b{n}", filed(f"d{n}")), 99),
                other.documents.delete(US, f"d{n}", at(1)),
                return_exceptions=True,
            )
            # The brief brings its document along, so that one that was deleted is there again.
            assert isinstance(accepted, BriefRecord)
            assert len(await store.documents.article_jsons_of(f"b{n}")) == 1
            assert deleted is None or type(deleted).__name__ == "DocumentCited"
        await other.database.close()

    told(story)


def test_a_change_that_others_always_get_in_the_way_of_is_given_up(told: Told) -> None:
    async def story(store: Store) -> None:
        await made(store, brief("b", filed("a")))
        tries = 0

        async def again(session: AsyncSession) -> None:
            nonlocal tries
            tries += 1
            session.add(brief_row(brief("b", filed("a"))))

        with pytest.raises(StoreUnavailable):
            await store.database.write(US, again)
        assert tries > 1

    told(story)
