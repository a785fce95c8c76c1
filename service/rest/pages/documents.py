"""The pages of documents: the list, each as the article that the model reads, and deleting one."""

from collections.abc import Iterable
from typing import Annotated

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from service.domain.errors import DocumentCited
from service.jobs.parts import Caller, Shop
from service.render.article import ArticleView, article_view
from service.render.outline import shortened, shown
from service.rest.access import NEEDS
from service.rest.lists import LISTED, PageCursor, next_cursor, read_cursor
from service.rest.pages.fields import fields
from service.rest.pages.kit import PageRequest, caller_of, led_to, page
from service.rest.pages.laying_out import laid_out
from service.store.codec import load_article
from service.store.records import DocumentSummary

_FORCED = "yes"
# In characters, of a text that has no title.
_OPENING = 80
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
    return await page(
        request,
        "documents.html.j2",
        here="/documents",
        documents=found.entries,
        names=await _names(shop, caller.tenant, found.entries),
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
    article_json = await documents.article_json(caller.tenant, document_id)
    view = await laid_out(request, shop, article_json, _view, at)
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
) -> Response[bytes]:
    """Return the page that asks whether a document is to be deleted."""
    return await _asking(request, shop, document_id)


@post("/documents/{document_id:str}/delete")
async def delete_document(
    document_id: FromPath[str],
    request: PageRequest,
    shop: NamedDependency[Shop],
    caller: NamedDependency[Caller],
) -> Response[bytes]:
    """Delete a document; one that briefs are made of only where the form says `force`."""
    force = (await fields(request)).get("force") == _FORCED
    now = shop.surroundings.now()
    try:
        await shop.store.documents.delete(caller.tenant, document_id, now, force=force)
    except DocumentCited:
        # A brief was made of it since the page asked.
        return await _asking(request, shop, document_id, status_code=409)
    return led_to("/documents")


def _view(article_json: str, at: int) -> ArticleView:
    return article_view(load_article(article_json), at)


async def _names(shop: Shop, tenant: str, listed: Iterable[DocumentSummary]) -> dict[str, str]:
    """Return what documents are called by their ids: their titles, or else how they begin."""
    titles = {one.id: shown(one.title or "") for one in listed}
    untitled = [id for id, title in titles.items() if not title]
    openings = await shop.store.documents.openings(tenant, untitled)
    # One that was deleted since has no opening either.
    begun = {id: shortened(shown(openings.get(id, "")), _OPENING) for id in untitled}
    return {id: title or begun[id] or "Without a title" for id, title in titles.items()}


async def _asking(
    request: PageRequest, shop: Shop, document_id: str, status_code: int = 200
) -> Response[bytes]:
    """Return the page that asks, and names the briefs that are made of the document."""
    tenant = caller_of(request).tenant
    summary = await shop.store.documents.summary(tenant, document_id)
    names = await _names(shop, tenant, [summary])
    return await page(
        request,
        "document_delete.html.j2",
        status_code=status_code,
        document_id=document_id,
        name=names[document_id],
        briefs=await shop.store.documents.citing(tenant, document_id),
        forced=_FORCED,
    )


HANDLERS = (list_documents, show_document, ask_to_delete, delete_document)
