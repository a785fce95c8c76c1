"""Numerals as they are written, in digits and in English words, with their exact values.

A numeral knows nothing of units, currencies or qualifiers: `numbers` adds those. Decimal digits of
every script count; superscripts and subscripts do not (footnote marks, formulas, square metres).
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from service.lexis.number_words import (
    CARDINAL,
    FRACTION,
    GAP,
    RANK,
    SCALE,
    SCALES,
    SMALL,
    VAGUE,
    cardinals,
    fraction,
    rank,
    rounded,
    vague,
)

Form = Literal["cardinal", "ordinal", "fraction", "vague", "ambiguous", "code"]

# More digits than this name something (a card, a hash): no count in the news needs them, and below
# it every product with a scale stays exact in decimal's 28 digits.
MAX_DIGITS = 15

_SEPARATORS = "'’.,\u00a0\u2009\u202f\u066b\u066c"
_SIGNS_OF_PARTS = "\u00bc-\u00be\u2150-\u215e"
# Possessive throughout: a megabyte of digits, or of number words, is read once.
_NUMERAL = re.compile(
    rf"""
    (?: (?P<sign>(?<![^\s(\[])[-\u2212])?+ (?P<run>\d++(?:[{_SEPARATORS}]\d++)*+)
        (?P<part_sign>[{_SIGNS_OF_PARTS}])?+
        (?: (?P<th>(?ai:st|nd|rd|th))(?!\w)
          | (?:-|{GAP})?+(?P<scale>(?ai:(?:{SCALE})(?:{GAP}(?:{SCALE}))?+s?+))(?!\w)
          | (?:{GAP})?+(?P<short>(?ai:bn|mn|tn))(?!\w)
          | (?P<suffix>(?ai:[kmbt]))(?!\w) )?+
      | (?P<lone>[{_SIGNS_OF_PARTS}])
      | (?<!\w)(?: (?P<vague>(?ai:{VAGUE})) | (?P<fraction>(?ai:{FRACTION}))
          | (?P<rank>(?ai:{RANK})) | (?P<words>(?ai:{CARDINAL})) )(?!\w)
    )
    (?P<half>(?ai:{GAP}and{GAP}a{GAP}half(?:{GAP}(?P<half_scale>{SCALE}))?+)(?!\w))?+
    """,
    re.VERBOSE,
)
_DIGITS = re.compile(r"\d+")
_PLAIN = re.compile(r"\d+(?:[.\u066b]\d+)?")
_GROUPED = re.compile(
    r"\d{1,3}(?:([,'’\u00a0\u2009\u202f\u066c])\d{3}(?:\1\d{3})*)(?:[.\u066b]\d+)?"
)
_LAKHS = re.compile(r"\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d+)?")
_POINTS_GROUP = re.compile(r"\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?|\d{1,3}\.\d{3},\d{1,2}")
_COMMA_DECIMAL = re.compile(r"\d+,\d{1,2}")
_POINT_OR_GROUP = re.compile(r"(?!0)\d{1,3}\.\d{3}")
_SHORT_SCALES = {"bn": SCALES["billion"], "mn": SCALES["million"], "tn": SCALES["trillion"]}
_PERCENT = re.compile(r"[^\S\n]?(?:%|per ?cent\b)", re.IGNORECASE)

# "one" counts where a noun, a unit or a numeral follows. Before and after these words it stands
# for a person or thing instead ("one of", "the one who", "one was", "no one", "one another").
_AFTER_PRONOUN = frozenset(
    "a also am and another are as at be been being but by can could did do does for from had has"
    " have he his if in into is it its may might must nor not of on or s shall she should such t"
    " than that the their then there they this to was we were what when where which while who"
    " whom whose why will with without would you your".split()
)
_BEFORE_PRONOUN = frozenset(
    "another any each every everyone former latter no only some such that the this which".split()
)
_ONE_COUNTS = re.compile(
    rf"(?:{GAP}(?:in|out{GAP}of|or|to|and){GAP}(?:every{GAP})?(?:\d|(?:{SMALL})\b)|{GAP}and{GAP}a{GAP}half)",
    re.IGNORECASE,
)
_NEXT_WORD = re.compile(r"(?:[^\S\n]|[’'-]){1,3}([^\W\d_]+)")
_LAST_WORD = re.compile(r"([^\W\d_]+)(?:[^\S\n]|-){1,3}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Numeral:
    """A number as written at [start, end), its `value` exact.

    `high` ends the range of a vague one ("hundreds"), and is the other reading of an ambiguous one
    (80.000: eighty or eighty thousand). `step` is one of the last figure that carries meaning: 10
    for 130, 100,000 for 3.5 million, 12 for two dozen. `suffix` is a glued k, m, b or t, inside the
    span and not in the value: only the context tells metres from millions. A `code` has too many
    digits to count anything, or is one piece of a string such as 3.11.7.
    """

    start: int
    end: int
    value: Decimal
    high: Decimal
    step: Decimal
    form: Form = "cardinal"
    suffix: str = ""


def find_numerals(text: str) -> Iterator[Numeral]:
    """Yield every numeral of a text in order, without overlaps; each decimal digit is in one."""
    last_end = -1
    for match in _NUMERAL.finditer(text):
        for numeral in _read(text, match, last_end):
            yield numeral
            last_end = numeral.end


def step_of(value: Decimal) -> Decimal:
    """Return the largest power of ten that divides a value; 1 for zero."""
    exponent = value.normalize().as_tuple().exponent
    return Decimal(1).scaleb(exponent) if value and isinstance(exponent, int) else Decimal(1)


def canon(text: str, numeral: Numeral) -> str:
    """Return a numeral's value in one way of writing; an ordinal's begins with "#".

    Codes and ambiguous numerals keep their own digits, so that only the same writing is the same.
    A vague one is its range, 200..999.
    """
    if numeral.form in ("code", "ambiguous"):
        written = text[numeral.start : numeral.end]
        return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in written)
    value = format(numeral.value.normalize() + 0, "f")
    if numeral.form == "vague":
        return f"{value}..{numeral.high:f}"
    return f"#{value}" if numeral.form == "ordinal" else value


def _read(text: str, match: re.Match[str], last_end: int) -> Iterator[Numeral]:
    if match["run"]:
        yield from _digits(text, match)
    elif match["words"]:
        yield from _words(text, match)
    elif match["rank"]:
        if not _is_unit_of_time(text, match, last_end):
            yield _numeral(match.span("rank"), rank(match["rank"]), "ordinal")
    elif match["vague"]:
        low, high = vague(match["vague"])
        start, end = match.span("vague")
        yield Numeral(start=start, end=end, value=low, high=high, step=step_of(low), form="vague")
    elif match["fraction"]:
        value = fraction(match["fraction"])
        # "half a dozen" and "half a million" count; "two-thirds" is a share.
        yield _numeral(match.span("fraction"), value, "cardinal" if value >= 6 else "fraction")
    else:
        yield _numeral(match.span("lone"), _value_of_sign(match["lone"]), "fraction")


def _numeral(span: tuple[int, int], value: Decimal, form: Form, suffix: str = "") -> Numeral:
    start, end = span
    return Numeral(
        start=start,
        end=end,
        value=value,
        high=value,
        step=step_of(value),
        form=form,
        suffix=suffix,
    )


def _digits(text: str, match: re.Match[str]) -> Iterator[Numeral]:
    """Read a run of digits and separators as one number, or piece by piece where it is none."""
    run = match["run"]
    scaled = match["scale"] or match["short"]
    measured = bool(scaled) or _PERCENT.match(text, match.end("run")) is not None
    value = None if sum(map(str.isdecimal, run)) > MAX_DIGITS else _value(run, measured=measured)
    if value is None:
        for piece in _DIGITS.finditer(text, *match.span("run")):
            yield _numeral(piece.span(), Decimal(0), "code")
        return
    if not measured and _POINT_OR_GROUP.fullmatch(run):
        yield Numeral(
            start=match.start(),
            end=match.end(),
            value=value,
            high=Decimal(run.replace(".", "")),
            step=step_of(value),
            form="ambiguous",
            suffix=(match["suffix"] or "").lower(),
        )
        return
    value += _value_of_sign(match["part_sign"]) if match["part_sign"] else 0
    value += Decimal("0.5") if match["half"] else 0
    for word in (scaled or "").lower().split():
        value *= _SHORT_SCALES.get(word) or SCALES[word.removesuffix("s")]
    value = _with_half_scale(-value if match["sign"] else value, match)
    form: Form = "ordinal" if match["th"] else "cardinal"
    yield _numeral(match.span(), value, form, (match["suffix"] or "").lower())


def _value(run: str, *, measured: bool) -> Decimal | None:
    """Read digits as one number, or say that they are not one.

    A comma before one or two digits is a decimal comma only where a scale or "%" follows: else
    it may as well separate two numbers of a list.
    """
    if _PLAIN.fullmatch(run):
        return Decimal(run.replace("\u066b", "."))
    if _GROUPED.fullmatch(run) or _LAKHS.fullmatch(run):
        kept = run.replace("\u066b", ".")
        return Decimal("".join(c for c in kept if c.isdecimal() or c == "."))
    if _POINTS_GROUP.fullmatch(run) or (measured and _COMMA_DECIMAL.fullmatch(run)):
        return Decimal(run.replace(".", "").replace(",", "."))
    return None


def _value_of_sign(sign: str) -> Decimal:
    return rounded(Decimal(unicodedata.numeric(sign)))


def _with_half_scale(value: Decimal, match: re.Match[str]) -> Decimal:
    """Apply the scale of "two and a half million"."""
    return value * SCALES[match["half_scale"].lower()] if match["half_scale"] else value


def _words(text: str, match: re.Match[str]) -> Iterator[Numeral]:
    base, words = match.start("words"), match["words"]
    if words.lower() == "one" and not _one_counts(text, *match.span("words")):
        return
    found = list(cardinals(words))
    for start, end, value in found:
        span = (base + start, base + end)
        if match["half"] and end == found[-1][1]:
            value = _with_half_scale(value + Decimal("0.5"), match)
            span = (span[0], match.end())
        numeral = _numeral(span, value, "cardinal")
        dozens = words[start:end].lower().endswith("dozen")
        yield replace(numeral, step=SCALES["dozen"]) if dozens else numeral


def _one_counts(text: str, start: int, end: int) -> bool:
    if _ONE_COUNTS.match(text, end):
        return True
    before = _LAST_WORD.search(text, max(0, start - 24), start)
    after = _NEXT_WORD.match(text, end)
    return (
        after is not None
        and after[1].lower() not in _AFTER_PRONOUN
        and not (before and before[1].lower() in _BEFORE_PRONOUN)
    )


def _is_unit_of_time(text: str, match: re.Match[str], last_end: int) -> bool:
    """Say whether "second" measures time: "one second", "a 30-second clip", "per second"."""
    return match["rank"].lower() == "second" and (
        last_end == match.start() - 1 or text[max(0, match.start() - 4) : match.start()] == "per "
    )
