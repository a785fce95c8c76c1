"""Tell which toll of an event is the later one: what has risen since, and what was corrected."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache

from service.domain.text import Span
from service.lexis.events import events_of
from service.lexis.measures import TOLLS, hedge_of, may_agree, reconcilable
from service.lexis.numbers import find_quantities
from service.lexis.profile import name_stems, named_in
from service.lexis.words import stem
from service.stages.disagree.counts import Count
from service.stages.disagree.days import Day, is_history, of_other_days
from service.stages.disagree.frames import clause, core

GROWTH = timedelta(hours=3)
RISING = re.compile(
    r"(?i)\b(?:ris(?:es|en|ing)|rose|climb(?:s|ed)?|increas(?:es|ed|ing)|grown?|grew|jump(?:s|ed)|now|so far"
    r"|revis(?:es|ed)|updated?|latest)\b"
)
EARLIER = re.compile(
    r"(?i)\b(?:earlier|initial(?:ly)?|at first|previous(?:ly)?|originally|preliminary|first reports"
    r"|up from|down from)\b"
)


# What names a toll, and leads up to its number: "the death toll of the fire in Tarsk has risen to".
_WORDED = re.compile(
    r"(?i)\b(?:(?<!injury )(?<!road )(?P<toll>toll)|(?:number|count) of (?:the |those )?(?:[a-z]+ ){0,3}?"
    r"(?P<noun>dead|deaths|fatalities|killed|injured|wounded|missing|cases|infections)\b)"
    r"(?P<of>[^.;:]{0,110}?)\s(?:to|at|reache[sd]|passe[sd]|(?:is|stands at) now|now)\s$"
)
_NOUNS = {
    stem(w): measure
    for measure, listed in (
        ("injured", "injured wounded"),
        ("missing", "missing"),
        ("cases", "cases infections"),
    )
    for w in listed.split()
}
_CORRECTED = re.compile(r"(?i)\b(?:correct|revis|lower|reduc|amend)(?:e?s|e?d|ing)\b|\bcut\b")
_SICKENED = re.compile(r"(?i)\b(?:infect(?:s|ed)|sicken(?:s|ed)|fallen ill|contracted)\b")
_BUILDINGS = frozenset("home house building structure".split())
_DESTROYED = re.compile(r"(?i)\b(?:destroy|raz|burn|gutt|flatten|level)\w*")
_DAMAGED = re.compile(r"(?i)\bdamag\w*")
# Counted afresh each day, and not on top of what was counted before.
_FRESH = re.compile(r"(?i)\b(?:new|fresh|more|additional|further|active|daily)\b")
_OF_A_WHILE = re.compile(
    r"(?i)\b(?:(?:in|over|within|during) (?:the )?(?:past|last|previous)|daily"
    r"|(?:a|per|each|every) (?:day|week))\b"
)
_KINDS = re.compile(r"suspected|probable|possible|imported|local|severe|serious|mild|fatal")
_ILLNESS = re.compile(
    r"(?i)\b(?:cases of (?:the )?([a-z]+)|([a-z]+)(?= (?:cases|infections|outbreak|epidemic|virus)\b))"
)
_ANY = frozenset(
    map(
        stem,
        "the an this that all of confirmed suspected probable new active human more other".split(),
    )
)
# What a report says of a number that it takes back.
_FROM = re.compile(r"(?i)(?<!up )(?<!down )\bfrom\s$")
_TO = re.compile(r"(?i)\s(?:people |dead |deaths )?to\s")
_OUTDATED_BEFORE = re.compile(
    r"(?i)\b(?:(?:up|down) from|(?:earlier|initial|previous|preliminary|first) (?:\w+ )?"
    r"(?:toll|count|figure|number|estimate|report)s? of)\s$"
)
_WAS_SAID = re.compile(
    r"(?i)\b(?:(?:earlier|initial|previous|preliminary|first) (?:\w+ )?"
    r"(?:tolls?|counts?|figures?|numbers?|estimates?|reports?|statements?)"
    r"|(?:earlier|initially|first|previously|originally),?(?: \w+){0,4}"
    r" (?:said|reported|put|thought|believed|announced))\b"
)
# "An earlier attack", "another deadly crash".
_ANOTHER = re.compile(
    r"(?i)\b(?:earlier|previous|last|similar|separate|another|second)(?: \w+){1,2}"
)
_NOT = re.compile(r"(?i)(?:\bnot|\brather than|\binstead of)(?: the)?\s$")
_AS_FIRST = re.compile(
    r"(?i),?\s(?:as |that (?:was|were|had been) )?(?:\w+ )?(?:initially|first|previously|earlier|originally)\b"
)


def as_toll(count: Count) -> Count | None:
    """Return a count with the toll it gives as its measure, None where it gives none.

    "The toll of the quake in Kano rose to 40 on Sunday" names the toll far from the number, and a day
    that is not the quake's. Nor is the day on which somebody says so.
    """
    text, at = count.frame.text, count.quantity
    unit = at.unit or "person"
    said = core(text, Span(at.start, at.end))
    days = _within(count.own_days, said.start, said.end) if count.own_days else count.days
    if worded := _WORDED.search(text, 0, at.start):
        is_anyone = unit in ("person", "dead", "death", "case", "infection")
        who = "" if is_anyone else count.who
        days = _within(count.own_days, *worded.span("of"))
        return replace(
            count, measure=_NOUNS.get(stem(worded["noun"] or ""), "killed"), days=days, who=who
        )
    told = clause(text, at.start, at.end)
    if count.measure in TOLLS or _OF_A_WHILE.search(told) or _FRESH.search(at.surface):
        return replace(count, days=days) if count.measure in TOLLS else None
    if unit in ("case", "infection") or (unit == "person" and _SICKENED.search(told)):
        # "Reported 40 cases on Friday" may be those of the day.
        who = " ".join(_KINDS.findall(at.surface.lower()))
        return None if days and count.own_days else replace(count, measure="cases", who=who)
    if unit in _BUILDINGS and _DESTROYED.search(told) and not _DAMAGED.search(told):
        return replace(count, measure="destroyed", days=days)
    return None


def _within(days: Sequence[Day], start: int, end: int) -> tuple[Day, ...]:
    return tuple(d for d in days if start <= d.mention.start < end)


def is_one_toll(a: Count, b: Count) -> bool:
    """Say whether two tolls are of one event, and neither of a part, a sum or an earlier event."""
    if a.quantity.low == b.quantity.low or a.who != b.who:
        return False
    if a.is_part or b.is_part or a.is_sum or b.is_sum:
        return False
    if of_other_days(a.days, b.days) or is_history(a.days) or is_history(b.days):
        return False
    if any(_is_of_another(c.frame.text) for c in (a, b)):
        return False
    mine, its = _places_of(a), _places_of(b)
    is_shared = any(named_in(n, its) for n in mine)
    if mine and its and not is_shared:
        return False
    if a.measure == "cases":
        one, other = _illnesses(a), _illnesses(b)
        if one and other:
            return is_shared and bool(one & other)
        return bool(a.events & b.events)
    if a.events and b.events:
        return bool(a.events & b.events)
    # "The toll of the Mirel disaster" names no kind of event.
    return is_shared and any(_WORDED.search(c.frame.text, 0, c.quantity.start) for c in (a, b))


@lru_cache(maxsize=8192)
def _is_of_another(text: str) -> bool:
    """Say whether a sentence sets its event apart from the one that the report is about."""
    return any(events_of(m[0]) for m in _ANOTHER.finditer(text))


def _illnesses(count: Count) -> frozenset[str]:
    found = (m[1] or m[2] for m in _ILLNESS.finditer(count.frame.text))
    return frozenset(map(stem, found)) - _ANY


def _places_of(count: Count) -> frozenset[str]:
    """Return the names around a count without those of who says so."""
    speakers = _names_in(count.frame.text) - count.frame.names
    return (count.names - speakers) | count.frame.names


@lru_cache(maxsize=8192)
def _names_in(text: str) -> frozenset[str]:
    return frozenset(name_stems(text))


def raises(new: Count, old: Count) -> bool:
    """Say whether another report, later by its date or its words, gives a larger toll."""
    if new.article.id == old.article.id or new.quantity.low <= old.quantity.low:
        return False
    if reconcilable(new.amount, old.amount):
        return False
    says_so = bool(RISING.search(new.frame.text)) and not RISING.search(old.frame.text)
    gap = _gap(old, new)
    if not gap:
        return says_so
    so_far = says_so or hedge_of(old.quantity) == "at least"
    return gap >= (timedelta(0) if so_far else GROWTH)


def corrects(taken_back: Collection[Decimal], new: Count, old: Count) -> bool:
    """Say whether a report that is not the earlier takes a toll back, or corrects it to another.

    `taken_back` are the numbers that the newer one takes back.
    """
    gap = _gap(old, new)
    if (new.article.id, new.sentence.index) == (old.article.id, old.sentence.index):
        return False
    if (gap is not None and gap < timedelta(0)) or may_agree(new.amount, old.amount, so_far=False):
        return False
    if old.quantity.low in taken_back:
        return True
    is_other = new.article.id != old.article.id
    worded = _WORDED.search(new.frame.text, 0, new.quantity.start)
    told = new.frame.text[max(0, worded.start() - 20) : new.quantity.start] if worded else ""
    return is_other and bool(gap) and _CORRECTED.search(told) is not None


def taken_back(given: Sequence[Count], new: Count) -> Iterator[Decimal]:
    """Yield the numbers that a report calls outdated beside its own, "from five to three".

    `given` are all that it gives.
    """
    text, at = new.frame.text, new.quantity
    for other in find_quantities(text):
        before, after = text[: other.start], text[other.end :]
        if (
            other.end <= at.start
            and _FROM.search(before)
            and _TO.fullmatch(text, other.end, at.start)
        ):
            yield other.low
        elif other.start >= at.end and not find_quantities(text[at.end : other.start]):
            was = _OUTDATED_BEFORE.search(text, at.end, other.start)
            if was or (_NOT.search(before) and _AS_FIRST.match(after)):
                yield other.low
    for count in given:
        is_next = abs(count.sentence.index - new.sentence.index) == 1
        if is_next and _WAS_SAID.search(count.frame.text):
            yield count.quantity.low


def _gap(old: Count, new: Count) -> timedelta | None:
    first, second = old.article.published_at, new.article.published_at
    return None if first is None or second is None else second - first
