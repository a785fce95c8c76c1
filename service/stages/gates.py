"""The exactness gate: what must survive from evidence to statement, checked by code on the final text."""

from collections.abc import Callable, Sequence

from service.lexis.cues import attributions, modals, negations
from service.lexis.numbers import number_values
from service.lexis.profile import name_stems
from service.lexis.words import QUOTATION, stem, words


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
    said = {stem(w.text) for w in words(whole)}
    for name in name_stems(statement):
        if name not in said:
            return f"the name {name!r} is not in its evidence"
    for match in QUOTATION.finditer(statement):
        quoted = match.group()[1:-1].rstrip(",.")
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
