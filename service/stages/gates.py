"""The exactness gate: what must survive from evidence to statement, checked by code on the final text."""

import re
from collections.abc import Callable, Sequence

from service.lexis.cues import attributions, modals, negations
from service.lexis.numbers import number_values
from service.lexis.profile import name_stems, named_in

_QUOTATION = re.compile(r"“([^”]+)”|\"([^\"]+)\"")


def exactness(statement: str, evidence: Sequence[str]) -> str:
    """Return the first thing that did not survive from the evidence sentences to the statement, or "".

    Numbers, names and quotations may not be new. Words of denial, of how sure one is, and of who says
    so must be the same on both sides: dropping one changes what is claimed as surely as adding one.
    """
    whole = " ".join(evidence)
    known = set(number_values(whole))
    for number in number_values(statement):
        if number not in known:
            return f"the number {number} is not in its evidence"
    names = frozenset(name_stems(whole)) | frozenset(n for e in evidence for n in name_stems(e))
    for name in name_stems(statement):
        if not named_in(name, names) and name not in whole.casefold():
            return f"the name {name!r} is not in its evidence"
    for match in _QUOTATION.finditer(statement):
        quoted = (match.group(1) or match.group(2)).rstrip(",.")
        if quoted not in whole:
            return f"the quotation {quoted!r} is not in its evidence"
    return _same_cues(statement, whole)


_CUES: tuple[tuple[str, Callable[[str], tuple[str, ...]]], ...] = (
    ("denial", negations),
    ("degree of certainty", modals),
    ("speaker", attributions),
)


def _same_cues(statement: str, evidence: str) -> str:
    for what, cues in _CUES:
        said, stated = set(cues(evidence)), set(cues(statement))
        if lost := sorted(said - stated):
            return f"it loses {lost[0]!r}, the {what} of its evidence"
        if added := sorted(stated - said):
            return f"it adds {added[0]!r}, a {what} its evidence does not have"
    return ""
