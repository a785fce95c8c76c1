"""The pages of documents: the list, each as the article that the model reads, and deleting one."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from service.domain.errors import DocumentCited
from service.jobs.parts import Caller, Shop
from service.render.article import ArticleView, article_view
from service.render.outline import shown
from service.rest.access import NEEDS
from service.rest.lists import LISTED, PageCursor, next_cursor, read_cursor
from service.rest.pages.kit import PageRequest, caller_of, page
from service.rest.sending import expect_answer
from service.store.codec import load_article

# In characters of JSON.
_LARGE = 500_000
_WRITING = {NEEDS: "write"}
_FORCED = "yes"
_CONFLICT = 409
Offset = Annotated[int, QueryParameter(name="from", ge=0)]


@get("/documents")
async def list_documents(
    request: PageRequest,
    shop: NamedDependency[Shop],
    caller: NamedDependency[Caller],
    cursor: PageCursor = None,
) -> Response[bytes]:
    """Return the page that lists documents, the newest first."""
    found = await shop.store.documents.list(caller.tenant, limit=LISTED, after=read_cursor(cursor))
    untitled = [one.id for one in found.entries if not shown(one.title or "")]
    return await page(
        request,
        "documents.html.j2",
        here="/documents",
        openings=await shop.store.documents.openings(caller.tenant, untitled),
        documents=found.entries,
        older=next_cursor(found),
        newest=cursor is None,
    )


@get("/documents/{document_id:str}")
async def show_document(
    document_id: FromPath[str],
    request: PageRequest,
    shop: NamedDependency[Shop],
    caller: NamedDependency[Caller],
    at: Offset = 0,
) -> Response[bytes]:
    """Return the page of a document; of a large one the part in which the offset `from` lies."""
    documents = shop.store.documents
    view = await _view(request, shop, document_id, at)
    summary = await documents.summary(caller.tenant, document_id)
    return await page(
        request,
        "document.html.j2",
        article=view,
        summary=summary,
        briefs=await documents.citing(caller.tenant, document_id),
    )


@get("/documents/{document_id:str}/delete", opt={NEEDS: "write"})
async def ask_to_delete(
    document_id: FromPath[str],
    request: PageRequest,
    shop: NamedDependency[Shop],
    caller: NamedDependency[Caller],
) -> Response[bytes]:
    """Return the page that asks whether a document is to be deleted."""
    view = await _view(request, shop, document_id)
    briefs = await shop.store.documents.citing(caller.tenant, document_id)
    return await _asking(request, view, briefs)


@post("/documents/{document_id:str}/delete")
async def delete_document(
    document_id: FromPath[str],
    request: PageRequest,
    shop: NamedDependency[Shop],
    caller: NamedDependency[Caller],
) -> Response[bytes]:
    """Delete a document; one that briefs are made of only where the form says `force`."""
    force = (await request.form()).get("force") == _FORCED
    now = shop.surroundings.now()
    try:
        await shop.store.documents.delete(caller.tenant, document_id, now, force=force)
    except DocumentCited as fault:
        # A brief was made of it since the page asked.
        view = await _view(request, shop, document_id)
        return await _asking(request, view, fault.brief_ids, status_code=409)
    return Response(b"", status_code=303, headers={"Location": "/documents"})


async def _view(request: PageRequest, shop: Shop, document_id: str, at: int = 0) -> ArticleView:
    """Return a document laid out, away from the event loop; raises `UnknownDocument`."""
    tenant = caller_of(request).tenant
    article_json = await shop.store.documents.article_json(tenant, document_id)
    expect_answer(request.scope, len(article_json))
    if len(article_json) < _LARGE:
        return await asyncio.to_thread(_laid_out, article_json, at)
    # In another process: parsing megabytes would keep every other thread waiting.
    return await shop.readers.compute(tenant, _laid_out, article_json, at)


def _laid_out(article_json: str, at: int) -> ArticleView:
    return article_view(load_article(article_json), at)


async def _asking(
    request: PageRequest, article: ArticleView, briefs: Sequence[str], status_code: int = 200
) -> Response[bytes]:
    """Return the page that asks, and names the briefs that are made of the document."""
    return await page(
        request,
        "document_delete.html.j2",
        status_code=status_code,
        article=article,
        briefs=briefs,
        forced=_FORCED,
    )


HANDLERS = (list_documents, show_document, ask_to_delete, delete_document)
