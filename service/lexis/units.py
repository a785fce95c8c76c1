"""What a number counts: the currency before it, and the sign, measure or noun after it."""

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "count",
    "money",
    "percent",
    "fraction",
    "ordinal",
    "age",
    "distance",
    "area",
    "volume",
    "weight",
    "speed",
    "duration",
    "temperature",
    "time",
    "score",
    "label",
    "other",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A kind with its normalised unit, and where the words that state it end."""

    kind: Kind
    unit: str | None
    end: int


_GAP = r"[^\S\n]{1,3}"
# A bare "$" is read as the US dollar, as news in English does when it says no more.
_CURRENCY_SIGNS = {
    "$": "usd",
    "us$": "usd",
    "$us": "usd",
    "a$": "aud",
    "$a": "aud",
    "au$": "aud",
    "c$": "cad",
    "ca$": "cad",
    "nz$": "nzd",
    "hk$": "hkd",
    "s$": "sgd",
    "€": "eur",
    "£": "gbp",
    "₹": "inr",
    "₽": "rub",
    "₩": "krw",
    "₺": "try",
    "₴": "uah",
    "₪": "ils",
    "₦": "ngn",
    # Japan and China share this sign.
    "¥": "¥",
}
_CODES = "usd eur gbp jpy cny rub inr chf aud cad nzd hkd sgd sek nok dkk krw brl mxn zar try uah"
# Currencies of several countries keep their bare name: which one is for the text to say.
_CURRENCY_WORDS = (
    {code: code for code in _CODES.split()}
    | dict.fromkeys(("dollar", "dollars", "buck", "bucks"), "usd")
    | dict.fromkeys(("euro", "euros"), "eur")
    | {"yen": "jpy", "yuan": "cny", "renminbi": "cny", "hryvnia": "uah", "hryvnias": "uah"}
    | dict.fromkeys(("rouble", "roubles", "ruble", "rubles"), "rub")
    | dict.fromkeys(("rupee", "rupees", "rs"), "rupee")
    | {"peso": "peso", "pesos": "peso", "franc": "franc", "francs": "franc", "reais": "brl"}
    | {"cent": "cent", "cents": "cent", "pence": "penny", "krona": "krona", "kronor": "krona"}
)
CURRENCY_BEFORE = re.compile(
    r"(?<!\w)(?:(?:US|AU?|CA?|NZ|HK|S)?\$|\$(?:US|A)|[€£₹₽₩₺₴₪₦¥]"
    rf"|(?i:{_CODES.replace(' ', '|')}|Rs\.?))[^\S\n]?\Z"
)
_MONEY = re.compile(
    rf"(?:{_GAP}|-)?(?P<country>(?i:U\.?S\.?|American|Canadian|Australian){_GAP})?"
    rf"(?P<word>(?i:{'|'.join(sorted(_CURRENCY_WORDS, key=len, reverse=True))}))(?!\w)"
)
_COUNTRIES = {"canadian": "cad", "australian": "aud"}
_STERLING = re.compile(rf"(?i)(?:{_GAP})?pounds?{_GAP}sterling(?!\w)")

_MEASURES: dict[str, tuple[Kind, str]] = {}


def _measure(kind: Kind, unit: str, *words: str) -> None:
    for word in (unit, *words):
        _MEASURES[word] = (kind, unit)


_measure("distance", "metre", "metres", "meter", "meters")
_measure("distance", "kilometre", "kilometres", "kilometer", "kilometers", "km", "kms")
_measure("distance", "centimetre", "centimetres", "centimeter", "centimeters", "cm")
_measure("distance", "millimetre", "millimetres", "millimeter", "millimeters", "mm")
_measure("distance", "mile", "miles")
_measure("distance", "foot", "feet", "ft")
_measure("distance", "inch", "inches")
_measure("distance", "yard", "yards")
_measure("distance", "nautical mile", "nautical miles")
_measure("area", "acre", "acres")
_measure("area", "hectare", "hectares", "ha")
_measure("area", "square kilometre", "square kilometres", "square kilometers", "sq km", "km²")
_measure("area", "square mile", "square miles", "sq miles")
_measure("area", "square metre", "square metres", "square meters", "sq m", "m²")
_measure("area", "square foot", "square feet", "sq ft")
_measure("weight", "kilogram", "kilograms", "kilogramme", "kilogrammes", "kilo", "kilos", "kg")
_measure("weight", "gram", "grams", "gramme", "grammes")
_measure("weight", "tonne", "tonnes", "metric ton", "metric tons")
_measure("weight", "ton", "tons")
_measure("weight", "lb", "lbs")
_measure("weight", "ounce", "ounces", "oz")
# Weight or money: the word alone does not say.
_measure("other", "pound", "pounds")
_measure("volume", "litre", "litres", "liter", "liters")
_measure("volume", "gallon", "gallons")
_measure("volume", "barrel", "barrels")
_measure("volume", "cubic metre", "cubic metres", "cubic meters", "m³")
_measure(
    "speed",
    "kph",
    "km/h",
    "km/hour",
    "kmh",
    "kilometres an hour",
    "kilometers an hour",
    "kilometres per hour",
    "kilometers per hour",
)
_measure("speed", "mph", "miles per hour", "miles an hour")
_measure("speed", "knot", "knots")
_measure("duration", "second", "seconds", "secs", "sec")
_measure("duration", "minute", "minutes", "mins", "min")
_measure("duration", "hour", "hours", "hrs")
_measure("duration", "day", "days")
_measure("duration", "week", "weeks")
_measure("duration", "month", "months")
_measure("duration", "year", "years", "yrs", "yr")
_measure("duration", "decade", "decades")
_measure("duration", "century", "centuries")
_measure("percent", "percentage point", "percentage points", "points of a percent")
_measure("percent", "basis point", "basis points")
_measure("other", "megawatt", "megawatts", "mw")
_measure("other", "gigawatt", "gigawatts", "gw")
_measure("other", "magnitude")

_MEASURE = re.compile(
    rf"(?:{_GAP}(?:-{_GAP})?|-)?(?P<word>(?i:{'|'.join(sorted(_MEASURES, key=len, reverse=True))}))(?![\w²³])"
)
_PERCENT = re.compile(rf"(?:{_GAP}|-)?(?:[%٪]|(?i:per[ ]?cent|pct)(?!\w))")
_TEMPERATURE = re.compile(
    rf"[^\S\n]?°[ ]?(?P<sign>[CF])(?!\w)|(?:{_GAP}|-)degrees?"
    rf"(?:{_GAP}(?P<word>C|F|[Cc]elsius|[Cc]entigrade|[Ff]ahrenheit)(?!\w))?(?!\w)"
)
# Some copies put spaces around a hyphen: "27 - year - old".
_JOIN = rf"(?:-|{_GAP}(?:-{_GAP})?)"
_AGE = re.compile(
    rf"{_JOIN}(?P<unit>(?i:year|month|week|day))s?{_JOIN}(?i:olds?|of{_GAP}age)(?!\w)"
)
_AGE_BEFORE = re.compile(rf"(?i)(?<!\w)age(?:d|s)?{_GAP}\Z")
# "Waheed Mahmood, 34, was": a name, a number of at most two or three digits, a comma.
_NAME_BEFORE = re.compile(r"[A-Z][^\W\d_]+,[ ]\Z")
_COMMA_AFTER = re.compile(r",(?![ ]?\d)")


def currency_before(text: str, start: int) -> tuple[int, str] | None:
    """Return where a currency that ends at `start` begins, and its unit."""
    at = max(0, start - 6)
    match = CURRENCY_BEFORE.search(text, at, start)
    if match is None:
        return None
    written = match[0].strip().lower().rstrip(".")
    return match.start(), _CURRENCY_SIGNS.get(written) or _CURRENCY_WORDS[written]


def measure_after(text: str, end: int) -> Unit | None:
    """Return the sign, currency or measure that follows a number ending at `end`."""
    if match := _PERCENT.match(text, end):
        return Unit(kind="percent", unit="percent", end=match.end())
    if match := _TEMPERATURE.match(text, end):
        scale = (match["sign"] or match["word"] or "")[:1].upper()
        named = {"C": "celsius", "F": "fahrenheit"}.get(scale)
        # Bare degrees may be an angle or a latitude.
        kind: Kind = "temperature" if named else "other"
        return Unit(kind=kind, unit=named or "degree", end=match.end())
    if match := _AGE.match(text, end):
        return Unit(kind="age", unit=f"{match['unit'].lower()}-old", end=match.end())
    if match := _STERLING.match(text, end):
        return Unit(kind="money", unit="gbp", end=match.end())
    if match := _MONEY.match(text, end):
        country = (match["country"] or "").strip().lower()
        unit = _COUNTRIES.get(country) or _CURRENCY_WORDS[match["word"].lower()]
        return Unit(kind="money", unit=unit, end=match.end())
    if match := _MEASURE.match(text, end):
        kind, unit = _MEASURES[match["word"].lower()]
        return Unit(kind=kind, unit=unit, end=match.end())
    return None


def is_age_between(text: str, start: int, end: int) -> bool:
    """Say whether a bare number is someone's age: "aged 24", "Waheed Mahmood, 34, was"."""
    if _AGE_BEFORE.search(text, max(0, start - 8), start):
        return True
    return bool(
        _NAME_BEFORE.search(text, max(0, start - 24), start) and _COMMA_AFTER.match(text, end)
    )


