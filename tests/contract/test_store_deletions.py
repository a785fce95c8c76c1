"""What stands once a document is deleted that stood in the place of others."""

import asyncio
import json

import pytest

from service.store import Store
from tests.contract.stores import (
    HOOK,
    NOW,
    THEM,
    US,
    Told,
    at,
    brief,
    database_url,
    filed,
    made,
    tell,
    told,
)

__all__ = ["database_url", "tell", "told"]

RAIN, SNOW, HAIL = "Rain fell.", "Snow fell.", "Hail fell."
PAGE = "https://example.org/weather"


async def superseded_by(store: Store, tenant: str = US) -> dict[str, str | None]:
    page = await store.documents.list(tenant, limit=99, after=None)
    return {one.id: one.superseded_by for one in page.entries}


async def chain(store: Store) -> None:
    """Store three documents of one address, each in the place of the one before, and two briefs."""
    await made(store, brief("of a", filed("a", RAIN, url=PAGE)))
    await made(store, brief("of b", filed("b", SNOW, url=PAGE), after_s=1))
    await store.documents.add(US, filed("c", HAIL, url=PAGE), at(2))
    assert await superseded_by(store) == {"a": "b", "b": "c", "c": None}


def test_what_a_deleted_document_superseded_stands_again(told: Told) -> None:
    async def story(store: Store) -> None:
        await made(store, brief("old", filed("a", RAIN, url=PAGE), filed("b", HAIL, url=PAGE)))
        await store.documents.add(US, filed("n", SNOW, url=PAGE), at(1))
        assert await superseded_by(store) == {"a": "n", "b": "n", "n": None}
        await store.documents.delete(US, "n", at(2))
        assert await superseded_by(store) == {"a": None, "b": None}
        assert await store.briefs.outdated(US, "old") == ()
        await made(store, brief("new", filed("a", RAIN, url=PAGE), after_s=3))
        assert await store.briefs.outdated(US, "new") == ()

    told(story)


def test_deleting_the_last_of_a_chain_lets_the_one_before_stand_again(told: Told) -> None:
    async def story(store: Store) -> None:
        await chain(store)
        await store.documents.delete(US, "c", at(3))
        assert await superseded_by(store) == {"a": "b", "b": None}
        [outdated] = await store.briefs.outdated(US, "of a")
        assert (outdated.successor_id, outdated.since) == ("b", at(1))
        assert outdated.article_json == filed("b", SNOW, url=PAGE).article_json
        assert await store.briefs.outdated(US, "of b") == ()

    told(story)


def test_deleting_the_middle_of_a_chain_hands_its_place_on(told: Told) -> None:
    async def story(store: Store) -> None:
        await chain(store)
        await store.documents.delete(US, "b", at(3), force=True)
        assert await superseded_by(store) == {"a": "c", "c": None}
        for name, since in (("of a", at(1)), ("of b", at(2))):
            [outdated] = await store.briefs.outdated(US, name)
            assert (outdated.successor_id, outdated.since) == ("c", since)

    told(story)


def test_a_chain_that_is_deleted_from_either_end_leaves_what_is_left(told: Told) -> None:
    async def story(store: Store) -> None:
        await chain(store)
        await store.documents.delete(US, "b", at(3), force=True)
        await store.documents.delete(US, "c", at(4))
        assert await superseded_by(store) == {"a": None}
        assert await store.briefs.outdated(US, "of a") == ()
        [outdated] = await store.briefs.outdated(US, "of b")
        assert (outdated.successor_id, outdated.article_json) == (None, None)

    told(story)


def test_a_copy_of_a_deleted_correction_takes_its_place(told: Told) -> None:
    async def story(store: Store) -> None:
        await made(store, brief("old", filed("a", RAIN, url=PAGE)))
        await store.documents.add(US, filed("n", SNOW, url=PAGE), at(1))
        await store.documents.add(US, filed("copy", SNOW, url=PAGE), at(2))
        await store.documents.delete(US, "n", at(3))
        assert await superseded_by(store) == {"a": "copy", "copy": None}
        [outdated] = await store.briefs.outdated(US, "old")
        assert (outdated.successor_id, outdated.since) == ("copy", at(1))

    told(story)


