"""English number words: their values, and the patterns that find them.

Every pattern is to be read in its own ASCII, case-blind group, and none can match in two ways, so
that a long run of number words is read once.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

GAP = r"[^\S\n]{1,3}"

_ONES = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
        " fifteen sixteen seventeen eighteen nineteen".split()
    )
}
_TENS = {
    word: 10 * value
    for value, word in enumerate(
        "twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2
    )
}
SCALES = {
    "dozen": Decimal(12),
    "hundred": Decimal(100),
    "thousand": Decimal(1000),
    "lakh": Decimal(100_000),
    "million": Decimal(10**6),
    "crore": Decimal(10**7),
    "billion": Decimal(10**9),
    "trillion": Decimal(10**12),
}
# A bare plural stays below the word a writer would have chosen next.
_PLURAL_BELOW = {
    "tens": 100,
    "scores": 100,
    "dozens": 100,
    "hundreds": 1000,
    "thousands": 10**6,
    "millions": 10**9,
    "billions": 10**12,
    "trillions": 10**15,
}
_PLURAL_OF = {"tens": 10, "scores": 20} | {f"{word}s": int(SCALES[word]) for word in SCALES}
_RANKS = {
    word: value
    for value, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
        " thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth".split(),
        start=1,
    )
} | {f"{word[:-1]}ieth": value for word, value in _TENS.items()}
_PARTS = {"half": 2, "halves": 2, "quarter": 4, "quarters": 4} | {
    word + plural: value
    for word, value in _RANKS.items()
    if 3 <= value <= 10
    for plural in ("", "s")
}

NUMBER_WORDS = frozenset({*_ONES, *_TENS, *SCALES, *_PLURAL_OF, *_RANKS, *_PARTS})


def _any(words: list[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


SMALL = _any([*_ONES, *_TENS])
SCALE = _any(list(SCALES))
_COUNTED = rf"(?:{SMALL}|{SCALE})(?![a-z])"
_PART = _any(list(_PARTS))
_PLURAL = _any([p for p in _PLURAL_BELOW if p not in ("tens", "scores")])

CARDINAL = (
    rf"(?:an?{GAP}(?=(?:{SCALE})(?![a-z])))?+{_COUNTED}(?:(?:-|{GAP}(?:and{GAP})?){_COUNTED})*+"
)
RANK = rf"(?:(?:{_any(list(_TENS))})[- ])?(?:{_any(list(_RANKS))})"
VAGUE = (
    rf"(?:(?:tens|dozens|hundreds|thousands){GAP}of{GAP})?(?:{_PLURAL})"
    rf"|(?:several|a{GAP}few){GAP}(?:{SCALE})"
    rf"|scores(?={GAP}of\b)"
)
FRACTION = (
    rf"(?:{SMALL})(?:-(?:{_PART})|{GAP}(?:thirds|fifths|(?:{_PART})(?={GAP}of\b)))"
    rf"|an?{GAP}(?:half|third|quarter|fifth|sixth|seventh|eighth|ninth|tenth)(?={GAP}of\b)"
    rf"|half{GAP}an?{GAP}(?:{SCALE})"
    rf"|half(?:{GAP}an?)?(?={GAP}(?:of|the|its|their|his|her|all|hour|day|mile|year)\b)"
)
_WORD = re.compile(r"[A-Za-z]+")


def cardinals(words: str) -> Iterator[tuple[int, int, Decimal]]:
    """Yield [start, end) and value of each number in a run of cardinal words.

    A run may hold several ("one two three", "five and six"): a word that cannot go on with the
    number before it starts the next. What is no number is passed over.
    """
    spans = [m.span() for m in _WORD.finditer(words)]
    tokens = [words[start:end].lower() for start, end in spans]
    at = 0
    while at < len(tokens):
        first = at
        # The pattern lets "a" stand only before a scale, and "and" only between two numbers.
        at += tokens[at] in ("a", "an", "and")
        first = at if tokens[first] == "and" else first
        value, end = _number(tokens, at)
        if end > at:
            yield spans[first][0], spans[end - 1][1], value
        # A word that is no number is passed over.
        at = max(end, at + 1)


def _number(tokens: Sequence[str], at: int) -> tuple[Decimal, int]:
    """Read one number, its scales falling; return it with the index of the first word after it."""
    total, ceiling = Decimal(0), Decimal("Infinity")
    while at < len(tokens):
        begin = at + (tokens[at] == "and" and total > 0)
        group, after = _group(tokens, begin)
        scale = SCALES.get(tokens[after]) if after < len(tokens) else None
        if scale is not None and scale < ceiling:
            total, ceiling, at = total + (group or 1) * scale, scale, after + 1
            continue
        # "two thousand and five thousand": the five belongs to what follows.
        if scale is None and after > begin and (not total or 0 < group < ceiling):
            total, at = total + group, after
        elif not total:
            total, at = group, after
        break
    return total, at


def _group(tokens: Sequence[str], at: int) -> tuple[Decimal, int]:
    """Read a number of ones, tens and hundreds; it is empty where the index does not move."""
    value, after = _below_hundred(tokens, at)
    if after == len(tokens) or tokens[after] != "hundred":
        return value, after
    value, at = (value or Decimal(1)) * 100, after + 1
    begin = at + (at < len(tokens) and tokens[at] == "and")
    rest, after = _below_hundred(tokens, begin)
    if rest and not (after < len(tokens) and tokens[after] == "hundred"):
        return value + rest, after
    return value, at


def _below_hundred(tokens: Sequence[str], at: int) -> tuple[Decimal, int]:
    if at < len(tokens) and (tens := _TENS.get(tokens[at])):
        ones = _ONES.get(tokens[at + 1], 0) if at + 1 < len(tokens) else 0
        return (Decimal(tens + ones), at + 2) if 0 < ones < 10 else (Decimal(tens), at + 1)
    if at < len(tokens) and tokens[at] in _ONES:
        return Decimal(_ONES[tokens[at]]), at + 1
    return Decimal(0), at


def rank(words: str) -> Decimal:
    """Return the value of an ordinal: 21 for "twenty-first"."""
    *tens, last = _WORD.findall(words.lower())
    return Decimal(sum(_TENS[word] for word in tens) + _RANKS[last])


def vague(words: str) -> tuple[Decimal, Decimal]:
    """Return the least and the greatest whole number that a vague plural covers.

    "hundreds" is 200 to 999: two of them, up to just below the next word of the ladder.
    "several hundred" and "a few hundred" likewise, up to just below ten of them.
    """
    found = _WORD.findall(words.lower())
    first, last = found[0], found[-1]
    if last in SCALES:
        return 2 * SCALES[last], 10 * SCALES[last] - 1
    if first == last:
        return Decimal(2 * _PLURAL_OF[last]), Decimal(_PLURAL_BELOW[last] - 1)
    scale = _PLURAL_OF[last]
    return Decimal(2 * _PLURAL_OF[first] * scale), Decimal(_PLURAL_BELOW[first] * scale - 1)


def fraction(words: str) -> Decimal:
    """Return the value of "two-thirds", "half a million", "half of", to six decimals."""
    *count, last = _WORD.findall(words.lower())
    if last in ("a", "an"):
        count, last = [], "half"
    if last in SCALES:
        return SCALES[last] / 2
    times = _ONES.get(count[0], _TENS.get(count[0], 1)) if count else 1
    return rounded(Decimal(times) / _PARTS[last])


def rounded(value: Decimal) -> Decimal:
    """Return a fraction to six decimals, so that "two-thirds" in words and as a sign agree."""
    return round(value, 6).normalize()