_NAMED = re.compile(
    r"(?<!\w)(?:(?:No|Nos|no|nos)\.[ ]?|(?:No|Number|Euro|Formula|Boeing|Airbus|Apollo|Windows|Covid"
    r"|Interstate|Mark|Gate|Pier|Unit|Zone|District|Ward|Precinct|Psalm|Proposition|Prop\.)[ ]"
    r"|(?i:articles?|sections?|sec\.|chapters?|pages?|pp?\.|paragraphs?|clauses?|rule|annex|schedule"
    r"|routes?|highway|flight|room|phase|stage|category|class|type|channel|grade|level|version"
    r"|figure|fig\.|table|title|amendment|resolution|protocol|volume|vol\.|episode|season|step"
    r"|number|magnitude(?:[ ]of)?)[ ]|#)\Z"
)
_GLUED_BEFORE = re.compile(r"(?<![^\W\d_])([^\W\d_]{1,12})-?\Z")
_GLUED_AFTER = re.compile(r"[^\W\d_]")
# Hyphenated words that qualify a number and do not make a name of it.
_LOOSE_PREFIXES = frozenset(
    "mid pre post sub non under over up top all near nearly early late".split()
)


def label_before(text: str, start: int, end: int) -> tuple[int, str] | None:
    """Return where a name that holds this number begins, and its word: "Article 5", "F-16", "G7"."""
    if match := _NAMED.search(text, max(0, start - 14), start):
        return match.start(), match[0].strip(" .").lower().removesuffix(" of")
    match = _GLUED_BEFORE.search(text, max(0, start - 14), start)
    if match and match[1].lower() not in _LOOSE_PREFIXES:
        return match.start(), match[1].lower()
    if _GLUED_AFTER.match(text, end) and measure_after(text, end) is None:
        return start, text[end].lower()
    return None
