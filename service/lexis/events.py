"""Events under the names that reports of one event give it."""

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
