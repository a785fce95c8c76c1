import json

from service.domain.text import text_sha256
from service.store import Store
from service.store.records import Delivery
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
    failed,
    filed,
    lease,
    made,
    tell,
    told,
)

__all__ = ["database_url", "tell", "told"]

RAIN, SNOW, HAIL = "Rain fell.", "Snow fell.", "Hail fell."
PAGE = "https://example.org/weather"


async def written(store: Store, tenant: str = US) -> list[Delivery]:
    page = await store.deliveries.list(tenant, limit=99, after=None)
    return sorted(page.entries, key=lambda one: (one.created_at, one.event, one.body))


async def stale(store: Store) -> list[tuple[str, str, str]]:
    """Return brief, document and reason of what was told to have become stale."""
    found = []
    for one in await written(store):
        told_of = json.loads(one.body)["data"]
        if one.event == "brief.stale":
            found.append(
                (one.brief_id, told_of["stale"]["document_id"], told_of["stale"]["reason"])
            )
    return sorted(found)


def test_the_end_of_a_brief_is_told_to_its_hook(told: Told) -> None:
    async def story(store: Store) -> None:
        await made(store, brief("b", filed("a"), hook=HOOK))
        [one] = await written(store)
        assert (one.event, one.status, one.hook, one.brief_id) == (
            "brief.done",
            "pending",
            HOOK,
            "b",
        )
        assert (one.next_at, one.created_at, one.attempts) == (NOW, NOW, 0)
        assert json.loads(one.body) == {
            "type": "brief.done",
            "timestamp": "2026-11-21T12:00:00.123456Z",
            "data": {"brief_id": "b", "status": "done", "url": "/v1/briefs/b"},
        }

    told(story)


def test_a_failure_is_told_with_its_reason(told: Told) -> None:
    async def story(store: Store) -> None:
        await store.briefs.accept(US, brief("b", filed("a"), hook=HOOK), 9)
        await store.briefs.claim(lease(), NOW)
        await store.briefs.settle("b", "mine", failed())
        [one] = await written(store)
        assert one.event == "brief.failed"
        assert json.loads(one.body)["data"]["error"] == "it broke"

    told(story)


def test_who_left_no_hook_is_told_nothing(told: Told) -> None:
    async def story(store: Store) -> None:
        await made(store, brief("b", filed("a")))
        await store.documents.add(US, filed("a", SNOW), at(1))
        await store.documents.delete(US, "a", at(2), force=True)
        assert await written(store) == []

    told(story)


def test_a_correction_is_told_to_the_done_briefs_made_of_the_document(told: Told) -> None:
    async def story(store: Store) -> None:
        await made(store, brief("one", filed("a"), filed("x"), hook=HOOK))
        await made(store, brief("two", filed("x"), filed("a"), hook=HOOK))
        await made(store, brief("other", filed("x"), hook=HOOK))
        await store.documents.add(US, filed("a", SNOW), at(1))
        assert await stale(store) == [("one", "a", "changed"), ("two", "a", "changed")]

    told(story)


def test_a_correction_tells_no_other_tenant(told: Told) -> None:
    async def story(store: Store) -> None:
        await made(store, brief("b", filed("a"), hook=HOOK), tenant=THEM)
        await store.documents.add(US, filed("a"), NOW)
        await store.documents.add(US, filed("a", SNOW), at(1))
        assert [one.event for one in await written(store, THEM)] == ["brief.done"]

    told(story)


def test_each_correction_is_told_once(told: Told) -> None:
    async def story(store: Store) -> None:
        await made(store, brief("b", filed("a", RAIN), hook=HOOK))
        for seconds, text in enumerate((SNOW, SNOW, HAIL, RAIN), start=1):
            await store.documents.add(US, filed("a", text), at(seconds))
        # Going back to the text it was made of makes nothing stale.
        assert await stale(store) == [("b", "a", "changed")] * 2

    told(story)


def test_a_document_in_anothers_place_is_told_under_the_first_ones_name(told: Told) -> None:
    async def story(store: Store) -> None:
        await made(store, brief("b", filed("a", RAIN, url=PAGE), hook=HOOK))
        await store.documents.add(US, filed("n", SNOW, url=PAGE), at(1))
        assert await stale(store) == [("b", "a", "changed")]

    told(story)


def test_a_deletion_is_told(told: Told) -> None:
    async def story(store: Store) -> None:
        await made(store, brief("b", filed("a"), hook=HOOK))
        await store.documents.delete(US, "a", at(1), force=True)
        assert await stale(store) == [("b", "a", "deleted")]

    told(story)


def test_what_changed_while_a_brief_was_made_is_told_when_it_is_done(told: Told) -> None:
    async def story(store: Store) -> None:
        await store.briefs.accept(US, brief("b", filed("a"), filed("c"), hook=HOOK), 9)
        await store.briefs.claim(lease(), NOW)
        await store.documents.add(US, filed("a", SNOW), at(1))
        await store.documents.delete(US, "c", at(1), force=True)
        assert await written(store) == []
        await store.briefs.settle("b", "mine", done(2))
        assert await stale(store) == [("b", "a", "changed"), ("b", "c", "deleted")]
        assert [one.event for one in await written(store)].count("brief.done") == 1

    told(story)


def test_a_message_holds_no_text_of_a_document(told: Told) -> None:
    async def story(store: Store) -> None:
        await made(store, brief("b", filed("a", RAIN, title="Weather"), hook=HOOK))
        await store.documents.add(US, filed("a", SNOW, title="Weather"), at(1))
        for one in await written(store):
            assert not any(said in one.body for said in (RAIN, SNOW, "Weather"))
            assert text_sha256(RAIN) not in one.body

    told(story)