def test_what_stood_beside_a_document_does_not_take_its_place_later(told: Told) -> None:
    async def story(store: Store) -> None:
        one, other = filed("a", RAIN, url=PAGE), filed("b", SNOW, url=PAGE)
        await store.briefs.accept(US, brief("both", one, other), 9)
        await store.documents.add(US, filed("n", SNOW, url=PAGE), at(1))
        assert await superseded_by(store) == {"a": "n", "b": None, "n": None}
        await store.documents.delete(US, "n", at(2))
        assert await superseded_by(store) == {"a": None, "b": None}

    told(story)


def test_a_correction_that_comes_back_supersedes_again(told: Told) -> None:
    async def story(store: Store) -> None:
        await made(store, brief("old", filed("a", RAIN, url=PAGE), hook=HOOK))
        for seconds in (1, 3):
            await store.documents.add(US, filed("n", SNOW, url=PAGE), at(seconds))
            assert await superseded_by(store) == {"a": "n", "n": None}
            await store.documents.delete(US, "n", at(seconds + 1))
        assert await store.briefs.outdated(US, "old") == ()
        page = await store.deliveries.list(US, limit=99, after=None)
        assert [one.event for one in page.entries].count("brief.stale") == 2

    told(story)


def test_the_same_names_of_another_tenant_are_left_alone(told: Told) -> None:
    async def story(store: Store) -> None:
        for tenant in (US, THEM):
            await store.documents.add(tenant, filed("a", RAIN, url=PAGE), NOW)
            await store.documents.add(tenant, filed("n", SNOW, url=PAGE), at(1))
        await store.documents.delete(US, "n", at(2))
        assert await superseded_by(store, THEM) == {"a": "n", "n": None}

    told(story)


def test_what_is_stored_while_another_is_deleted_takes_the_place_of_what_stands(told: Told) -> None:
    async def story(store: Store) -> None:
        for n in range(12):
            old, wrong, new = (filed(f"{name}{n}", name, url=f"{PAGE}{n}") for name in "awn")
            await store.documents.add(US, old, NOW)
            await store.documents.add(US, wrong, at(1))
            await asyncio.gather(
                store.documents.delete(US, f"w{n}", at(2)), store.documents.add(US, new, at(2))
            )
        standing = {id for id, successor in (await superseded_by(store)).items() if not successor}
        assert standing == {f"n{n}" for n in range(12)}

    told(story)


def test_what_is_told_of_a_deletion_is_what_is_read_of_it(told: Told) -> None:
    async def story(store: Store) -> None:
        await made(store, brief("b", filed("a", RAIN, url=PAGE), hook=HOOK))
        await store.documents.add(US, filed("n", SNOW, url=PAGE), at(1))
        await store.documents.delete(US, "a", at(2), force=True)
        [outdated] = await store.briefs.outdated(US, "b")
        assert outdated.successor_id == "n"
        page = await store.deliveries.list(US, limit=99, after=None)
        reasons = [
            json.loads(one.body)["data"]["stale"]["reason"]
            for one in page.entries
            if one.event == "brief.stale"
        ]
        assert reasons == ["changed"]

    told(story)


@pytest.mark.parametrize(("text", "warned"), [(SNOW, ["'a'", "'n'"]), (RAIN, [])])
def test_a_brief_of_a_document_that_was_superseded_is_warned(
    told: Told, text: str, warned: list[str]
) -> None:
    async def story(store: Store) -> None:
        await store.documents.add(US, filed("a", RAIN, url=PAGE), NOW)
        await store.documents.add(US, filed("n", SNOW, url=PAGE), at(1))
        # With the text of the first one nothing is stale.
        await store.documents.add(US, filed("n", text, url=PAGE), at(2))
        accepted = await store.briefs.accept(US, brief("b", filed("a", RAIN, url=PAGE)), 9)
        again = await store.briefs.get(US, "b")
        assert accepted.warnings == again.warnings
        assert [[name for name in warned if name in one] for one in again.warnings] == (
            [warned] if warned else []
        )

    told(story)
