"""Quantities in English news text: what is counted, how many, and how surely."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from service.lexis.dates import MONTH_WORDS, find_dates
from service.lexis.intervals import hedge_after, hedge_before, interval
from service.lexis.nouns import counted_noun, singular
from service.lexis.number_words import SCALES
from service.lexis.numerals import Numeral, canon, find_numerals
from service.lexis.units import (
    Kind,
    Unit,
    currency_before,
    is_age_between,
    label_before,
    measure_after,
)

_GAP = r"[^\S\n]{1,3}"
_BETWEEN = re.compile(
    rf"(?:(?:{_GAP})?%|{_GAP}per ?cent)?(?:(?P<dash>[-–—]|{_GAP}[-–—]{_GAP})|{_GAP}(?P<word>to|and|or){_GAP})"
    r"(?:(?:US|A|C|NZ|HK)?[$€£¥₹])?",
    re.IGNORECASE,
)
_BEFORE_RANGE = re.compile(
    rf"(?i)(?<!\w)(from|between){_GAP}(?:(?:about|around|some){_GAP})?[^\w\n]?\Z"
)
_TRAILING_SCALE = re.compile(rf"(?i)({'|'.join(SCALES)}|bn|mn|tn)s?\Z")
_SUFFIXES = {"k": "thousand", "m": "million", "b": "billion", "t": "trillion"}
_SHORT = {"bn": "billion", "mn": "million", "tn": "trillion"}
# After these "5m" is five million; elsewhere it may be five metres, and is left as it stands.
_MILLIONS_OF = re.compile(
    rf"{_GAP}(?:people|men|women|children|users|voters|jobs|homes|customers|workers|barrels|tonnes"
    r"|tons|dollars|euros|pounds|yen|yuan)\b",
    re.IGNORECASE,
)
# Four digits without a noun may be a year that nothing beside them tells: no count is claimed.
_MAYBE_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_DIGIT = re.compile(r"\d")
_OF = re.compile(rf"{_GAP}of(?!\w)")
_HYPHENED = re.compile(r"-([^\W\d_]+)")
# "a 10,000-strong force", "a 20-odd list": a size without its unit.
_NO_MEASURES = frozenset(("strong", "odd", "plus", "fold"))
# Two bare figures below this, joined by a dash, are a score; higher ones a range.
_HIGHEST_SCORE = 100
_CLOCK = re.compile(
    r"(?<![\d:.,])(?:(?P<hour>1[0-2]|0?[1-9])(?:[:.](?P<minute>[0-5][0-9]))?[^\S\n]?"
    r"(?P<half>[AaPp])\.?[Mm](?:\.|(?!\w))"
    r"|(?P<hour24>[01]?[0-9]|2[0-3]):(?P<minute24>[0-5][0-9])(?::[0-5][0-9])?(?![\d:]))"
)
# Telephone and case numbers, seasons, odds, "9/11": digits that name something.
_CHAIN = re.compile(
    r"(?<![\d.,])(?:1[89]|20)\d\d[-–/]\d\d(?!\d)|"
    r"\+\d(?:[ ().-]{0,2}\d){6,14}(?!\d)|\(\d{3}\)[ ]?\d{3}-\d{4}(?!\d)"
    r"|(?<![\d.,])\d++(?:(?:[-–]\d++){2,}+|(?:[/:]\d++)++)"
)
_LIST_NUMBER = re.compile(r"(?:^|\n)[^\S\n]*\(?\d{1,2}[.)](?=[^\S\n])")
_MONTH_BEFORE = re.compile(rf"(?i)(?<!\w)(?:{MONTH_WORDS})\.?{_GAP}(?:the{_GAP})?\Z")
_MONTH_AFTER = re.compile(rf"(?i){_GAP}(?:of{_GAP})?(?:{MONTH_WORDS})(?!\w)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number with its hedge and unit at [start, end), and the closed interval it covers.

    `unit` is the normalised noun, singular and lower case, an ISO code for money, or None where it
    could not be told. A `label` ("Article 5", "F-16", "9/11") names something and counts nothing;
    a `score` has its two figures as bounds; a `time` is minutes after midnight.
    """

    start: int
    end: int
    low: Decimal
    high: Decimal
    unit: str | None
    surface: str
    approximate: bool
    kind: Kind


