"""Briefs over HTTP."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIResponse, Operation, Schema
from litestar.openapi.spec.enums import OpenAPIType
from litestar.params import FromPath, JSONBody

from service.domain.brief import Brief
from service.domain.errors import UnknownDocument, WrongStatus
from service.jobs.desk import Desk, Verification, as_brief
from service.rest.bodies import BriefBody
from service.rest.negotiation import best_offer, is_known, preferred_wait_s
from service.rest.problems import Fault, described, invalid, problem
from service.rest.schemas import BriefIn, CheckedStatement, VerificationOut, option_faults
from service.store.records import BriefRecord

JSON, MARKDOWN, HTML, TEXT = "application/json", "text/markdown", "text/html", "text/plain"
OFFERS = (JSON, MARKDOWN, HTML, TEXT)
# How long a caller should wait before it looks again.
LOOK_AGAIN_S = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Renderers:
    """A finished brief as text, by media type. Under `html_policy` its page loses nothing."""

    by_media_type: Mapping[str, Callable[[Brief], str]]
    html_policy: str


@dataclass
class RenderedOperation(Operation):
    """Says that a finished brief is also had as text: a handler's types name one form only."""

    def __post_init__(self) -> None:
        answer = (self.responses or {}).get("200")
        if isinstance(answer, OpenAPIResponse) and answer.content is not None:
            for media_type in OFFERS[1:]:
                text = OpenAPIMediaType(schema=Schema(type=OpenAPIType.STRING))
                answer.content[media_type] = text


def _brief_spec(description: str) -> ResponseSpec:
    return ResponseSpec(Brief, description=description, generate_examples=False)


class Briefs(Controller):
    """Asking for briefs, and reading them."""

    path = "/v1/briefs"
    tags = ("briefs",)

    @post(
        operation_id="addBrief",
        summary="Ask for a brief",
        status_code=202,
        dto=BriefBody,
        return_dto=None,
        responses={
            201: _brief_spec("It ended within the time that `Prefer: wait=N` gave"),
            202: _brief_spec("Accepted: it will be made, whatever happens to this process"),
            **described(
                "bad-request",
                "malformed-json",
                "document-conflict",
                "too-large",
                "unsupported-media-type",
                "misdirected",
                "validation",
                "no-usable-document",
                "too-many-documents",
                "queue-full",
                "not-ready",
            ),
        },
    )
    async def add_brief(
        self,
        data: JSONBody[BriefIn],
        request: Request[None, None, State],
        desk: NamedDependency[Desk],
    ) -> Response[bytes]:
        """Accept a brief of documents sent along, documents stored before, or both.

        `Prefer: wait=N` waits for it, at most 60 seconds.
        """
        _check_options(data, desk)
        try:
            record = await desk.accept(data.order())
        except UnknownDocument as fault:
            at = data.document_ids.index(fault.document_id)
            raise invalid([Fault(pointer=f"#/document_ids/{at}", detail=str(fault))]) from fault
        headers = {"Location": f"/v1/briefs/{record.id}"}
        wait_s = preferred_wait_s(request.headers.getall("prefer", []))
        if wait_s is not None:
            headers["Preference-Applied"] = f"wait={wait_s}"
            record = await desk.wait(record.id, wait_s)
        if not record.finished:
            headers["Retry-After"] = str(LOOK_AGAIN_S)
        return Response(
            _body(record, desk),
            media_type=JSON,
            headers=headers,
            status_code=201 if record.finished else 202,
        )

    @get(
        "/{brief_id:str}",
        operation_id="getBrief",
        summary="Look at a brief",
        operation_class=RenderedOperation,
        responses={
            200: _brief_spec("The brief as it stands; as text only once it is done"),
            304: ResponseSpec(None, description="The client has it already"),
            **described(
                "bad-request",
                "unknown-brief",
                "not-acceptable",
                "wrong-status",
                "misdirected",
                "not-ready",
            ),
        },
    )
    async def get_brief(
        self,
        brief_id: FromPath[str],
        request: Request[None, None, State],
        desk: NamedDependency[Desk],
        renderers: NamedDependency[Renderers],
    ) -> Response[bytes]:
        """Return a brief as JSON, or rendered as `Accept` says; finished ones carry an ETag."""
        record = await desk.get(brief_id)
        offer = best_offer(",".join(request.headers.getall("accept", [])), OFFERS)
        if offer is None:
            offered = list(OFFERS)
            raise problem("not-acceptable", f"a brief is had as {offered}", available=offered)
        body, headers = _formed(record, offer, desk, renderers)
        headers |= {"Vary": "Accept", "Cache-Control": "private, no-cache"}
        if not record.finished:
            headers["Retry-After"] = str(LOOK_AGAIN_S)
            return Response(body, media_type=offer, headers=headers)
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers["ETag"] = tag
        if is_known(",".join(request.headers.getall("if-none-match", [])), tag):
            return Response(b"", media_type=offer, headers=headers, status_code=304)
        return Response(body, media_type=offer, headers=headers)

    @get(
        "/{brief_id:str}/verification",
        operation_id="verifyBrief",
        summary="Check a brief against its documents",
        responses={
            200: ResponseSpec(
                VerificationOut, description="Statement by statement", generate_examples=False
            ),
            **described("bad-request", "unknown-brief", "wrong-status", "misdirected", "not-ready"),
        },
    )
    async def verify_brief(
        self, brief_id: FromPath[str], desk: NamedDependency[Desk]
    ) -> VerificationOut:
        """Check every statement of a finished brief again, against the stored documents."""
        return _told(await desk.verify(brief_id))

    @post(
        "/{brief_id:str}/cancel",
        operation_id="cancelBrief",
        summary="Cancel a brief",
        status_code=200,
        responses={
            200: _brief_spec("It is cancelled, now or before"),
            **described("bad-request", "unknown-brief", "wrong-status", "misdirected", "not-ready"),
        },
    )
    async def cancel_brief(
        self, brief_id: FromPath[str], desk: NamedDependency[Desk]
    ) -> Response[bytes]:
        """Cancel a brief that is queued or running; one that is done or failed stays so."""
        return Response(_body(await desk.cancel(brief_id), desk), media_type=JSON)


def _check_options(sent: BriefIn, desk: Desk) -> None:
    names = desk.shop.model_names()
    if faults := option_faults(sent.options, desk.shop.limits, names):
        raise invalid(faults)


def _body(record: BriefRecord, desk: Desk) -> bytes:
    return (record.body or desk.shop.codec.dump(as_brief(record))).encode()


def _formed(
    record: BriefRecord, media_type: str, desk: Desk, renderers: Renderers
) -> tuple[bytes, dict[str, str]]:
    if media_type == JSON:
        return _body(record, desk), {}
    if record.body is None:
        raise WrongStatus(record.id, record.status, "done")
    text = renderers.by_media_type[media_type](desk.shop.codec.load(record.body))
    policy = {"Content-Security-Policy": renderers.html_policy} if media_type == HTML else {}
    return text.encode(), policy


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
