"""What each number of a sentence measures: its unit, or the toll that a count of people is."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from service.lexis.dates import DateMention
from service.lexis.intervals import EDGE, Hedge, hedge_after, hedge_before
from service.lexis.numbers import Quantity, compatible, find_quantities, number_values
from service.lexis.numerals import find_numerals
from service.lexis.words import Word, stem, words

# What a count of people counts, told by the word nearest to it.
TOLLS: dict[str, tuple[str, ...]] = {
    "killed": ("kill", "dead", "die", "death", "fatal", "slain", "perish", "casualti", "toll"),
    "injured": ("injur", "wound", "hurt"),
    "missing": ("miss", "unaccount"),
    "arrested": ("arrest", "detain"),
    "displaced": ("displac", "evacu", "homeless"),
    "rescued": ("rescu", "save"),
}
_TOLL_OF = {stem_: toll for toll, stems in TOLLS.items() for stem_ in stems}
_REACH_WORDS = 6
_JOINTS = frozenset("and but while where who which as when after before".split())
_PASSIVES = frozenset("were was been are is dead died".split())
_ANYONE = frozenset("person life death dead fatality victim casualty body".split())
_ONE_BY_ONE = 1000
_ROUNDED = Decimal("0.05")
# How many times a count "at least n" may come to.
_OPEN = 100
_PEOPLE = frozenset(
    """person man woman child civilian soldier death life worker passenger student police officer
    firefighter resident villager fighter militant tourist miner protester""".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A quantity, and what it measures: "killed", or its kind and unit such as "money usd"."""

    quantity: Quantity
    measure: str


def measured(text: str, dates: Sequence[DateMention]) -> Iterator[Measured]:
    """Yield the quantities of a sentence whose measure is known, in order; `dates` are no quantities."""
    if not any(c.isalnum() for c in text):
        return
    for quantity in find_quantities(text, [(d.start, d.end) for d in dates]):
        toll = _toll(words(text), quantity) if quantity.kind == "count" else ""
        if quantity.kind == "time":
            # A time of day, said of what is told, is no measure of anything.
            continue
        if toll or quantity.unit or quantity.kind in ("score", "count"):
            measure = toll or f"{quantity.kind} {quantity.unit or ''}".rstrip()
            yield Measured(quantity=quantity, measure=measure)


def _toll(spoken: Sequence[Word], quantity: Quantity) -> str:
    """Return what a bare count or a count of people counts: the toll word nearest to it, or ""."""
    if quantity.unit is not None and quantity.unit not in _PEOPLE:
        return _TOLL_OF.get(stem(quantity.unit), "")
    inside = [i for i, w in enumerate(spoken) if quantity.start <= w.start < quantity.end]
    if not inside:
        return ""
    text_between = _between(spoken, inside)
    near = [
        (max(0, inside[0] - i if i < inside[0] else i - inside[-1]), i, toll)
        for i, word in enumerate(spoken)
        if (toll := _TOLL_OF.get(stem(word.text))) and not text_between(i)
    ]
    distance, _, toll = min(near, default=(_REACH_WORDS + 1, 0, ""))
    return toll if distance <= _REACH_WORDS else ""


def _between(spoken: Sequence[Word], inside: Sequence[int]) -> Callable[[int], bool]:
    """Return what says whether the toll word at an index belongs to another part of the sentence.

    "Five died and seven were injured", "killed six and left 14 trapped": what is told before an
    "and" or a comma is not told of the number behind it. What follows is, if it is passive: "12
    soldiers and a child were killed".
    """

    def is_other(i: int) -> bool:
        low, high = (i, inside[0]) if i < inside[0] else (inside[-1], i)
        between = [w.lower for w in spoken[low + 1 : high]]
        pause = any(w.end + 1 < v.start for w, v in pairwise(spoken[low : high + 1]))
        if i < inside[0]:
            return pause or not _JOINTS.isdisjoint(between)
        return not _JOINTS.isdisjoint(between) and _PASSIVES.isdisjoint(between)

    return is_other


def people_counted(quantity: Quantity) -> str:
    """Return who is counted where it is told more closely than as people, else ""."""
    unit = quantity.unit or ""
    return "" if unit in _ANYONE or unit not in _PEOPLE else unit


