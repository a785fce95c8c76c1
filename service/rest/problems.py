"""Every error a client can see, as a problem (RFC 9457), and the one mapping to them."""

from collections.abc import Sequence
from dataclasses import dataclass

from litestar.exceptions import HTTPException, ValidationException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.openapi import ResponseSpec
from litestar.plugins.problem_details import ProblemDetailsException
from pydantic import BaseModel, Field

from service.domain.errors import (
    BadDocument,
    BriefError,
    DocumentConflict,
    InputTooLarge,
    ModelError,
    NotReady,
    NoUsableDocument,
    QueueFull,
    StoreUnavailable,
    UnknownBrief,
    UnknownDocument,
    WrongStatus,
)
from service.jobs.limits import Limits

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 5


@dataclass(frozen=True, slots=True)
class Kind:
    """One sort of problem. `slug` ends its type and never changes; `meaning` is its page."""

    slug: str
    status: int
    title: str
    meaning: str

    @property
    def type(self) -> str:
        return f"/errors/{self.slug}"


_KINDS = (
    Kind("bad-request", 400, "The request is malformed", "It breaks a rule of HTTP."),
    Kind("malformed-json", 400, "The body is not JSON", "It must be one JSON value in UTF-8."),
    Kind("not-found", 404, "There is nothing here", "No resource has this address."),
    Kind("unknown-document", 404, "No such document", "No stored document has this id."),
    Kind("unknown-brief", 404, "No such brief", "No stored brief has this id."),
    Kind(
        "method-not-allowed",
        405,
        "The method is not allowed here",
        "The header Allow lists those that are.",
    ),
    Kind(
        "not-acceptable",
        406,
        "No acceptable form",
        "The header Accept allows none of the forms this resource has; `available` lists them.",
    ),
    Kind(
        "document-conflict",
        409,
        "The document's id is taken",
        "A document with this id and other content is stored. Documents never change: use another"
        " id, or none, and one is made from the content.",
    ),
    Kind(
        "wrong-status",
        409,
        "The brief's status does not allow this",
        "Only a brief that is done can be rendered or verified, and only one that has not ended"
        " can be cancelled.",
    ),
    Kind(
        "too-large",
        413,
        "Too large",
        "A request or a document has more bytes than the service takes; `limit` says how many.",
    ),
    Kind(
        "unsupported-media-type",
        415,
        "The body's media type is not supported",
        "Send JSON with the header Content-Type: application/json, and no content coding.",
    ),
    Kind(
        "misdirected",
        421,
        "Not this service's host name",
        "The service answers to its loopback names only, so that no web page can reach it by"
        " another name.",
    ),
    Kind(
        "validation",
        422,
        "The request does not have the right shape",
        "Each of `errors` points at a field of the body and says what is wrong with it.",
    ),
    Kind(
        "too-many-documents",
        422,
        "Too many documents",
        "One request names more documents than the service takes; `limit` says how many.",
    ),
    Kind("bad-document", 422, "The document cannot be read", "The detail says why."),
    Kind(
        "no-usable-document",
        422,
        "No usable document",
        "None of the documents could be read; `documents` gives the reason for each.",
    ),
    Kind(
        "queue-full",
        429,
        "Too many briefs are waiting",
        "Nothing was stored. Try again after the time in the header Retry-After.",
    ),
    Kind("internal", 500, "The service failed", "This is a defect of the service, not a mistake."),
    Kind(
        "not-ready",
        503,
        "The service is not ready",
        "Its models are not loaded or its database cannot be used. Try again later.",
    ),
)
KINDS = {kind.slug: kind for kind in _KINDS}
_BY_STATUS = {
    kind.status: kind
    for kind in reversed(_KINDS)
    if kind.slug not in ("unknown-document", "unknown-brief", "malformed-json")
}


_PLAIN: dict[type[BriefError], str] = {
    BadDocument: "bad-document",
    DocumentConflict: "document-conflict",
    UnknownBrief: "unknown-brief",
    UnknownDocument: "unknown-document",
    WrongStatus: "wrong-status",
}


class Fault(BaseModel):
    """What is wrong with one field. `pointer` is an RFC 6901 pointer into the body, after `#`."""

    pointer: str
    detail: str


class UnusableDocument(BaseModel):
    """A document that could not be used, and why."""

    document_id: str
    reason: str


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


def _internal() -> ProblemDetailsException:
    return problem("internal", "an unexpected error; the service's log has the place")


def _of_http(error: HTTPException) -> ProblemDetailsException:
    if error.status_code >= 500:
        return _internal()
    kind = _BY_STATUS.get(error.status_code, KINDS["bad-request"])
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
        case QueueFull():
            return problem("queue-full", told, headers=retry, limit=error.limit)
        case NotReady() | StoreUnavailable() | ModelError():
            return problem("not-ready", told, headers=retry)
    slug = next((slug for kind, slug in _PLAIN.items() if isinstance(error, kind)), None)
    return problem(slug, told) if slug else _internal()
