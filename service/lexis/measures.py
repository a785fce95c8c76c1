"""What each number of a sentence measures: its unit, or the toll that a count of people is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from service.lexis.dates import DateMention
from service.lexis.numbers import Quantity, compatible, find_quantities, number_values
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
        if quantity.kind in ("label", "other", "ordinal"):
            continue
        if measure := toll or (f"{quantity.kind} {quantity.unit}" if quantity.unit else ""):
            yield Measured(quantity=quantity, measure=measure)


def _toll(spoken: Sequence[Word], quantity: Quantity) -> str:
    """Return what a bare count or a count of people counts: the toll word nearest to it, or ""."""
    if quantity.unit is not None and quantity.unit not in _PEOPLE:
        return _TOLL_OF.get(stem(quantity.unit), "")
    inside = [i for i, w in enumerate(spoken) if quantity.start <= w.start < quantity.end]
    if not inside:
        return ""
    near = [
        (max(0, inside[0] - i if i < inside[0] else i - inside[-1]), i, toll)
        for i, word in enumerate(spoken)
        if (toll := _TOLL_OF.get(stem(word.text)))
    ]
    distance, _, toll = min(near, default=(_REACH_WORDS + 1, 0, ""))
    return toll if distance <= _REACH_WORDS else ""


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
    return any(compatible(q, quantity) for q in find_quantities(text))
