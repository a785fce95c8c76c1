"""Where the dates of a timeline lie on a line, proportional to time."""

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

# In per cent of the drawing's width: room for half a label at either end.
_MARGIN = 7.0
# Dates nearer than this, in per cent, are drawn above each other; a count takes room as well.
_NEAR = 3.5
_COUNT = 6.0
# Of fewer dates a drawing tells no more than their list.
_LEAST_DATES = 3
_LEVELS = 8
_MOST_TICKS = 6
_MONTHS = (1, 3, 6)
_YEARS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)
_DAYS = (1, 2, 5, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A date from `start` to `end`, in per cent of the width; `level` counts upwards from 0.

    `count` is how often the timeline has that date.
    """

    start: float
    end: float
    level: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A label on the line, at a place in per cent of the width."""

    at: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A timeline drawn: a dot for each of its dates in their order, and its ticks in that of time."""

    dots: tuple[Dot, ...]
    ticks: tuple[Tick, ...]

    @property
    def levels(self) -> int:
        """How many dots lie above each other at the most."""
        return 1 + max(dot.level for dot in self.dots)


def chart(dates: Iterable[str]) -> Chart | None:
    """Lay out dates, each YYYY, YYYY-MM or YYYY-MM-DD.

    None where there are no three to compare, or one that is in no calendar.
    """
    try:
        days = Counter(_days(written) for written in dates)
    except ValueError:
        return None
    if len(days) < _LEAST_DATES:
        return None
    first, last = min(start for start, _ in days), max(end for _, end in days)
    scale = _Scale(first, last)
    return Chart(dots=tuple(_dots(days, scale)), ticks=tuple(_ticks(scale)))


class _Scale:
    """The line from the first day to the last."""

    def __init__(self, first: date, last: date) -> None:
        self.first, self.last = first, last
        self._days = max(1, (last - first).days)

    def at(self, day: date) -> float:
        return round(_MARGIN + (100 - 2 * _MARGIN) * (day - self.first).days / self._days, 2)


def _days(written: str) -> tuple[date, date]:
    """Return the first and the last day of what is written."""
    first = date.fromisoformat(f"{written}-01-01"[:10])
    if len(written) == len("2025"):
        return first, date(first.year, 12, 31)
    if len(written) == len("2025-04"):
        return first, first.replace(day=monthrange(first.year, first.month)[1])
    return first, first


def _dots(days: Mapping[tuple[date, date], int], scale: _Scale) -> Iterable[Dot]:
    placed: list[Dot] = []
    for (first, last), count in days.items():
        start, end = scale.at(first), scale.at(last)
        until = _until(end, count)
        near = {d.level for d in placed if d.start < until and start < _until(d.end, d.count)}
        level = next((i for i in range(_LEVELS) if i not in near), _LEVELS - 1)
        placed.append(Dot(start=start, end=end, level=level, count=count))
    return placed


def _until(end: float, count: int) -> float:
    """Return where the next dot of a level may begin."""
    return end + _NEAR + (_COUNT if count > 1 else 0)


def _ticks(scale: _Scale) -> Iterable[Tick]:
    """Return ticks at whole years, else months, else days, whichever are few and not too few."""
    for found in (_years(scale), _months(scale), _every_day(scale)):
        if len(found) > 1:
            return found
    return [Tick(at=scale.at(day), label=_day(day)) for day in (scale.first, scale.last)]


def _years(scale: _Scale) -> list[Tick]:
    for step in _YEARS:
        years = [
            date(year, 1, 1)
            for year in range(scale.first.year, scale.last.year + 1)
            if year % step == 0 and scale.first <= date(year, 1, 1) <= scale.last
        ]
        if len(years) <= _MOST_TICKS:
            return [Tick(at=scale.at(day), label=f"{day.year}") for day in years]
    return []


def _months(scale: _Scale) -> list[Tick]:
    every = [
        date(year, month, 1)
        for year in range(scale.first.year, scale.last.year + 1)
        for month in range(1, 13)
        if scale.first <= date(year, month, 1) <= scale.last
    ]
    for step in _MONTHS:
        months = [day for day in every if (day.month - 1) % step == 0]
        if len(months) <= _MOST_TICKS:
            return [Tick(at=scale.at(day), label=f"{day:%b} {day.year}") for day in months]
    return []


def _every_day(scale: _Scale) -> list[Tick]:
    total = (scale.last - scale.first).days + 1
    step = next((one for one in _DAYS if total / one <= _MOST_TICKS), total)
    days = [scale.first + timedelta(days=offset) for offset in range(0, total, step)]
    return [Tick(at=scale.at(day), label=_day(day)) for day in days]


def _day(day: date) -> str:
    return f"{day.day} {day:%b}"
