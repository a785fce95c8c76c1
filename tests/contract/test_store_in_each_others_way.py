"""Requests that name the same documents, at once and in different orders."""

import asyncio
from dataclasses import replace

from service.domain.brief import Options
from service.store import Store
from tests.contract.stores import (
    HOOK,
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

ROUNDS = 12
CITED = 550


def test_requests_for_the_same_documents_in_other_orders_all_get_through(told: Told) -> None:
    async def story(store: Store) -> None:
        for id_ in "ab":
            await store.documents.add(US, filed(id_), at(0))

        async def ask(client: str, own: str, order: str) -> None:
            for turn in range(ROUNDS):
                text = f"{client} says {turn} of {own}."
                new = brief(f"{client}{turn}", filed(own, text))
                both = replace(new, document_ids=tuple(order))
                await store.briefs.accept(US, both, 1000)

        clients = [("x", "a", "ab"), ("y", "b", "ba"), ("z", "a", "ba"), ("w", "b", "ab")]
        await asyncio.gather(*(ask(*one) for one in clients))
        assert (await store.briefs.backlog()).queued == ROUNDS * len(clients)

    told(story)


def test_a_correction_tells_each_of_very_many_briefs_once(told: Told) -> None:
    async def story(store: Store) -> None:
        await store.documents.add(US, filed("a"), at(0))
        for turn in range(CITED):
            new = brief(f"b{turn}", hook=HOOK)
            named = replace(new, document_ids=("a",), options=Options())
            await store.briefs.accept(US, named, CITED)
            await store.briefs.claim(lease(), at(0))
            await store.briefs.settle(f"b{turn}", "mine", done())
        before = await store.deliveries.pending()
        await store.documents.add(US, filed("a", "Another text stands here now."), at(1))
        assert await store.deliveries.pending() - before == CITED

    told(story)