def find_quantities(
    text: str, skip: Sequence[tuple[int, int]] | None = None
) -> tuple[Quantity, ...]:
    """Return the quantities of a text in order, without overlaps.

    Numerals that touch a span of `skip`, half-open, are passed over: the dates of the text, which
    are looked up where none are given. Digits in a string that is not one number (3.11.7, a card
    number) are no quantity; `number_values` has them all. How a hedge widens a value is told in
    `intervals.interval`. "from 5 to 7" is two quantities, a change; "5 to 7" is one.
    """
    if skip is None:
        skip = [(date.start, date.end) for date in find_dates(text)]
    covered = bytearray(len(text))
    for start, end in skip:
        covered[start:end] = b"\1" * len(covered[start:end])
    named = []
    for quantity in _named(text):
        if not any(covered[quantity.start : quantity.end]):
            named.append(quantity)
            covered[quantity.start : quantity.end] = b"\1" * (quantity.end - quantity.start)
    numerals = [
        n for n in find_numerals(text) if n.form != "code" and not any(covered[n.start : n.end])
    ]
    return tuple(sorted((*named, *_counted(text, numerals)), key=lambda q: q.start))


def compatible(a: Quantity, b: Quantity) -> bool:
    """Say whether two quantities can both be true of one thing: units agree, intervals meet.

    A unit that could not be told agrees with any of its kind. Nothing is converted: kilometres
    and miles do not agree. Scores and labels agree only where they are the same. "Pounds" alone
    agrees with sterling and with the weight.
    """
    if "pound" in (a.unit, b.unit):
        agree = {a.unit, b.unit} <= {"pound", "gbp", "lb"} and a.unit is not None
    else:
        agree = a.kind == b.kind and (a.unit == b.unit or a.unit is None or b.unit is None)
    if not agree or a.kind in ("score", "label"):
        return agree and (a.low, a.high) == (b.low, b.high)
    return a.low <= b.high and b.low <= a.high


def number_values(text: str) -> tuple[str, ...]:
    """Return every number of a text in one way of writing, sorted, repeats kept.

    Digits and words, years and labels, whatever the case: "3.5 million" and "3,500,000" are both
    "3500000". Ordinals are "#3", but a day of the month is the same as "14th" and "14". A vague
    "hundreds" is "200..999". The "one" of "one of", "the one who" or "no one" is no number, nor is
    a "second" of time; "one" before a verb ("one was killed") is not told from the pronoun and
    left out.
    """
    values = []
    for numeral in find_numerals(text):
        value = _value(text, numeral, is_money=currency_before(text, numeral.start) is not None)
        written = canon(text, numeral)
        if value != numeral.value:
            written = format(value.normalize(), "f")
        if numeral.form == "ordinal" and (
            _MONTH_BEFORE.search(text, max(0, numeral.start - 16), numeral.start)
            or _MONTH_AFTER.match(text, numeral.end)
        ):
            written = written.removeprefix("#")
        values.append(written)
    return tuple(sorted(values))


def _value(text: str, numeral: Numeral, *, is_money: bool) -> Decimal:
    """Apply a glued "k", "m", "b" or "t" where the context tells that it is a scale."""
    if numeral.form == "ambiguous" or not numeral.suffix:
        return numeral.value
    is_scale = is_money or numeral.suffix == "k"
    if is_scale or (numeral.suffix == "m" and _MILLIONS_OF.match(text, numeral.end)):
        return numeral.value * SCALES[_SUFFIXES[numeral.suffix]]
    return numeral.value


