"""The days on which a sentence says that things happened, and whether two of them can be one."""

import re
from dataclasses import dataclass
from datetime import date

from service.domain.text import Article
from service.lexis.dates import DateMention, find_dates, latest_year, resolve
from service.lexis.tense import looks_ahead

# Two reports that each say "Tuesday" are of one week where they are this near in time.
_ONE_WEEK_DAYS = 4
_AROUND_MIDNIGHT = re.compile(
    r"\b(?:late|early|overnight|midnight|night|dawn|evening)\b", re.IGNORECASE
)
_TODAY = frozenset({"today", "yesterday", "tomorrow"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A date as a report gives it. `resolved` is YYYY, YYYY-MM or YYYY-MM-DD, "" where unknown."""

    mention: DateMention
    resolved: str
    published: date | None
    is_ahead: bool | None
    part: str


def days_of(article: Article, text: str) -> tuple[Day, ...]:
    """Return the dates of one sentence of an article in order."""
    # "Post-2012" is no date of anything.
    mentions = [m for m in find_dates(text) if text[: m.start][-1:] not in ("-", "–")]
    if not mentions:
        return ()
    published = article.published_at.date() if article.published_at else None
    floor = latest_year(article.text) if published is None else None
    return tuple(_day(text, m, published, floor) for m in mentions)


def _day(text: str, mention: DateMention, published: date | None, floor: int | None) -> Day:
    ahead = looks_ahead(text, mention)
    found = None
    if ahead is not None or mention.year is not None or mention.relative is not None:
        found = resolve(mention, published=published, year_floor=floor, future=bool(ahead))
    near = text[max(0, mention.start - 8) : mention.end + 10]
    return Day(
        mention=mention,
        resolved=found.date if found else "",
        published=published,
        is_ahead=ahead,
        part=found_part[0].lower() if (found_part := _AROUND_MIDNIGHT.search(near)) else "",
    )


def exclude(a: Day, b: Day) -> bool:
    """Say whether two dates cannot be one, as far as both are told and known.

    A month and a day of it do not exclude each other. Where one of them is not resolved, their parts
    are compared as written; a weekday with a weekday, if their reports are of one week or nobody
    knows. What is said of around midnight may be a day off.
    """
    if a.mention.ambiguous or b.mention.ambiguous:
        return False
    one, two = a.mention, b.mention
    if one.last_day or two.last_day or one.last_month or two.last_month:
        return False
    if None is not one.weekday == two.weekday:
        # The same word; that it is counted from two days of publication is no difference.
        return bool(one.day and two.day and (one.month, one.day) != (two.month, two.day))
    if a.resolved and b.resolved:
        return _apart(a, b)
    return _parts_differ(a, b)


def _apart(a: Day, b: Day) -> bool:
    length = min(len(a.resolved), len(b.resolved))
    if a.resolved[:length] == b.resolved[:length]:
        return False
    if length < len("2000-01-01"):
        return True
    gap = abs(date.fromisoformat(a.resolved) - date.fromisoformat(b.resolved)).days
    loose = a.mention.relative in _TODAY or b.mention.relative in _TODAY or a.part != b.part
    # A bare weekday read from a late copy is a week off.
    bare = any(d.mention.weekday is not None and d.mention.day is None for d in (a, b))
    return not (gap == 1 and loose) and not (gap % 7 == 0 and bare)


def _parts_differ(a: Day, b: Day) -> bool:
    one, two = a.mention, b.mention
    if one.year and two.year and one.year != two.year:
        return True
    if one.day and two.day and one.month and two.month:
        return (one.month, one.day) != (two.month, two.day)
    if one.relative != two.relative or one.relative in _TODAY:
        return False
    if one.month and two.month:
        return one.month != two.month
    if one.weekday is None or two.weekday is None or one.month or two.month:
        return False
    near = None in (a.published, b.published) or _published_near(a, b)
    step = (one.weekday - two.weekday) % 7
    return near and not (step in (1, 6) and a.part != b.part)


def is_one_day(a: Day, b: Day) -> bool:
    """Say whether two dates are one by what they tell; "September" and "Wednesday" tell nothing of it."""
    if exclude(a, b):
        return False
    one, two = a.mention, b.mention
    told = ((one.weekday, two.weekday), (one.month, two.month), (one.year, two.year))
    return bool(a.resolved and b.resolved) or any(None not in both for both in told)


def _published_near(a: Day, b: Day) -> bool:
    if a.published is None or b.published is None:
        return False
    return abs((a.published - b.published).days) <= _ONE_WEEK_DAYS


def of_other_days(a: tuple[Day, ...], b: tuple[Day, ...]) -> bool:
    """Say whether both sentences give dates, and none of one can be one of the other's.

    Nor do "on Tuesday" and a year that is told without it go together: news, and its background.
    """
    if a and b and all(exclude(x, y) for x in a for y in b):
        return True
    return (_is_fresh(a) and is_history(b)) or (_is_fresh(b) and is_history(a))


def _is_fresh(days: tuple[Day, ...]) -> bool:
    return any(d.mention.year is None and d.mention.weekday is not None for d in days)


def is_history(days: tuple[Day, ...]) -> bool:
    """Say whether every date of a sentence has a year, and one before its report's where that is known."""
    return bool(days) and all(
        d.mention.year is not None and (d.published is None or d.mention.year < d.published.year)
        for d in days
    )
