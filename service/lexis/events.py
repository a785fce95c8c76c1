"""Events and deeds under the names that reports of one of them give it."""

from collections.abc import Iterator
from functools import lru_cache

from service.lexis.words import CALENDAR, Word, stem, words

_EVENTS: tuple[tuple[str, frozenset[str]], ...] = tuple(
    (names.split()[0], frozenset(stem(n) for n in names.split()))
    for names in (
        "attack assault shooting gunmen gunman bomber massacre raid bombing bomb blast explosion stabbing"
        " exploded explode exploding",
        "earthquake quake tremor temblor aftershock",
        "crash collision derailment accident crashed collided derailed",
        "fire blaze wildfire inferno",
        "flood flooding floods flooded deluge landslide mudslide rain downpour",
        "storm hurricane cyclone typhoon tornado",
        "tsunami",
        "avalanche",
        "eruption erupted",
        "outbreak epidemic pandemic",
        "airstrike strike shelling bombardment",
        "clashes clash riot unrest clashed",
        "protest demonstration march rally protesters demonstrators",
        "sinking shipwreck sank sunk capsized",
        "collapse collapsed",
        "stampede crush trampled",
    )
)
# Words that betray an event without being its name, and the name where it is not that of the kind.
_NO_NAMES = frozenset(
    """gunmen gunman bomber bomb exploded explode exploding crashed collided derailed flooded rain erupted
    clashed protesters demonstrators sank sunk capsized collapsed trampled""".split()
)
_NAMED = {"exploded": "explosion", "explode": "explosion", "exploding": "explosion"}


def _said(text: str) -> Iterator[Word]:
    """Yield the words of a text that may tell of something: "March" is a month, "march" is not."""
    return (w for w in words(text) if not (w.capitalised and w.lower in CALENDAR))


def event_of(text: str) -> tuple[str, str]:
    """Return the kind of event a sentence tells of, and its own word for it; two empty strings for none."""
    for kind, stems in _EVENTS:
        found = [w.lower for w in _said(text) if stem(w.text) in stems]
        if found:
            betrayed = next((_NAMED[w] for w in found if w in _NAMED), kind)
            return kind, next((w for w in found if w not in _NO_NAMES), betrayed)
    return "", ""


def events_of(text: str) -> frozenset[str]:
    """Return every kind of event that a sentence tells of."""
    said = {stem(w.text) for w in _said(text)}
    return frozenset(kind for kind, stems in _EVENTS if stems & said)


# Verbs and nouns that tell of one deed, and nouns for one thing; a word may stand for two.
_DEEDS: tuple[frozenset[str], ...] = tuple(
    frozenset(stem(w) for w in listed.split())
    for listed in (
        "kill killed die died dead death deaths fatal slain slay perish toll lives fatalities casualties claimed"
        " victims bodies murder murdered murdering execute executed execution",
        "injure injured wounded wound hurt injuries hospital hospitalised hospitalized",
        "arrest arrested detain detained apprehend custody captured",
        "evacuate evacuated flee fled displaced displace evacuation homeless",
        "rescue rescued save saved pulled survivors",
        "missing unaccounted lost",
        "cut cuts layoff layoffs lay laid axe axed shed slash eliminate redundancies go lose reduce",
        "hire hired recruit create created add added",
        "employ employs employed workforce staff",
        "pay paid payment settle settled settlement compensate compensation",
        "fine fined penalty",
        "buy bought purchase purchased acquire acquired acquisition takeover deal worth",
        "sell sold sale sales",
        "rose risen increase increased grow grew grown climb climbed jump jumped soar soared surge surged gained"
        " higher",
        "fall fell fallen drop dropped decline declined decrease decreased plunge plunged slump slumped tumble"
        " lower",
        "win won victory beat defeat defeated",
        "vote voted votes voters turnout poll polls ballot cast election elect referendum",
        "approve approved pass passed adopt adopted ratify ratified backed favour favor",
        "reject rejected refuse refused",
        "raise raised collect collected donate donated donation donations pledge pledged pledges contribute"
        " contributed promised donors give gave",
        "build built construct constructed construction rebuild rebuilding rebuilt reconstruction reconstruct"
        " complete completed finish finished",
        "destroy destroyed damage damaged demolish demolished wreck wrecked flatten flattened gutted burnt burn"
        " burned fire blaze razed",
        "seize seized confiscate confiscated recover recovered impound intercept intercepted",
        "strike struck hit rock rocked shake shook measure measured jolt jolted magnitude landfall ripped",
        "jail jailed sentence sentenced imprison imprisoned prison term",
        "convict convicted guilty conviction verdict",
        "trial tried court prosecution",
        "cost costs price priced value valued worth estimated estimate bill",
        "attend attended gather gathered crowd turnout audience marched rally rallied demonstrated"
        " demonstrators protesters protest joined",
        "infect infected infections case cases diagnose diagnosed sick ill recorded",
        "launch launched open opened start started begin began inaugurated lifted",
        "charge charged charges indict indicted accuse accused",
        "marry married wedding wed",
        "resign resigned quit resignation fire fired sack sacked dismiss dismissed oust stepped",
        "sign signed agree agreed agreement",
        "release released free freed",
        "release released unveil unveiled publish published issue issued",
        "carry carried carrying aboard board passengers",
        "steal stole stolen rob robbed robbery theft thieves robbers burglars raid heist",
        "score scored goals",
        "sink sank sunk capsize capsized went",
        "crash crashed collide collided collision derail derailed",
        "explode exploded explosion blast bomb bombing detonated",
        "founded found established",
        "own owned owner",
        "lend loan lent borrow borrowed",
        "search searching searched hunt hunting",
        "jobless unemployment unemployed",
        "strike walkout walk stoppage",
        "born birth",
        "return returned",
        "arrive arrived reach reached landed",
        "leave left depart departed",
        "meet met meeting talks summit",
        "order ordered ruled ruling",
        "visit visited visitors",
        "earn earned earnings profit",
        "home homes house houses household households",
        "power electricity outage blackout",
        "blaze fire inferno flames",
        "film movie picture",
        "child children kid kids youngster youngsters",
        "car vehicle",
        "company firm",
        "plane aircraft jet airliner",
        "ship vessel boat ferry",
        "prison jail",
        "leader chief",
        "troops soldiers forces",
        "oil crude",
        "slick spill",
        "hurt injured",
    )
)


@lru_cache(maxsize=16384)
def deeds(text: str) -> frozenset[str]:
    """Return the deeds that a text's words tell of, each under one name."""
    said = {stem(w.text) for w in _said(text)}
    return frozenset(min(listed) + str(i) for i, listed in enumerate(_DEEDS) if listed & said)
