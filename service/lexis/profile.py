"""What a sentence says, reduced to what can be compared."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import fsum

from service.lexis.cues import attributions, hedges, modals, negations, phase
from service.lexis.dates import find_dates
from service.lexis.measures import measured
from service.lexis.numbers import number_values
from service.lexis.parties import Parties, parties
from service.lexis.turns import Turner, conditions, placed_turners
from service.lexis.verbs import telling_verbs
from service.lexis.words import STOPWORDS, content_stems, stem, words

_DAY_PARTS = ("weekday", "month", "day", "year")
# What turns a country into its people and its adjective: Iran, Iranian; Israel, Israeli; Afghan, Afghanistan.
_DEMONYM_ENDINGS = frozenset({"n", "an", "ian", "ese", "ish", "i", "s", "istan"})
_DEMONYM_LETTERS = 4

# What a company says of itself, told in either word, is one report.
_REPORTING = frozenset("said says reported reports announced announces stated".split())
COMPANY_FORMS = frozenset(stem(w) for w in "inc corp corporation co ltd limited plc".split())
_BREAK = ","


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The comparable content of one sentence; `phase` is that of `service.lexis.cues.phase`.

    `actor` is the stem of the first capitalised content word: as a rule, whom the news is about.
    `names` keeps the order in which they are first said, and so does `capitals`, which has the first
    word of the sentence too, name or not; `days` are the weekdays, months and days
    that are said; `measures` pair each number with what it counts; `deictic` tells that a date in it
    depends on the day it was written; `owners` are names in "the brother of Vega" and "Vega's brother";
    `sequence` holds the content stems in order, `turners` the small words that turn a meaning,
    `conditions` what it hangs on ("if", "unless"), `parties` who does what to whom, and where.
    `teller` are the stems of the name that opens the sentence where it reports of itself, and `report`
    the word that says so, as its stem and as a doubt may have it; else both are empty.
    """

    stems: frozenset[str]
    numbers: frozenset[str]
    measures: frozenset[tuple[str, str]]
    names: tuple[str, ...]
    capitals: tuple[str, ...]
    verbs: frozenset[str]
    sequence: tuple[str, ...]
    turners: tuple[Turner, ...]
    conditions: tuple[str, ...]
    parties: Parties
    owners: frozenset[str]
    days: frozenset[tuple[str, int]]
    doubts: frozenset[str]
    deictic: bool
    negated: bool
    phase: int
    actor: str
    teller: str
    report: tuple[str, ...]


@lru_cache(maxsize=65536)
def profile(sentence: str) -> Profile:
    """Read the comparable content off one sentence."""
    mentions = find_dates(sentence)
    teller, report = _own_report(sentence)
    capitals = tuple(dict.fromkeys(_capitals(sentence)))
    return Profile(
        stems=frozenset(content_stems(sentence)),
        numbers=frozenset(number_values(sentence)),
        measures=frozenset(
            (value, m.measure)
            for m in measured(sentence, mentions)
            for value in number_values(m.quantity.surface)
        ),
        names=tuple(dict.fromkeys(name_stems(sentence))),
        capitals=capitals,
        verbs=telling_verbs(sentence),
        sequence=tuple(content_stems(sentence)),
        turners=placed_turners(sentence),
        conditions=conditions(sentence),
        parties=parties(sentence),
        owners=frozenset(_owners(sentence)),
        days=frozenset(
            (kind, value)
            for d in mentions
            for kind in _DAY_PARTS
            if (value := getattr(d, kind)) is not None
        ),
        deictic=any(d.relative is not None or d.year is None for d in mentions),
        doubts=frozenset((*attributions(sentence), *modals(sentence), *hedges(sentence))),
        negated=len(negations(sentence)) % 2 == 1,
        phase=phase(sentence),
        actor=next(iter(capitals), ""),
        teller=teller,
        report=report,
    )


def days_differ(a: Profile, b: Profile, parts: Collection[str] = _DAY_PARTS) -> bool:
    """Say whether both sentences give a year, month, day or weekday, and none in common."""
    for part in parts:
        mine = {value for kind, value in a.days if kind == part}
        its = {value for kind, value in b.days if kind == part}
        if mine and its and not mine & its:
            return True
    return False


def name_stems(sentence: str) -> tuple[str, ...]:
    """Return the stems of capitalised words in order.

    The first word of the sentence counts only where something else shows it to be a name: a capital
    after its first letter, or a capitalised word right behind it.
    """
    found = []
    spoken = words(sentence)
    for i, word in enumerate(spoken):
        if not word.capitalised or word.lower in STOPWORDS:
            continue
        opens = i == 0 or sentence[: word.start].rstrip()[-1:] in {"“", '"', ":", "‘"}
        if opens and not _shows_a_name(i, sentence):
            continue
        found.append(stem(word.text))
    return tuple(found)


def _own_report(sentence: str) -> tuple[str, tuple[str, ...]]:
    """Return the name that opens a sentence and the plain word of reporting right behind it, if any."""
    name: list[str] = []
    for word in words(sentence):
        if name and word.lower in _REPORTING:
            return " ".join(name), (stem(word.text), word.lower)
        if not word.capitalised or word.lower in STOPWORDS or _BREAK in sentence[: word.start]:
            break
        if stem(word.text) not in COMPANY_FORMS:
            name.append(stem(word.text))
    return "", ()


def _capitals(sentence: str) -> Iterator[str]:
    return (stem(w.text) for w in words(sentence) if w.capitalised and w.lower not in STOPWORDS)


def _owners(sentence: str) -> Iterator[str]:
    spoken = words(sentence)
    for i, word in enumerate(spoken):
        if word.capitalised and word.lower not in STOPWORDS:
            before = [w.lower for w in spoken[max(0, i - 3) : i]]
            if "of" in before or word.lower.endswith("'s"):
                yield stem(word.text)


def _shows_a_name(i: int, sentence: str) -> bool:
    spoken = words(sentence)
    if any(c.isupper() for c in spoken[i].text[1:]):
        return True
    follower = spoken[i + 1] if i + 1 < len(spoken) else None
    adjacent = follower is not None and sentence[spoken[i].end : follower.start].isspace()
    return bool(adjacent and follower and follower.capitalised)


def same_name(a: str, b: str) -> bool:
    """Say whether two name stems are one name or its adjective ("afghan", "afghanistan")."""
    short, long = sorted((a, b), key=len)
    if short == long:
        return True
    ending = long.removeprefix(short)
    return len(short) >= _DEMONYM_LETTERS and ending != long and ending in _DEMONYM_ENDINGS


def named_in(name: str, names: Collection[str]) -> bool:
    """Say whether a name, or its adjective, is among the names."""
    return name in names or any(same_name(name, other) for other in names)


def containment(part: frozenset[str], whole: frozenset[str], weights: Mapping[str, float]) -> float:
    """Return the share in [0, 1] of the weight of `part` that `whole` holds; a stem unknown weighs 1."""
    # Summed exactly: the order of a set differs from run to run, and half a share decides.
    total = fsum(weights.get(s, 1.0) for s in part)
    return fsum(weights.get(s, 1.0) for s in part & whole) / total if total else 0.0
