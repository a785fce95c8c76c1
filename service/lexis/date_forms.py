"""The forms in which English news states a date, and what each form states.

Names of months and days count when written as names: "May" and "MAY", never "may".
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

Relative = Literal[
    "today",
    "yesterday",
    "tomorrow",
    "this week",
    "last week",
    "next week",
    "this month",
    "last month",
    "next month",
    "this year",
    "last year",
    "next year",
    "this",
    "last",
    "next",
]
RELATIVES: dict[str, Relative] = {
    "today": "today",
    "tonight": "today",
    "yesterday": "yesterday",
    "tomorrow": "tomorrow",
    "this week": "this week",
    "last week": "last week",
    "next week": "next week",
    "this month": "this month",
    "last month": "last month",
    "next month": "next month",
    "this year": "this year",
    "last year": "last year",
    "next year": "next year",
    "this": "this",
    "last": "last",
    "next": "next",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DateMention:
    """A date as written at [start, end), and no more than it states.

    `weekday` is 0 for Monday. `relative` is "this", "last" or "next" where it qualifies a weekday
    or a month. `days_off` counts from the day of writing, -2 for "two days ago"; `years_off` is -1 for
    "a year ago today". A range states its first day; `last_month` and `last_day` are its end. An
    `ambiguous` one cannot be resolved: 01/04/2024 reads both ways and states its year only, "the
    September 11 attacks" name an event whose year is not said, "fiscal 2004" is no calendar year.
    """

    start: int
    end: int
    surface: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    relative: Relative | None = None
    last_month: int | None = None
    last_day: int | None = None
    days_off: int | None = None
    years_off: int | None = None
    ambiguous: bool = False


_MONTH_NAMES = (
    "January February March April May June July August September October November December"
).split()
_MONTH_NUMBERS = {name[:3].lower(): number for number, name in enumerate(_MONTH_NAMES, start=1)}
DAY_WORDS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
DAY_NUMBERS = {name[:3].lower(): number for number, name in enumerate(DAY_WORDS)}
MONTH_WORDS = "|".join(_MONTH_NAMES) + "|Sept|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_DAY_WORDS = "|".join(DAY_WORDS) + "|Mon|Tues|Tue|Wed|Thurs|Thur|Thu|Fri|Sat|Sun"


def _written(words: str) -> str:
    return f"{words}|{words.upper()}"


_GAP = r"[^\S\n]{1,3}"
_MONTH = rf"(?P<month>{_written(MONTH_WORDS)})(?![^\W\d_])\.?"
_DAY = r"(?P<day>0?[1-9]|[12][0-9]|3[01])(?:st|nd|rd|th)?(?![\w%])(?![.,:]\d)"
_LAST_DAY = r"(?P<last_day>0?[1-9]|[12][0-9]|3[01])(?:st|nd|rd|th)?(?![\w%])(?![.,:]\d)"
_YEAR = r"(?P<year>1\d{3}|20\d{2}|2100)(?![\w%])(?![.,:/]\d)(?!-\d{1,2}(?!\d))"
_WEEKDAY = rf"(?P<weekday>{_written(_DAY_WORDS)})(?!\w)\.?"
_TO = rf"(?:[-–—]|{_GAP}(?:[-–—]|to|through|until){_GAP}(?:the{_GAP})?)"
_OF_YEAR = rf"(?:,?{_GAP}(?:of{_GAP})?(?P<relative>this|last|next){_GAP}year(?!\w))"
_SOME_PART = (
    rf"(?i:early|mid|late|(?:the{_GAP})?(?:start|beginning|end|middle){_GAP}of)(?:{_GAP}|-)"
)
_PART = rf"(?:{_SOME_PART})?"

_MONTH_FIRST = re.compile(
    rf"(?<!\w)(?:{_WEEKDAY}(?:,?{_GAP}|,?(?:{_GAP})?\()(?:the{_GAP})?)?{_MONTH}{_GAP}(?:the{_GAP})?{_DAY}"
    rf"(?:{_TO}(?:(?P<last_month>{_written(MONTH_WORDS)})\.?{_GAP})?{_LAST_DAY})?"
    rf"(?:,?{_GAP}{_YEAR}|{_OF_YEAR})?"
)
_DAY_FIRST = re.compile(
    rf"(?<![\w.,/$€£-])(?:{_WEEKDAY},?{_GAP}(?:the{_GAP})?)?{_DAY}"
    rf"(?:{_TO}{_LAST_DAY})?{_GAP}(?:of{_GAP})?{_MONTH}(?:,?{_GAP}{_YEAR}|{_OF_YEAR})?"
)
_MONTH_YEAR = re.compile(rf"(?<!\w){_PART}{_MONTH}(?:,?{_GAP}(?:of{_GAP})?{_YEAR}|{_OF_YEAR})")
_ISO = re.compile(
    r"(?<![\w./-])(?P<year>1[0-9]{3}|20[0-9]{2}|2100)(?P<mark>[-/.])(?P<month>0?[1-9]|1[0-2])(?P=mark)"
    r"(?P<day>0?[1-9]|[12][0-9]|3[01])(?=T[0-9]{2}:|(?![\w/-]|\.\d))"
)
_SLASHED = re.compile(
    r"(?<![\w./-])(?P<one>0?[1-9]|[12][0-9]|3[01])(?P<mark>[/.-])(?P<two>0?[1-9]|[12][0-9]|3[01])(?P=mark)"
    r"(?P<year>1[0-9]{3}|20[0-9]{2}|2100)(?![\w/-]|\.\d)"
)
_MONTH_ALONE = re.compile(
    rf"(?<!\w)(?:(?P<relative>(?i:this|last|next)){_GAP})?{_PART}"
    rf"(?P<month>{_written('|'.join(_MONTH_NAMES))})(?![\w-])"
)
_WEEKDAY_ALONE = re.compile(
    rf"(?<!\w)(?:(?P<relative>(?i:this|last|next)){_GAP})?"
    rf"(?P<weekday>{_written('|'.join(DAY_WORDS))})(?!\w)"
)
_RELATIVE = re.compile(
    rf"(?i)(?<![\w-])(?:(?:earlier|later|late|early){_GAP})?"
    rf"(?P<relative>today|tonight|yesterday|tomorrow|(?:this|last|next){_GAP}(?:week|month|year))(?![\w-])"
)
_YEAR_ALONE = re.compile(rf"(?:(?<!\w){_SOME_PART})?(?<![\w.,:/$€£¥#+]){_YEAR}(?!(?:{_GAP})?[$€£])")

# A four-digit number is a year only where its neighbours say so. After these it is one whatever
# follows, except a unit.
_YEAR_AFTER = re.compile(
    rf"(?i)(?<!\w)(?:in|since|until|till|during|throughout|early|mid|late|year|fiscal|(?:end|start"
    rf"|beginning|middle){_GAP}of|spring|summer|autumn|winter|fall|q[1-4]|circa|post|pre|christmas"
    rf"|easter|back{_GAP}to)(?:{_GAP}|-)\Z"
)
# After these a plural noun makes it a count: "of 2003 people", "by 2030 jobs".
_YEAR_MAYBE_AFTER = re.compile(
    rf"(?i)(?<!\w)(?:by|of|from|before|after|through|between|for){_GAP}\Z|[(\[]\Z"
    rf"|(?<!\d)(?:1\d{{3}}|20\d\d)(?:[-–—]|,?{_GAP}(?:and|or|to|through){_GAP})\Z"
)
# "the 2003 law", "Russia's 2024 budget": a determiner before, and after it no plural.
_DETERMINED = re.compile(
    rf"(?i)(?<!\w)(?:the|a|an|this|that|its|his|her|their|our|my|\w+[’']s?){_GAP}\Z"
)
_NO_PLURALS = (
    "was has this its his us is as less across plus versus always perhaps besides towards whereas"
    " unless says does levels baselines"
).replace(" ", "|")
_COUNTED_AFTER = re.compile(
    rf"{_GAP}(?:(?:[a-z]+-)?(?!(?:{_NO_PLURALS})(?!\w))[a-z]+s"
    r"|people|men|women|children|police)(?!\w)"
)
_UNIT_AFTER = re.compile(
    rf"(?:{_GAP})?(?:%|°)|{_GAP}(?i:per ?cent|km|kg|miles?|met(?:er|re)s?|feet|tons?|tonnes?|dollars?|euros?"
    r"|pounds|people|hundred|thousand|million|billion|trillion|degrees|points)(?!\w)"
)
_LOWER_NOUN_AFTER = re.compile(rf"{_GAP}[a-z]")
_CAPITAL_AFTER = re.compile(rf"{_GAP}[A-Z]")
# "the September 11 attacks": named for a day of a year long past, or of this one.
_EVENT_AFTER = re.compile(
    rf"{_GAP}(?:terror(?:ist)?{_GAP})?(?i:attacks?|bomb(?:ing|er)s?|riots?|insurrection|massacre"
    r"|hijack(?:ing|er)s?|uprising|revolution|coup|committee|commission|movement)(?!\w)"
)
# Months that are also words or first names count alone only after these.
_HOMOGRAPHS = frozenset((3, 4, 5, 6, 8))
_MONTH_LICENCE = re.compile(
    rf"(?i)(?<!\w)(?:in|since|until|till|during|throughout|through|late|early|mid|earlier{_GAP}in|last"
    rf"|next|this|(?:end|start|beginning|middle){_GAP}of|from|between)(?:{_GAP}|-)\Z"
)
_NAMED_DAY_BEFORE = re.compile(
    r"(?:Black|Good|Holy|Shrove|Whit|Patch|Giving|Sheffield|Easter|Palm|Bloody|Super|Cyber|Ash|Fat|Ruby|Casual) \Z"
)
_NAMED_DAY_AFTER = re.compile(r" (?:Times|Telegraph|Mirror|Express|Mail|Herald|Post|Night|Club)\b")
# A year that begins or ends within a calendar year, and the seasons that two of them share.
_NO_CALENDAR_YEAR = re.compile(
    rf"(?i)(?<!\w)(?:(?:fiscal|financial|tax|school|academic|budget)(?:{_GAP}year)?(?:{_GAP}of)?|fy"
    rf"|winter(?:{_GAP}of)?|quarter(?:{_GAP}of)?|q[1-4]|year{_GAP}(?:to|ending|ended)(?:{_GAP}in)?"
    rf"|seasons?(?:{_GAP}of)?|class{_GAP}of){_GAP}\Z"
)
_DIGIT = re.compile(r"[0-9]")
_REACH = 24
# Before this a year needs more than "of" or "the" beside it: "by 1500" is as likely a number.
_EARLIEST_LOOSE_YEAR = 1900


def mentions(text: str) -> Iterator[DateMention]:
    """Yield every form's matches; those of several forms may overlap."""
    for pattern, is_date in _possible_forms(text):
        for match in pattern.finditer(text):
            if is_date(text, match):
                yield _named(match, ambiguous=_has_no_date(text, match))
    if _DIGIT.search(text):
        for match in _SLASHED.finditer(text):
            if found := _slashed(match):
                yield found


