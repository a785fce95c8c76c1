"""Documents over HTTP."""

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, JSONBody

from service.domain.errors import InputTooLarge, NoUsableDocument
from service.domain.text import Article
from service.jobs.intake import Intake
from service.rest.bodies import DocumentsBody
from service.rest.problems import described
from service.rest.schemas import DocumentIn, DocumentsIn, DocumentsOut
from service.store.codec import document_out, dump_dropped

JSON = "application/json"


class Documents(Controller):
    """Storing documents, and reading them back as the articles they became."""

    path = "/v1/documents"
    tags = ("documents",)

    @post(
        operation_id="addDocuments",
        summary="Store one document, or several",
        dto=DocumentsBody,
        return_dto=None,
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
            **described(
                "bad-request",
                "malformed-json",
                "document-conflict",
                "too-large",
                "unsupported-media-type",
                "misdirected",
                "validation",
                "bad-document",
                "no-usable-document",
                "too-many-documents",
                "not-ready",
            ),
        },
    )
    async def add_documents(
        self, data: JSONBody[DocumentIn | DocumentsIn], intake: NamedDependency[Intake]
    ) -> Response[bytes]:
        """Clean the documents, split them into sentences and chunks, and store them.

        Sent as `{"documents": [...]}`, those that cannot be read are listed in `dropped`.
        """
        if isinstance(data, DocumentsIn):
            return await _add_several(data, intake)
        stored = await intake.store(data.document())
        return Response(
            document_out(stored.article_json).encode(),
            media_type=JSON,
            status_code=201 if stored.new else 200,
        )

    @get(
        "/{document_id:str}",
        operation_id="getDocument",
        summary="Read one document back",
        responses={
            200: ResponseSpec(Article, description="The document out", generate_examples=False),
            **described("bad-request", "unknown-document", "misdirected", "not-ready"),
        },
    )
    async def get_document(
        self, document_id: FromPath[str], intake: NamedDependency[Intake]
    ) -> Response[bytes]:
        """Return the article that a document became."""
        article_json = await intake.shop.store.documents.article_json(document_id)
        return Response(document_out(article_json).encode(), media_type=JSON)


async def _add_several(sent: DocumentsIn, intake: Intake) -> Response[bytes]:
    limit = intake.shop.limits.documents_per_brief
    if len(sent.documents) > limit:
        raise InputTooLarge("one request", len(sent.documents), limit, "documents")
    stored, dropped = await intake.store_all([one.document() for one in sent.documents])
    if not stored:
        raise NoUsableDocument([(one.document_id or "", one.reason) for one in dropped])
    articles = ",".join(document_out(one.article_json) for one in stored)
    body = f'{{"documents":[{articles}],"dropped":{dump_dropped(dropped)}}}'
    new = any(one.new for one in stored)
    return Response(body.encode(), media_type=JSON, status_code=201 if new else 200)
