"""Who asks: told by the API key, before anything of the request is read."""

from litestar.datastructures import Headers
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from service.jobs.keys import Door
from service.jobs.parts import Caller
from service.rest.cookies import Sessions
from service.rest.origins import READING, check_origin, check_said
from service.rest.problems import problem
from service.store.records import Scope as KeyScope

# Where a handler says which scope it needs, in its `opt`; otherwise the method tells.
NEEDS = "scope"
# Where a handler says, in its `opt`, that it asks for no key, or for what it takes instead itself.
OPEN = "open"
# Probes and explanations, none of which tells anything of anyone's.
_OPEN = frozenset({"/healthz", "/readyz", "/errors", "/schema"})
_OPEN_BELOW = ("/errors/", "/schema/", "/assets/")
# Somebody of whom nothing is known, and who takes no more than a tenant's share of what there is.
_NOBODY = Caller(tenant="", scopes=frozenset())
# In bytes, and so that four digits say it: a form with a key in it is far smaller.
_MOST_OF_NOBODY = 9999


class Access(ASGIMiddleware):
    """Finds out who asks, and refuses who may not.

    Handlers find the `Caller` in the scope's state. Nothing of the body is read for who is refused.
    A key comes along in the header Authorization, or in the cookie of a session where there is none.
    """

    def __init__(self, door: Door, sessions: Sessions) -> None:
        self._door, self._sessions = door, sessions

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if scope["type"] == ScopeType.HTTP:
            check_origin(scope)
            if scope["route_handler"].opt.get(OPEN):
                _check_small(scope)
                scope["state"]["caller"] = _NOBODY
            elif not _is_open(scope):
                caller = await self._door.identify(self._proof(scope))
                # Before it may be refused: the line of the request names the key then as well.
                scope["state"]["caller"] = caller
                await self._door.admit(caller, _needed(scope))
        await next_app(scope, receive, send)

    def _proof(self, scope: HTTPScope) -> str | None:
        """Return the key that was sent, None where there is none, or more than one."""
        sent = Headers.from_scope(scope).getall("authorization", [])
        if sent:
            return _token(sent[0]) if len(sent) == 1 else None
        token = self._sessions.token(scope)
        if token is not None:
            check_said(scope)
        return token


def _is_open(scope: HTTPScope) -> bool:
    # The route, not the address that was sent: the address can be spelled in many ways.
    route = scope["path_template"]
    return scope["method"] in READING and (route in _OPEN or route.startswith(_OPEN_BELOW))


def _needed(scope: HTTPScope) -> KeyScope:
    said: KeyScope | None = scope["route_handler"].opt.get(NEEDS)
    return said or ("read" if scope["method"] in READING else "write")


def _check_small(scope: HTTPScope) -> None:
    """Refuse more than a form from somebody who may be anybody, before any of it is read."""
    if scope["method"] in READING:
        return
    # Whether that many come is seen to by the connection.
    stated = Headers.from_scope(scope).get("content-length", "")
    if not (stated.isascii() and stated.isdigit() and len(stated) <= len(str(_MOST_OF_NOBODY))):
        told = f"without a key a request may have {_MOST_OF_NOBODY} bytes, and has to say how many"
        raise problem("too-large", told, limit=_MOST_OF_NOBODY)


def _token(sent: str) -> str | None:
    scheme, _, token = sent.partition(" ")
    return token.strip(" ") if scheme.lower() == "bearer" else None
