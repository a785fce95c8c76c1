"""What a hedged number can mean: "over 130", "nearly 200", "about 1,000"."""

import re
from decimal import Decimal
from typing import Literal

Hedge = Literal["over", "at least", "below", "up to", "about"]

# A bound that is itself left out is moved inwards by this; no count, share or sum is so fine.
EDGE = Decimal("0.000001")
_LEAST_LEEWAY = Decimal("0.05")

_BEFORE: tuple[tuple[Hedge, str], ...] = (
    ("at least", r"at least|a minimum of|(?:no|not) (?:fewer|less) than|as (?:few|little) as"),
    ("up to", r"up to|as (?:many|much) as|at most|(?:no|not) more than|a maximum of"),
    ("over", r"over|more than|greater than|above|exceed(?:s|ed|ing)?|upwards of|in excess of"),
    ("below", r"nearly|almost|under|below|(?:fewer|less) than|(?:just )?short of|approaching"),
    (
        "about",
        r"about|around|approximately|approx\.|roughly|some|circa|(?:an )?estimated|close to|~",
    ),
)
_HEDGE_BEFORE = re.compile(
    r"(?i)(?<!\w)(?:(?:just|well|slightly|far|a little|only)\s)?(?:"
    + "|".join(f"(?P<{name.replace(' ', '_')}>{words})" for name, words in _BEFORE)
    + r")[^\S\n]{0,2}(?:(?:a|the|another)[^\S\n])?\Z"
)
_HEDGE_AFTER = re.compile(
    r"(?i)(?:(?P<at_least>\+|-plus\b|\splus\b|\sor\s(?:more|over|older|above)\b)"
    r"|(?P<up_to>\sor\s(?:fewer|less|under|younger|below)\b)"
    r"|(?P<about>\sor\sso\b))"
)
# The words a hedge can end in: most numbers have none before them, and are not searched for one.
_LAST_WORDS = frozenset(
    "about above almost another approaching approx. approximately around as below circa estimated"
    " exceed exceeded exceeding exceeds least maximum minimum most nearly of over roughly some than"
    " to under a the ~".split()
)
# The longest hedge, "no fewer than", with an adverb and an article around it.
_REACH = 40


def hedge_before(text: str, start: int) -> tuple[int, Hedge] | None:
    """Return where the hedge that ends at `start` begins, and its sense."""
    words = text[max(0, start - _REACH) : start].split()
    if not words or words[-1].lower().lstrip("(“\"'‘") not in _LAST_WORDS:
        return None
    match = _HEDGE_BEFORE.search(text, max(0, start - _REACH), start)
    return (match.start(), _sense(match)) if match else None


def hedge_after(text: str, end: int) -> tuple[int, Hedge] | None:
    """Return where the hedge that begins at `end` ends, and its sense: "or more", "or so"."""
    match = _HEDGE_AFTER.match(text, end)
    return (match.end(), _sense(match)) if match else None


def _sense(match: re.Match[str]) -> Hedge:
    for name, _ in _BEFORE:
        if match.groupdict().get(name.replace(" ", "_")) is not None:
            return name
    raise AssertionError(f"{match[0]!r} matched no hedge")


def interval(value: Decimal, step: Decimal, hedge: Hedge | None) -> tuple[Decimal, Decimal]:
    """Return the closed interval of values that a hedged number does not contradict.

    A writer hedges with the nearest round number, so the precision of the number, `step`, says how
    far the hedge reaches:

    - no hedge: [n, n];
    - "over n": above n, up to n + step: over 130 reaches 140, over 1,000 reaches 2,000;
    - "at least n": the same with n itself;
    - "nearly", "under", "fewer than n": from n - step to just below n;
    - "up to", "as many as n": the same with n itself;
    - "about", "some n": half a step either way, and never less than 5 per cent.

    Below a power of ten the round numbers are ten times as close: nearly 1,000 starts at 900.
    """
    down = step / 10 if value == step and step > 1 else step
    leeway = max(step / 2, abs(value) * _LEAST_LEEWAY)
    match hedge:
        case None:
            return value, value
        case "over":
            return value + EDGE, value + step
        case "at least":
            return value, value + step
        case "below":
            return value - down, value - EDGE
        case "up to":
            return value - down, value
        case "about":
            return value - leeway, value + leeway