def _possible_forms(text: str) -> Iterator["_Form"]:
    """Yield the forms worth a search: most sentences hold no date, and are dismissed quickly."""
    lower = text.lower()
    has_digits = _DIGIT.search(text) is not None
    has_months = any(month in lower for month in _MONTH_NUMBERS)
    if has_digits:
        yield from _DIGIT_FORMS
        yield from _DAY_FORMS if has_months else ()
    if has_months:
        yield from _MONTH_FORMS
    if "day" in lower:
        yield _WEEKDAY_ALONE, _is_day_name
    if any(word in lower for word in ("day", "tonight", "tomorrow", "week", "month", "year")):
        yield _RELATIVE, _always


def is_year(text: str, start: int, end: int) -> bool:
    """Say whether the four digits at [start, end) are used as a year.

    "in 2003" is a year, and "in 2003 elections" too; "in 2000 homes" and "of 2003 people" are not.
    """
    if _UNIT_AFTER.match(text, end):
        return False
    at, year = max(0, start - _REACH), int(text[start:end])
    counts = _COUNTED_AFTER.match(text, end) is not None
    if _YEAR_AFTER.search(text, at, start):
        return not counts or (year >= _EARLIEST_LOOSE_YEAR and year % 100 != 0)
    if counts or year < _EARLIEST_LOOSE_YEAR:
        return False
    if _YEAR_MAYBE_AFTER.search(text, at, start):
        return True
    return bool(
        _DETERMINED.search(text, at, start)
        and (_LOWER_NOUN_AFTER.match(text, end) or _CAPITAL_AFTER.match(text, end))
    )


