from dataclasses import replace

import pytest

from service.domain.errors import DocumentCited, UnknownDocument
from service.domain.text import Document
from service.store import Store
from service.store.codec import load_article
from service.store.records import Filing, Outdated
from tests.contract.stores import (
    NOW,
    THEM,
    US,
    Told,
    at,
    brief,
    database_url,
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


async def text_of(store: Store, id_: str) -> str:
    return load_article(await store.documents.article_json(US, id_)).text


async def superseded_by(store: Store) -> dict[str, str | None]:
    page = await store.documents.list(US, limit=99, after=None)
    return {one.id: one.superseded_by for one in page.entries}


def test_a_document_is_kept_with_its_article(told: Told) -> None:
    async def story(store: Store) -> None:
        one = filed("a", RAIN, url=PAGE, title="Weather")
        assert await store.documents.add(US, one, NOW) == Filing(
            document_id="a", version=1, new=True
        )
        assert await store.documents.article_json(US, "a") == one.article_json
        [listed] = (await store.documents.list(US, limit=9, after=None)).entries
        assert (listed.id, listed.version, listed.url) == ("a", 1, PAGE)
        assert (listed.title, listed.sha256) == ("Weather", one.article.sha256)
        assert (listed.created_at, listed.changed_at) == (NOW, NOW)

    told(story)


def test_one_document_is_told_as_it_is_listed(told: Told) -> None:
    async def story(store: Store) -> None:
        await store.documents.add(US, filed("a", RAIN, url=PAGE), NOW)
        await store.documents.add(US, filed("b", RAIN), at(1))
        await store.documents.add(US, filed("n", SNOW, url=PAGE), at(2))
        for listed in (await store.documents.list(US, limit=9, after=None)).entries:
            assert await store.documents.summary(US, listed.id) == listed
        for nobody in ("x", "\0"):
            with pytest.raises(UnknownDocument):
                await store.documents.summary(US, nobody)

    told(story)


def test_texts_begin_with_their_openings(told: Told) -> None:
    async def story(store: Store) -> None:
        long = 'He said: "Rain \U0001f327 fell."\n' * 400
        await store.documents.add(US, filed("a", RAIN), NOW)
        await store.documents.add(US, filed("b", long), NOW)
        found = await store.documents.openings(US, ["a", "b", "x", "\0"])
        assert set(found) == {"a", "b"}
        assert found["a"] == RAIN
        assert long.startswith(found["b"])
        assert len(found["b"]) > 1_000

    told(story)


def test_the_same_again_word_for_word_changes_nothing(told: Told) -> None:
    async def story(store: Store) -> None:
        await store.documents.add(US, filed("a", RAIN, url=PAGE), NOW)
        await store.documents.add(US, filed("b", SNOW, url=PAGE), at(1))
        before = await store.documents.list(US, limit=9, after=None)
        for again in (filed("a", RAIN, url=PAGE), filed("b", SNOW, url=PAGE)):
            filing = await store.documents.add(US, again, at(2))
            assert filing == Filing(document_id=again.article.id, version=1, new=False)
        assert await store.documents.list(US, limit=9, after=None) == before

    told(story)


def test_another_content_of_one_id_is_its_next_version_and_current(told: Told) -> None:
    async def story(store: Store) -> None:
        await store.documents.add(US, filed("a", RAIN), NOW)
        filing = await store.documents.add(US, filed("a", SNOW), at(1))
        assert filing == Filing(document_id="a", version=2, new=True, changed=True)
        assert await text_of(store, "a") == SNOW
        assert await store.documents.matches(US, "a", Document(content=SNOW).content_id)
        assert not await store.documents.matches(US, "a", Document(content=RAIN).content_id)

    told(story)


def test_a_new_title_is_a_new_version_that_changes_no_text(told: Told) -> None:
    async def story(store: Store) -> None:
        await made(store, brief("b", filed("a", RAIN)))
        filing = await store.documents.add(US, filed("a", RAIN, title="Weather"), at(1))
        assert filing == Filing(document_id="a", version=2, new=True, changed=False)
        assert await store.briefs.outdated(US, "b") == ()

    told(story)


def test_a_brief_keeps_the_versions_that_it_was_accepted_with(told: Told) -> None:
    async def story(store: Store) -> None:
        await store.briefs.accept(US, brief("b", filed("a", RAIN), filed("c", RAIN)), 9)
        await store.documents.add(US, filed("a", SNOW), at(1))
        found = [load_article(one).text for one in await store.documents.article_jsons_of("b")]
        assert found == [RAIN, RAIN]
        assert await store.documents.articles_of(US, "b") == await store.documents.article_jsons_of(
            "b"
        )

    told(story)


def test_one_article_of_a_brief_is_the_version_that_it_was_accepted_with(told: Told) -> None:
    async def story(store: Store) -> None:
        await store.briefs.accept(US, brief("b", filed("a", RAIN), filed("c", HAIL)), 9)
        await store.documents.add(US, filed("a", SNOW), at(1))
        found = await store.documents.article_of(US, "b", "a")
        assert found is not None
        assert load_article(found).text == RAIN

    told(story)


def test_an_article_that_a_brief_does_not_have_is_none(told: Told) -> None:
    async def story(store: Store) -> None:
        await made(store, brief("b", filed("a", RAIN)))
        await store.documents.add(US, filed("c", SNOW), NOW)
        for id_, document_id in (("b", "c"), ("x", "a"), ("b", "\x00"), ("\x00", "a")):
            assert await store.documents.article_of(US, id_, document_id) is None
        assert await store.documents.article_of(THEM, "b", "a") is None

    told(story)


def test_an_article_that_was_deleted_is_none(told: Told) -> None:
    async def story(store: Store) -> None:
        await made(store, brief("b", filed("a", RAIN)))
        await store.documents.delete(US, "a", at(1), force=True)
        assert await store.documents.article_of(US, "b", "a") is None

    told(story)


def test_a_corrected_text_makes_its_briefs_outdated_since_the_first_correction(told: Told) -> None:
    async def story(store: Store) -> None:
        await made(store, brief("b", filed("a", RAIN), filed("c", RAIN)))
        await store.documents.add(US, filed("a", SNOW), at(1))
        await store.documents.add(US, filed("a", SNOW, title="Weather"), at(2))
        await store.documents.add(US, filed("a", HAIL), at(3))
        now = Outdated(
            document_id="a",
            since=at(1),
            successor_id="a",
            article_json=filed("a", HAIL).article_json,
        )
        assert await store.briefs.outdated(US, "b") == (now,)

    told(story)


def test_a_text_that_comes_back_is_outdated_no_more(told: Told) -> None:
    async def story(store: Store) -> None:
        await made(store, brief("b", filed("a", RAIN)))
        await store.documents.add(US, filed("a", SNOW), at(1))
        await store.documents.add(US, filed("a", RAIN), at(2))
        assert await store.briefs.outdated(US, "b") == ()
        await store.documents.add(US, filed("a", HAIL), at(3))
        [one] = await store.briefs.outdated(US, "b")
        assert one.since == at(3)

    told(story)


def test_another_text_of_the_same_url_takes_the_place_of_the_first(told: Told) -> None:
    async def story(store: Store) -> None:
        await made(store, brief("b", filed("a", RAIN, url=PAGE)))
        filing = await store.documents.add(US, filed("n", SNOW, url=PAGE), at(1))
        assert filing == Filing(document_id="n", version=1, new=True, changed=True)
        assert await superseded_by(store) == {"a": "n", "n": None}
        now = filed("n", SNOW, url=PAGE).article_json
        assert await store.briefs.outdated(US, "b") == (
            Outdated(document_id="a", since=at(1), successor_id="n", article_json=now),
        )
        assert await text_of(store, "a") == RAIN

    told(story)


def test_the_same_text_of_the_same_url_leaves_both(told: Told) -> None:
    async def story(store: Store) -> None:
        await store.documents.add(US, filed("a", RAIN, url=PAGE), NOW)
        filing = await store.documents.add(US, filed("n", RAIN, url=PAGE, title="x"), at(1))
        assert not filing.changed
        assert await superseded_by(store) == {"a": None, "n": None}

    told(story)


def test_another_url_takes_nobodys_place(told: Told) -> None:
    async def story(store: Store) -> None:
        await store.documents.add(US, filed("a", RAIN, url=PAGE), NOW)
        await store.documents.add(US, filed("b", SNOW, url=PAGE + "/"), at(1))
        await store.documents.add(US, filed("c", SNOW), at(1))
        assert set((await superseded_by(store)).values()) == {None}

    told(story)


def test_documents_of_one_request_never_take_each_others_place(told: Told) -> None:
    async def story(store: Store) -> None:
        one, other = filed("a", RAIN, url=PAGE), filed("b", SNOW, url=PAGE)
        await store.briefs.accept(US, brief("brief", one, other), 9)
        assert await superseded_by(store) == {"a": None, "b": None}
        await store.documents.add(US, filed("c", HAIL, url=PAGE), at(1), beside=["a", "c"])
        assert await superseded_by(store) == {"a": None, "b": "c", "c": None}

    told(story)


def test_a_document_that_gave_way_comes_back_with_its_next_version(told: Told) -> None:
    async def story(store: Store) -> None:
        await made(store, brief("b", filed("a", RAIN, url=PAGE)))
        await store.documents.add(US, filed("n", SNOW, url=PAGE), at(1))
        await store.documents.add(US, filed("a", HAIL, url=PAGE), at(2))
        assert await superseded_by(store) == {"a": None, "n": "a"}
        [one] = await store.briefs.outdated(US, "b")
        assert (one.successor_id, one.since) == ("a", at(2))

    told(story)


def test_who_gave_way_is_followed_to_the_last(told: Told) -> None:
    async def story(store: Store) -> None:
        await made(store, brief("b", filed("a", RAIN, url=PAGE)))
        await store.documents.add(US, filed("n", SNOW, url=PAGE), at(1))
        await store.documents.add(US, filed("z", HAIL, url=PAGE), at(2))
        [one] = await store.briefs.outdated(US, "b")
        assert (one.successor_id, one.since) == ("z", at(1))
        await store.documents.delete(US, "z", at(3))
        [one] = await store.briefs.outdated(US, "b")
        assert (one.successor_id, one.since) == ("n", at(1))

    told(story)


def test_a_document_that_briefs_stand_on_is_not_deleted_by_mistake(told: Told) -> None:
    async def story(store: Store) -> None:
        for n, _ in enumerate(("queued", "failed", "done")):
            await store.briefs.accept(US, brief(f"b{n}", filed("a"), after_s=n), 9)
        await store.briefs.claim(lease(), NOW, "b1")
        await store.briefs.settle("b1", "mine", failed())
        with pytest.raises(DocumentCited) as refused:
            await store.documents.delete(US, "a", NOW)
        assert refused.value.brief_ids == ("b2", "b0")
        assert await store.documents.citing(US, "a") == ["b2", "b0"]
        assert await text_of(store, "a") == RAIN

    told(story)


def test_what_is_deleted_is_gone_in_all_its_versions(told: Told) -> None:
    async def story(store: Store) -> None:
        await made(store, brief("b", filed("a", RAIN, url=PAGE), filed("c", RAIN)))
        await store.documents.add(US, filed("a", SNOW, url=PAGE), at(1))
        await store.documents.delete(US, "a", at(2), force=True)
        with pytest.raises(UnknownDocument):
            await store.documents.article_json(US, "a")
        with pytest.raises(UnknownDocument):
            await store.documents.delete(US, "a", at(2), force=True)
        assert await store.documents.missing(US, ["a", "c"]) == ["a"]
        assert not await store.documents.matches(US, "a", Document(content=SNOW).content_id)
        assert list(await superseded_by(store)) == ["c"]
        assert await store.documents.article_jsons_of("b") == [filed("c", RAIN).article_json]
        [one] = await store.briefs.outdated(US, "b")
        assert (one.document_id, one.successor_id, one.article_json) == ("a", None, None)

    told(story)


def test_nothing_of_a_deleted_text_is_left_in_the_tables(told: Told) -> None:
    async def story(store: Store) -> None:
        await store.documents.add(US, filed("a", "A secret.", url=PAGE, title="Secret"), NOW)
        await store.documents.add(US, filed("a", "No secret.", url=PAGE, title="Secret"), at(1))
        await store.documents.delete(US, "a", at(2))
        kept = await rows_of_every_table(store)
        assert "secret" not in kept.lower()
        assert PAGE not in kept

    told(story)


def test_a_deleted_document_comes_back_as_a_new_version(told: Told) -> None:
    async def story(store: Store) -> None:
        await made(store, brief("b", filed("a", RAIN)))
        await store.documents.delete(US, "a", at(1), force=True)
        filing = await store.documents.add(US, filed("a", RAIN), at(2))
        assert filing == Filing(document_id="a", version=2, new=True, changed=False)
        assert await text_of(store, "a") == RAIN
        assert await store.briefs.outdated(US, "b") == ()

    told(story)


def test_a_document_without_its_last_brief_can_be_deleted(told: Told) -> None:
    async def story(store: Store) -> None:
        await made(store, brief("b", filed("a")))
        await store.briefs.delete(US, "b")
        await store.documents.delete(US, "a", at(1))
        assert await store.documents.missing(US, ["a"]) == ["a"]

    told(story)


def test_missing_ids_are_told_in_the_order_given_however_many(told: Told) -> None:
    async def story(store: Store) -> None:
        await store.documents.add(US, filed("a"), NOW)
        asked = [f"x{n}" for n in range(1200)]
        assert await store.documents.missing(US, [*asked[:600], "a", *asked[600:]]) == asked

    told(story)


async def rows_of_every_table(store: Store) -> str:
    from sqlalchemy import select

    from service.store.tables import Table
    from service.store.tenancy import EVERYONE

    async with store.database.reading(EVERYONE) as session:
        return "\n".join(
            [
                str(row)
                for table in Table.metadata.sorted_tables
                for row in await session.execute(select(table))
            ]
        )


def test_a_content_is_known_by_the_id_that_was_reckoned_of_it(told: Told) -> None:
    async def story(store: Store) -> None:
        given = replace(filed("a"), content_id="doc_reckoned")
        assert (await store.documents.add(US, given, NOW)).new
        assert await store.documents.matches(US, "a", "doc_reckoned")
        assert not (await store.documents.add(US, given, NOW)).new

    told(story)
