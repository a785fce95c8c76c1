import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar, TypeVarTuple

import pytest

from service.domain.errors import BadDocument, DocumentConflict, NotReady
from service.domain.text import Article, Document, text_sha256
from service.jobs.bell import Bell
from service.jobs.intake import Intake
from service.jobs.limits import Limits
from service.jobs.parts import Caller, Codec, FailedCheck, Shop, Surroundings
from service.jobs.work.dispatch import InDatabase
from service.render import dump_brief, load_brief
from service.store import Store
from service.store.codec import dump_article
from service.store.records import Filed
from service.telemetry.metrics import Metrics
from tests.rest.services import OpenVault
from tests.unit.jobs.workshops import Ids, Time, sqlite

Asked = TypeVarTuple("Asked")
Given = TypeVar("Given")

CALLER = Caller(tenant="t")


@dataclass
class Reading:
    """Readers that note what they are asked, and how many documents they had in hand at once."""

    width: int = 2
    ready: bool = True
    asked: list[str] = field(default_factory=list)
    together: asyncio.Barrier | None = None
    inside: int = 0
    most: int = 0

    async def start(self) -> None:
        """Need nothing."""

    async def stop(self) -> None:
        """Hold nothing."""

    async def read(self, tenant: str, document: Document) -> Filed:
        if not self.ready:
            raise NotReady("they are being loaded")
        self.inside += 1
        self.most = max(self.most, self.inside)
        self.asked.append(document.content)
        if self.together is not None:
            await self.together.wait()
        self.inside -= 1
        if document.content.startswith("bad"):
            raise BadDocument("x", "it is bad")
        text = document.content
        article = Article(
            id=document.id or document.content_id, sha256=text_sha256(text), text=text
        )
        return Filed(
            document=document,
            article=article,
            article_json=dump_article(article),
            content_id=document.content_id,
        )

    async def recheck(
        self, tenant: str, body: str, article_jsons: Sequence[str]
    ) -> Sequence[FailedCheck]:
        raise NotReady("nothing is checked here")

    async def compute(
        self, tenant: str, function: Callable[[*Asked], Given], *args: *Asked
    ) -> Given:
        return function(*args)

    def model_names(self) -> frozenset[str]:
        return frozenset({"fake"})


@asynccontextmanager
async def _intake(
    folder: Path, readers: Reading, limits: Limits | None = None
) -> AsyncIterator[Intake]:
    store = Store.at(sqlite(folder))
    shop = Shop(
        codec=Codec(dump=dump_brief, load=load_brief),
        store=store,
        limits=limits or Limits(),
        surroundings=Surroundings(
            now=Time().read, clock_s=lambda: 0.0, new_brief_id=Ids(), new_owner=Ids()
        ),
        readers=readers,
        dispatch=InDatabase(Bell()),
        vault=OpenVault(),
        metrics=Metrics(),
    )
    await store.database.open()
    try:
        yield Intake(shop=shop)
    finally:
        await store.database.close()


def test_what_is_stored_word_for_word_is_not_read_again(tmp_path: Path) -> None:
    async def use() -> None:
        readers = Reading()
        async with _intake(tmp_path, readers) as intake:
            first = await intake.store(CALLER, Document(content="One."))
            again = await intake.store(CALLER, Document(content="One."))
            assert (first.new, again.new, again.changed) == (True, False, False)
            assert again.article_json == first.article_json
            assert readers.asked == ["One."]

    asyncio.run(use())


def test_other_content_under_a_known_id_is_a_change(tmp_path: Path) -> None:
    async def use() -> None:
        async with _intake(tmp_path, Reading()) as intake:
            await intake.store(CALLER, Document(content="One.", id="d"))
            second = await intake.store(CALLER, Document(content="Two.", id="d"))
            assert (second.new, second.changed) == (True, True)
            other = await intake.store(Caller(tenant="u"), Document(content="Three.", id="d"))
            assert (other.new, other.changed) == (True, False)

    asyncio.run(use())


def test_two_of_one_request_with_one_id_and_other_content_are_a_conflict(tmp_path: Path) -> None:
    async def use() -> None:
        readers = Reading()
        async with _intake(tmp_path, readers) as intake:
            two = [Document(content="One.", id="d"), Document(content="Two.", id="d")]
            with pytest.raises(DocumentConflict):
                await intake.read_all(CALLER, two)
            assert readers.asked == []

    asyncio.run(use())


def test_documents_are_read_side_by_side_but_no_more_than_the_readers_take(tmp_path: Path) -> None:
    async def use() -> None:
        # Each waits for two others: fewer at once would wait for good.
        readers = Reading(width=3, together=asyncio.Barrier(3))
        async with _intake(tmp_path, readers) as intake:
            documents = [Document(content=f"Number {i}.") for i in range(12)]
            read = await intake.read_all(CALLER, documents)
            assert [one.document.content for one in read.filed] == [d.content for d in documents]
            assert readers.most == 3

    asyncio.run(use())


def test_a_document_at_fault_is_dropped_with_its_reason(tmp_path: Path) -> None:
    async def use() -> None:
        readers = Reading()
        async with _intake(tmp_path, readers, Limits(bytes_per_document=9)) as intake:
            contents = ["bad one", "Good one.", "éééééé, too large"]
            read = await intake.read_all(CALLER, [Document(content=text) for text in contents])
            assert [one.document.content for one in read.filed] == ["Good one."]
            assert [one.text for one in read.dropped] == [contents[0], contents[2]]
            assert read.dropped[0].reason == "it is bad"
            assert read.dropped[1].reason.endswith("23 bytes, limit 9")
            assert readers.asked == ["bad one", "Good one."]

    asyncio.run(use())


def test_readers_that_are_not_ready_end_the_whole_request(tmp_path: Path) -> None:
    async def use() -> None:
        async with _intake(tmp_path, Reading(ready=False)) as intake:
            with pytest.raises(NotReady):
                await intake.read_all(CALLER, [Document(content="One."), Document(content="Two.")])

    asyncio.run(use())


def test_a_large_document_gets_the_id_of_its_content(tmp_path: Path) -> None:
    async def use() -> None:
        async with _intake(tmp_path, Reading()) as intake:
            document = Document(content="Rain fell. " * 20_000)
            read = await intake.read_all(CALLER, [document])
            assert read.document_ids == (document.content_id,)

    asyncio.run(use())
