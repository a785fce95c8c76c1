"""Sharing a brief by a link, and the brief as whoever has that link sees it."""

from datetime import timedelta

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.types import ExceptionHandlersMap

from service.domain.errors import UnknownBrief, UnknownShare
from service.jobs.parts import Caller
from service.jobs.sharing import SharedBrief, Sharing
from service.rest.access import OPEN
from service.rest.forms import Renderers
from service.rest.lists import MOST_LISTED, PageCursor, next_cursor, read_cursor
from service.rest.pages.downloads import Form, downloaded
from service.rest.pages.fields import fields
from service.rest.pages.kit import PageRequest, answer, caller_of, led_to, page, rendered
from service.rest.pages.reading import Place, reading_page, source_page
from service.rest.problems import Fault, invalid
from service.rest.sharing import MOST_DAYS

# A link proves all by itself: it is told to nobody else, and no list of pages has it.
_UNSEEN = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow, noarchive"}


@post("/briefs/{brief_id:str}/share")
async def share(
    brief_id: FromPath[str],
    request: PageRequest,
    sharing: NamedDependency[Sharing],
    caller: NamedDependency[Caller],
) -> Response[bytes]:
    """Make a link to a brief, and show it this once."""
    form = await fields(request)
    made = await sharing.share(caller, brief_id, _lasting(form.get("days")))
    return await page(
        request,
        "shared_link.html.j2",
        headers={"Cache-Control": "no-store"},
        brief_id=brief_id,
        link=f"{str(request.base_url).rstrip('/')}/shared/{made.token}",
        until=made.share.expires_at,
    )


@get("/briefs/{brief_id:str}/shares")
async def list_shares(
    brief_id: FromPath[str],
    request: PageRequest,
    sharing: NamedDependency[Sharing],
    caller: NamedDependency[Caller],
    cursor: PageCursor = None,
) -> Response[bytes]:
    """List the links of a brief that still work, the newest first."""
    found = await sharing.list(caller, brief_id, limit=MOST_LISTED, after=read_cursor(cursor))
    return await page(
        request,
        "shared_list.html.j2",
        brief_id=brief_id,
        shares=found.entries,
        older=next_cursor(found),
    )


@post("/briefs/{brief_id:str}/shares/{share_id:str}/end")
async def end_share(
    brief_id: FromPath[str],
    share_id: FromPath[str],
    sharing: NamedDependency[Sharing],
    caller: NamedDependency[Caller],
) -> Response[bytes]:
    """End a link, and show those that are left."""
    await sharing.end(caller, brief_id, share_id)
    return led_to(f"/briefs/{brief_id}/shares")


def _gone(request: PageRequest, _: Exception) -> Response[bytes]:
    """Say that a link shows nothing: whether it never did, or does not any more, is not told."""
    body = rendered("shared_gone.html.j2", caller_of(request), {})
    return answer(body, status_code=404, headers=_UNSEEN)


_NOTHING: ExceptionHandlersMap = {
    kind: _gone for kind in (UnknownShare, UnknownBrief, NotFoundException)
}


@get("/shared/{token:str}", opt={OPEN: True}, exception_handlers=_NOTHING)
async def read_shared(
    token: FromPath[str], request: PageRequest, sharing: NamedDependency[Sharing]
) -> Response[bytes]:
    """Return a brief that is shared."""
    found = await _opened(token, request, sharing)
    made = await reading_page(request, sharing.shop, found.record, _place(token, found))
    return _unseen(made)


@get(
    "/shared/{token:str}/{statement_id:str}/{marker:int}",
    opt={OPEN: True},
    exception_handlers=_NOTHING,
)
async def read_shared_source(
    token: FromPath[str],
    statement_id: FromPath[str],
    marker: FromPath[int],
    request: PageRequest,
    sharing: NamedDependency[Sharing],
) -> Response[bytes]:
    """Return one source of one statement of a brief that is shared."""
    found = await _opened(token, request, sharing)
    place = _place(token, found)
    return _unseen(
        await source_page(request, sharing.shop, found.record, place, statement_id, marker)
    )


@get("/shared/{token:str}/download", opt={OPEN: True}, exception_handlers=_NOTHING)
async def download_shared(
    token: FromPath[str],
    request: PageRequest,
    sharing: NamedDependency[Sharing],
    renderers: NamedDependency[Renderers],
    form: Form = "markdown",
) -> Response[bytes]:
    """Return a brief that is shared as a file."""
    found = await _opened(token, request, sharing)
    return _unseen(await downloaded(request, sharing.shop, found.record, renderers, form))


async def _opened(token: str, request: PageRequest, sharing: Sharing) -> SharedBrief:
    """Return what a link shows; from here on it is looked at as whoever has the link."""
    found = await sharing.open(token)
    request.scope["state"]["caller"] = found.viewer
    return found


def _place(token: str, found: SharedBrief) -> Place:
    return Place(base=f"/shared/{token}", until=found.share.expires_at)


def _unseen(made: Response[bytes]) -> Response[bytes]:
    made.headers.update(_UNSEEN)
    return made


def _lasting(sent: str | None) -> timedelta:
    days = sent if sent and sent.isascii() and sent.isdigit() else ""
    if not 0 < len(days) <= len(str(MOST_DAYS)) or not 1 <= int(days) <= MOST_DAYS:
        raise invalid([Fault(pointer="#/days", detail=f"must be 1 to {MOST_DAYS}")])
    return timedelta(days=int(days))


HANDLERS = (share, list_shares, end_share, read_shared, read_shared_source, download_shared)
