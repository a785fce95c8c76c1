from dataclasses import replace

import pytest

from service.domain.brief import Options, Progress
from service.domain.errors import BadDocument, QueueFull, UnknownBrief, UnknownDocument, WrongStatus
from service.store import Store
from service.store.records import Backlog, Due
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


def test_a_brief_comes_back_as_it_was_accepted(told: Told) -> None:
    async def story(store: Store) -> None:
        new = brief("b", filed("c"), filed("a"), hook=HOOK, key="k")
        new = replace(new, rebuild_of="old", traceparent="00-1-2-01")
        accepted = await store.briefs.accept(US, new, 1)
        record = await store.briefs.get(US, "b")
        assert record == accepted
        assert (record.status, record.created_at, record.revision) == ("queued", NOW, 1)
        assert (record.tenant, record.options) == (US, Options(max_words=99, seed=3))
        assert record.dropped[0].reason == "it is empty"
        assert (record.hook, record.rebuild_of, record.traceparent) == (HOOK, "old", "00-1-2-01")
        assert list(await store.documents.article_jsons_of("b")) == [
            filed("c").article_json,
            filed("a").article_json,
        ]

    told(story)


def test_accepting_is_all_or_nothing(told: Told) -> None:
    async def story(store: Store) -> None:
        await store.briefs.accept(US, brief("first", filed("a")), 1)
        with pytest.raises(QueueFull):
            await store.briefs.accept(US, brief("b", filed("new"), filed("a", "Other.")), 1)
        assert await store.documents.missing(US, ["new", "a"]) == ["new"]
        assert await store.documents.article_json(US, "a") == filed("a").article_json
        with pytest.raises(UnknownBrief):
            await store.briefs.get(US, "b")

    told(story)


def test_a_brief_of_a_document_that_is_gone_is_refused(told: Told) -> None:
    async def story(store: Store) -> None:
        await store.documents.add(US, filed("a"), NOW)
        await store.documents.delete(US, "a", NOW)
        with pytest.raises(UnknownDocument):
            await store.briefs.accept(US, replace(brief("b", filed("a")), filed=()), 9)

    told(story)


def test_a_document_whose_id_cannot_be_kept_is_refused(told: Told) -> None:
    async def story(store: Store) -> None:
        for id_ in ("nul\0", "x" * 129):
            with pytest.raises(BadDocument):
                await store.briefs.accept(US, brief("b", filed(id_)), 9)

    told(story)


def test_the_queue_has_one_limit_for_all_tenants(told: Told) -> None:
    async def story(store: Store) -> None:
        await store.briefs.accept(US, brief("b1", filed("a")), 2)
        await store.briefs.accept(THEM, brief("b2", filed("a")), 2)
        with pytest.raises(QueueFull) as refused:
            await store.briefs.accept(THEM, brief("b3", filed("a")), 2)
        assert (refused.value.waiting, refused.value.limit) == (2, 2)

    told(story)


def test_a_known_idempotency_key_gives_its_brief_though_the_queue_is_full(told: Told) -> None:
    async def story(store: Store) -> None:
        first = await store.briefs.accept(US, brief("b1", filed("a"), key="k"), 1)
        assert await store.briefs.accept(US, brief("b2", filed("new"), key="k"), 1) == first
        assert await store.documents.missing(US, ["new"]) == ["new"]

    told(story)


def test_a_brief_is_found_by_its_idempotency_key_and_by_no_other_tenant(told: Told) -> None:
    async def story(store: Store) -> None:
        accepted = await store.briefs.accept(US, brief("b1", filed("a"), key="k"), 1)
        assert await store.briefs.find_by_key(US, "k") == accepted
        assert await store.briefs.find_by_key(US, "l") is None
        assert await store.briefs.find_by_key(THEM, "k") is None

    told(story)


def test_briefs_are_given_out_in_the_order_they_came(told: Told) -> None:
    async def story(store: Store) -> None:
        await store.briefs.accept(US, brief("z", filed("a")), 9)
        await store.briefs.accept(THEM, brief("a", filed("a"), after_s=0.000001), 9)
        found = [await store.briefs.claim(lease(), NOW) for _ in range(3)]
        assert [one and (one.tenant, one.id) for one in found] == [(US, "z"), (THEM, "a"), None]

    told(story)


