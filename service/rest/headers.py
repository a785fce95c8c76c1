"""Headers that keep a browser from doing more with an answer than show it."""

import ipaddress
import re
from collections.abc import Awaitable, Callable

from litestar.datastructures import MutableScopeHeaders
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from service.rest.problems import problem

NOTHING_ALLOWED = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s:@\[\]/]+)(?::[0-9]{0,5})?")
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


class HostNames(ASGIMiddleware):
    """Refuses requests under a host name that is not one of the service's.

    A page elsewhere can point its own name at the service's address, and would then read what is
    answered; at an address itself nobody can point another. Once a key is needed such a page has
    none, and any name will do.
    """

    def __init__(self, names: frozenset[str], needs_key: Callable[[], Awaitable[bool]]) -> None:
        self._names, self._needs_key = names, needs_key

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        host = MutableScopeHeaders(scope).get("host", "")
        name = _host_name(host)
        known = name in self._names or _is_address(name)
        if not known and not await self._needs_key():
            raise problem("misdirected", f"{host!r} is not a name of this service")
        await next_app(scope, receive, send)


def _host_name(host: str) -> str:
    """Return a host without its port, "" for what is none."""
    found = _HOST.fullmatch(host)
    return found[1].lower() if found else ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True
