"""The names of people and places in a set of texts, read off how they are written."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from service.evaluation.edit_words import MONTHS, WEEKDAYS
from service.lexis.person_names import may_be_person, names
from service.lexis.words import STOPWORDS, words

_CAPITAL = r"[A-Z][a-zà-ÿ’'\-]*[a-zà-ÿ](?:[A-Z][a-zà-ÿ]+)?(?:-[A-Z][a-zà-ÿ]+)?"
_FULL = rf"{_CAPITAL}(?: [A-Z]\.)?(?: (?:al-|bin |van |de |von )?{_CAPITAL}){{1,2}}(?! ?[A-Z])"
TITLES = (
    "President|Prime Minister|Foreign Minister|Minister|Secretary|Senator|Sen\\.|Rep\\.|Gov\\."
    "|Governor|Mayor|Judge"
    "|Justice|Chief|Captain|Capt\\.|General|Gen\\.|Sgt\\.|Sergeant|Lt\\.|Detective|Inspector|Officer|Coach|Mr\\.?"
    "|Mrs\\.?|Ms\\.?|Dr\\.?|Professor|Prof\\.|Sir|Chairman|Director|spokesman|spokeswoman|spokesperson|attorney"
    "|lawyer|coach|chief executive|CEO|actor|actress|singer|director|leader|minister|president|commissioner"
    "|Commissioner|Sheriff|Rev\\.|Bishop|Pope|King|Queen|Prince|Chancellor|Ambassador|envoy"
    "|prosecutor|author|striker"
    "|manager|captain|defender|goalkeeper|analyst|researcher|quarterback|receiver|publicist|rep"
    "|star|inmate|suspect"
)
_SPEECH = "said|says|told|added|announced|claimed|warned|confirmed|denied|insisted|wrote|replied|stated|testified"
_PERSON = re.compile(
    rf"\b(?:{TITLES}),? (?P<titled>{_FULL})|(?P<speaks>{_FULL}),? (?:{_SPEECH})\b"
    rf"|\b(?:{_SPEECH}) (?P<spoken>{_FULL})(?=[,.])|(?P<aged>{_FULL}), \d\d,"
)
_ROLE_AFTER = re.compile(rf"(?P<name>{_FULL}), (?:the|a|an|who|whose|his|her|its)\b")
_PLACE = re.compile(
    rf"\b(?:in|at|near|from|outside|around|of) (?P<name>{_CAPITAL}(?: {_CAPITAL})?)\b"
)
_LEADS = re.compile(
    r"(?:(?:[A-Z]\w+ )?(?:Minister|President|Secretary|Manager|Affairs|Kingdom|General|Major|Captain|Lord"
    r"|Sir|Lady|Ms|Mr|Mrs|Dr"
    r"|Prophet|Senator|Judge|Chief|Officer|Detective|Coach|Prince|Ayatollah|The|Justice|Mayor|Governor)\.? )+"
)
_PEOPLES = re.compile(r"(?:[a-z](?:ian|ean|ese|ish|ic|ans?|qi|ni|ch)|['’]s?)\b(?:\Z| )")
# Bodies, deals and races have an article, and people have none; nor is anything at or in them.
_WITH_ARTICLE = re.compile(rf"\b(?:[Tt]he (?:U\.S\. )?|(?:at|in|near|outside) )(?P<name>{_FULL})")
_KNOWN_PLACES = {
    "Japan",
    "Iran",
    "Sudan",
    "Pakistan",
    "Afghanistan",
    "Michigan",
    "Milan",
    "Jordan",
    "Taiwan",
}
_NO_NAMES = {
    *MONTHS,
    *WEEKDAYS,
    "The",
    "A",
    "In",
    "Week",
    "Game",
    "Stage",
    "Day",
    "Section",
    "Article",
    "Congress",
    "Parliament",
    "God",
    "English",
    "Internet",
    "Earth",
    "State",
    *"Sgt Gen Capt Lt Col Maj Dr Mr Mrs Ms Prof Sen Rep Gov St Mt".split(),
}
_PLACE_WORDS = re.compile(
    r"(?:University|Court|Police|Party|Department|Ministry|Church|Center|Centre|Hospital|News|Times|Company|Cup"
    r"|Council|Committee|Street|Park|House|League|Bank|Club|Association|School|Union|Avenue|Highway|Act|Day|Year|War|Stadium|Airport|Station|Bridge|Road|Team|Saints|Army|Navy|Office)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Full names of people and names of places, the most frequent first; no name is in both."""

    people: tuple[str, ...] = ()
    places: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return self.people + self.places


def name_pool(texts: Sequence[str]) -> Pool:
    """Return the names of a set of texts."""
    people: Counter[str] = Counter()
    places: Counter[str] = Counter()
    for text in texts:
        people.update(_found(_PERSON.finditer(text)))
        people.update(_found(_ROLE_AFTER.finditer(text)))
        places.update(_found(_PLACE.finditer(text)))
    common = {w.text for text in texts for w in words(text) if w.text.islower()}
    things = {m["name"] for text in texts for m in _WITH_ARTICLE.finditer(text)}
    people = Counter({p: n for p, n in people.items() if p not in things and _is_person(p, common)})
    parts = {part for name in people for part in name.split()}
    return Pool(
        people=_ranked(people),
        places=_ranked(Counter({p: n for p, n in places.items() if _is_place(p, parts, common)})),
    )


def _is_person(name: str, common: set[str]) -> bool:
    """Say whether a name has two words or more, and does not end in one that the texts write small, too."""
    spoken = name.split()
    if len(spoken) < 2 or spoken[-1].lower() in common or spoken[0].lower() in STOPWORDS:
        return False
    return all(may_be_person(n) for n in names(name))


def _is_place(name: str, parts_of_people: set[str], common: set[str]) -> bool:
    if name.split()[-1].lower() in common:
        return False
    if _PEOPLES.search(name) and name not in _KNOWN_PLACES:
        return False
    return not _PLACE_WORDS.search(name) and not parts_of_people & set(name.split())


def _found(matches: Iterable[re.Match[str]]) -> list[str]:
    found = [_LEADS.sub("", next(group for group in m.groups() if group)) for m in matches]
    return [
        n
        for n in found
        if n[-2:] not in ("'s", "’s")
        and not _NO_NAMES & set(n.split())
        and not _PLACE_WORDS.search(n)
    ]


def _ranked(counts: Counter[str]) -> tuple[str, ...]:
    return tuple(sorted(counts, key=lambda name: (-counts[name], name)))
