"""Every error a client can see, as a problem (RFC 9457), and the one mapping to them."""

import math
from collections.abc import Sequence
from typing import Literal

from litestar.enums import ParamType
from litestar.exceptions import HTTPException, ValidationException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.openapi import ResponseSpec
from litestar.plugins.problem_details import ProblemDetailsException
from pydantic import BaseModel, Field

from service.domain.errors import (
    BadCursor,
    BadDocument,
    BriefError,
    DocumentCited,
    DocumentConflict,
    InputTooLarge,
    KeyInFlight,
    KeyReused,
    ModelError,
    NoKey,
    NotAllowed,
    NotReady,
    NoUsableDocument,
    Overloaded,
    QueueFull,
    QueueUnavailable,
    StoreUnavailable,
    TooManyRequests,
    UnknownBrief,
    UnknownDelivery,
    UnknownDocument,
    UnknownEdition,
    UnknownShare,
    WrongStatus,
)
from service.jobs.limits import Limits
from service.rest.problem_kinds import BY_STATUS, KINDS

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 5

# What is told by its text alone, and the headers that go with it.
_PLAIN: dict[type[BriefError], tuple[str, dict[str, str]]] = {
    BadCursor: ("bad-cursor", {}),
    BadDocument: ("bad-document", {}),
    DocumentConflict: ("document-conflict", {}),
    KeyInFlight: ("idempotency-in-flight", {"Retry-After": "1"}),
    KeyReused: ("idempotency-reused", {}),
    NoKey: ("unauthorized", {"WWW-Authenticate": "Bearer"}),
    NotAllowed: ("forbidden", {}),
    UnknownBrief: ("unknown-brief", {}),
    UnknownDelivery: ("unknown-delivery", {}),
    UnknownDocument: ("unknown-document", {}),
    UnknownEdition: ("unknown-edition", {}),
    UnknownShare: ("unknown-share", {}),
    WrongStatus: ("wrong-status", {}),
}


class Fault(BaseModel):
    """What is wrong with one field. `pointer` is an RFC 6901 pointer into the body, after `#`."""

    pointer: str
    detail: str


class UnusableDocument(BaseModel):
    """A document that could not be used, and why."""

    document_id: str
    reason: str


class CheckedPart(BaseModel):
    """Something the service needs, and what is in the way where it is not ok."""

    status: Literal["ok", "degraded", "unavailable"]
    reason: str | None = None


class Problem(BaseModel):
    """A problem as it is sent; the members after `detail` are there where they apply."""

    type: str = Field(examples=["/errors/validation"])
    title: str
    status: int
    detail: str
    errors: list[Fault] | None = None
    documents: list[UnusableDocument] | None = None
    limit: int | None = None
    available: list[str] | None = None
    briefs: list[str] | None = None
    checks: dict[str, CheckedPart] | None = None


def problem(
    slug: str, detail: str, headers: dict[str, str] | None = None, **members: object
) -> ProblemDetailsException:
    """Return the problem of that kind, to be raised."""
    kind = KINDS[slug]
    return ProblemDetailsException(
        detail=detail,
        status_code=kind.status,
        type_=kind.type,
        title=kind.title,
        headers=headers,
        extra=members,
    )


def invalid(faults: Sequence[Fault]) -> ProblemDetailsException:
    """Return the problem of a body whose fields are wrong."""
    told = "; ".join(f"{f.pointer}: {f.detail}" for f in faults)
    return problem("validation", told, errors=[f.model_dump() for f in faults])


def problem_of(error: Exception, limits: Limits) -> ProblemDetailsException:
    """Map any error to the problem that the client is told; what is not ours tells nothing."""
    match error:
        case ProblemDetailsException():
            return error
        case RequestEntityTooLarge():
            limit = limits.bytes_per_request
            return problem("too-large", f"one request may have {limit} bytes", limit=limit)
        case ValidationException() if told := _faults_of_query(error):
            return problem("bad-request", told)
        case ValidationException():
            # The bodies' own parser tells every fault of theirs; it is not asked where there is none.
            return problem("malformed-json", "the body is empty; it must be one JSON value")
        case HTTPException():
            return _of_http(error)
        case BriefError():
            return _of_brief_error(error)
    return _internal()


def described(*slugs: str) -> dict[int, ResponseSpec]:
    """Return the OpenAPI responses for problems of those kinds."""
    specs: dict[int, list[str]] = {}
    for slug in slugs:
        specs.setdefault(KINDS[slug].status, []).append(KINDS[slug].title)
    return {
        status: ResponseSpec(
            data_container=Problem,
            description="; ".join(titles),
            media_type=MEDIA_TYPE,
            generate_examples=False,
        )
        for status, titles in specs.items()
    }


def _faults_of_query(error: ValidationException) -> str:
    """Return what is wrong with the parameters of a query, "" where the fault is another's."""
    faults = error.extra if isinstance(error.extra, list) else []
    return "; ".join(
        f"{fault['key']}: {fault['message']}"
        for fault in faults
        if isinstance(fault, dict) and fault.get("source") == ParamType.QUERY
    )


def _internal() -> ProblemDetailsException:
    return problem("internal", "an unexpected error; the service's log has the place")


def _of_http(error: HTTPException) -> ProblemDetailsException:
    if error.status_code >= 500:
        return _internal()
    kind = BY_STATUS.get(error.status_code, KINDS["bad-request"])
    return problem(kind.slug, error.detail or kind.meaning, headers=error.headers)


def _of_brief_error(error: BriefError) -> ProblemDetailsException:
    retry = {"Retry-After": str(RETRY_AFTER_S)}
    told = str(error)
    match error:
        case InputTooLarge(unit="bytes"):
            return problem("too-large", told, limit=error.limit)
        case InputTooLarge():
            return problem("too-many-documents", told, limit=error.limit)
        case NoUsableDocument():
            reasons = [{"document_id": name, "reason": why} for name, why in error.reasons]
            return problem("no-usable-document", told, documents=reasons)
        case QueueFull() | Overloaded():
            slug = "queue-full" if isinstance(error, QueueFull) else "overloaded"
            return problem(slug, told, headers=retry, limit=error.limit)
        case TooManyRequests():
            wait = {"Retry-After": str(max(1, math.ceil(error.wait_s)))}
            return problem("rate-limited", told, headers=wait, limit=error.limit)
        case DocumentCited():
            return problem("document-cited", told, briefs=list(error.brief_ids))
        case NotReady() | StoreUnavailable() | QueueUnavailable() | ModelError():
            return problem("not-ready", told, headers=retry)
    return _plain(error)


def _plain(error: BriefError) -> ProblemDetailsException:
    for kind, (slug, headers) in _PLAIN.items():
        if isinstance(error, kind):
            return problem(slug, str(error), headers=dict(headers))
    return _internal()