def test_a_brief_can_be_asked_for_by_name(told: Told) -> None:
    async def story(store: Store) -> None:
        await store.briefs.accept(US, brief("b1", filed("a")), 9)
        await store.briefs.accept(US, brief("b2", filed("a"), after_s=1), 9)
        claimed = await store.briefs.claim(lease(), NOW, "b2")
        assert claimed is not None
        assert claimed.id == "b2"
        assert await store.briefs.claim(lease(), NOW, "b2") is None
        assert await store.briefs.claim(lease(), NOW, "none") is None

    told(story)


def test_a_lease_that_has_not_ended_protects_its_brief(told: Told) -> None:
    async def story(store: Store) -> None:
        await store.briefs.accept(US, brief("b", filed("a")), 9)
        await store.briefs.claim(lease(until_s=15), NOW)
        assert await store.briefs.claim(lease("theirs"), at(15)) is None
        assert await store.briefs.due(at(15), 9) == []
        assert await store.briefs.due(at(15.000001), 9) == [Due(id="b", attempts=1)]
        assert await store.briefs.claim(lease("theirs"), at(15.000001)) is not None

    told(story)


def test_who_lost_its_lease_can_change_nothing(told: Told) -> None:
    async def story(store: Store) -> None:
        briefs = store.briefs
        await briefs.accept(US, brief("b", filed("a"), hook=HOOK), 9)
        await briefs.claim(lease("mine"), NOW)
        again = await briefs.claim(lease("theirs", 400), at(300))
        assert again is not None
        assert again.attempts == 2
        assert not await briefs.renew("b", lease("mine"), Progress(stage="x", done=1, total=1))
        assert not await briefs.requeue("b", "mine")
        assert not await briefs.settle("b", "mine", done())
        assert await briefs.get(US, "b") == again
        assert await store.deliveries.pending() == 0
        assert await briefs.settle("b", "theirs", done())

    told(story)


def test_a_brief_ends_once(told: Told) -> None:
    async def story(store: Store) -> None:
        await store.briefs.accept(US, brief("b", filed("a")), 9)
        await store.briefs.claim(lease(), NOW)
        ended = [await store.briefs.settle("b", "mine", one) for one in (done(), failed())]
        assert ended == [True, False]
        record = await store.briefs.get(US, "b")
        assert (record.status, record.body, record.error) == ("done", '{"a":1}', None)

    told(story)


def test_a_brief_put_back_is_as_if_never_begun_but_for_its_revision(told: Told) -> None:
    async def story(store: Store) -> None:
        before = await store.briefs.accept(US, brief("b", filed("a")), 9)
        await store.briefs.claim(lease(), NOW)
        await store.briefs.renew("b", lease(), Progress(stage="draft", done=1, total=2))
        assert await store.briefs.requeue("b", "mine")
        after = await store.briefs.get(US, "b")
        assert after == replace(before, revision=after.revision)
        assert after.revision > before.revision

    told(story)


def test_a_brief_taken_over_begins_anew(told: Told) -> None:
    async def story(store: Store) -> None:
        await store.briefs.accept(US, brief("b", filed("a")), 9)
        await store.briefs.claim(lease(), NOW)
        await store.briefs.renew("b", lease(), Progress(stage="draft", done=1, total=2))
        again = await store.briefs.claim(lease("theirs"), at(60))
        assert again is not None
        assert (again.progress, again.attempts) == (None, 2)

    told(story)


def test_the_revision_grows_with_what_a_watcher_should_see_and_only_then(told: Told) -> None:
    async def story(store: Store) -> None:
        briefs, seen = store.briefs, []

        async def look() -> None:
            seen.append((await briefs.revisions(["b", "none"]))["b"])

        await briefs.accept(US, brief("b", filed("a")), 9)
        await look()
        await briefs.claim(lease(), NOW)
        await look()
        for done_ in (1, 1, 2):
            await briefs.renew("b", lease(), Progress(stage="draft", done=done_, total=2))
            await look()
        await briefs.renew("b", lease(), None)
        await look()
        await briefs.settle("b", "mine", done())
        await look()
        await briefs.renew("b", lease(), None)
        await look()
        assert seen == [1, 2, 3, 3, 4, 4, 5, 5]

    told(story)


