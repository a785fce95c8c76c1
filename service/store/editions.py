"""Editions: one a tenant and day, replaced as a whole."""

import asyncio
import json
from dataclasses import asdict
from datetime import UTC, date, datetime, time

from pydantic import TypeAdapter
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from service.domain.edition import Day, Edition
from service.domain.errors import BadCursor, UnknownEdition
from service.store.database import Database
from service.store.ids import parts, plain, storable
from service.store.listing import as_page
from service.store.records import Cursor, EditionSummary, Page
from service.store.tables import BriefRow, EditionRow

_EDITION = TypeAdapter(Edition)
# In columns of their own: the same told again later is the same body.
_TIMES = "created_at", "changed_at"


class EditionStore:
    """Keeps editions. They name briefs, and stand as they are when those are deleted."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, tenant: str, edition: Edition) -> bool:
        """Store an edition in the place of that day's; it stays created when the first one was.

        Return False, with nothing changed, where it tells just what the stored one does, whenever
        it was made. Half of a surrogate pair, which UTF-8 cannot hold, is kept as a question mark.
        """
        # Before the transaction, and away from the event loop: an edition may have megabytes.
        body = await asyncio.to_thread(_dump, edition)

        async def change(session: AsyncSession) -> bool:
            query = select(EditionRow).where(EditionRow.day == edition.date)
            row = await session.scalar(query.with_for_update())
            if row is None:
                row = EditionRow(day=edition.date, created_at=edition.created_at)
                session.add(row)
            elif row.body == body:
                return False
            row.body, row.changed_at = body, edition.changed_at
            row.stories, row.headline = len(edition.stories), _headline(edition)
            return True

        return await self._database.write(tenant, change)

    async def get(self, tenant: str, day: Day) -> Edition:
        """Return the edition of a day, or raise `UnknownEdition`."""
        columns = EditionRow.body, EditionRow.created_at, EditionRow.changed_at
        async with self._database.reading(tenant) as session:
            found = await session.execute(select(*columns).where(EditionRow.day == day))
            row = found.one_or_none()
        if row is None:
            raise UnknownEdition(day.isoformat())
        return await asyncio.to_thread(_load, *row)

    async def list(self, tenant: str, *, limit: int, after: Cursor | None) -> Page[EditionSummary]:
        """Return editions, those of the latest days first; raises `BadCursor`."""
        query = select(*_SHOWN).order_by(EditionRow.day.desc()).limit(limit + 1)
        if after is not None:
            query = query.where(EditionRow.day < _day_of(after))
        async with self._database.reading(tenant) as session:
            rows = (await session.execute(query)).mappings().all()
        return as_page([EditionSummary(**row) for row in rows], limit, _cursor)

    async def beside(self, tenant: str, day: Day) -> tuple[Day | None, Day | None]:
        """Return the days of the last edition before a day and of the first one after it."""
        before = select(func.max(EditionRow.day)).where(EditionRow.day < day)
        after = select(func.min(EditionRow.day)).where(EditionRow.day > day)
        async with self._database.reading(tenant) as session:
            return await session.scalar(before), await session.scalar(after)

    async def briefs_left(self, tenant: str, edition: Edition) -> frozenset[str]:
        """Return the ids of those of an edition's briefs that were not deleted since."""
        named = [one.brief_id for one in edition.stories if storable(one.brief_id)]
        found: set[str] = set()
        async with self._database.reading(tenant) as session:
            for part in parts(named):
                query = select(BriefRow.id).where(BriefRow.id.in_(part))
                found.update(await session.scalars(query))
        return frozenset(found)


_SHOWN = (
    EditionRow.day.label("date"),
    EditionRow.created_at,
    EditionRow.changed_at,
    EditionRow.stories,
    EditionRow.headline,
)


def _cursor(one: EditionSummary) -> Cursor:
    return Cursor(created_at=datetime.combine(one.date, time(), UTC), id=one.date.isoformat())


def _day_of(cursor: Cursor) -> Day:
    """Return the day that a list goes on after; cursors of other lists have none."""
    try:
        day = date.fromisoformat(cursor.id)
    except ValueError as failure:
        raise BadCursor from failure
    if (cursor.id, cursor.created_at) != (day.isoformat(), datetime.combine(day, time(), UTC)):
        raise BadCursor
    return day


def _headline(edition: Edition) -> str | None:
    return plain(_utf8(edition.stories[0].headline.text)) if edition.stories else None


def _dump(edition: Edition) -> str:
    """Return what an edition tells, as JSON with times in UTC: without when that was told."""
    told = {name: value for name, value in asdict(edition).items() if name not in _TIMES}
    return _utf8(json.dumps(told, ensure_ascii=False, default=_written))


def _load(body: str, created_at: datetime, changed_at: datetime) -> Edition:
    times = dict(zip(_TIMES, (created_at, changed_at), strict=True))
    return _EDITION.validate_python(json.loads(body) | times)


def _written(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no JSON for {value!r}")


def _utf8(text: str) -> str:
    return text.encode(errors="replace").decode()
