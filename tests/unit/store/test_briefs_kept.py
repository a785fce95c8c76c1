import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service.domain.brief import Dropped, Options, Progress
from service.domain.errors import DocumentConflict, QueueFull, UnknownBrief, WrongStatus
from service.domain.text import Article, Document, text_sha256
from service.store.briefs import BriefStore
from service.store.codec import dump_article
from service.store.database import Database
from service.store.documents import DocumentStore
from service.store.records import Filed, Lease, NewBrief, Outcome

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
MINE = Lease(owner="mine", until=NOW + timedelta(seconds=15))
THEIRS = Lease(owner="theirs", until=LATER + timedelta(seconds=15))
DONE = Outcome(status="done", finished_at=NOW, body="{}")

Story = Callable[[BriefStore, DocumentStore], Awaitable[None]]


def filed(id: str, content: str = "Rain fell.") -> Filed:
    article = Article(id=id, sha256=text_sha256(content), text=content)
    return Filed(
        document=Document(id=id, content=content),
        article=article,
        article_json=dump_article(article),
    )


def brief(id: str, *documents: Filed, after_s: int = 0) -> NewBrief:
    return NewBrief(
        id=id,
        created_at=NOW + timedelta(seconds=after_s),
        options=Options(max_words=99, seed=3),
        document_ids=tuple(one.article.id for one in documents),
        filed=documents,
        dropped=(Dropped(text="x", document_id="d", reason="it is empty"),),
    )


@pytest.fixture
def told(tmp_path: Path) -> Callable[[Story], None]:
    """Run a story against a store of its own."""

    async def run(story: Story) -> None:
        database = Database(f"sqlite+aiosqlite:///{tmp_path / 'deep' / 'brief.db'}")
        await database.open()
        try:
            await story(BriefStore(database), DocumentStore(database))
        finally:
            await database.close()

    return lambda story: asyncio.run(run(story))


def test_a_brief_comes_back_as_it_was_accepted(told: Callable[[Story], None]) -> None:
    async def story(briefs: BriefStore, documents: DocumentStore) -> None:
        await briefs.accept(brief("b", filed("a"), filed("c")), 1)
        record = await briefs.get("b")
        assert (record.status, record.created_at) == ("queued", NOW)
        assert record.options == Options(max_words=99, seed=3)
        assert record.dropped[0].reason == "it is empty"
        assert await documents.article_jsons_of("b") == [
            filed("a").article_json,
            filed("c").article_json,
        ]

    told(story)


def test_accepting_is_all_or_nothing(told: Callable[[Story], None]) -> None:
    async def story(briefs: BriefStore, documents: DocumentStore) -> None:
        await documents.add(filed("a", "Old."), NOW)
        with pytest.raises(DocumentConflict):
            await briefs.accept(brief("b", filed("new"), filed("a", "Other.")), 1)
        assert await documents.missing(["new", "a"]) == ["new"]
        with pytest.raises(UnknownBrief):
            await briefs.get("b")

    told(story)


def test_however_many_come_at_once_the_queue_keeps_its_limit(
    told: Callable[[Story], None],
) -> None:
    async def story(briefs: BriefStore, _: DocumentStore) -> None:
        found = await asyncio.gather(
            *(briefs.accept(brief(f"b{i}", filed("a")), 3) for i in range(8)),
            return_exceptions=True,
        )
        assert sum(isinstance(one, QueueFull) for one in found) == 5
        assert await briefs.waiting() == 3

    told(story)


def test_briefs_are_given_out_in_the_order_they_came(told: Callable[[Story], None]) -> None:
    async def story(briefs: BriefStore, _: DocumentStore) -> None:
        await briefs.accept(brief("z", filed("a")), 9)
        await briefs.accept(brief("a", filed("a"), after_s=1), 9)
        first = await briefs.claim(MINE, NOW)
        second = await briefs.claim(MINE, NOW)
        assert first is not None
        assert second is not None
        assert (first.id, second.id) == ("z", "a")
        assert await briefs.claim(MINE, NOW) is None

    told(story)


def test_however_many_ask_at_once_one_gets_the_brief(told: Callable[[Story], None]) -> None:
    async def story(briefs: BriefStore, _: DocumentStore) -> None:
        await briefs.accept(brief("b", filed("a")), 9)
        leases = [Lease(owner=f"w{i}", until=LATER) for i in range(6)]
        found = await asyncio.gather(*(briefs.claim(lease, NOW) for lease in leases))
        assert sum(one is not None for one in found) == 1

    told(story)


def test_a_lease_that_has_not_ended_protects_its_brief(told: Callable[[Story], None]) -> None:
    async def story(briefs: BriefStore, _: DocumentStore) -> None:
        await briefs.accept(brief("b", filed("a")), 9)
        await briefs.claim(MINE, NOW)
        assert await briefs.claim(THEIRS, MINE.until) is None

    told(story)


def test_who_lost_its_lease_can_change_nothing(told: Callable[[Story], None]) -> None:
    async def story(briefs: BriefStore, _: DocumentStore) -> None:
        await briefs.accept(brief("b", filed("a")), 9)
        await briefs.claim(MINE, NOW)
        again = await briefs.claim(THEIRS, LATER)
        assert again is not None
        assert again.attempts == 2
        assert not await briefs.renew("b", MINE, None)
        assert not await briefs.requeue("b", "mine")
        assert not await briefs.settle("b", "mine", DONE)
        assert (await briefs.get("b")).status == "running"
        assert await briefs.settle("b", "theirs", DONE)

    told(story)


def test_a_brief_ends_once(told: Callable[[Story], None]) -> None:
    async def story(briefs: BriefStore, _: DocumentStore) -> None:
        await briefs.accept(brief("b", filed("a")), 9)
        await briefs.claim(MINE, NOW)
        failed = Outcome(status="failed", finished_at=NOW, error="it broke")
        assert [await briefs.settle("b", "mine", one) for one in (DONE, failed)] == [True, False]
        assert (await briefs.get("b")).status == "done"

    told(story)


def test_a_brief_put_back_is_as_if_never_begun(told: Callable[[Story], None]) -> None:
    async def story(briefs: BriefStore, _: DocumentStore) -> None:
        await briefs.accept(brief("b", filed("a")), 9)
        before = await briefs.get("b")
        await briefs.claim(MINE, NOW)
        await briefs.renew("b", MINE, Progress(stage="draft", done=1, total=2))
        assert await briefs.requeue("b", "mine")
        assert await briefs.get("b") == before

    told(story)


@pytest.mark.parametrize("status", ["done", "failed"])
def test_what_has_ended_cannot_be_cancelled(told: Callable[[Story], None], status: str) -> None:
    async def story(briefs: BriefStore, _: DocumentStore) -> None:
        await briefs.accept(brief("b", filed("a")), 9)
        await briefs.claim(MINE, NOW)
        outcome = DONE if status == "done" else Outcome(status="failed", finished_at=NOW, error="x")
        await briefs.settle("b", "mine", outcome)
        with pytest.raises(WrongStatus):
            await briefs.cancel("b", NOW)

    told(story)


def test_a_cancelled_brief_is_held_by_nobody(told: Callable[[Story], None]) -> None:
    async def story(briefs: BriefStore, _: DocumentStore) -> None:
        await briefs.accept(brief("b", filed("a")), 9)
        await briefs.claim(MINE, NOW)
        await briefs.cancel("b", NOW)
        assert not await briefs.renew("b", MINE, None)
        assert not await briefs.settle("b", "mine", DONE)
        assert await briefs.claim(THEIRS, LATER) is None

    told(story)
