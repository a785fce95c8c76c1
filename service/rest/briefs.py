"""Asking for briefs, reading them and deleting them, over HTTP."""

from dataclasses import dataclass
from typing import Annotated

from litestar import Controller, Request, Response, delete, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, JSONBody, QueryParameter

from service.domain.brief import Status
from service.domain.errors import UnknownDocument
from service.jobs.desk import Desk, Verification
from service.jobs.parts import Caller
from service.rest.admission import give_up_place
from service.rest.answers import (
    IDEMPOTENCY_KEY,
    JSON,
    KNOWN,
    KnownHeaders,
    TaggedOperation,
    described_post,
    described_read,
    header,
    tagged,
)
from service.rest.bodies import BriefBody
from service.rest.forms import OFFERS, RenderedOperation, Renderers, brief_spec, formed, json_body
from service.rest.lists import (
    LISTED,
    PageCursor,
    PageLimit,
    Since,
    page_answer,
    read_cursor,
    read_since,
)
from service.rest.negotiation import accept_of, best_offer, preferred_wait_s
from service.rest.problems import Fault, invalid, problem
from service.rest.schemas import (
    BriefIn,
    BriefsOut,
    CheckedStatement,
    VerificationOut,
    option_faults,
    webhook_faults,
)
from service.store.records import BriefRecord

# How long a caller should wait before it looks again.
LOOK_AGAIN_S = 2
WithStatus = Annotated[Status | None, QueryParameter(description="Only briefs in this status.")]


@dataclass
class BriefPostOperation(KnownHeaders):
    """A POST that makes a brief, and may wait for it."""

    known = (
        IDEMPOTENCY_KEY,
        header("Prefer", "`wait=N` waits N seconds for the brief to end, at most 60."),
    )


class Briefs(Controller):
    """Asking for briefs, reading them and deleting them."""

    path = "/v1/briefs"
    tags = ("briefs",)

    @post(
        operation_id="addBrief",
        summary="Ask for a brief",
        status_code=202,
        dto=BriefBody,
        return_dto=None,
        operation_class=BriefPostOperation,
        responses={
            201: brief_spec("It ended within the time that `Prefer: wait=N` gave"),
            202: brief_spec("Accepted: it will be made, whatever happens to this process"),
            **described_post(
                "malformed-json",
                "document-conflict",
                "unsupported-media-type",
                "validation",
                "no-usable-document",
                "too-many-documents",
                "queue-full",
            ),
        },
    )
    async def add_brief(
        self,
        data: JSONBody[BriefIn],
        request: Request[None, None, State],
        desk: NamedDependency[Desk],
        caller: NamedDependency[Caller],
    ) -> Response[bytes]:
        """Accept a brief of documents sent along, documents stored before, or both.

        `Prefer: wait=N` waits for it, at most 60 seconds. A `webhook` is told how it ended, and
        whenever a document that it was made of is changed or deleted later. A document with a known
        id and another text is a new version of it; the last one that was posted stands.
        """
        _check_order(data, desk)
        try:
            record = await desk.accept(caller, data.order(), idempotency_key_of(request))
        except UnknownDocument as fault:
            raise _unknown(data, fault) from fault
        return await accepted(record, request, desk, caller)

    @get(
        operation_id="listBriefs",
        summary="List the briefs",
        operation_class=TaggedOperation,
        responses={
            200: ResponseSpec(BriefsOut, description="The newest first", generate_examples=False),
            304: KNOWN,
            **described_read("bad-cursor"),
        },
    )
    async def list_briefs(
        self,
        request: Request[None, None, State],
        desk: NamedDependency[Desk],
        caller: NamedDependency[Caller],
        limit: PageLimit = LISTED,
        cursor: PageCursor = None,
        status: WithStatus = None,
        since: Since = None,
    ) -> Response[bytes]:
        """Return a page of the briefs; `next_cursor`, where there is one, begins the next."""
        page = await desk.list(
            caller,
            limit=limit,
            after=read_cursor(cursor),
            status=status,
            since=read_since(since),
        )
        return page_answer(
            request,
            page,
            lambda found, following: BriefsOut(briefs=list(found), next_cursor=following),
        )

    @get(
        "/{brief_id:str}",
        operation_id="getBrief",
        summary="Look at a brief",
        operation_class=RenderedOperation,
        responses={
            200: brief_spec("The brief as it stands; as text only once it is done"),
            304: KNOWN,
            **described_read("unknown-brief", "not-acceptable", "wrong-status"),
        },
    )
    async def get_brief(
        self,
        brief_id: FromPath[str],
        request: Request[None, None, State],
        desk: NamedDependency[Desk],
        renderers: NamedDependency[Renderers],
        caller: NamedDependency[Caller],
    ) -> Response[bytes]:
        """Return a brief as JSON, or rendered as `Accept` says; finished ones carry an ETag.

        `stale` tells which statements stand on documents that were changed or deleted since.
        """
        record = await desk.get(caller, brief_id)
        offer = best_offer(accept_of(request), OFFERS)
        if offer is None:
            offered = list(OFFERS)
            raise problem("not-acceptable", f"a brief is had as {offered}", available=offered)
        body, headers = await formed(record, offer, desk.shop, renderers)
        headers["Vary"] = "Accept"
        if record.finished:
            return tagged(request, body, media_type=offer, headers=headers)
        headers |= {"Cache-Control": "private, no-cache", "Retry-After": str(LOOK_AGAIN_S)}
        return Response(body, media_type=offer, headers=headers)

    @delete(
        "/{brief_id:str}",
        operation_id="deleteBrief",
        summary="Delete a brief",
        responses=described_read("unknown-brief"),
    )
    async def delete_brief(
        self,
        brief_id: FromPath[str],
        desk: NamedDependency[Desk],
        caller: NamedDependency[Caller],
    ) -> None:
        """Delete a brief, with the messages to its webhook; one that is being made is stopped."""
        await desk.delete(caller, brief_id)

    @get(
        "/{brief_id:str}/verification",
        operation_id="verifyBrief",
        summary="Check a brief against its documents",
        responses={
            200: ResponseSpec(
                VerificationOut, description="Statement by statement", generate_examples=False
            ),
            **described_read("unknown-brief", "wrong-status"),
        },
    )
    async def verify_brief(
        self,
        brief_id: FromPath[str],
        desk: NamedDependency[Desk],
        caller: NamedDependency[Caller],
    ) -> VerificationOut:
        """Check every statement of a finished brief again, against the stored documents.

        Checked is against the texts that the brief was made of, also where a document was changed
        since. Where one was deleted, the statements that cite it do not hold.
        """
        return _told(await desk.verify(caller, brief_id))


