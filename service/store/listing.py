"""Pages of a list, the newest first: each entry once, however many are added meanwhile."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar, TypeVarTuple

from sqlalchemy import Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from service.domain.errors import BadCursor
from service.store.ids import storable
from service.store.records import Cursor, Page

Found = TypeVarTuple("Found")
Listed = TypeVar("Listed")


def paged(
    query: Select[*Found],
    order: tuple[InstrumentedAttribute[datetime], InstrumentedAttribute[str]],
    limit: int,
    after: Cursor | None,
) -> Select[*Found]:
    """Return the query for one page, and one entry more by which to tell that there is a next.

    Raises `BadCursor` for a cursor that no entry can have had.
    """
    if after is not None:
        if not storable(after.id) or after.created_at.tzinfo is None:
            raise BadCursor
        query = query.where(tuple_(*order) < (after.created_at, after.id))
    return query.order_by(*(column.desc() for column in order)).limit(limit + 1)


def as_page(
    found: Sequence[Listed], limit: int, cursor_of: Callable[[Listed], Cursor]
) -> Page[Listed]:
    """Return the page that a query by `paged` found."""
    shown = tuple(found[:limit])
    return Page(entries=shown, next=cursor_of(shown[-1]) if len(found) > limit else None)
