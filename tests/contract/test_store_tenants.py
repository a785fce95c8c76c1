"""No tenant reaches another's rows, by any method of the store or any statement of a session."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from sqlalchemy import case, delete, exists, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from service.domain.errors import (
    OtherTenant,
    UnknownBrief,
    UnknownDelivery,
    UnknownDocument,
)
from service.domain.text import Document
from service.store import Store
from service.store.tables import BriefDocumentRow, BriefRow, DocumentRow, DocumentVersionRow
from service.store.tenancy import EVERYONE, session_for
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

PAGE = "https://example.org/weather"


async def theirs(store: Store) -> str:
    """Store a document, a done brief of it and its message for them; return the message's id."""
    await made(store, brief("b", filed("a", url=PAGE), hook=HOOK, key="k"), tenant=THEM)
    [message] = (await store.deliveries.list(THEM, limit=9, after=None)).entries
    return message.id


async def everything(store: Store) -> list[str]:
    async with store.database.reading(EVERYONE) as session:
        rows = [
            *(await session.execute(select(BriefRow.__table__))).all(),
            *(await session.execute(select(DocumentRow.__table__))).all(),
            *(await session.execute(select(DocumentVersionRow.__table__))).all(),
            *(await session.execute(select(BriefDocumentRow.__table__))).all(),
        ]
    return [str(row) for row in rows]


def test_what_is_theirs_is_unknown_to_us_by_every_method(told: Told) -> None:
    async def story(store: Store) -> None:
        message = await theirs(store)
        before = await everything(store)
        refused: list[tuple[type[Exception], Awaitable[object]]] = [
            (UnknownDocument, store.documents.article_json(US, "a")),
            (UnknownDocument, store.documents.delete(US, "a", NOW, force=True)),
            (UnknownBrief, store.briefs.get(US, "b")),
            (UnknownBrief, store.briefs.cancel(US, "b", NOW)),
            (UnknownBrief, store.briefs.delete(US, "b")),
            (UnknownDelivery, store.deliveries.get(US, message)),
            (UnknownDelivery, store.deliveries.redeliver(US, message, NOW)),
        ]
        for error, asked in refused:
            with pytest.raises(error):
                await asked
        assert not await store.documents.matches(US, "a", Document(content="Rain fell.").content_id)
        assert await store.documents.missing(US, ["a"]) == ["a"]
        assert list(await store.documents.citing(US, "a")) == []
        assert list(await store.documents.articles_of(US, "b")) == []
        assert await store.briefs.outdated(US, "b") == ()
        assert (await store.documents.list(US, limit=9, after=None)).entries == ()
        assert (await store.briefs.list(US, limit=9, after=None)).entries == ()
        assert (await store.deliveries.list(US, limit=9, after=None)).entries == ()
        assert await everything(store) == before

    told(story)


def test_one_id_is_two_documents_of_two_tenants(told: Told) -> None:
    async def story(store: Store) -> None:
        await theirs(store)
        ours = filed("a", "Snow fell.", url=PAGE)
        filing = await store.documents.add(US, ours, at(1))
        assert (filing.version, filing.changed) == (1, False)
        assert await store.documents.article_json(US, "a") == ours.article_json
        assert await store.briefs.outdated(THEM, "b") == ()
        await store.documents.delete(US, "a", at(2))
        assert await store.documents.missing(THEM, ["a"]) == []

    told(story)


def test_an_idempotency_key_of_theirs_is_another_of_ours(told: Told) -> None:
    async def story(store: Store) -> None:
        await theirs(store)
        ours = await store.briefs.accept(US, brief("ours", filed("a"), key="k"), 9)
        assert (ours.id, ours.tenant) == ("ours", US)

    told(story)


def test_a_brief_of_their_document_is_refused(told: Told) -> None:
    async def story(store: Store) -> None:
        await theirs(store)
        new = replace(brief("ours", filed("mine")), document_ids=("mine", "a"))
        with pytest.raises(UnknownDocument):
            await store.briefs.accept(US, new, 9)

    told(story)


their_briefs = aliased(BriefRow)
READS: dict[str, Callable[[AsyncSession], Awaitable[object]]] = {
    "a row by its key": lambda s: s.get(BriefRow, (THEM, "b")),
    "all rows": lambda s: s.scalar(select(BriefRow)),
    "a column": lambda s: s.scalar(select(BriefRow.id)),
    "rows asked for by name": lambda s: s.scalar(select(BriefRow).where(BriefRow.tenant == THEM)),
    "an alias": lambda s: s.scalar(select(their_briefs.id)),
    "a join": lambda s: s.scalar(
        select(DocumentVersionRow.article).join(
            DocumentRow, DocumentRow.id == DocumentVersionRow.document_id
        )
    ),
    "a subquery": lambda s: s.scalar(select(select(BriefRow.id).subquery())),
    "a scalar subquery": lambda s: s.scalar(select(select(BriefRow.id).scalar_subquery())),
    "a common table": lambda s: s.scalar(select(select(BriefRow.id).cte())),
    "a union": lambda s: s.scalar(select(BriefRow.id).union_all(select(DocumentRow.id))),
    "a count": lambda s: s.scalar(
        select(func.nullif(select(func.count(BriefRow.id)).scalar_subquery(), 0))
    ),
    "whether there is one": lambda s: s.scalar(
        select(func.nullif(case((exists(select(BriefRow.id)), 1), else_=0), 0))
    ),
    "a stream": lambda s: _first_of_stream(s),
}


