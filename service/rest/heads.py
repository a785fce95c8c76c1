"""HEAD: the answer to a GET, without its body."""

from dataclasses import dataclass

from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.routes import HTTPRoute
from litestar.types import (
    ASGIApp,
    HTTPReceiveMessage,
    Message,
    Receive,
    Scope,
    Send,
    WebSocketReceiveMessage,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """The application within, which is asked HEAD as if for GET; the rest of its answer is left out.

    What would go on, such as a stream of events, is told that the client has left.
    """

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return
        asked = scope.copy()
        asked["method"] = "GET"
        over = False

        async def receiving() -> HTTPReceiveMessage | WebSocketReceiveMessage:
            return {"type": "http.disconnect"} if over else await receive()

        async def sending(message: Message) -> None:
            nonlocal over
            if message["type"] != "http.response.body":
                await send(message)
            elif not over:
                over = True
                await send({"type": "http.response.body", "body": b"", "more_body": False})

        await self.app(asked, receiving, sending)


async def add_allowed(message: Message, scope: Scope) -> None:
    """Say in an Allow header all that is allowed: where GET is, HEAD is as well."""
    if message["type"] != "http.response.start":
        return
    headers = MutableScopeHeaders.from_message(message)
    if "allow" in headers:
        told = {name.strip() for name in headers["allow"].split(",")} | _methods(scope)
        allowed = told | ({"HEAD"} if "GET" in told else set())
        headers["allow"] = ", ".join(sorted(allowed))


def _methods(scope: Scope) -> set[str]:
    """Return the methods of the route that was found; the framework tells some of them only."""
    template = scope.get("path_template")
    found: set[str] = set()
    for route in scope["litestar_app"].routes:
        if isinstance(route, HTTPRoute) and route.path_format == template:
            found.update(str(method) for method in route.methods)
    return found