def _named(text: str) -> Iterator[Quantity]:
    """Yield times of day, and digits that by their form name something."""
    if not _DIGIT.search(text):
        return
    for match in _CLOCK.finditer(text):
        hour = int(match["hour"] or match["hour24"])
        if match["half"]:
            hour = hour % 12 + 12 * (match["half"] in "Pp")
        minutes = Decimal(60 * hour + int(match["minute"] or match["minute24"] or 0))
        yield _exactly(
            text, match.span(), minutes, Unit(kind="time", unit="minute", end=match.end())
        )
    for pattern in (_CHAIN, _LIST_NUMBER):
        for match in pattern.finditer(text):
            unit = Unit(kind="label", unit=match[0].strip(), end=match.end())
            yield _exactly(text, match.span(), Decimal(0), unit)


def _exactly(text: str, span: tuple[int, int], value: Decimal, unit: Unit) -> Quantity:
    start, end = span
    return Quantity(
        start=start,
        end=end,
        low=value,
        high=value,
        unit=unit.unit,
        surface=text[start:end],
        approximate=False,
        kind=unit.kind,
    )


def _counted(text: str, numerals: Sequence[Numeral]) -> Iterator[Quantity]:
    floor = at = 0
    while at < len(numerals):
        first = numerals[at]
        second = numerals[at + 1] if at + 1 < len(numerals) else None
        found = (second and _joined(text, first, second, floor)) or _single(text, first, floor)
        yield found
        floor = found.end
        # What a unit or a label took in with it is not read again.
        while at < len(numerals) and numerals[at].start < floor:
            at += 1


def _single(text: str, numeral: Numeral, floor: int) -> Quantity:
    """Read one numeral with its currency, unit and hedge; nothing before `floor` is taken in."""
    label = label_before(text, numeral.start, numeral.end)
    if label and label[1] == "magnitude" and label[0] >= floor:
        unit = Unit(kind="other", unit="magnitude", end=numeral.end)
        return _exactly(text, (label[0], numeral.end), numeral.value, unit)
    if label and label[0] >= floor and not (numeral.suffix or numeral.form == "vague"):
        unit = Unit(kind="label", unit=label[1], end=numeral.end)
        return _exactly(text, (label[0], numeral.end), numeral.value, unit)
    if numeral.form == "ordinal":
        noun = counted_noun(text, numeral.end, is_one=True)
        end = noun[1] if noun else numeral.end
        unit = Unit(kind="ordinal", unit=noun[0] if noun else None, end=end)
        return _exactly(text, (numeral.start, end), numeral.value, unit)
    start, unit = _unit(text, numeral, numeral)
    value = _value(text, numeral, is_money=unit.kind == "money")
    factor = value / numeral.value if numeral.value else Decimal(1)
    high = numeral.high if numeral.form in ("vague", "ambiguous") else value
    return _hedged(
        text, (max(start, floor), numeral.end), (value, high, numeral.step * factor), unit, floor
    )


def _joined(text: str, first: Numeral, second: Numeral, floor: int) -> Quantity | None:
    """Read "5 to 7", "10-12 million" or the score "3-1" as one quantity."""
    if (first.form, second.form) != ("cardinal", "cardinal") or second.start - first.end > 16:
        return None
    join = _BETWEEN.fullmatch(text, first.end, second.start)
    before = _BEFORE_RANGE.search(text, max(0, first.start - 20), first.start)
    opened = before[1].lower() if before else ""
    word = (join["word"] or "").lower() if join else ""
    if (
        join is None
        or (word == "and") != (opened == "between")
        or (word == "to" and opened == "from")
    ):
        return None
    if label_before(text, first.start, first.end):
        return None
    start, unit = _unit(text, first, second)
    high = _value(text, second, is_money=unit.kind == "money")
    low = _low_end(text, first, second, is_money=unit.kind == "money")
    bare = join["dash"] and unit.kind == "count" and unit.unit is None
    if bare and (low >= high or high < _HIGHEST_SCORE):
        is_score = max(low, high) < _HIGHEST_SCORE
        unit = Unit(kind="score" if is_score else "label", unit=None, end=second.end)
    elif low >= high:
        return None
    if opened == "between" and before:
        start = before.start()
    span = (max(start, floor), second.end)
    if unit.kind in ("score", "label"):
        return replace(_exactly(text, span, min(low, high), unit), high=max(low, high))
    return _hedged(text, span, (low, high, second.step), unit, floor)


