"""Small changes of one sentence, each of which makes it say something else.

An edit depends on the sentence, the names it may borrow and a seed alone. It reads sentences by rules
of its own, not by those that errors are found with, so that a blind spot is not shared.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Literal, get_args

from service.evaluation.changes import Change, draw, pick, replacing
from service.evaluation.edit_verbs import (
    added_negations,
    dropped_negations,
    lost_attributions,
    lost_hedges,
    lost_modals,
)
from service.evaluation.edit_words import (
    BY_ENDING,
    LONG_MONTHS,
    MONTHS,
    NUMBER_WORDS,
    OPPOSED,
    SHORT_MONTHS,
    SIGNS,
    UNITS,
    WEEKDAYS,
)
from service.evaluation.names import Pool

EditKind = Literal[
    "digit",
    "unit",
    "date",
    "name",
    "spelling",
    "swap",
    "dropped_negation",
    "added_negation",
    "lost_hedge",
    "lost_attribution",
    "lost_modal",
    "quotation",
]
EDIT_KINDS: tuple[EditKind, ...] = get_args(EditKind)
NO_NAMES = Pool()


def edit(kind: EditKind, sentence: str, pool: Pool = NO_NAMES, *, seed: int = 0) -> str | None:
    """Return the sentence with one error of a kind, None where it has nothing to change."""
    change = edit_change(kind, sentence, pool, seed=seed)
    return change.of(sentence) if change else None


def edit_change(
    kind: EditKind, sentence: str, pool: Pool = NO_NAMES, *, seed: int = 0
) -> Change | None:
    """Return the change that `edit` makes."""
    found = possible_changes(kind, sentence, pool)
    return pick(found, f"{kind}:{seed}:{sentence}") if found else None


def possible_changes(kind: EditKind, sentence: str, pool: Pool = NO_NAMES) -> tuple[Change, ...]:
    """Return the changes of a kind that the sentence can suffer, each a different one."""
    made = _CHANGES[kind](sentence, pool)
    return tuple(dict.fromkeys(c for c in made if c.of(sentence) != sentence))


_DIGITS = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_SPELLED = re.compile(rf"\b(?:{'|'.join(NUMBER_WORDS)})\b(?!-)", re.IGNORECASE)


def _digits(sentence: str, pool: Pool) -> Iterator[Change]:
    dates = [(c.start, c.end) for c in _dates(sentence, pool)]
    for match in _DIGITS.finditer(sentence):
        if any(start <= match.start() < end for start, end in dates):
            continue
        at = next((i for i, c in enumerate(match[0]) if c not in "0,."), 0)
        other = 1 + (int(match[0][at]) + 1 + draw(sentence) % 6) % 9
        other = other % 9 + 1 if str(other) == match[0][at] else other
        yield Change(
            start=match.start(),
            end=match.end(),
            text=match[0][:at] + str(other) + match[0][at + 1 :],
        )
    yield from replacing(_SPELLED, sentence, lambda m: _other(NUMBER_WORDS, m[0], sentence))


def _other(words: tuple[str, ...], word: str, key: str) -> str | None:
    """Return another word of a row, in the same case; None where the row has no other."""
    others = [w for w in words if w.lower() != word.lower()]
    if not others:
        return None
    found = pick(others, key + word)
    return found.capitalize() if word[0].isupper() else found


def _of_row(pattern: re.Pattern[str], row: tuple[str, ...], sentence: str) -> Iterator[Change]:
    return replacing(pattern, sentence, lambda m: _other(row, m[0], sentence))


_UNIT_ROWS = tuple(
    (row, re.compile(rf"(?<![\w/])(?:{'|'.join(map(re.escape, row))})(?![\w/])")) for row in UNITS
)
_PERCENT = re.compile(r"(?<=\d)(?: ?%| per ?cent\b)|\bper ?cent(?:age points?)?\b")
_SIGN = re.compile(r"[$€£¥](?=\d)")
_COUNTED_BEFORE = re.compile(
    rf"(?:\d|\b(?:{'|'.join(NUMBER_WORDS)}|one|an?|several|few|hundred|thousand|million|billion))[\s\-‑]*\Z",
    re.IGNORECASE,
)


def _units(sentence: str, pool: Pool) -> Iterator[Change]:
    for row, pattern in _UNIT_ROWS:
        for change in _of_row(pattern, row, sentence):
            if _COUNTED_BEFORE.search(sentence[: change.start]):
                yield change
    yield from replacing(
        _PERCENT,
        sentence,
        lambda m: " percentage points" if "point" not in m[0] else "percent",
    )
    yield from replacing(_SIGN, sentence, lambda m: _other(SIGNS, m[0], sentence))


_MONTH = "|".join(MONTHS) + "|" + "|".join(m[:-1] + r"\.?" for m in SHORT_MONTHS)
_MONTH_WORD = re.compile(rf"\b(?:{_MONTH})(?=[ ,]|\.?$)")
_DAY = re.compile(
    rf"(?:(?<=\b)(?:{_MONTH}) (?P<after>\d{{1,2}})(?!\d|[:.]\d)|\b(?P<before>\d{{1,2}})(?= (?:{_MONTH})\b))"
)
_WEEKDAY = re.compile(rf"\b(?:{'|'.join(WEEKDAYS)})\b")
_YEAR = re.compile(r"(?<![\d.,$€£:/\-])(?:1[6-9]|20)\d\d(?![\d%]|[.,:]\d|-\d)")
_RELATIVE_DAYS = (("yesterday", "today", "tomorrow"), ("last week", "last month", "last year"))
_RELATIVE = tuple(
    (row, re.compile(rf"\b(?:{'|'.join(row)})\b", re.IGNORECASE)) for row in _RELATIVE_DAYS
)


def _dates(sentence: str, pool: Pool) -> Iterator[Change]:
    yield from replacing(_WEEKDAY, sentence, lambda m: _other(WEEKDAYS, m[0], sentence))
    for match in _MONTH_WORD.finditer(sentence):
        if match[0] == "May" and not re.search(r"\d ?\Z|\A ?\d", _around(sentence, match)):
            continue
        row = SHORT_MONTHS if match[0].endswith(".") else MONTHS
        if re.search(r"\b(?:29|30|31)(?:st|th)? (?:of )?\Z", sentence[: match.start()]) or re.match(
            r" (?:29|30|31)\b", sentence[match.end() :]
        ):
            row = LONG_MONTHS
        if text := _other(row, match[0], sentence):
            yield Change(start=match.start(), end=match.end(), text=text)
    for match in _DAY.finditer(sentence):
        start, end = match.span("after" if match["after"] else "before")
        day = 1 + (int(sentence[start:end]) + 2 + draw(sentence) % 20) % 28
        day = day % 28 + 1 if day == int(sentence[start:end]) else day
        yield Change(start=start, end=end, text=str(day))
    for match in _YEAR.finditer(sentence):
        shift = 1 + draw(sentence) % 3
        yield Change(start=match.start(), end=match.end(), text=str(int(match[0]) - shift))
    for row, pattern in _RELATIVE:
        yield from _of_row(pattern, row, sentence)


def _around(sentence: str, match: re.Match[str]) -> str:
    return sentence[max(0, match.start() - 2) : match.start()] or sentence[match.end() :][:2]


def _named(sentence: str, names: tuple[str, ...]) -> Iterator[tuple[str, int, int]]:
    """Yield the names a sentence holds, in order, longer ones before what they contain."""
    taken: list[tuple[int, int]] = []
    for name in sorted(names, key=lambda n: (-len(n), n)):
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", sentence):
            if all(match.end() <= a or b <= match.start() for a, b in taken):
                taken.append(match.span())
                yield name, match.start(), match.end()


def _surnames(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(n.split()[-1] for n in names if " " in n))


def _names(sentence: str, pool: Pool) -> Iterator[Change]:
    rows = (pool.people, _surnames(pool.people), pool.places)
    told = {word for name, _, _ in _named(sentence, pool.names) for word in name.split()}
    seen: list[tuple[int, int]] = []
    for row in rows:
        strangers = tuple(n for n in row if not told & set(n.split()))
        for name, start, end in _named(sentence, row):
            if strangers and all(end <= a or b <= start for a, b in seen):
                seen.append((start, end))
                yield Change(start=start, end=end, text=pick(strangers, sentence + name))


_SPELLINGS = (
    ("tt", "t"),
    ("ss", "s"),
    ("ll", "l"),
    ("nn", "n"),
    ("y", "i"),
    ("k", "c"),
    ("m", "n"),
    ("b", "v"),
)
_PROPER = re.compile(r"(?<=[a-z,;’'] )[A-Z][a-zà-ÿ]{4,}\b")


def _spellings(sentence: str, pool: Pool) -> Iterator[Change]:
    """Yield names misspelt by a letter, inside them."""
    calendar = {*MONTHS, *WEEKDAYS}
    for match in _PROPER.finditer(sentence):
        inner = match[0][1:]
        for usual, variant in _SPELLINGS:
            if usual in inner and match[0] not in calendar:
                text = match[0][0] + inner.replace(usual, variant, 1)
                yield Change(start=match.start(), end=match.end(), text=text)
                break


_JOINED = re.compile(r"[\s,]*(?:and|or|,|with)?[\s,]*(?:[A-Z]\w+[\s,]*(?:and|,)[\s,]*)*")
_CAPITALS = re.compile(
    r"(?:(?<=[a-z,;] )|\A(?=[A-Z]\w+ [A-Z]))[A-Z][\w’-]*[a-z](?: [A-Z][\w-]*[a-z])*(?![’'])\b"
)


def _swaps(sentence: str, pool: Pool) -> Iterator[Change]:
    """Yield two names in each other's place, where they are no mere list."""
    known = sorted((s, e) for _, s, e in _named(sentence, pool.names))
    loose = [m.span() for m in _CAPITALS.finditer(sentence) if m[0] not in (*MONTHS, *WEEKDAYS)]
    for spans in (known, loose):
        for (a, b), (c, d) in pairwise(spans):
            between = sentence[b:c]
            same = sentence[a:b] in sentence[c:d] or sentence[c:d] in sentence[a:b]
            if b < c and not same and not _JOINED.fullmatch(between):
                yield Change(start=a, end=d, text=sentence[c:d] + between + sentence[a:b])


