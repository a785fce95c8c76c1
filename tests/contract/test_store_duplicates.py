from service.store import Store
from tests.contract.stores import (
    NOW,
    THEM,
    US,
    Told,
    at,
    brief,
    database_url,
    filed,
    tell,
    told,
)

__all__ = ["database_url", "tell", "told"]

RAIN, SNOW = "Rain fell.", "Snow fell."


async def duplicates(store: Store, tenant: str = US) -> dict[str, str | None]:
    """Return what each document is a duplicate of, which both ways of asking agree on."""
    page = await store.documents.list(tenant, limit=99, after=None)
    listed = {one.id: one.duplicate_of for one in page.entries}
    assert await store.documents.duplicates(tenant, list(listed)) == {
        id: first for id, first in listed.items() if first is not None
    }
    return listed


def test_of_documents_with_one_text_all_but_the_first_are_duplicates_of_it(told: Told) -> None:
    async def story(store: Store) -> None:
        for seconds, (name, text) in enumerate(
            [("z", RAIN), ("y", SNOW), ("x", RAIN), ("w", RAIN)]
        ):
            await store.documents.add(US, filed(name, text, title=name), at(seconds))
        assert await duplicates(store) == {"w": "z", "x": "z", "y": None, "z": None}

    told(story)


def test_of_those_stored_at_one_moment_the_lowest_id_is_the_first(told: Told) -> None:
    async def story(store: Store) -> None:
        await store.briefs.accept(US, brief("b", filed("n", RAIN), filed("m", RAIN)), 9)
        assert await duplicates(store) == {"m": None, "n": "m"}

    told(story)


def test_only_what_stands_now_counts(told: Told) -> None:
    async def story(store: Store) -> None:
        for seconds, name in enumerate("abc"):
            await store.documents.add(US, filed(name, RAIN), at(seconds))
        await store.documents.delete(US, "a", at(4))
        assert await duplicates(store) == {"b": None, "c": "b"}
        await store.documents.add(US, filed("b", SNOW), at(5))
        assert await duplicates(store) == {"b": None, "c": None}
        await store.documents.add(US, filed("b", RAIN), at(6))
        await store.documents.add(US, filed("b", RAIN, title="Weather"), at(7))
        assert await duplicates(store) == {"b": None, "c": "b"}

    told(story)


def test_no_document_is_a_duplicate_of_another_tenants(told: Told) -> None:
    async def story(store: Store) -> None:
        await store.documents.add(THEM, filed("a", RAIN), NOW)
        await store.documents.add(US, filed("b", RAIN), at(1))
        await store.documents.add(THEM, filed("c", RAIN), at(2))
        assert await duplicates(store) == {"b": None}
        assert await duplicates(store, THEM) == {"a": None, "c": "a"}

    told(story)


def test_what_is_not_stored_is_no_duplicate(told: Told) -> None:
    async def story(store: Store) -> None:
        asked = ["none", "\0", *(f"x{n}" for n in range(1200))]
        assert await store.documents.duplicates(US, asked) == {}

    told(story)
