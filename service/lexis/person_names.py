"""Names as news gives them: runs of capitalised words, whom they call what, and how they are spelled."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from service.lexis.clauses import BODIES
from service.lexis.cues import ATTRIBUTIONS
from service.lexis.places import is_wide, land
from service.lexis.words import CALENDAR, STOPWORDS, Word, words

_PARTICLES = frozenset(
    "al el bin ibn bint de del della der den di da dos du la le van von ter ten abu ben of".split()
)
_TITLES = frozenset(
    """mr mrs ms miss dr sir lord lady dame rev reverend father sister brother prof professor president vice prime
    minister foreign defence defense interior finance secretary senator sen rep congressman congresswoman gov
    governor mayor judge justice chief captain capt general gen lieutenant lt colonel col major maj sergeant sgt
    corporal private admiral commander detective inspector officer constable sheriff deputy chairman chairwoman
    director king queen prince princess pope cardinal bishop archbishop sheikh shaikh ayatollah imam mullah haji
    ambassador ceo cfo coo cto chairperson envoy coach manager chancellor attorney commissioner superintendent
    spokesman spokeswoman councillor councilman mp premier former acting""".split()
)
_SAYS = ATTRIBUTIONS - {"report", "claim", "states"}
# Names that end so are no people's, besides those of bodies.
_THINGS = frozenset(
    """center centre clinic facility arena stadium tower building hotel plaza mall theatre theater
    award awards prize cup open championship championships tour series stage games olympics day year war act bill
    treaty agreement accord plan memorial bank tigers giants prison jail convention festival
    conference summit show program programme project mission operation""".split()
)
MIN_SURNAME = 4
# What many places are called by, and none alone.
_HEADS = frozenset("new san santa sao saint st los las fort port mount mt lake cape".split())
# So many parts has a name that is one by what follows the first, too.
_FULL = 3
_LONG_SURNAME = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A run of capitalised words at [start, end), leading titles left out.

    `parts` are its words, folded: lower case, no accents, no possessive ending, no particles.
    `titled` says that a title stood before it.
    """

    start: int
    end: int
    text: str
    parts: tuple[str, ...]
    titled: bool = False

    @property
    def surname(self) -> str:
        return self.parts[-1]


@lru_cache(maxsize=8192)
def names(text: str) -> tuple[Name, ...]:
    """Return the names of a sentence in order; a single first word only if it is no common word."""
    return tuple(n for run in _runs(text, words(text)) if (n := _name(text, run)))


def _runs(text: str, spoken: Sequence[Word]) -> Iterator[list[Word]]:
    run: list[Word] = []
    for i, word in enumerate(spoken):
        near = not run or text[run[-1].end : word.start] in (" ", ". ", ".")
        initial = bool(run) and len(word.text) == 1 and text[word.end : word.end + 1] == "."
        small = word.lower in STOPWORDS | CALENDAR and not _opens_a_name(text, spoken, i)
        capital = word.capitalised and (initial or not small)
        joins = (
            bool(run)
            and word.lower in _PARTICLES - {"of"}
            and i + 1 < len(spoken)
            and spoken[i + 1].capitalised
        )
        joined = not run or not text[run[-1].end : word.start].startswith(".") or _short(run[-1])
        # "Porto Mayor Rui Silva" is a place, and then a person.
        titles = word.lower in _TITLES and bool(run) and run[-1].lower not in _TITLES
        if near and (capital or joins) and joined and not _owned(run) and not titles:
            run.append(word)
            continue
        if run:
            yield run
        run = [word] if capital else []
    if run:
        yield run


def _opens_a_name(text: str, spoken: Sequence[Word], i: int) -> bool:
    """Say whether "New" is the start of a name, as in "New Zealand"."""
    if spoken[i].lower != "new" or i + 1 == len(spoken):
        return False
    follower = spoken[i + 1]
    return follower.capitalised and text[spoken[i].end : follower.start] == " "


def _owned(run: Sequence[Word]) -> bool:
    return bool(run) and run[-1].lower.endswith(("'s", "s'"))


def _short(word: Word) -> bool:
    return len(word.text) == 1 or word.lower in _TITLES


def _name(text: str, run: list[Word]) -> Name | None:
    titled = False
    while run and run[0].lower in _TITLES:
        run, titled = run[1:], True
    parts = tuple(f for w in run if (f := fold(w.text)) and f not in _PARTICLES)
    if not parts:
        return None
    start, end = run[0].start, run[-1].end
    shown = text[start:end]
    for ending in ("'s", "’s"):
        shown = shown.removesuffix(ending)
    return Name(start=start, end=start + len(shown), text=shown, parts=parts, titled=titled)


_LATIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe"})


@lru_cache(maxsize=16384)
def fold(word: str) -> str:
    """Return a name's word without case, accents, stops, apostrophes, article and possessive."""
    lower = word.lower().replace("’", "'").removesuffix("'s").translate(_LATIN)
    plain = "".join(c for c in unicodedata.normalize("NFKD", lower) if not unicodedata.combining(c))
    bare = re.sub(r"['.‑-]", "-", plain).strip("-")
    head, _, rest = bare.partition("-")
    return rest.replace("-", "") if head in ("al", "el") and rest else bare.replace("-", "")


def spelled_alike(a: str, b: str) -> bool:
    """Say whether two folded surnames may be one, spelled differently: a letter off, or two in a long one.

    The German ways to write an umlaut ("mueller", "muller") are one spelling.
    """
    if a == b or min(len(a), len(b)) < MIN_SURNAME or _umlaut(a) == _umlaut(b):
        return False
    allowed = 2 if min(len(a), len(b)) >= _LONG_SURNAME else 1
    return _sound(a) == _sound(b) or (
        OSA.distance(a, b) <= allowed and (a[0] == b[0] or _sound(a)[:1] == _sound(b)[:1])
    )


def _umlaut(word: str) -> str:
    return word.replace("ae", "a").replace("oe", "o").replace("ue", "u")


def _sound(word: str) -> str:
    """Return the consonants of a name as transliterations agree on them: Gaddafi, Qadhafi."""
    said = word
    for one, other in (("kh", "h"), ("gh", "g"), ("dh", "d"), ("ph", "f"), ("ck", "k")):
        said = said.replace(one, other)
    said = said[:1].translate(str.maketrans("qgc", "kkk")) + said[1:].translate(
        str.maketrans("qcvwz", "kkffs")
    )
    bare = said[:1] + re.sub(r"[aeiouy]", "", said[1:])
    return re.sub(r"(.)\1+", r"\1", bare)


_ALIASES = tuple(
    frozenset(row.split())
    for row in (
        "washington u.s us usa united american america",
        "moscow kremlin russia russian",
        "britain british uk england kingdom london downing",
        "pentagon defense defence",
        "holland netherlands dutch",
        "burma myanmar",
        "bombay mumbai",
        "calcutta kolkata",
        "peking beijing china chinese",
        "kiev kyiv ukraine",
        "ivory ivoire",
    )
)


def same_bearer(a: Sequence[str], b: Sequence[str]) -> bool:
    """Say whether two names may be of one person, place or body.

    They share a part, one is the initials of the other, or both name one land or its government.
    """
    if a[0] == b[0] and min(len(a), len(b)) >= _FULL:
        # "CB Ana Holm", "CB Eva Strand"; one of two that are called José is not the other.
        a, b = a[1:], b[1:]
    if set(a) & set(b) - _HEADS or set(a) == set(b) or _initials(a, b) or _initials(b, a):
        return True
    lands = {land(p) for p in a} & {land(p) for p in b}
    if lands - {""} or any(set(row) & set(a) and set(row) & set(b) for row in _ALIASES):
        return True
    return any(spelled_alike(p, q) or _shortened(p, q) for p in a for q in b if not {p, q} & _HEADS)


def _shortened(a: str, b: str) -> bool:
    """Say whether one word is the start of the other ("Calif", "California") or its plural."""
    short, long = sorted((a, b), key=len)
    return long.startswith(short) and (len(short) > 2 or long == short + "s")


def _initials(short: Sequence[str], long: Sequence[str]) -> bool:
    return len(short) == 1 and len(long) > 1 and short[0] == "".join(p[0] for p in long)


def may_be_person(name: Name) -> bool:
    """Say whether nothing in a name shows it to be a place's, a body's or a people's."""
    if name.surname in _THINGS:
        return False
    return not any(p in BODIES or is_wide(p) or p.isnumeric() for p in name.parts)


def shows_person(text: str, name: Name) -> bool:
    """Say whether the words around a name show that a person bears it: a title, an age, speech, "who"."""
    if name.titled:
        return True
    after, before = text[name.end :], text[: name.start]
    if before.endswith("according to "):
        return True
    if re.match(r",? (?:\d\d,|\d\d-year-old|who\b|whose\b|aged \d|\(\d\d\))", after):
        return True
    first = re.match(r",? (\w+)", after)
    last = re.search(r"(\w+) $", before)
    return bool(first and first.group(1) in _SAYS) or bool(last and last.group(1) in _SAYS)
