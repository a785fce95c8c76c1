"""What went wrong, told to people: a page, or the problem itself for the scripts of a page."""

from collections.abc import Callable
from urllib.parse import quote

from litestar import Response
from litestar.plugins.problem_details import ProblemDetailsException

from service.rest.pages.kit import (
    SIGN_IN,
    PageRequest,
    answer,
    caller_of,
    led_to,
    rendered,
    wants_page,
)

_UNAUTHORIZED = 401


def error_pages(
    to_problem: Callable[[Exception], ProblemDetailsException],
) -> Callable[[PageRequest, Exception], Response[bytes]]:
    """Return what answers errors on the pages: who needs a key is led to where it is asked for."""

    def told(request: PageRequest, error: Exception) -> Response[bytes]:
        problem = to_problem(error)
        if not wants_page(request):
            return problem.to_response(request)  # type: ignore[return-value]
        if problem.status_code == _UNAUTHORIZED and request.method in ("GET", "HEAD"):
            return led_to(sign_in_url(request))
        values = {"problem": problem, "faults": _faults(problem)}
        body = rendered("error.html.j2", caller_of(request), values)
        return answer(body, status_code=problem.status_code, headers=problem.headers or {})

    return told


def sign_in_url(request: PageRequest) -> str:
    """Return the address where a key is asked for, and from which one comes back here."""
    query = request.url.query
    following = quote(request.url.path) + (f"?{query}" if query else "")
    return f"{SIGN_IN}?next={quote(following, safe='/')}"


def _faults(problem: ProblemDetailsException) -> list[str]:
    extra = problem.extra if isinstance(problem.extra, dict) else {}
    told = [f"{one['pointer']}: {one['detail']}" for one in extra.get("errors") or []]
    return told + [f"{one['document_id']}: {one['reason']}" for one in extra.get("documents") or []]
