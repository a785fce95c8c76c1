"""Dates as English news states them, and the rules that resolve them without a guess."""

import re
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta
from functools import lru_cache
from typing import Literal

from service.lexis.date_forms import MONTH_WORDS, DateMention, Relative, mentions
from service.lexis.date_offsets import offset_mentions

__all__ = [
    "MONTH_WORDS",
    "DateMention",
    "Relative",
    "ResolvedDate",
    "find_dates",
    "latest_year",
    "resolve",
]

Precision = Literal["day", "month", "year"]

# A weekday and a day of the month fix the year within this many years of a floor: the calendar
# repeats after five years at the earliest.
YEARS_UNTIL_REPEAT = 5
# What an article plans or fears may name a year that has not begun: no floor for its other dates.
_AHEAD = re.compile(
    r"(?i)\b(?:by|until|till|through|before|set to|to be|will|shall|would|could|plan(?:s|ned|ning)?"
    r"|expect(?:s|ed)?|due"
    r"|schedul(?:e|ed)|forecasts?|project(?:s|ed)|targets?|aims?|goal|upcoming|next|going to"
    r"|future|ahead)\b"
)
_SENTENCE_BREAK = re.compile(r"[.!?]\s+(?=[A-Z“\"])|\n")
_REACH = 160
_NEAR = timedelta(days=240)
_NEAR_MONTHS = 8
_NEAR_DAYS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedDate:
    """A calendar date as "YYYY", "YYYY-MM" or "YYYY-MM-DD", as fine as `precision` says.

    `inferred` says that the year is neither stated nor counted from the day of publication, but
    is the only one in which the stated weekday falls on the stated day.
    """

    date: str
    precision: Precision
    inferred: bool = False


# "The Sunday Chronicle" and "Black Friday" are names, no days.
_PAPER = re.compile(r"\b[Tt]he\s+$")
_FEASTS = ("Black ", "Good ", "Ash ", "Bloody ", "Cyber ", "Palm ", "Super ", "Maundy ", "Easter ")


def _in_a_name(text: str, mention: DateMention) -> bool:
    if mention.weekday is None or mention.day is not None or mention.month is not None:
        return False
    before, after = text[: mention.start], text[mention.end : mention.end + 3]
    capital_next = after[:1] == " " and after[1:2].isupper() and after[2:3].islower()
    return before.endswith(_FEASTS) or (capital_next and _PAPER.search(before) is not None)


@lru_cache(maxsize=16384)
def find_dates(text: str) -> tuple[DateMention, ...]:
    """Return the dates of a text in order, without overlaps; the longest of rival readings stays.

    Forms: "Monday, April 1, 2024", "1 April", "Apr. 1", "May 14th to 19th", "2024-04-01",
    "01/04/2024", "March 2024", "late 2023", "in 2003", "on Thursday", "last month", "two days ago",
    "Tuesday of last week", "on the 14th". A bare month
    that is also a word or a name ("May", "March") needs a preposition; a bare number is a year
    only in a context that makes it one. Decades ("the 1990s") and spans of weeks are no dates.
    """
    return _dates(text)


def _dates(text: str) -> tuple[DateMention, ...]:
    found: list[DateMention] = []
    both = (*mentions(text), *offset_mentions(text))
    for mention in sorted(both, key=lambda m: (m.start, -m.end)):
        if found and mention.start < found[-1].end:
            if mention.end - mention.start <= found[-1].end - found[-1].start:
                continue
            found.pop()
        found.append(mention)
    return tuple(m for m in found if not _in_a_name(text, m))


# Asked of an article with each of its sentences that holds a date.
@lru_cache(maxsize=32)
def latest_year(text: str) -> int | None:
    """Return the latest year a text states as reached, or None.

    A year that its sentence looks ahead to ("by 2030", "will open in 2031") is left out: as the
    floor of `resolve` it would shift every date that depends on it.
    """
    years = [
        mention.year
        for mention in _dates(text)
        if mention.year is not None and not _looks_ahead(text, mention.start)
    ]
    return max(years, default=None)


def _looks_ahead(text: str, start: int) -> bool:
    before = text[max(0, start - _REACH) : start]
    return _AHEAD.search(_SENTENCE_BREAK.split(before)[-1]) is not None


def resolve(
    mention: DateMention,
    *,
    published: date | None,
    year_floor: int | None = None,
    future: bool = False,
) -> ResolvedDate | None:
    """Return the one date a mention can mean, or None where more than one is left.

    - A stated year is enough; a weekday that does not fit the full date makes it None.
    - A day and month without a year is its latest occurrence on or before publication, or with
      `future`, where the sentence looks ahead, its first on or after; None where that is more than
      240 days away, since a date so far off is written with its year. "This year" and the like
      count from the year of publication. A stated weekday must fit.
    - The same without publication needs a weekday, and exactly one year in [`year_floor`,
      `year_floor` + 4] where it falls on that day: `inferred`.
    - A weekday is the latest on or before publication (with `future` the first on or after), but
      None six days off: were the report dated one day wrong, it would be the day beside it. "Last
      Thursday" must lie in the week before, "next Thursday" may be either of two, so None.
      "Tuesday last week" counts weeks from Monday.
    - A month alone is like a day and month, the month of publication included; "last January" needs
      a month later in the year than that of publication, or the same, "next January" an earlier one
      or the same; any other could be of either of two years. "This January" is in its year.
    - "On the 14th" is of the month of publication, and on the side of it that `future` says.
    - "today", "two days ago", "last month", "this year" count from publication; no precision fits a week.
    - An ambiguous 01/04/2024 and an impossible 31 June are None; a range gives its first day.
    """
    if mention.ambiguous:
        return None
    if mention.year is not None:
        return _stated(mention, mention.year)
    if mention.month is not None and mention.day is not None:
        if published is None:
            return _by_weekday(mention, year_floor)
        return _of_known_day(mention, mention.month, mention.day, published, future)
    return None if published is None else _counted(mention, published, future=future)


