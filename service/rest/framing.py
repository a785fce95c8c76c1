"""What HTTP asks of a server before it looks at what is asked for."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from service.rest.problems import problem
from service.rest.refusing import tell_problem

# A target with the server's name in it, as for a proxy (RFC 9112, 3.2.2).
_ABSOLUTE = re.compile(rb"https?://([^/?#@]+)(/.*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Framed:
    """The application within, which is asked by the path alone, and only what has one length.

    Where two headers tell the length of a body, something between the client and here may have
    believed the other one (RFC 9112, 6.1): such a request is refused, and its connection ends.
    `count_refused` is told of each.
    """

    app: ASGIApp
    count_refused: Callable[[str], None]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        if {b"content-length", b"transfer-encoding"} <= {name for name, _ in scope["headers"]}:
            self.count_refused("bad-request")
            told = problem(
                "bad-request",
                "the headers Content-Length and Transfer-Encoding exclude each other",
                headers={"Connection": "close"},
            )
            await tell_problem(told, scope, send)
            return
        _shorten(scope)
        await self.app(scope, receive, send)


def _shorten(scope: HTTPScope) -> None:
    """Leave the path alone of a target that names the server, whose name goes before the Host."""
    absolute = _ABSOLUTE.fullmatch(scope["raw_path"])
    if absolute is None:
        return
    host, path = absolute[1], absolute[2] or b"/"
    scope["raw_path"], scope["path"] = path, unquote(path.decode("ascii"))
    others = [(name, value) for name, value in scope["headers"] if name != b"host"]
    scope["headers"] = [(b"host", host), *others]
