"""Every request seen once, from outside: its id, its span, its figures and its log line."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send
from opentelemetry.trace import Span, SpanKind, Status, StatusCode

from service.telemetry.metrics import METHODS, OTHER, Metrics
from service.telemetry.tracing import context_of, span

_HEADER = "x-request-id"
# One that could stand in a log line or a header as it is; others are replaced, not mended.
_SANE_ID = re.compile(r"[A-Za-z0-9._:/+=@-]{1,128}")
_CONVERTER = re.compile(r":[a-z]+(?=\})")
# Asked every few seconds by machines: worth a line only where something is wrong.
_PROBES = frozenset({"/healthz", "/readyz", "/metrics"})

_log = structlog.stdlib.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class _Answer:
    """What became of one request so far. `status` is None until the head of the answer is sent."""

    began_s: float
    status: int | None = None
    head_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """The application within, observed. `clock_s` is monotonic; `new_id` makes request ids."""

    app: ASGIApp
    metrics: Metrics
    clock_s: Callable[[], float]
    new_id: Callable[[], str]
    probes: frozenset[str] = field(default=_PROBES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; its id is in `scope["state"]["request_id"]` and in the answer."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        request_id = _request_id(MutableScopeHeaders(scope).get(_HEADER), self.new_id)
        scope["state"]["request_id"] = request_id
        answer = _Answer(began_s=self.clock_s())

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer.status, answer.head_s = message["status"], self.clock_s() - answer.began_s
                MutableScopeHeaders.from_message(message)[_HEADER] = request_id
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                if scope["path"] in self.probes:
                    await self.app(scope, receive, watched)
                else:
                    await self._traced(scope, receive, watched, answer)
            finally:
                self._tell(scope, answer)

    async def _traced(
        self, scope: HTTPScope, receive: Receive, send: Send, answer: _Answer
    ) -> None:
        headers = MutableScopeHeaders(scope)
        parent = context_of(headers.get("traceparent"), headers.get("tracestate"))
        method = _method(scope)
        sent = {"http.request.method": method}
        with span(method, sent, kind=SpanKind.SERVER, parent=parent) as opened:
            try:
                await self.app(scope, receive, send)
            finally:
                _finish(opened, scope, answer)

    def _tell(self, scope: HTTPScope, answer: _Answer) -> None:
        method, route = _method(scope), _route(scope)
        if answer.status is not None:
            self.metrics.request(
                method=method, route=route, status=answer.status, seconds=answer.head_s
            )
        quiet = scope["path"] in self.probes and answer.status == 200
        caller = scope["state"].get("caller")
        (_log.debug if quiet else _log.info)(
            "request",
            method=method,
            route=route,
            status=answer.status,
            duration_ms=round((self.clock_s() - answer.began_s) * 1000, 1),
            key_id=getattr(caller, "key_id", None),
        )


def _finish(opened: Span, scope: HTTPScope, answer: _Answer) -> None:
    route = _route(scope)
    if route is not None:
        opened.update_name(f"{_method(scope)} {route}")
        opened.set_attribute("http.route", route)
    if answer.status is not None:
        opened.set_attribute("http.response.status_code", answer.status)
        if answer.status >= 500:
            opened.set_status(Status(StatusCode.ERROR))


def _request_id(sent: str | None, new_id: Callable[[], str]) -> str:
    return sent if sent is not None and _SANE_ID.fullmatch(sent) else new_id()


def _method(scope: HTTPScope) -> str:
    method = str(scope["method"])
    return method if method in METHODS else OTHER


def _route(scope: HTTPScope) -> str | None:
    """Return the template of the route, `/v1/briefs/{brief_id}`; None where there is none."""
    template = scope.get("path_template")
    return _CONVERTER.sub("", str(template)) if template else None
