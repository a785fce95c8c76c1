"""Reading a brief, and what each of its words stands on."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from service.domain.brief import Statement
from service.jobs.corrections import Corrections
from service.jobs.desk import Desk
from service.jobs.parts import Caller, Shop
from service.render.passages import Segment
from service.render.spread import evidence, find_citation, parts_of, spread
from service.rest.pages.kit import PageRequest, page
from service.rest.pages.laying_out import laid_out
from service.rest.pages.watching import progress_page
from service.store.codec import load_article
from service.store.records import BriefRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a brief is read: `base` is its address.

    By a link it is read without a key, until a time; the page offers nothing but the brief, and of
    its sources excerpts.
    """

    base: str
    until: datetime | None = None

    @property
    def shared(self) -> bool:
        return self.until is not None


async def reading_page(
    request: PageRequest, shop: Shop, record: BriefRecord, place: Place
) -> Response[bytes]:
    """Return the page on which a finished brief is read."""
    brief = await Corrections(shop=shop).brief_of(record)
    # Away from the event loop, which a long brief would hold up.
    told = await asyncio.to_thread(spread, brief)
    return await page(request, "reading.html.j2", place=place, brief_id=record.id, spread=told)


async def source_page(
    request: PageRequest,
    shop: Shop,
    record: BriefRecord,
    place: Place,
    statement_id: str,
    marker: int,
) -> Response[bytes]:
    """Return one source of one statement, its passages marked."""
    brief = await Corrections(shop=shop).brief_of(record)
    found = find_citation(brief, statement_id, marker)
    if found is None:
        raise NotFoundException(f"brief {record.id!r} has no {statement_id!r} with [{marker}]")
    statement, cited = found
    documents = shop.store.documents
    article_json = await documents.article_of(record.tenant, record.id, cited.document_id)
    parts: tuple[Segment, ...] = ()
    if article_json is not None:
        asked = statement, cited.document_id, place.shared
        parts = await laid_out(request, shop, article_json, _parts, *asked)
    told = await asyncio.to_thread(evidence, brief, statement, cited, parts)
    return await page(request, "source.html.j2", place=place, brief_id=record.id, evidence=told)


@get("/briefs/{brief_id:str}")
async def read_brief(
    brief_id: FromPath[str],
    request: PageRequest,
    desk: NamedDependency[Desk],
    caller: NamedDependency[Caller],
) -> Response[bytes]:
    """Return the page of a brief: how far it is, or itself once it is done."""
    record = await desk.get(caller, brief_id)
    if record.body is None:
        return await progress_page(request, desk, record)
    return await reading_page(request, desk.shop, record, Place(base=f"/briefs/{record.id}"))


@get("/briefs/{brief_id:str}/{statement_id:str}/{marker:int}")
async def read_source(
    brief_id: FromPath[str],
    statement_id: FromPath[str],
    marker: FromPath[int],
    request: PageRequest,
    desk: NamedDependency[Desk],
    caller: NamedDependency[Caller],
) -> Response[bytes]:
    """Return one source of one statement of a brief."""
    record = await desk.get(caller, brief_id)
    place = Place(base=f"/briefs/{record.id}")
    return await source_page(request, desk.shop, record, place, statement_id, marker)


def _parts(
    article_json: str, statement: Statement, document_id: str, excerpt: bool
) -> tuple[Segment, ...]:
    return parts_of(load_article(article_json).text, statement, document_id, excerpt=excerpt)


HANDLERS = (read_brief, read_source)