def _counts_people(text: str, match: re.Match[str]) -> bool:
    """Say whether the "day" counts instead: "in March 15 people", "in May 5 percent"."""
    groups = match.groupdict()
    if groups["year"] or groups["weekday"] or groups["last_day"] or groups["relative"]:
        return False
    end = match.end("day")
    introduced = text[max(0, match.start() - 3) : match.start()].lower().strip() == "in"
    return _UNIT_AFTER.match(text, end) is not None or (
        introduced and _COUNTED_AFTER.match(text, end) is not None
    )


def _is_month(text: str, match: re.Match[str]) -> bool:
    """Tell "in May" and "last March" from Theresa May, a march and an august body."""
    if _MONTH_NUMBERS[match["month"][:3].lower()] not in _HOMOGRAPHS or match["relative"]:
        return True
    start = match.start("month")
    return bool(
        _MONTH_LICENCE.search(text, max(0, start - _REACH), start)
        and not _CAPITAL_AFTER.match(text, match.end())
    )


def _has_no_date(text: str, match: re.Match[str]) -> bool:
    stated = match.groupdict()
    if stated.get("year") and not stated.get("month"):
        return (
            _NO_CALENDAR_YEAR.search(text, max(0, match.start() - _REACH), match.start())
            is not None
        )
    return bool(
        stated.get("day") and not stated.get("year") and _EVENT_AFTER.match(text, match.end())
    )


