"""Lists in pages: what clients send to get one, and how the next is found."""

import base64
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from litestar import Request, Response
from litestar.datastructures import State
from litestar.params import QueryParameter
from pydantic import BaseModel

from service.domain.errors import BadCursor
from service.intake.wire import moment
from service.rest.answers import JSON, tagged
from service.rest.problems import problem
from service.store.records import Cursor, Page

MOST_LISTED, LISTED = 200, 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_PLACE = re.compile(r"(0|-?[1-9][0-9]{0,17}) ([^\x00-\x1f\x7f\ud800-\udfff]{1,128})")
_MOST_CHARACTERS = 1024

Entry = TypeVar("Entry")

PageLimit = Annotated[
    int,
    QueryParameter(ge=1, le=MOST_LISTED, description="The most entries of a page."),
]
PageCursor = Annotated[
    str | None,
    QueryParameter(description="Where the page begins: `next_cursor` of the page before."),
]
Since = Annotated[
    str | None,
    QueryParameter(
        description="Only what was asked for then or later: an RFC 3339 date-time, or a date.",
        schema_extra={"format": "date-time"},
    ),
]


def next_cursor(page: Page[Any]) -> str | None:
    """Return the cursor of the page after this one, None where this is the last."""
    return None if page.next is None else write_cursor(page.next)


def write_cursor(cursor: Cursor) -> str:
    """Return a cursor as clients hold it: nothing that they should read or make themselves."""
    place = f"{(cursor.created_at - _EPOCH) // _MICROSECOND} {cursor.id}"
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def read_cursor(sent: str | None) -> Cursor | None:
    """Return the cursor that `write_cursor` wrote; raises `BadCursor` for anything else."""
    if sent is None:
        return None
    try:
        if len(sent) > _MOST_CHARACTERS:
            raise BadCursor
        place = base64.b64decode(sent + "=" * (-len(sent) % 4), altchars=b"-_", validate=True)
        found = _PLACE.fullmatch(place.decode())
        if found is None:
            raise BadCursor
        cursor = Cursor(created_at=_EPOCH + int(found[1]) * _MICROSECOND, id=found[2])
    except (ValueError, OverflowError) as failure:
        raise BadCursor from failure
    # One text for one place: base64 has bits to spare, in which two texts may differ.
    if write_cursor(cursor) != sent:
        raise BadCursor
    return cursor


def read_since(sent: str | None) -> datetime | None:
    """Return a time from a query; raises a problem that names the parameter."""
    try:
        return moment(sent)
    except ValueError as failure:
        raise problem("bad-request", f"since: {failure}") from failure


def page_answer(
    request: Request[None, None, State],
    page: Page[Entry],
    told: Callable[[Sequence[Entry], str | None], BaseModel],
) -> Response[bytes]:
    """Return a page as `told` makes it of its entries and the cursor of the next.

    A link leads to the next one, and keeps the filters of this one.
    """
    following = next_cursor(page)
    headers = {}
    if following is not None:
        kept = [(name, value) for name, value in request.query_params.multi_items()]
        sent = [(name, str(value)) for name, value in kept if name != "cursor"]
        query = urlencode([*sent, ("cursor", following)])
        headers["Link"] = f'<{request.url.path}?{query}>; rel="next"'
    body = told(page.entries, following).model_dump_json().encode()
    return tagged(request, body, media_type=JSON, headers=headers, weak=True)
