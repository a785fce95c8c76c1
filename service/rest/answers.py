"""What answers have in common: entity tags, the problems of every call, the headers it knows."""

import hashlib
from dataclasses import dataclass
from typing import ClassVar

from litestar import Request, Response
from litestar.datastructures import State
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import Operation, Parameter, Schema
from litestar.openapi.spec.enums import OpenAPIType

from service.rest.negotiation import is_known
from service.rest.problems import described

JSON, MARKDOWN, HTML, TEXT = "application/json", "text/markdown", "text/html", "text/plain"
_PRIVATE = "private, no-cache"
_KEYED = ("bad-request", "unauthorized", "forbidden", "misdirected", "rate-limited", "not-ready")
_POSTED = (
    *_KEYED,
    "request-timeout",
    "idempotency-in-flight",
    "too-large",
    "idempotency-reused",
    "overloaded",
)


def tagged(
    request: Request[None, None, State],
    body: bytes,
    *,
    media_type: str,
    headers: dict[str, str],
    weak: bool = False,
) -> Response[bytes]:
    """Return an answer with an entity tag, or a 304 where the client has this very body already."""
    opaque = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    told = {**headers, "Cache-Control": _PRIVATE, "ETag": f"W/{opaque}" if weak else opaque}
    if is_known(",".join(request.headers.getall("if-none-match", [])), opaque):
        return Response(b"", media_type=media_type, headers=told, status_code=304)
    return Response(body, media_type=media_type, headers=told)


def described_read(*slugs: str) -> dict[int, ResponseSpec]:
    """Return the problems that a call which reads may have, and those of the kinds given."""
    return described(*_KEYED, *slugs)


def described_post(*slugs: str) -> dict[int, ResponseSpec]:
    """Return the problems that a POST may have, and those of the kinds given."""
    return described(*_POSTED, *slugs)


KNOWN = ResponseSpec(None, description="The client has it already")


def header(name: str, description: str, schema: Schema | None = None) -> Parameter:
    """Return the description of a header that a request may have."""
    return Parameter(
        name=name,
        param_in="header",
        description=description,
        schema=schema or Schema(type=OpenAPIType.STRING),
    )


_IF_NONE_MATCH = header("If-None-Match", "Entity tags of what the client has already.")
IDEMPOTENCY_KEY = header(
    "Idempotency-Key",
    "Stands for this one request: sent again with the same key and body it gets the same answer."
    " Refusals such as a 422 are kept as well: a request that was mended needs a new key.",
    Schema(type=OpenAPIType.STRING, min_length=1, max_length=255, pattern=r"^[!-~]+$"),
)


@dataclass
class KnownHeaders(Operation):
    """A call whose headers are described as well: handlers read them from the request."""

    known: ClassVar[tuple[Parameter, ...]] = ()

    def __post_init__(self) -> None:
        self.parameters = [*(self.parameters or []), *self.known]


@dataclass
class TaggedOperation(KnownHeaders):
    """A GET whose answer has an entity tag."""

    known = (_IF_NONE_MATCH,)


@dataclass
class PostOperation(KnownHeaders):
    """A POST that may be sent again."""

    known = (IDEMPOTENCY_KEY,)