_QUOTED = re.compile(r"“[^”]+”?|\"[^\"]+\"|‘[^’]{4,}’(?!\w)")
_WORD = re.compile(r"[a-z]{3,}")


def _quotations(sentence: str, pool: Pool) -> Iterator[Change]:
    """Yield a content word changed inside quotation marks."""
    for quoted in _QUOTED.finditer(sentence):
        found = [m for m in _WORD.finditer(sentence, *quoted.span()) if not _in_word(sentence, m)]
        known = [(m, OPPOSED[m[0]]) for m in found if m[0] in OPPOSED]
        guessed = [(m, text) for m in found if (text := _of_same_ending(m[0], sentence))]
        for match, text in known or guessed[:3]:
            yield Change(start=match.start(), end=match.end(), text=text)


def _in_word(sentence: str, match: re.Match[str]) -> bool:
    before, after = sentence[: match.start()][-1:], sentence[match.end() :][:1]
    return before.isalnum() or before in "’'-" or after.isalnum() or after in "’'-"


def _of_same_ending(word: str, key: str) -> str | None:
    for ending, others in BY_ENDING:
        if word.endswith(ending) and len(word) > 4 and not word.endswith(("ss", "us", "is")):
            return _other(others, word, key)
    return None


_Changes = Callable[[str, Pool], Iterator[Change]]


def _nameless(changes: Callable[[str], Iterator[Change]]) -> _Changes:
    return lambda sentence, _: changes(sentence)


_CHANGES: Mapping[EditKind, _Changes] = {
    "digit": _digits,
    "unit": _units,
    "date": _dates,
    "name": _names,
    "spelling": _spellings,
    "swap": _swaps,
    "dropped_negation": _nameless(dropped_negations),
    "added_negation": _nameless(added_negations),
    "lost_hedge": _nameless(lost_hedges),
    "lost_attribution": _nameless(lost_attributions),
    "lost_modal": _nameless(lost_modals),
    "quotation": _quotations,
}
