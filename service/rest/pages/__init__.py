"""The pages for people: make a brief, read it, and see what each word stands on."""

from collections.abc import Callable

from litestar import Router
from litestar.plugins.problem_details import ProblemDetailsException

from service.rest.pages import (
    asset_files,
    documents,
    downloads,
    editions,
    making,
    reading,
    sessions,
    shared,
    watching,
)
from service.rest.pages.errors import error_pages

_ROOMS = (
    asset_files, sessions, making, watching, reading, downloads, shared, documents, editions,
)  # fmt: skip


def pages(to_problem: Callable[[Exception], ProblemDetailsException]) -> Router:
    """Return the pages; `to_problem` tells what an error is to be called."""
    told = error_pages(to_problem)
    return Router(
        "/",
        route_handlers=[handler for room in _ROOMS for handler in room.HANDLERS],
        # The second as well: of the application's own handlers that is the closer one.
        exception_handlers={Exception: told, ProblemDetailsException: told},
        include_in_schema=False,
    )
