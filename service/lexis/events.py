"""Events and deeds under the names that reports of one of them give it."""

from functools import lru_cache

from service.lexis.words import stem, words

_EVENTS: tuple[tuple[str, frozenset[str]], ...] = tuple(
    (names.split()[0], frozenset(stem(n) for n in names.split()))
    for names in (
        "attack assault shooting gunmen massacre raid bombing bomb blast explosion stabbing",
        "earthquake quake tremor temblor aftershock",
        "crash collision derailment accident",
        "fire blaze wildfire inferno",
        "flood flooding floods deluge landslide mudslide",
        "storm hurricane cyclone typhoon tornado",
        "tsunami",
        "outbreak epidemic pandemic",
        "airstrike strike shelling bombardment",
        "clashes clash riot unrest",
        "protest demonstration",
        "sinking shipwreck",
        "collapse",
    )
)
# Words that betray an event without being its name.
_NO_NAMES = frozenset({"gunmen", "bomb"})


def event_of(text: str) -> tuple[str, str]:
    """Return the kind of event a sentence tells of, and its own word for it; two empty strings for none."""
    for kind, stems in _EVENTS:
        found = [w.lower for w in words(text) if stem(w.text) in stems]
        if found:
            return kind, next((w for w in found if w not in _NO_NAMES), kind)
    return "", ""


def events_of(text: str) -> frozenset[str]:
    """Return every kind of event that a sentence tells of."""
    said = {stem(w.text) for w in words(text)}
    return frozenset(kind for kind, stems in _EVENTS if stems & said)


# Verbs and their nouns that tell of one deed; a word may stand for two.
_DEEDS: tuple[frozenset[str], ...] = tuple(
    frozenset(stem(w) for w in listed.split())
    for listed in (
        "kill killed die died dead death deaths fatal slain slay perish toll lives fatalities casualties",
        "injure injured wounded wound hurt injuries",
        "arrest arrested detain detained apprehend custody",
        "evacuate evacuated flee fled displaced displace evacuation",
        "rescue rescued save saved pulled",
        "missing unaccounted lost",
        "cut cuts layoff layoffs lay laid axe axed shed slash eliminate redundancies go lose reduce",
        "hire hired recruit create created add added",
        "employ employs employed workforce staff",
        "pay paid payment settle settled settlement compensate compensation",
        "fine fined penalty",
        "buy bought purchase purchased acquire acquired acquisition takeover deal worth",
        "sell sold sale sales",
        "rose risen increase increased grow grew grown climb climbed jump jumped soar soared surge surged gained",
        "fall fell fallen drop dropped decline declined decrease decreased plunge plunged slump slumped tumble",
        "win won victory beat defeat defeated",
        "vote voted votes approve approved pass passed ballot",
        "raise raised collect collected donate donated donation donations pledge pledged contribute contributed",
        "build built construct constructed construction",
        "destroy destroyed damage damaged demolish demolished wreck wrecked flatten flattened gutted burnt",
        "seize seized confiscate confiscated recover recovered impound",
        "strike struck hit rock rocked shake shook measure measured jolt jolted",
        "jail jailed sentence sentenced imprison imprisoned prison",
        "cost costs price priced value valued worth estimated",
        "attend attended gather gathered crowd turnout audience",
        "infect infected case cases diagnose diagnosed",
        "launch launched open opened start started begin began",
        "charge charged charges indict indicted accuse accused",
        "marry married wedding wed",
        "resign resigned quit resignation fire fired sack sacked dismiss dismissed oust",
        "sign signed agree agreed agreement",
        "release released unveil unveiled publish published issue issued",
        "carry carried carrying aboard board",
        "steal stole stolen rob robbed robbery theft",
        "score scored goals",
        "sink sank sunk capsize capsized",
        "crash crashed collide collided collision derail derailed",
    )
)


@lru_cache(maxsize=16384)
def deeds(text: str) -> frozenset[str]:
    """Return the deeds that a text's words tell of, each under one name."""
    said = {stem(w.text) for w in words(text)}
    return frozenset(min(listed) + str(i) for i, listed in enumerate(_DEEDS) if listed & said)
