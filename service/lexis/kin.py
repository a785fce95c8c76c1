"""Words under one stem for all that reports of one thing put for one another."""

from collections.abc import Collection
from functools import lru_cache

from service.lexis.senses import standing
from service.lexis.verb_forms import base_stem
from service.lexis.words import stem

# Words that are one only for reports of one thing: the chambers that they also call a land's parliament.
_ROWS = (
    "parliament duma knesset rada bundestag sejm storting riksdag majlis eduskunta folketing althing lawmakers"
    " legislature",
    "people person persons",
)
_STANDS_FOR = {stem(w): stem(row.split()[0]) for row in _ROWS for w in row.split()}


@lru_cache(maxsize=32768)
def kin(found: str) -> str:
    """Return the stem that stands for a lower-case word or stem and all words of its meaning."""
    return _STANDS_FOR.get(found) or standing(base_stem(found))


def kin_of(stems: Collection[str]) -> frozenset[str]:
    """Return what stands for each of some stems."""
    return frozenset(kin(s) for s in stems)


def unmatched(stems: Collection[str], others: Collection[str]) -> frozenset[str]:
    """Return the stems that the others have neither themselves nor in another word of their meaning."""
    known = kin_of(others)
    return frozenset(s for s in stems if kin(s) not in known)
