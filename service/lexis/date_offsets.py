"""Dates told by their distance from the day of writing: "two days ago", "on Tuesday last week", "on the 14th"."""

import re
from collections.abc import Iterator

from service.lexis.date_forms import DAY_NUMBERS, DAY_WORDS, RELATIVES, DateMention

_GAP = r"[^\S\n]{1,3}"
_NUMBERS = "one two three four five six seven eight nine ten eleven twelve".split()
_COUNT = (
    rf"(?:(?P<count>an?|{'|'.join(_NUMBERS)}|[1-9]\d?)|a{_GAP}few|a{_GAP}couple{_GAP}of|[a-z-]+)"
)
_WEEKDAY = rf"(?P<weekday>{'|'.join(DAY_WORDS)})"
_PARTS_OF_DAY = rf"(?:{_GAP}(?:morning|afternoon|evening|night))?"

# A count of days is meant to the day only where it is small; "ten days ago" is as often a guess.
_MOST_DAYS = 6
_AGO = re.compile(
    rf"(?i)(?<![\w-])(?:(?P<vague>about|around|some|nearly|almost|over|roughly|(?:more|less){_GAP}than){_GAP})?"
    rf"{_COUNT}{_GAP}(?P<unit>days?|weeks?|months?|years?|decades?|centuries|fortnights?){_GAP}ago"
    rf"(?P<same_day>,?{_GAP}(?:today|on{_GAP}this{_GAP}day))?(?!\w)"
)
_THIS_DAY = re.compile(rf"(?i)(?<!\w)on{_GAP}this{_GAP}day,?{_GAP}last{_GAP}year(?!\w)")
_TWO_DAYS = re.compile(
    rf"(?i)(?<!\w)the{_GAP}day{_GAP}(?:(?P<past>before{_GAP}yesterday)|after{_GAP}tomorrow)(?!\w)"
)
_TODAY = re.compile(
    rf"(?i)(?<![\w-])(?:(?:early|late|later|earlier){_GAP})?this{_GAP}(?:morning|afternoon|evening)(?!\w)"
)
_IN_WEEK = re.compile(
    rf"(?<!\w){_WEEKDAY}{_PARTS_OF_DAY},?{_GAP}(?:(?:of|in){_GAP})?(?P<week>(?:this|last|next){_GAP}week)(?!\w)"
)
# "a week on Monday", "Monday week", "Monday last": either week, to a reader who does not know the custom.
_EITHER_WEEK = re.compile(
    rf"(?<!\w)(?:(?i:a|one|two){_GAP}weeks?{_GAP}(?:on|from|ago{_GAP}on|before){_GAP}{_WEEKDAY}"
    rf"|{'(?:' + '|'.join(DAY_WORDS) + ')'}{_GAP}(?:week|fortnight|last))(?!\w)"
)
_DAY_ALONE = re.compile(
    rf"(?<=[Oo]n )(?:{_WEEKDAY},?{_GAP})?the{_GAP}(?P<day>0?[1-9]|[12][0-9]|3[01])(?:st|nd|rd|th)"
    rf"(?:{_GAP}of{_GAP}(?:this|the){_GAP}month(?!\w)|(?=[,.;)]))"
)


def offset_mentions(text: str) -> Iterator[DateMention]:
    """Yield the dates that are counted from the day of writing, those with no one meaning as `ambiguous`."""
    lower = text.lower()
    if " ago" in lower:
        yield from (_ago(match) for match in _AGO.finditer(text))
    if "day" in lower:
        yield from _of_days(text)
    if "this" in lower:
        for match in _TODAY.finditer(text):
            yield _mention(match, days_off=0)
    if "the " in lower:
        for match in _DAY_ALONE.finditer(text):
            yield _mention(match, day=int(match["day"]), weekday=_weekday(match))


def _of_days(text: str) -> Iterator[DateMention]:
    for match in _THIS_DAY.finditer(text):
        yield _mention(match, years_off=-1)
    for match in _TWO_DAYS.finditer(text):
        yield _mention(match, days_off=-2 if match["past"] else 2)
    for match in _EITHER_WEEK.finditer(text):
        yield _mention(match, weekday=_weekday(match), ambiguous=True)
    for match in _IN_WEEK.finditer(text):
        week = RELATIVES[" ".join(match["week"].lower().split())]
        yield DateMention(
            start=match.start(),
            end=match.end(),
            surface=match[0],
            weekday=_weekday(match),
            relative=week,
        )


def _ago(match: re.Match[str]) -> DateMention:
    """Read "two days ago" and "a year ago today"; any other count back has no calendar date."""
    count = _count(match["count"])
    exact = count is not None and not match["vague"]
    if exact and count and match["unit"].lower().startswith("day") and 1 < count <= _MOST_DAYS:
        return _mention(match, days_off=-count)
    if exact and count and match["unit"].lower().startswith("year") and match["same_day"]:
        return _mention(match, years_off=-count)
    return _mention(match, ambiguous=True)


def _count(written: str | None) -> int | None:
    if written is None:
        return None
    if written.isdecimal():
        return int(written)
    return _NUMBERS.index(written.lower()) + 1 if written.lower() in _NUMBERS else 1


def _weekday(match: re.Match[str]) -> int | None:
    name = match["weekday"]
    return DAY_NUMBERS[name[:3].lower()] if name else None


def _mention(match: re.Match[str], *, ambiguous: bool = False, **parts: int | None) -> DateMention:
    return DateMention(
        start=match.start(),
        end=match.end(),
        surface=match[0],
        day=parts.get("day"),
        weekday=parts.get("weekday"),
        days_off=parts.get("days_off"),
        years_off=parts.get("years_off"),
        ambiguous=ambiguous,
    )
