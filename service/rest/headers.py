"""Headers that keep a browser from doing more with an answer than show it."""

from collections.abc import Awaitable, Callable

from litestar.datastructures import MutableScopeHeaders
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from service.rest.problems import problem

NOTHING_ALLOWED = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
}


async def add_security_headers(message: Message, scope: Scope) -> None:
    """Add to every answer what it does not say itself; a page may load nothing unless it says so."""
    if message["type"] != "http.response.start":
        return
    headers = MutableScopeHeaders.from_message(message)
    for name, value in _ALWAYS.items():
        headers.setdefault(name, value)
    if headers.get("content-type", "").startswith("text/html"):
        headers.setdefault("content-security-policy", NOTHING_ALLOWED)


class LoopbackNames(ASGIMiddleware):
    """Refuses requests under a host name that is not of this machine.

    A page elsewhere can point its own name at 127.0.0.1, and would then read what is answered. Once
    a key is needed it has none, and any name will do.
    """

    def __init__(self, names: frozenset[str], needs_key: Callable[[], Awaitable[bool]]) -> None:
        self._names, self._needs_key = names, needs_key

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        host = _host_name(MutableScopeHeaders(scope).get("host", ""))
        if host not in self._names and not await self._needs_key():
            raise problem("misdirected", f"{host!r} is not a name of this service")
        await next_app(scope, receive, send)


def _host_name(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0].lower()
