"""Problems told by what stands around the framework, which is not asked then."""

import json

from litestar.plugins.problem_details import ProblemDetailsException
from litestar.types import HTTPResponseBodyEvent, HTTPResponseStartEvent, Scope, Send

from service.rest.headers import add_security_headers
from service.rest.problems import MEDIA_TYPE


async def tell_problem(told: ProblemDetailsException, scope: Scope, send: Send) -> None:
    """Answer a request by a problem, in the form that every other has."""
    members: dict[str, object] = {
        "status": told.status_code,
        "type": told.type_,
        "title": told.title,
        "detail": told.detail,
    }
    if isinstance(told.extra, dict):
        members.update(told.extra)
    body = json.dumps(members).encode()
    headers = {"content-type": MEDIA_TYPE, "content-length": str(len(body)), **(told.headers or {})}
    start: HTTPResponseStartEvent = {
        "type": "http.response.start",
        "status": told.status_code,
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }
    rest: HTTPResponseBodyEvent = {"type": "http.response.body", "body": body, "more_body": False}
    await add_security_headers(start, scope)
    await send(start)
    await send(rest)
