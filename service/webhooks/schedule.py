"""When a message is sent again: ever later, and not before the receiver asked for it."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# After the first attempt, the second, and so on: in all a bit more than a day.
DELAYS_S = (5.0, 30.0, 120.0, 600.0, 3600.0, 10_800.0, 28_800.0, 43_200.0)
MOST_ATTEMPTS = len(DELAYS_S) + 1
# Receivers that were down together must not be asked together.
_JITTER = 0.2
_LONGEST_ASKED_S = 86_400.0
# Those for which RFC 9110, 10.2.3 and RFC 6585 give the header a meaning.
_MAY_ASK = (429, 503)


def wait_s(attempt: int, chance: float) -> float | None:
    """Return the seconds from the attempt of that number, from 1, to the next; None for no next.

    `chance` is in [0, 1) and moves the time by up to a fifth to either side.
    """
    if attempt >= MOST_ATTEMPTS:
        return None
    return DELAYS_S[attempt - 1] * (1 - _JITTER + 2 * _JITTER * chance)


def asked_wait_s(status: int, retry_after: str | None, now: datetime) -> float:
    """Return the seconds that a receiver asked to be left alone, at most a day; 0 where it did not."""
    if status not in _MAY_ASK or retry_after is None:
        return 0.0
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        # More digits than a day has seconds, and perhaps more than can be read.
        return min(float(text[:9]), _LONGEST_ASKED_S)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    # "-0000" says that the zone is not known.
    aware = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max((aware - now).total_seconds(), 0.0), _LONGEST_ASKED_S)