def _counted(mention: DateMention, published: date, *, future: bool) -> ResolvedDate | None:
    """Resolve a mention that has no meaning without the day of publication."""
    if mention.month is not None:
        return _of_known_month(mention, mention.month, published, future=future)
    if mention.day is not None:
        return _of_this_month(mention, mention.day, published, future=future)
    if mention.weekday is not None:
        return _of_weekday(mention, mention.weekday, published, future=future)
    if mention.days_off is not None:
        return _day_from(published, mention.days_off)
    if mention.years_off is not None:
        day = _calendar_day(published.year + mention.years_off, published.month, published.day)
        return ResolvedDate(date=day.isoformat(), precision="day") if day else None
    return _relative(mention.relative, published)


def _stated(mention: DateMention, year: int, *, inferred: bool = False) -> ResolvedDate | None:
    """Resolve a mention whose year is known."""
    if mention.month is None:
        return _year(year)
    if mention.day is None:
        return _month(year, mention.month)
    day = _calendar_day(year, mention.month, mention.day)
    if day is None or mention.weekday not in (None, day.weekday()):
        return None
    return ResolvedDate(date=day.isoformat(), precision="day", inferred=inferred)


def _by_weekday(mention: DateMention, year_floor: int | None) -> ResolvedDate | None:
    if mention.weekday is None or year_floor is None or mention.relative is not None:
        return None
    years = range(year_floor, year_floor + YEARS_UNTIL_REPEAT)
    fitting = [found for year in years if (found := _stated(mention, year, inferred=True))]
    return fitting[0] if len(fitting) == 1 else None


def _of_known_day(
    mention: DateMention, month: int, day: int, published: date, future: bool
) -> ResolvedDate | None:
    if mention.relative is not None:
        shift = _SHIFTS.get(mention.relative)
        return None if shift is None else _stated(mention, published.year + shift)
    for year in (published.year, published.year + (1 if future else -1)):
        found = _calendar_day(year, month, day)
        if found and (found >= published if future else found <= published):
            return _stated(mention, year) if abs(found - published) <= _NEAR else None
    return None


def _of_known_month(
    mention: DateMention, month: int, published: date, *, future: bool
) -> ResolvedDate | None:
    year = published.year
    match mention.relative:
        case "this" | "this year":
            return _month(year, month)
        case "last year" | "next year":
            return _month(year + _SHIFTS[mention.relative], month)
        case "last":
            return _month(year - 1, month) if month >= published.month else None
        case "next":
            return _month(year + 1, month) if month <= published.month else None
    away = (month - published.month if future else published.month - month) % 12
    if away > _NEAR_MONTHS:
        return None
    if future:
        return _month(year + (month < published.month), month)
    return _month(year - (month > published.month), month)


def _of_this_month(
    mention: DateMention, day: int, published: date, *, future: bool
) -> ResolvedDate | None:
    found = _calendar_day(published.year, published.month, day)
    if found is None or mention.weekday not in (None, found.weekday()):
        return None
    on_its_side = found >= published if future else found <= published
    return ResolvedDate(date=found.isoformat(), precision="day") if on_its_side else None


def _of_weekday(
    mention: DateMention, weekday: int, published: date, *, future: bool
) -> ResolvedDate | None:
    if mention.relative == "next":
        return None
    ahead = weekday - published.weekday()
    if mention.relative in _WEEKS:
        # On a Sunday the week may have ended or just begun.
        both_ends = 6 in (weekday, published.weekday())
        return None if both_ends else _day_from(published, ahead + 7 * _WEEKS[mention.relative])
    if mention.relative == "last":
        return _day_from(published, ahead - 7) if ahead >= 0 else None
    days = ahead % 7 if future else -(-ahead % 7)
    return _day_from(published, days) if abs(days) <= _NEAR_DAYS else None


_WEEKS = {"last week": -1, "this week": 0, "next week": 1}
_SHIFTS = {"last year": -1, "this year": 0, "next year": 1}
_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}
_MONTHS = {"last month": -1, "this month": 0, "next month": 1}


def _relative(relative: Relative | None, published: date) -> ResolvedDate | None:
    if relative in _DAYS:
        return _day_from(published, _DAYS[relative])
    if relative in _MONTHS:
        months = 12 * published.year + published.month - 1 + _MONTHS[relative]
        return _month(months // 12, months % 12 + 1)
    if relative in _SHIFTS:
        return _year(published.year + _SHIFTS[relative])
    return None


def _calendar_day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        # 31 June, or 29 February of a common year: written, and no day.
        return None


def _day_from(published: date, days: int) -> ResolvedDate | None:
    try:
        day = published + timedelta(days=days)
    except OverflowError:
        # A publication date at the calendar's very edge.
        return None
    return ResolvedDate(date=day.isoformat(), precision="day")


def _month(year: int, month: int) -> ResolvedDate | None:
    if not MINYEAR <= year <= MAXYEAR:
        return None
    return ResolvedDate(date=f"{year:04d}-{month:02d}", precision="month")


def _year(year: int) -> ResolvedDate | None:
    if not MINYEAR <= year <= MAXYEAR:
        return None
    return ResolvedDate(date=f"{year:04d}", precision="year")