def test_the_backlog_counts_what_waits_and_runs_for_everyone(told: Told) -> None:
    async def story(store: Store) -> None:
        assert await store.briefs.backlog() == Backlog(queued=0, running=0, oldest=None)
        for n, tenant in enumerate((US, THEM, US)):
            await store.briefs.accept(tenant, brief(f"b{n}", filed("a"), after_s=n), 9)
        await store.briefs.claim(lease(), NOW)
        assert await store.briefs.backlog() == Backlog(queued=2, running=1, oldest=at(1))

    told(story)


@pytest.mark.parametrize("outcome", [done(), failed()])
def test_what_has_ended_cannot_be_cancelled(told: Told, outcome: object) -> None:
    async def story(store: Store) -> None:
        await store.briefs.accept(US, brief("b", filed("a")), 9)
        await store.briefs.claim(lease(), NOW)
        await store.briefs.settle("b", "mine", outcome)
        with pytest.raises(WrongStatus):
            await store.briefs.cancel(US, "b", NOW)

    told(story)


def test_a_cancelled_brief_is_held_by_nobody_and_stays_so(told: Told) -> None:
    async def story(store: Store) -> None:
        await store.briefs.accept(US, brief("b", filed("a")), 9)
        await store.briefs.claim(lease(), NOW)
        first = await store.briefs.cancel(US, "b", at(1))
        assert (first.status, first.finished_at) == ("cancelled", at(1))
        assert not await store.briefs.renew("b", lease(), None)
        assert not await store.briefs.settle("b", "mine", done())
        assert await store.briefs.claim(lease("theirs"), at(300)) is None
        assert await store.briefs.cancel(US, "b", at(2)) == first

    told(story)


def test_a_deleted_brief_takes_its_messages_along_and_leaves_its_documents(told: Told) -> None:
    async def story(store: Store) -> None:
        await made(store, brief("b", filed("a"), hook=HOOK))
        assert await store.deliveries.pending() == 1
        await store.briefs.delete(US, "b")
        assert await store.deliveries.pending() == 0
        assert await store.briefs.revisions(["b"]) == {}
        assert await store.documents.missing(US, ["a"]) == []
        with pytest.raises(UnknownBrief):
            await store.briefs.delete(US, "b")

    told(story)


def test_a_running_brief_that_is_deleted_is_lost_to_its_worker(told: Told) -> None:
    async def story(store: Store) -> None:
        await store.briefs.accept(US, brief("b", filed("a")), 9)
        await store.briefs.claim(lease(), NOW)
        await store.briefs.delete(US, "b")
        assert not await store.briefs.renew("b", lease(), None)
        assert not await store.briefs.settle("b", "mine", done())

    told(story)


@pytest.mark.parametrize("id_", ["", "\0", "\ud800", "'; --", "%", "../x", "x" * 5000, "\r\n", "é"])
def test_an_id_with_odd_characters_is_an_unknown_one(told: Told, id_: str) -> None:
    async def story(store: Store) -> None:
        await made(store, brief("b", filed("a")))
        for unknown in (
            store.briefs.get(US, id_),
            store.briefs.cancel(US, id_, NOW),
            store.briefs.delete(US, id_),
        ):
            with pytest.raises(UnknownBrief):
                await unknown
        for missing in (
            store.documents.article_json(US, id_),
            store.documents.delete(US, id_, NOW, force=True),
        ):
            with pytest.raises(UnknownDocument):
                await missing
        assert not await store.documents.matches(US, id_, "x")
        assert await store.documents.missing(US, [id_, "a"]) == [id_]
        assert list(await store.documents.citing(US, id_)) == []
        assert list(await store.documents.articles_of(US, id_)) == []
        assert await store.briefs.outdated(US, id_) == ()
        assert await store.briefs.revisions([id_]) == {}
        assert await store.briefs.claim(lease(), NOW, id_) is None

    told(story)