async def accepted(
    record: BriefRecord, request: Request[None, None, State], desk: Desk, caller: Caller
) -> Response[bytes]:
    """Return the answer for a brief that was accepted, after the wait that was asked for."""
    headers = {"Location": f"/v1/briefs/{record.id}"}
    wait_s = preferred_wait_s(request.headers.getall("prefer", []))
    if wait_s is not None:
        headers["Preference-Applied"] = f"wait={wait_s}"
        give_up_place(request.scope)
        record = await desk.wait(caller, record.id, wait_s)
    if not record.finished:
        headers["Retry-After"] = str(LOOK_AGAIN_S)
    return Response(
        await json_body(record, desk.shop),
        media_type=JSON,
        headers=headers,
        status_code=201 if record.finished else 202,
    )


def idempotency_key_of(request: Request[None, None, State]) -> str | None:
    """Return the key under which the request was sent, as the middleware found it."""
    key = request.scope["state"].get("idempotency_key")
    return key if isinstance(key, str) else None


def _check_order(sent: BriefIn, desk: Desk) -> None:
    limits = desk.shop.limits
    faults = option_faults(sent.options, limits, desk.shop.readers.model_names())
    if faults := [*faults, *webhook_faults(sent.webhook, limits)]:
        raise invalid(faults)


def _unknown(sent: BriefIn, fault: UnknownDocument) -> Exception:
    """Return the problem of a document that is not there, or that was deleted meanwhile."""
    if fault.document_id not in sent.document_ids:
        return fault
    at = sent.document_ids.index(fault.document_id)
    return invalid([Fault(pointer=f"#/document_ids/{at}", detail=str(fault))])


def _told(verification: Verification) -> VerificationOut:
    brief, failures = verification.brief, verification.failures
    against: dict[str, list[str]] = {one.id: [] for one in brief.all_statements()}
    whole = [f.reason for f in failures if f.statement_id not in against]
    for failure in failures:
        if failure.statement_id in against:
            against[failure.statement_id].append(failure.reason)
    return VerificationOut(
        brief_id=brief.id,
        holds=not failures,
        statements=[
            CheckedStatement(
                id=one.id, text=one.text, holds=not against[one.id], reasons=against[one.id]
            )
            for one in brief.all_statements()
        ],
        reasons=whole,
    )