def _is_day_name(text: str, match: re.Match[str]) -> bool:
    """Tell "on Sunday" from Easter Sunday and the Sunday Times."""
    start = match.start("weekday")
    return not (
        _NAMED_DAY_BEFORE.search(text, max(0, start - _REACH), start)
        or _NAMED_DAY_AFTER.match(text, match.end())
    )


def _slashed(match: re.Match[str]) -> DateMention | None:
    """Read 31/04/2024 or 04/31/2024; where both orders make a date, neither is chosen."""
    one, two = int(match["one"]), int(match["two"])
    if one > 12 and two > 12:
        return None
    if one == two or max(one, two) > 12:
        return _mention(match, year=match["year"], month=min(one, two), day=max(one, two))
    return _mention(match, year=match["year"], ambiguous=True)


def _named(match: re.Match[str], *, ambiguous: bool) -> DateMention:
    """Build the mention that the named groups of a match state."""
    groups = match.groupdict()
    relative = " ".join((groups.get("relative") or "").lower().split())
    if relative and match[0].lower().endswith("year") and not relative.endswith("year"):
        relative += " year"
    return _mention(
        match,
        year=groups.get("year"),
        month=_number(_MONTH_NUMBERS, groups.get("month")),
        day=groups.get("day"),
        last_month=_number(_MONTH_NUMBERS, groups.get("last_month")),
        last_day=groups.get("last_day"),
        weekday=_number(DAY_NUMBERS, groups.get("weekday")),
        relative=RELATIVES[relative] if relative else None,
        ambiguous=ambiguous,
    )


def _number(numbers: Mapping[str, int], name: str | None) -> int | None:
    if name is None:
        return None
    return int(name) if name.isdecimal() else numbers[name[:3].lower()]


def _mention(
    match: re.Match[str],
    *,
    relative: Relative | None = None,
    ambiguous: bool = False,
    **parts: str | int | None,
) -> DateMention:
    stated = {name: None if part is None else int(part) for name, part in parts.items()}
    return DateMention(
        start=match.start(),
        end=match.end(),
        surface=match[0],
        year=stated.get("year"),
        month=stated.get("month"),
        day=stated.get("day"),
        weekday=stated.get("weekday"),
        relative=relative,
        last_month=stated.get("last_month"),
        last_day=stated.get("last_day"),
        ambiguous=ambiguous,
    )


def _is_day(text: str, match: re.Match[str]) -> bool:
    return not _counts_people(text, match)


def _is_year_alone(text: str, match: re.Match[str]) -> bool:
    return is_year(text, *match.span("year"))


def _always(text: str, match: re.Match[str]) -> bool:
    return True


_Form: TypeAlias = tuple[re.Pattern[str], Callable[[str, re.Match[str]], bool]]
_DIGIT_FORMS: tuple[_Form, ...] = ((_ISO, _always), (_YEAR_ALONE, _is_year_alone))
_DAY_FORMS: tuple[_Form, ...] = ((_MONTH_FIRST, _is_day), (_DAY_FIRST, _always))
_MONTH_FORMS: tuple[_Form, ...] = ((_MONTH_YEAR, _always), (_MONTH_ALONE, _is_month))
