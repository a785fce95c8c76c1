"""Editions: one a tenant and day, replaced as a whole."""

import json
from dataclasses import asdict, replace
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


class EditionStore:
    """Keeps editions. They name briefs, and stand as they are when those are deleted."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, tenant: str, edition: Edition) -> bool:
        """Store an edition in the place of that day's; it stays created when the first one was.

        Return False, with nothing changed, where it tells just what the stored one does, whenever
        it was made. Half of a surrogate pair, which UTF-8 cannot hold, is kept as a question mark.
        """

        async def change(session: AsyncSession) -> bool:
            query = select(EditionRow).where(EditionRow.day == edition.date)
            row = await session.scalar(query.with_for_update())
            if row is None:
                row = EditionRow(day=edition.date, created_at=edition.created_at)
                session.add(row)
            elif row.body == _dump(_at(edition, row.created_at, row.changed_at)):
                return False
            _fill(row, _at(edition, row.created_at, edition.changed_at))
            return True

        return await self._database.write(tenant, change)

    async def get(self, tenant: str, day: Day) -> Edition:
        """Return the edition of a day, or raise `UnknownEdition`."""
        query = select(EditionRow.body).where(EditionRow.day == day)
        async with self._database.reading(tenant) as session:
            body = await session.scalar(query)
        if body is None:
            raise UnknownEdition(day.isoformat())
        return _EDITION.validate_json(body)

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


def _at(edition: Edition, created_at: datetime, changed_at: datetime) -> Edition:
    return replace(edition, created_at=created_at, changed_at=changed_at)


def _fill(row: EditionRow, edition: Edition) -> None:
    row.body = _dump(edition)
    row.changed_at = edition.changed_at
    row.stories = len(edition.stories)
    first = edition.stories[0].headline.text if edition.stories else None
    row.headline = plain(first if first is None else _utf8(first))


def _dump(edition: Edition) -> str:
    """Return an edition as JSON, with its times in UTC."""
    return _utf8(json.dumps(asdict(edition), ensure_ascii=False, default=_written))


def _written(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no JSON for {value!r}")


def _utf8(text: str) -> str:
    return text.encode(errors="replace").decode()
