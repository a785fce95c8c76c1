"""Who asks: told by the API key, before anything of the request is read."""

from litestar.datastructures import Headers
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from service.jobs.keys import Door
from service.store.records import Scope as KeyScope

# Where a handler says which scope it needs, in its `opt`; otherwise the method tells.
NEEDS = "scope"
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
# Probes and explanations, none of which tells anything of anyone's.
_OPEN = frozenset({"/healthz", "/readyz", "/errors", "/schema"})
_OPEN_BELOW = ("/errors/", "/schema/", "/assets/")


class Access(ASGIMiddleware):
    """Finds out who asks, and refuses who may not.

    Handlers find the `Caller` in the scope's state. Nothing of the body is read for who is refused.
    """

    def __init__(self, door: Door) -> None:
        self._door = door

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if scope["type"] == ScopeType.HTTP and not _is_open(scope):
            caller = await self._door.identify(_token(scope))
            # Before it may be refused: the line of the request names the key then as well.
            scope["state"]["caller"] = caller
            await self._door.admit(caller, _needed(scope))
        await next_app(scope, receive, send)


def _is_open(scope: HTTPScope) -> bool:
    # The route, not the address that was sent: the address can be spelled in many ways.
    route = scope["path_template"]
    return scope["method"] in _READING and (route in _OPEN or route.startswith(_OPEN_BELOW))


def _needed(scope: HTTPScope) -> KeyScope:
    said: KeyScope | None = scope["route_handler"].opt.get(NEEDS)
    return said or ("read" if scope["method"] in _READING else "write")


def _token(scope: HTTPScope) -> str | None:
    """Return the key that was sent, None where there is none, or more than one."""
    sent = Headers.from_scope(scope).getall("authorization", [])
    if len(sent) != 1:
        return None
    scheme, _, token = sent[0].partition(" ")
    return token.strip(" ") if scheme.lower() == "bearer" else None
