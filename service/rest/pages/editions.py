"""The pages of the editions: which days have one, and the stories of a day."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from service.domain.brief import Dropped
from service.domain.edition import Edition, Story
from service.jobs.parts import Caller, Shop
from service.render.outline import shown
from service.render.reports import copies
from service.rest.editions import read_day
from service.rest.lists import LISTED, PageCursor, next_cursor, read_cursor
from service.rest.pages.kit import PageRequest, led_to, page

_OTHERS = "Other stories"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Some stories under one heading, in the order of their rank, which counts from 1."""

    name: str
    ranked: tuple[tuple[int, Story], ...]


@get("/editions")
async def list_editions(
    request: PageRequest,
    shop: NamedDependency[Shop],
    caller: NamedDependency[Caller],
    cursor: PageCursor = None,
) -> Response[bytes]:
    """Return the page that lists the editions, the latest days first."""
    found = await shop.store.editions.list(caller.tenant, limit=LISTED, after=read_cursor(cursor))
    return await page(
        request,
        "editions.html.j2",
        editions=found.entries,
        following=next_cursor(found),
        begun=cursor is not None,
    )


@get("/editions/latest")
async def latest_edition(
    shop: NamedDependency[Shop], caller: NamedDependency[Caller]
) -> Response[bytes]:
    """Lead to the newest edition, or to where it is told how there come to be any."""
    found = await shop.store.editions.list(caller.tenant, limit=1, after=None)
    newest = [f"/editions/{one.date}" for one in found.entries]
    return led_to(newest[0] if newest else "/editions")


@get("/editions/{date:str}")
async def read_edition(
    date: FromPath[str],
    request: PageRequest,
    shop: NamedDependency[Shop],
    caller: NamedDependency[Caller],
) -> Response[bytes]:
    """Return the page of a day's edition."""
    editions = shop.store.editions
    edition = await editions.get(caller.tenant, read_day(date))
    before, after = await editions.beside(caller.tenant, edition.date)
    return await page(
        request,
        "edition.html.j2",
        edition=edition,
        before=before,
        after=after,
        briefs=await editions.briefs_left(caller.tenant, edition),
        sections=_sections(edition),
        copies={one.id: copies(one.sources) for one in edition.stories},
        states=Counter(one.state for one in edition.stories),
        skipped=_by_reason(edition.skipped),
    )


def _sections(edition: Edition) -> list[Section]:
    """Return the stories by section, in the order of the first of each; those without one last."""
    ranked: dict[str | None, list[tuple[int, Story]]] = defaultdict(list)
    for rank, story in enumerate(edition.stories, start=1):
        ranked[story.section].append((rank, story))
    others = ranked.pop(None, [])
    found = [Section(name=name or "", ranked=tuple(some)) for name, some in ranked.items()]
    if others:
        name = _OTHERS if found else ""
        found.append(Section(name=name, ranked=tuple(others)))
    return found


def _by_reason(skipped: Iterable[Dropped]) -> dict[str, list[str]]:
    texts: dict[str, list[str]] = defaultdict(list)
    for one in skipped:
        reason = shown(one.reason)
        texts[reason[:1].upper() + reason[1:]].append(one.text)
    return dict(texts)


HANDLERS = (list_editions, latest_edition, read_edition)
