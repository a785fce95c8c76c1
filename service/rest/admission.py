"""Letting requests with bodies in: so many at once, so many bytes at once, each in its time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, ReceiveMessage, Scope, Send

from service.domain.errors import BadDocument
from service.jobs.limits import Limits
from service.jobs.parts import Readers
from service.rest.bodies import StrictBody, check_headers, keep_parsed
from service.rest.problems import problem
from service.rest.quotas import Quota, bytes_held, tenant_of

_METHODS = frozenset({"POST", "PUT", "PATCH"})
_STATE = "admitted"
# A body of this size is parsed within milliseconds, whatever is in it; others would hold up everyone.
_PARSED_AT_ONCE = 100_000
# No number of bytes has more.
_DIGITS = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hall:
    """What requests take: places while they are read or worked on, and the bytes of all bodies held."""

    places: Quota
    bytes: Quota


@dataclass(slots=True, kw_only=True)
class Admitted:
    """One request of a tenant that was let in. Its bytes count until it is answered."""

    hall: _Hall
    tenant: str
    bytes: int = field(default=0, init=False)
    _inside: bool = field(default=False, init=False)

    def enter(self) -> None:
        """Take a place; raises `Overloaded` where there is none."""
        self.hall.places.take(self.tenant)
        self._inside = True

    def charge(self, size: int) -> None:
        """Count bytes of the body; raises `Overloaded` where too many are held already."""
        self.hall.bytes.take(self.tenant, size)
        self.bytes += size

    def give_up_place(self) -> None:
        """Make room for another request, once there is nothing left to do but to wait."""
        if self._inside:
            self._inside = False
            self.hall.places.give_back(self.tenant)

    def leave(self) -> None:
        self.give_up_place()
        self.hall.bytes.give_back(self.tenant, self.bytes)
        self.bytes = 0


class Admission(ASGIMiddleware):
    """Reads and parses the body of each request of `/v1` that has one, before anything else does.

    What is too much is refused at once. Bytes count once they are here: what a request only says of
    its body keeps nobody out.
    """

    def __init__(self, limits: Limits, readers: Readers) -> None:
        self._limits, self._readers = limits, readers
        self._hall = _hall_of(limits)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if scope["type"] == ScopeType.WEBSOCKET or scope["method"] not in _METHODS:
            await next_app(scope, receive, send)
            return
        body_kind = _kind_of(scope)
        self._check(scope, body_kind)
        async with self._inside(scope) as admitted:
            body = await self._body(admitted, receive)
            if body_kind is not None:
                await self._parse(scope, body_kind, body)
            await next_app(scope, _again(body, receive), send)

    @asynccontextmanager
    async def _inside(self, scope: Scope) -> AsyncIterator[Admitted]:
        admitted = Admitted(hall=self._hall, tenant=tenant_of(scope["state"]))
        admitted.enter()
        scope["state"][_STATE] = admitted
        try:
            yield admitted
        finally:
            admitted.leave()

    def _check(self, scope: Scope, kind: type[StrictBody] | None) -> None:
        """Refuse a request for what its head says of its body."""
        headers = MutableScopeHeaders(scope)
        stated = headers.get("content-length")
        if stated is not None and not (stated.isascii() and stated.isdigit()):
            raise problem("bad-request", "the header Content-Length is no number")
        if stated is not None and (len(stated) > _DIGITS or self._is_too_large(int(stated))):
            raise self._too_large()
        if kind is not None:
            check_headers(headers)

    async def _body(self, admitted: Admitted, receive: Receive) -> bytes:
        pieces: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(self._limits.body_timeout_s):
                async for piece in _pieces(receive):
                    size += len(piece)
                    if self._is_too_large(size):
                        raise self._too_large()
                    admitted.charge(len(piece))
                    pieces.append(piece)
        except TimeoutError as failure:
            told = f"the body did not arrive within {self._limits.body_timeout_s:g} s"
            raise problem("request-timeout", told, headers={"Connection": "close"}) from failure
        return b"".join(pieces)

    async def _parse(self, scope: Scope, kind: type[StrictBody], body: bytes) -> None:
        if not body:
            raise problem("malformed-json", "the body is empty; it must be one JSON value")
        most = self._limits.documents_per_brief
        if len(body) <= _PARSED_AT_ONCE:
            keep_parsed(scope, kind.parse(body, most))
            return
        tenant = scope["state"]["caller"].tenant
        try:
            parsed = await self._readers.compute(tenant, kind.parse, body, most)
        except BadDocument as failure:
            raise problem("bad-request", failure.reason) from failure
        keep_parsed(scope, parsed)

    def _is_too_large(self, size: int) -> bool:
        return size > self._limits.bytes_per_request

    def _too_large(self) -> Exception:
        limit = self._limits.bytes_per_request
        return problem("too-large", f"one request may have {limit} bytes", limit=limit)


def give_up_place(scope: Scope) -> None:
    """Make room for another request; for a handler that from here on only waits."""
    admitted = scope["state"].get(_STATE)
    if isinstance(admitted, Admitted):
        admitted.give_up_place()


def _hall_of(limits: Limits) -> _Hall:
    return _Hall(places=Quota.halved(limits.requests_at_once), bytes=bytes_held(limits))


def _kind_of(scope: Scope) -> type[StrictBody] | None:
    handler = scope["route_handler"]
    kind = handler.resolve_data_dto()
    return kind if kind is not None and issubclass(kind, StrictBody) else None


async def _pieces(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise problem("bad-request", "the body was cut off")
        yield message["body"]
        if not message["more_body"]:
            return


def _again(body: bytes, receive: Receive) -> Receive:
    """Return what gives a body that was read once more, and then what comes after it."""
    given = False

    async def replay() -> ReceiveMessage:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
