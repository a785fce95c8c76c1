"""Who holds an office that one person holds at a time: "Rui Silva, the mayor of Porto"."""

import re
from dataclasses import dataclass

from service.lexis.person_names import Name, fold, may_be_person, names
from service.lexis.places import land
from service.lexis.words import STOPWORDS, stem, words

_OFFICES = (
    r"(?:prime|foreign|finance|interior|defen[cs]e|health|justice|education|energy|transport|trade|labou?r"
    r"|agriculture|environment|culture|home|chief) (?:minister|secretary)|president|premier|mayor"
    r"|governor|king|queen|pope|chancellor|chairman|chairwoman|chairperson"
    r"|chief (?:operating|financial|technology|technical|information|medical|marketing|legal|security) officer"
    r"|chief executive(?: officer)?|ceo|cfo"
    r"|director|head coach|head|police chief|fire chief|chief|coach|manager|captain|commander"
    r"|secretary[- ]general"
    r"|ambassador|speaker|leader|principal|superintendent|commissioner|sheriff|archbishop|bishop|attorney general"
    r"|special envoy|envoy|owner|founder|editor|dean|chief justice|general manager|managing director"
    r"|head teacher|rector|treasurer|coroner"
)
_OFFICE = re.compile(rf"(?<![\w-])(?P<office>{_OFFICES})(?![\w-])", re.IGNORECASE)
# The words right before an office belong to it ("regional police chief"), as far as they are no others.
_MODIFIERS = re.compile(r"(?:[\w’'.-]+ ){1,4}$")
_WHERE = re.compile(
    r" (?:of|for|at|to|in|with) (?:the )?(?P<where>[A-Z][\w’'.-]*(?: (?:of )?[A-Z][\w’'.-]*)*)"
)
_BEFORE_OFFICE = re.compile(r"(?:,| is| was|, who is|, who was|, who has been|, as) (?:the |its )?")
_AFTER_OFFICE = re.compile(r",? (?:(?:is|was|named|called) )?")
# One of several who hold it, or of those who hold it no longer or not yet.
NOT_THE_HOLDER = frozenset(
    """former ex late then acting interim deputy vice assistant associate outgoing incoming new elect designate
    next previous co another one first second future ousted deposed would-be onetime longtime caretaker candidate
    under honorary regional junior predecessor successor succeeded replaced replaces replacing appointed
    elected""".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A person said to hold an office; `office` is what two holders share: its words and of what.

    `said` is the office as the sentence words it.
    """

    name: Name
    office: tuple[str, frozenset[str]]
    said: str


def holders(text: str) -> tuple[Holder, ...]:
    """Return who is said to hold an office of something named, in order."""
    found = names(text)
    return tuple(h for match in _OFFICE.finditer(text) if (h := _holder(text, match, found)))


def _holder(text: str, match: re.Match[str], found: tuple[Name, ...]) -> Holder | None:
    mods, start = _before(text, match.start())
    where = _WHERE.match(text, match.end())
    end = where.end() if where else match.end()
    body = [fold(w) for w in where["where"].split()] if where else []
    body += [fold(w) for w in mods if w[0].isupper()]
    plain = [w.lower() for w in mods if w[0].islower()]
    # "New" is a part of a name: "the mayor of New Haven".
    near = words(text[max(0, start - 30) : end + 30])
    around = {w.lower for w in near if w.text != "New"}
    if not body or around & NOT_THE_HOLDER or any(w.startswith("ex-") for w in around):
        return None
    name = _bearer(text, start, end, found)
    if name is None:
        return None
    office = " ".join((*(stem(w) for w in plain), match["office"].lower()))
    key = frozenset(land(b) or b for b in body if b not in STOPWORDS)
    return Holder(name=name, office=(office, key), said=text[start:end])


def _before(text: str, at: int) -> tuple[list[str], int]:
    """Return the words that belong to an office at `at`, and where they start."""
    match = _MODIFIERS.search(text, 0, at)
    kept: list[str] = []
    start = at
    for word in reversed(match.group().split() if match else []):
        lower = word.lower().rstrip(".")
        if lower in STOPWORDS or not word[-1].isalnum() or word.isdigit():
            break
        if word[0].islower() and kept and kept[0][0].isupper():
            break
        kept.insert(0, word)
        start = text.rindex(word, 0, start)
    return kept, start


def _bearer(text: str, start: int, end: int, found: tuple[Name, ...]) -> Name | None:
    """Return the person named right before or right behind an office that stands at [start, end)."""
    for name in found:
        if len(name.parts) < 2 or len(name.parts) > 4 or not may_be_person(name):
            continue
        if name.end <= start and _BEFORE_OFFICE.fullmatch(text, name.end, start):
            return name
        if end <= name.start and _AFTER_OFFICE.fullmatch(text, end, name.start):
            return name
    return None