def _low_end(text: str, first: Numeral, second: Numeral, *, is_money: bool) -> Decimal:
    """Return the low end of a range, with the scale that only its high end states."""
    low = _value(text, first, is_money=is_money)
    scale = _TRAILING_SCALE.search(text, second.start, second.end)
    if scale is None and second.suffix:
        factor = _value(text, second, is_money=is_money) / (second.value or 1)
    else:
        name = scale[1].lower() if scale else ""
        factor = SCALES.get(_SHORT.get(name, name), Decimal(1))
    unscaled = not first.suffix and not _TRAILING_SCALE.search(text, first.start, first.end)
    if unscaled and low < second.value / (factor if scale else 1):
        return low * factor
    return low


def _unit(text: str, first: Numeral, last: Numeral) -> tuple[int, Unit]:
    """Return what a numeral or range counts, and where its currency or itself begins."""
    currency = currency_before(text, first.start)
    if currency:
        return currency[0], Unit(kind="money", unit=currency[1], end=last.end)
    after = hedge_after(text, last.end)
    end = after[0] if after else last.end
    if last.form == "vague" and (of := _OF.match(text, end)):
        end = of.end()
    if measured := measure_after(text, end):
        return first.start, measured
    if last.suffix and last.suffix != "k" and not _MILLIONS_OF.match(text, end):
        return first.start, Unit(kind="other", unit=last.suffix, end=last.end)
    if last.form == "fraction":
        return first.start, Unit(kind="fraction", unit=None, end=last.end)
    if first is last and last.value <= 120 and is_age_between(text, last.start, last.end):
        return first.start, Unit(kind="age", unit="year-old", end=last.end)
    # "a 12-point plan", "two-state": the measure stays singular before its noun.
    if attached := _HYPHENED.match(text, end):
        word = attached[1].lower()
        unit = None if word in _NO_MEASURES else singular(word) or word
        return first.start, Unit(kind="count", unit=unit, end=attached.end())
    noun = counted_noun(text, end, is_one=last.value == 1)
    maybe_year = noun is None and _MAYBE_YEAR.fullmatch(text, first.start, last.end)
    if maybe_year and hedge_before(text, first.start) is None:
        return first.start, Unit(kind="label", unit=None, end=last.end)
    counted, stop = noun or (None, last.end)
    return first.start, Unit(kind="count", unit=counted, end=stop)


def _hedged(
    text: str,
    span: tuple[int, int],
    stated: tuple[Decimal, Decimal, Decimal],
    unit: Unit,
    floor: int,
) -> Quantity:
    """Widen a stated (low, high, step) by the hedge around it."""
    start, end = span
    low, high, step = stated
    before = hedge_before(text, start)
    after = hedge_after(text, end)
    end = max(unit.end, after[0] if after else end)
    if after is None and (after := hedge_after(text, end)):
        end = after[0]
    hedge = None
    if before and before[0] >= floor:
        start, hedge = before
    elif after:
        hedge = after[1]
    if hedge == "over" and unit.kind == "duration":
        # "over three days" as often means "during".
        hedge = "at least"
    approximate = low != high or hedge is not None
    if low == high:
        low, high = interval(low, step, hedge)
    return Quantity(
        start=start,
        end=end,
        low=low,
        high=high,
        unit=unit.unit,
        surface=text[start:end],
        approximate=approximate,
        kind=unit.kind,
    )
