from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select

from service.domain.errors import StoreUnavailable, UnknownBrief, UnknownShare
from service.store.briefs import BriefStore
from service.store.database import Database
from service.store.rates import RateStore
from service.store.records import Share
from service.store.shares import ShareStore
from service.store.tables import BriefRow, ShareRow
from service.store.tenancy import EVERYONE
from tests.conftest import NOON
from tests.contract.databases import Tell, database_url, later, tell

__all__ = ["database_url", "tell"]
SHARE = Share(
    id="one",
    tenant="desk",
    brief_id="brief of desk",
    digest="d" * 64,
    created_at=NOON,
    expires_at=later(60),
)
OTHER = replace(SHARE, id="two", digest="e" * 64, created_at=later(1), expires_at=later(600))
ABROAD = replace(SHARE, tenant="abroad", brief_id="brief of abroad", digest="f" * 64)


async def shares_of(database: Database, *shares: Share) -> ShareStore:
    """Store shares, with the briefs that they show."""
    for tenant in {one.tenant for one in shares}:
        async with database.writing(tenant) as session:
            session.add(
                BriefRow(
                    tenant=tenant,
                    id=f"brief of {tenant}",
                    status="done",
                    created_at=NOON,
                    options="{}",
                    intake_dropped="[]",
                )
            )
    store = ShareStore(database)
    for one in shares:
        await store.add(one)
    return store


async def listed(store: ShareStore, now: datetime = NOON) -> list[str]:
    page = await store.list("desk", "brief of desk", now, limit=9, after=None)
    return [one.id for one in page.entries]


async def kept(database: Database) -> set[str]:
    async with database.reading(EVERYONE) as session:
        return set(await session.scalars(select(ShareRow.digest)))


def test_a_share_comes_back_as_it_was_stored(tell: Tell) -> None:
    async def story(database: Database) -> None:
        store = await shares_of(database, SHARE)
        assert await store.find(SHARE.digest, NOON) == SHARE
        assert await store.find("0" * 64, NOON) is None

    tell(story)


def test_what_a_link_shows_is_found_whoevers_it_is(tell: Tell) -> None:
    async def story(database: Database) -> None:
        store = await shares_of(database, SHARE, ABROAD)
        for one in (SHARE, ABROAD):
            assert await store.find(one.digest, NOON) == one

    tell(story)


def test_a_share_that_is_over_is_as_one_that_never_was(tell: Tell) -> None:
    async def story(database: Database) -> None:
        store = await shares_of(database, SHARE)
        assert await store.find(SHARE.digest, later(59.9)) is not None
        assert await store.find(SHARE.digest, later(60)) is None
        assert await listed(store, later(60)) == []
        with pytest.raises(UnknownShare):
            await store.end("desk", SHARE.brief_id, SHARE.id, later(60))

    tell(story)


def test_shares_are_listed_the_newest_first_in_pages(tell: Tell) -> None:
    async def story(database: Database) -> None:
        store = await shares_of(database, SHARE, OTHER)
        first = await store.list("desk", SHARE.brief_id, NOON, limit=1, after=None)
        rest = await store.list("desk", SHARE.brief_id, NOON, limit=1, after=first.next)
        assert (first.entries, rest.entries, rest.next) == ((OTHER,), (SHARE,), None)

    tell(story)


def test_one_tenant_neither_lists_nor_ends_anothers(tell: Tell) -> None:
    async def story(database: Database) -> None:
        store = await shares_of(database, SHARE, ABROAD)
        page = await store.list("desk", ABROAD.brief_id, NOON, limit=9, after=None)
        assert page.entries == ()
        with pytest.raises(UnknownShare):
            await store.end("desk", ABROAD.brief_id, ABROAD.id, NOON)
        assert await store.find(ABROAD.digest, NOON) == ABROAD

    tell(story)


def test_an_ended_share_is_gone_and_the_others_are_not(tell: Tell) -> None:
    async def story(database: Database) -> None:
        store = await shares_of(database, SHARE, OTHER)
        await store.end("desk", SHARE.brief_id, "one", NOON)
        assert await store.find(SHARE.digest, NOON) is None
        assert await listed(store) == ["two"]

    tell(story)


@pytest.mark.parametrize(
    ("brief_id", "share_id"),
    [
        ("brief of desk", "none"),
        ("brief of desk", "a\0b"),
        ("brief of desk", "\ud800"),
        ("another", "one"),
    ],
)
def test_what_is_no_share_of_the_brief_is_not_ended(
    tell: Tell, brief_id: str, share_id: str
) -> None:
    async def story(database: Database) -> None:
        store = await shares_of(database, SHARE)
        with pytest.raises(UnknownShare):
            await store.end("desk", brief_id, share_id, NOON)
        assert await listed(store) == ["one"]

    tell(story)


def test_a_brief_that_is_not_there_is_not_shared(tell: Tell) -> None:
    async def story(database: Database) -> None:
        store = await shares_of(database, SHARE, ABROAD)
        for brief_id in ("none", ABROAD.brief_id):
            with pytest.raises(UnknownBrief):
                await store.add(replace(OTHER, brief_id=brief_id))
        assert await kept(database) == {SHARE.digest, ABROAD.digest}

    tell(story)


def test_no_two_shares_have_one_link(tell: Tell) -> None:
    async def story(database: Database) -> None:
        store = await shares_of(database, SHARE, ABROAD)
        with pytest.raises(StoreUnavailable, match="IntegrityError"):
            await store.add(replace(OTHER, digest=ABROAD.digest))
        assert await store.find(ABROAD.digest, NOON) == ABROAD

    tell(story)


def test_with_a_brief_go_its_shares(tell: Tell) -> None:
    async def story(database: Database) -> None:
        store = await shares_of(database, SHARE, OTHER, ABROAD)
        await BriefStore(database).delete("desk", SHARE.brief_id)
        assert await store.find(SHARE.digest, NOON) is None
        assert await kept(database) == {ABROAD.digest}

    tell(story)


def test_what_is_over_is_forgotten_and_nothing_else(tell: Tell) -> None:
    async def story(database: Database) -> None:
        store = await shares_of(database, SHARE, OTHER, ABROAD)
        assert await store.forget(later(60)) == 2
        assert await kept(database) == {OTHER.digest}

    tell(story)


def test_each_share_has_an_account_of_its_own(tell: Tell) -> None:
    async def story(database: Database) -> None:
        await shares_of(database, SHARE, OTHER)
        rates = RateStore(database)
        waits = [await rates.take_by_share(SHARE.digest, NOON, 2) for _ in range(3)]
        assert waits[:2] == [0.0, 0.0]
        assert 29 < waits[2] <= 30
        assert await rates.take_by_share(OTHER.digest, NOON, 2) == 0.0
        assert await rates.take_by_share(SHARE.digest, later(waits[2]), 2) == 0.0

    tell(story)