async def _first_of_stream(session: AsyncSession) -> object:
    async for row in await session.stream(select(BriefRow.id)):
        return row
    return None


@pytest.mark.parametrize("kind", READS)
def test_no_query_of_ours_finds_a_row_of_theirs(told: Told, kind: str) -> None:
    async def story(store: Store) -> None:
        await theirs(store)
        async with store.database.reading(THEM) as session:
            assert await READS[kind](session) is not None
        async with store.database.reading(US) as session:
            assert await READS[kind](session) is None

    told(story)


def test_no_change_of_ours_touches_a_row_of_theirs(told: Told) -> None:
    async def story(store: Store) -> None:
        await theirs(store)
        before = await everything(store)
        free = {"synchronize_session": False}
        async with store.database.writing(US) as session:
            for change in (
                update(BriefRow).values(status="queued"),
                update(BriefRow).where(BriefRow.tenant == THEM).values(status="queued"),
                update(BriefRow).where(BriefRow.id.in_(select(BriefRow.id))).values(status="x"),
                delete(BriefRow).where(BriefRow.id == "b"),
                delete(BriefDocumentRow),
            ):
                result = await session.execute(change.execution_options(**free))
                assert result.rowcount == 0
        assert await everything(store) == before

    told(story)


def row(tenant: str | None, id_: str) -> DocumentRow:
    new = DocumentRow(id=id_, version=1, created_at=NOW, changed_at=NOW)
    if tenant is not None:
        new.tenant = tenant
    return new


def test_what_we_add_is_ours(told: Told) -> None:
    async def story(store: Store) -> None:
        async with store.database.writing(US) as session:
            session.add(row(None, "new"))
        async with store.database.reading(EVERYONE) as session:
            assert await session.scalar(select(DocumentRow.tenant)) == US

    told(story)


async def _add(session: AsyncSession) -> None:
    session.add(row(THEM, "new"))


async def _merge(session: AsyncSession) -> None:
    await session.merge(row(THEM, "a"))


async def _insert(session: AsyncSession) -> None:
    values = {"id": "new", "version": 1, "created_at": NOW, "changed_at": NOW}
    await session.execute(insert(DocumentRow).values(tenant=THEM, **values))


async def _insert_many(session: AsyncSession) -> None:
    values = {"id": "new", "version": 1, "created_at": NOW, "changed_at": NOW}
    await session.execute(
        insert(DocumentRow), [{"tenant": US, **values}, {"tenant": THEM, **values}]
    )


async def _insert_rows_in_one(session: AsyncSession) -> None:
    values = {"id": "new", "version": 1, "created_at": NOW, "changed_at": NOW}
    rows = [{"tenant": US, **values}, {"tenant": THEM, **values}]
    await session.execute(insert(DocumentRow).values(rows))


async def _insert_for_nobody(session: AsyncSession) -> None:
    values = {"id": "new", "version": 1, "created_at": NOW, "changed_at": NOW}
    await session.execute(insert(DocumentRow).values(**values))


async def _insert_from_a_query(session: AsyncSession) -> None:
    found = select(DocumentRow.tenant, DocumentRow.id)
    await session.execute(insert(DocumentRow).from_select(["tenant", "id"], found))


async def _text(session: AsyncSession) -> None:
    await session.execute(text("SELECT 1"))


async def _core(session: AsyncSession) -> None:
    await session.execute(select(DocumentRow.__table__))


async def _move(session: AsyncSession) -> None:
    mine = row(US, "mine")
    session.add(mine)
    await session.flush()
    mine.tenant = THEM


REFUSED = (
    _add, _merge, _insert, _insert_many, _insert_rows_in_one, _insert_for_nobody,
    _insert_from_a_query, _text, _core, _move,
)  # fmt: skip


@pytest.mark.parametrize("attempt", REFUSED)
def test_what_cannot_be_kept_apart_is_refused(
    told: Told, attempt: Callable[[AsyncSession], Awaitable[None]]
) -> None:
    async def story(store: Store) -> None:
        await theirs(store)
        before = await everything(store)
        with pytest.raises(OtherTenant):
            async with store.database.writing(US) as session:
                await attempt(session)
        assert await everything(store) == before

    told(story)


async def _change(session: AsyncSession, found: DocumentRow) -> None:
    session.add(found)
    found.version = 9


async def _delete(session: AsyncSession, found: DocumentRow) -> None:
    await session.delete(found)


@pytest.mark.parametrize("attempt", [_change, _delete])
def test_a_row_of_theirs_brought_along_is_refused(
    told: Told, attempt: Callable[[AsyncSession, DocumentRow], Awaitable[None]]
) -> None:
    async def story(store: Store) -> None:
        await theirs(store)
        async with store.database.reading(THEM) as session:
            found = await session.get(DocumentRow, (THEM, "a"))
        assert found is not None
        before = await everything(store)
        with pytest.raises(OtherTenant):
            async with store.database.writing(US) as session:
                await attempt(session, found)
        assert await everything(store) == before

    told(story)


@pytest.mark.parametrize("whose", ["", None])
def test_a_session_of_nobody_is_not_opened(told: Told, whose: str) -> None:
    async def story(store: Store) -> None:
        for opening in (store.database.reading, store.database.writing):
            with pytest.raises(OtherTenant):
                async with opening(whose):
                    pytest.fail("it was opened")
        with pytest.raises(OtherTenant):
            session_for(whose, None)  # type: ignore[arg-type]

    told(story)
