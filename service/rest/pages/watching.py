"""Watching a brief being made, what became of it where it was not, and the list of briefs."""

import asyncio
import hashlib
from collections.abc import Iterable
from contextlib import suppress
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from service.domain.errors import WrongStatus
from service.jobs.desk import Desk
from service.jobs.parts import Caller
from service.render.times import utc
from service.rest.access import NEEDS
from service.rest.briefs import WithStatus
from service.rest.lists import PageCursor, PageLimit, next_cursor, read_cursor
from service.rest.pages.kit import STATUS_WORDS, PageRequest, led_to, page
from service.rest.pages.steps import STEPS, counted, line_of, place
from service.rest.problems import invalid
from service.rest.schemas import option_faults
from service.store.records import BriefRecord, Outdated

_LISTED = 25


async def progress_page(request: PageRequest, desk: Desk, record: BriefRecord) -> Response[bytes]:
    """Return the page of a brief that is not done: how far it is, or why it never will be."""
    made_of = await desk.shop.store.briefs.document_ids(record.tenant, record.id)
    if record.finished:
        return await page(request, "ended.html.j2", record=record, documents=len(made_of))
    waited = desk.shop.surroundings.now() - utc(record.created_at)
    return await page(
        request,
        "watching.html.j2",
        record=record,
        documents=len(made_of),
        steps=STEPS,
        at=place(record.status, record.progress),
        counted=counted(record.status, record.progress),
        waited_s=max(0, int(waited.total_seconds())),
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
        lines=[line_of(one) for one in found.entries],
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
    return led_to(f"/briefs/{brief_id}")


@post("/briefs/{brief_id:str}/rebuild", status_code=303)
async def rebuild(
    brief_id: FromPath[str], desk: NamedDependency[Desk], caller: NamedDependency[Caller]
) -> Response[bytes]:
    """Make a brief anew, and lead to the new one.

    It is made once of what its documents are now, however often its button is pressed.
    """
    old = await desk.get(caller, brief_id)
    shop = desk.shop
    if faults := option_faults(old.options, shop.limits, shop.readers.model_names()):
        raise invalid(faults)
    outdated = await shop.store.briefs.outdated(old.tenant, old.id)
    new = await desk.rebuild(caller, old, await asyncio.to_thread(_key_of, old, outdated))
    return led_to(f"/briefs/{new.id}")


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
    return led_to("/briefs")


def _key_of(old: BriefRecord, outdated: Iterable[Outdated]) -> str:
    """Return what stands for making a brief anew of the texts that stand now."""
    hashed = hashlib.sha256()
    for one in sorted(outdated, key=lambda one: one.document_id):
        text = (one.article_json or "").encode()
        hashed.update(f"{one.document_id} {len(text)} ".encode() + text)
    return f"again {old.id} {hashed.hexdigest()}"


def _list_url(*, limit: int, **given: str | None) -> str:
    sent: dict[str, str | int] = {name: value for name, value in given.items() if value}
    if limit != _LISTED:
        sent["limit"] = limit
    return f"/briefs?{urlencode(sent)}" if sent else "/briefs"


HANDLERS = (list_of_briefs, cancel, rebuild, ask_before_deleting, delete)