def reconcilable(a: Quantity, b: Quantity) -> bool:
    """Say whether two quantities can both be true of one thing, one of them rounded perhaps.

    A number is rounded to the figures it gives: 1.2 million may be 1,215,000, and 5 per cent 4.8. Of
    what is counted one by one only thousands are rounded, and nothing by more than `_ROUNDED`.
    """
    a, b = _of_people(a), _of_people(b)
    if compatible(a, b):
        return True
    if a.kind != b.kind or a.kind in ("score", "label", "ordinal", "age", "time"):
        return False
    if None not in (a.unit, b.unit) and a.unit != b.unit:
        return False
    coarse, fine = sorted((a, b), key=_step, reverse=True)
    step = _step(coarse)
    if step == _step(fine) or (a.kind == "count" and min(a.low, b.low) < _ONE_BY_ONE):
        return False
    leeway = min(step / 2, abs(coarse.high) * _ROUNDED)
    return coarse.low - leeway <= fine.high and fine.low <= coarse.high + leeway


def may_agree(a: Quantity, b: Quantity, *, so_far: bool = True) -> bool:
    """Say whether a reader can take two quantities for one number, hedged differently.

    A bound agrees with the number it names: "more than 40" with 40, "nearly 200" with 200. What is
    counted `so_far`, "at least 12", agrees with every higher count, and "up to 300" with every lower.
    """
    return reconcilable(_opened(a, so_far=so_far), _opened(b, so_far=so_far))


def hedge_of(quantity: Quantity) -> Hedge | None:
    """Return the sense in which a quantity is hedged, as its surface words it."""
    return _hedge_in(quantity.surface)


@lru_cache(maxsize=8192)
def _hedge_in(surface: str) -> Hedge | None:
    figures = tuple(find_numerals(surface))
    if not figures:
        return None
    # The hedge stands before the sign of a currency.
    start = len(surface[: figures[0].start].rstrip("$€£¥₹USACNZHK"))
    before = hedge_before(surface, start)
    after = hedge_after(surface, figures[-1].end)
    return before[1] if before else after[1] if after else None


def _opened(quantity: Quantity, *, so_far: bool) -> Quantity:
    """Return a hedged quantity with the values that its hedge leaves open."""
    if quantity.low == quantity.high or quantity.kind in ("score", "label", "ordinal", "time"):
        return quantity
    match hedge_of(quantity):
        case "over":
            return replace(quantity, low=quantity.low - EDGE)
        case "below":
            return replace(quantity, high=quantity.high + EDGE)
        case "at least" if so_far:
            return replace(quantity, high=quantity.high * _OPEN)
        case "up to" if so_far:
            return replace(quantity, low=Decimal(0))
        case _:
            return quantity


def _of_people(quantity: Quantity) -> Quantity:
    """Return a count of people without its noun: "46 arrests" is "46 people"."""
    unit = quantity.unit or ""
    if quantity.kind == "count" and (unit in _PEOPLE | _ANYONE or stem(unit) in _TOLL_OF):
        return replace(quantity, unit=None)
    return quantity


def _step(quantity: Quantity) -> Decimal:
    """Return the least step of the numerals of a quantity."""
    return _step_in(quantity.surface)


@lru_cache(maxsize=8192)
def _step_in(surface: str) -> Decimal:
    return min((n.step for n in find_numerals(surface)), default=Decimal(1))


def value_of(quantity: Quantity) -> str:
    """Return a quantity as its source words it, without the noun counted: "over 130"."""
    if quantity.kind != "count":
        return quantity.surface
    end = len(quantity.surface)
    for word in reversed(words(quantity.surface)):
        if number_values(word.text):
            break
        end = word.start
    return quantity.surface[:end].rstrip() or quantity.surface


def quantity_with(text: str, value: str) -> Quantity | None:
    """Return the quantity of a text that is worded by a value, such as one `value_of` returned."""
    return next((q for q in find_quantities(text) if value_of(q) == value), None)


def states(text: str, quantity: Quantity) -> bool:
    """Say whether a text gives a quantity that can be the same as the one asked for."""
    return any(reconcilable(q, quantity) for q in find_quantities(text))
