"""Documents over HTTP."""

from typing import Annotated

from litestar import Controller, Request, Response, delete, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, JSONBody, QueryParameter

from service.domain.errors import InputTooLarge, NoUsableDocument
from service.domain.text import Article
from service.jobs.intake import Intake
from service.jobs.parts import Caller, Shop
from service.rest.answers import (
    JSON,
    KNOWN,
    PostOperation,
    TaggedOperation,
    described_post,
    described_read,
    tagged,
)
from service.rest.bodies import DocumentsBody
from service.rest.lists import (
    LISTED,
    PageCursor,
    PageLimit,
    page_answer,
    read_cursor,
)
from service.rest.schemas import DocumentIn, DocumentsIn, DocumentsOut, DocumentsPage
from service.rest.sending import expect_answer
from service.store.codec import document_out, dump_dropped

# In characters of JSON.
_LARGE = 500_000
Force = Annotated[bool, QueryParameter(description="Delete it although briefs are made of it.")]


class Documents(Controller):
    """Storing documents, and reading them back as the articles they became."""

    path = "/v1/documents"
    tags = ("documents",)

    @post(
        operation_id="addDocuments",
        summary="Store one document, or several",
        dto=DocumentsBody,
        return_dto=None,
        operation_class=PostOperation,
        responses={
            201: ResponseSpec(
                Article | DocumentsOut,
                description="Stored: the document out, or what became of each of several",
                generate_examples=False,
            ),
            200: ResponseSpec(
                Article | DocumentsOut,
                description="All of it was stored before",
                generate_examples=False,
            ),
            **described_post(
                "malformed-json",
                "document-conflict",
                "unsupported-media-type",
                "validation",
                "bad-document",
                "no-usable-document",
                "too-many-documents",
            ),
        },
    )
    async def add_documents(
        self,
        data: JSONBody[DocumentIn | DocumentsIn],
        intake: NamedDependency[Intake],
        caller: NamedDependency[Caller],
    ) -> Response[bytes]:
        """Clean the documents, split them into sentences and chunks, and store them.

        Sent as `{"documents": [...]}`, those that cannot be read are listed in `dropped`. A document
        whose `id` or `url` is known with another text replaces that one: briefs made of the old text
        keep it, and tell which of their statements are stale. A document with a known id and another
        text is a new version of it; the last one that was posted stands, an older text as well.
        """
        if isinstance(data, DocumentsIn):
            return await _add_several(data, intake, caller)
        stored = await intake.store(caller, data.document())
        return Response(
            await _out(stored.article_json, stored.duplicate_of, intake.shop, caller),
            media_type=JSON,
            status_code=201 if stored.new else 200,
        )

    @get(
        operation_id="listDocuments",
        summary="List the documents",
        operation_class=TaggedOperation,
        responses={
            200: ResponseSpec(
                DocumentsPage, description="The newest first", generate_examples=False
            ),
            304: KNOWN,
            **described_read("bad-cursor"),
        },
    )
    async def list_documents(
        self,
        request: Request[None, None, State],
        intake: NamedDependency[Intake],
        caller: NamedDependency[Caller],
        limit: PageLimit = LISTED,
        cursor: PageCursor = None,
    ) -> Response[bytes]:
        """Return a page of the documents, without their texts; deleted ones are not listed."""
        page = await intake.shop.store.documents.list(
            caller.tenant, limit=limit, after=read_cursor(cursor)
        )
        return page_answer(
            request,
            page,
            lambda found, following: DocumentsPage(documents=list(found), next_cursor=following),
        )

    @get(
        "/{document_id:str}",
        operation_id="getDocument",
        summary="Read one document back",
        operation_class=TaggedOperation,
        responses={
            200: ResponseSpec(Article, description="The document out", generate_examples=False),
            304: KNOWN,
            **described_read("unknown-document"),
        },
    )
    async def get_document(
        self,
        document_id: FromPath[str],
        request: Request[None, None, State],
        intake: NamedDependency[Intake],
        caller: NamedDependency[Caller],
    ) -> Response[bytes]:
        """Return the article that a document became."""
        documents = intake.shop.store.documents
        article_json = await documents.article_json(caller.tenant, document_id)
        expect_answer(request.scope, len(article_json))
        first = await documents.duplicates(caller.tenant, [document_id])
        body = await _out(article_json, first.get(document_id), intake.shop, caller)
        return tagged(request, body, media_type=JSON, headers={})

    @delete(
        "/{document_id:str}",
        operation_id="deleteDocument",
        summary="Delete a document",
        responses=described_read("unknown-document", "document-cited"),
    )
    async def delete_document(
        self,
        document_id: FromPath[str],
        intake: NamedDependency[Intake],
        caller: NamedDependency[Caller],
        force: Force = False,
    ) -> None:
        """Delete a document in all its versions, unless briefs are made of it.

        With `force` it goes all the same. Briefs keep what they quote, and tell which of their
        statements are stale. What it superseded stands again.
        """
        shop = intake.shop
        now = shop.surroundings.now()
        await shop.store.documents.delete(caller.tenant, document_id, now, force=force)


async def _add_several(sent: DocumentsIn, intake: Intake, caller: Caller) -> Response[bytes]:
    limit = intake.shop.limits.documents_per_brief
    if len(sent.documents) > limit:
        raise InputTooLarge("one request", len(sent.documents), limit, "documents")
    stored, dropped = await intake.store_all(caller, [one.document() for one in sent.documents])
    if not stored:
        raise NoUsableDocument([(one.document_id or "", one.reason) for one in dropped])
    out = [await _out(one.article_json, one.duplicate_of, intake.shop, caller) for one in stored]
    body = b'{"documents":[%b],"dropped":%b}' % (b",".join(out), dump_dropped(dropped).encode())
    new = any(one.new for one in stored)
    return Response(body, media_type=JSON, status_code=201 if new else 200)


async def _out(article_json: str, duplicate_of: str | None, shop: Shop, caller: Caller) -> bytes:
    """Return a document as it is sent."""
    if len(article_json) < _LARGE:
        return document_out(article_json, duplicate_of).encode()
    # Away from the event loop, which it would hold up.
    out = await shop.readers.compute(caller.tenant, document_out, article_json, duplicate_of)
    return out.encode()
