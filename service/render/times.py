"""Times and dates as programs and readers write them."""

from datetime import UTC, date, datetime


def utc(at: datetime) -> datetime:
    """Return a time in UTC; one without a zone is taken as UTC."""
    try:
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError:
        # Within a day of the calendar's ends, where an offset leads out of it.
        return at.replace(tzinfo=UTC)


def rfc3339(at: datetime) -> str:
    """Write a time in UTC, with a Z."""
    return utc(at).isoformat().replace("+00:00", "Z")


def readable_day(at: date) -> str:
    """Write a day as 7 April 2025; a time counts by its day as it stands."""
    return f"{at.day} {at:%B} {at.year}"


def readable_date(written: str) -> str:
    """Write YYYY, YYYY-MM or YYYY-MM-DD as a reader would; what is no date stays as it is."""
    month_only = len(written) == len("2025-04")
    try:
        day = date.fromisoformat(f"{written}-01" if month_only else written)
    except ValueError:
        return written
    return f"{day:%B} {day.year}" if month_only else readable_day(day)
