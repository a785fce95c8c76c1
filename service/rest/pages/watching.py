"""Watching a brief being made, what became of it where it was not, and the list of briefs."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from service.domain.brief import Progress, Status
from service.domain.errors import WrongStatus
from service.jobs.desk import Desk
from service.jobs.parts import Caller
from service.render.times import utc
from service.rest.access import NEEDS
from service.rest.briefs import WithStatus
from service.rest.lists import PageCursor, PageLimit, next_cursor, read_cursor
from service.rest.pages.kit import PageRequest, page
from service.rest.problems import invalid
from service.rest.schemas import option_faults
from service.store.records import BriefRecord, BriefSummary

_LISTED = 25
_WAITING = "queued"
_FIRST_AT_WORK = "draft"
STATUS_WORDS: Mapping[Status, str] = {
    "queued": "waiting",
    "running": "being made",
    "done": "done",
    "failed": "failed",
    "cancelled": "cancelled",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step on the way to a brief. `stage` is the pipeline's name for it."""

    stage: str
    name: str
    does: str


# Documents are read before a brief is accepted, and so before it waits.
STEPS = (
    Step(
        stage="clean",
        name="Read the documents",
        does="Clean them, and find where their sentences begin and end.",
    ),
    Step(stage=_WAITING, name="Wait", does="Until it is this brief's turn."),
    Step(
        stage=_FIRST_AT_WORK,
        name="Draft",
        does="The model sums up every article, passage by passage.",
    ),
    Step(
        stage="align",
        name="Trace",
        does="Every sentence drafted is traced to the words of its article.",
    ),
    Step(
        stage="fuse",
        name="Put together",
        does="What sources share is said once; where they differ, each is told.",
    ),
    Step(stage="verify", name="Check", does="Every word is held against its source once more."),
)
_PLACES = {step.stage: at for at, step in enumerate(STEPS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A brief as a line of the list. `told` is its headline, or how it stands until it has one."""

    id: str
    told: str
    status: Status
    created_at: datetime


async def progress_page(request: PageRequest, desk: Desk, record: BriefRecord) -> Response[bytes]:
    """Return the page of a brief that is not done: how far it is, or why it never will be."""
    made_of = await desk.shop.store.briefs.document_ids(record.tenant, record.id)
    if record.finished:
        return await page(request, "ended.html.j2", record=record, documents=len(made_of))
    waited = desk.shop.surroundings.now() - utc(record.created_at)
    waited_s = max(0, int(waited.total_seconds()))
    return await page(
        request,
        "watching.html.j2",
        record=record,
        documents=len(made_of),
        steps=STEPS,
        at=_place(record.status, record.progress),
        counted=_counted(record.status, record.progress),
        waited_s=waited_s,
        waited=spell_seconds(waited_s),
    )


@get("/briefs")
async def list_of_briefs(
    request: PageRequest,
    desk: NamedDependency[Desk],
    caller: NamedDependency[Caller],
    limit: PageLimit = _LISTED,
    cursor: PageCursor = None,
    status: WithStatus = None,
) -> Response[bytes]:
    """Return a page of the list of briefs, the newest first."""
    found = await desk.list(caller, limit=limit, after=read_cursor(cursor), status=status)
    following = next_cursor(found)
    return await page(
        request,
        "briefs.html.j2",
        lines=[_line(one) for one in found.entries],
        status=status,
        words=STATUS_WORDS,
        older=following and _list_url(limit=limit, status=status, cursor=following),
        newest=cursor and _list_url(limit=limit, status=status),
    )


@post("/briefs/{brief_id:str}/cancel", status_code=303)
async def cancel(
    brief_id: FromPath[str], desk: NamedDependency[Desk], caller: NamedDependency[Caller]
) -> Response[bytes]:
    """Cancel a brief, and lead back to it."""
    # It may have ended while its reader made up their mind: its page tells how.
    with suppress(WrongStatus):
        await desk.cancel(caller, brief_id)
    return _led_to(f"/briefs/{brief_id}")


@post("/briefs/{brief_id:str}/rebuild", status_code=303)
async def rebuild(
    brief_id: FromPath[str], desk: NamedDependency[Desk], caller: NamedDependency[Caller]
) -> Response[bytes]:
    """Make a brief anew, and lead to the new one."""
    old = await desk.get(caller, brief_id)
    shop = desk.shop
    if faults := option_faults(old.options, shop.limits, shop.readers.model_names()):
        raise invalid(faults)
    # One that came to nothing is made again once, however often its button is pressed.
    key = f"again {old.id}" if old.body is None else None
    new = await desk.rebuild(caller, old, key)
    return _led_to(f"/briefs/{new.id}")


@get("/briefs/{brief_id:str}/delete", opt={NEEDS: "write"})
async def ask_before_deleting(
    brief_id: FromPath[str],
    request: PageRequest,
    desk: NamedDependency[Desk],
    caller: NamedDependency[Caller],
) -> Response[bytes]:
    """Ask whether a brief is to be deleted."""
    record = await desk.get(caller, brief_id)
    return await page(request, "delete_brief.html.j2", record=record, words=STATUS_WORDS)


@post("/briefs/{brief_id:str}/delete", status_code=303)
async def delete(
    brief_id: FromPath[str], desk: NamedDependency[Desk], caller: NamedDependency[Caller]
) -> Response[bytes]:
    """Delete a brief, and lead to those that are left."""
    await desk.delete(caller, brief_id)
    return _led_to("/briefs")


def spell_seconds(seconds: int) -> str:
    """Write a span of time as 7 s, 2 min 7 s or 3 h 2 min."""
    minutes, hours = seconds // 60, seconds // 3600
    if hours:
        return f"{hours} h {minutes % 60} min"
    return f"{minutes} min {seconds % 60} s" if minutes else f"{seconds} s"


def _place(status: Status, progress: Progress | None) -> int:
    """Return which of the steps a brief is at."""
    if status == "queued":
        return _PLACES[_WAITING]
    first = _PLACES[_FIRST_AT_WORK]
    # A worker of another version may be at a stage that is not known here.
    return first if progress is None else _PLACES.get(progress.stage, first)


def _counted(status: Status, progress: Progress | None) -> Progress | None:
    """Return progress that is worth counting; a stage of one unit is at work or over."""
    return progress if status == "running" and progress and progress.total > 1 else None


def _line(one: BriefSummary) -> Line:
    return Line(id=one.id, told=_told(one), status=one.status, created_at=one.created_at)


def _told(one: BriefSummary) -> str:
    match one.status:
        case "done":
            return one.headline or "A brief without a headline"
        case "queued":
            return "Waiting for its turn"
        case "failed":
            return f"Not made: {one.error or 'the reason is not known'}"
        case "cancelled":
            return "Cancelled before it was made"
    name = STEPS[_place(one.status, one.progress)].name
    counted = _counted(one.status, one.progress)
    return f"{name}: {counted.done} of {counted.total}" if counted else name


def _list_url(*, limit: int, **given: str | None) -> str:
    sent: dict[str, str | int] = {name: value for name, value in given.items() if value}
    if limit != _LISTED:
        sent["limit"] = limit
    return f"/briefs?{urlencode(sent)}" if sent else "/briefs"


def _led_to(path: str) -> Response[bytes]:
    return Response(b"", status_code=303, headers={"Location": path})


HANDLERS = (list_of_briefs, cancel, rebuild, ask_before_deleting, delete)
