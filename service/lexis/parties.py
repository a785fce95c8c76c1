"""Who does what to whom in a sentence, and what is merely where it happens."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from service.lexis.numbers import number_values
from service.lexis.verb_forms import base_stem, is_told
from service.lexis.verbs import is_verb_like
from service.lexis.words import CALENDAR, STOPWORDS, Word, stem, words

# Names behind one of these say where; those behind "from" and "to" say whence and whither.
_WHERE = {
    **dict.fromkeys("in at on near inside outside".split(), "in"),
    **dict.fromkeys("to into toward towards".split(), "to"),
    "from": "from",
}
_ARTICLES = frozenset("the a an its his her their this that".split())
_TITLES = frozenset(
    """mr mrs ms dr sir president minister prime senator mayor governor secretary chancellor judge justice sheriff
    king queen prince princess general colonel captain professor representative congressman""".split()
)
_BE = frozenset("is are was were be been being got gets".split())
_ADVERBS = frozenset("also not now still later being been".split())
_JOINTS = frozenset(
    "that who which while when after before as because if unless but whose where than".split()
)
_BREAK = re.compile(r"[,;:()“”\"–—]|\s--?\s")
_REACH_WORDS = 6
# Behind one of these a verb has no object, and may be a passive that has lost its "was".
_NO_OBJECT = frozenset(
    """about above after against among and around as at before between by down during for from in into near of
    off on or out over since through to toward towards under until up upon with within without""".split()
)
# "Said Orr" is "Orr said".
_SAYING = frozenset(
    """say says said saying add adds added announce announces announced report reports reported state states
    stated note notes noted explain explains explained write writes wrote""".split()
)
_AUXILIARY = _BE | frozenset(
    "has have had do does did will would shall should can could may might must".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """A verb's base stem with the content stems of who does it and of whom it is done to."""

    verb: str
    actors: frozenset[str]
    targets: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """The names of a sentence, each with "in", "from", "to" or "" for how it stands, and its deeds.

    Names come in the order in which they act: whom "by" names behind a passive comes first.
    """

    names: tuple[tuple[str, str], ...]
    deeds: tuple[Deed, ...]


def parties(text: str) -> Parties:
    """Read off a sentence who acts, as far as word order and prepositions tell."""
    clauses = tuple(_clauses(text))
    found: list[tuple[str, str]] = []
    for clause in clauses:
        for name, stands in _named(clause):
            if stands == "by":
                found.insert(0, (name, ""))
            else:
                found.append((name, stands))
    order = {name: stands for name, stands in reversed(found)}
    kept = tuple(dict.fromkeys(name for name, _ in found))
    return Parties(
        names=tuple((name, order[name]) for name in kept),
        deeds=tuple(deed for clause in clauses for deed in _deeds(clause)),
    )


def acting_differs(a: Sequence[Deed], b: Sequence[Deed]) -> bool:
    """Say whether, at a verb that both have, those who act and those acted upon have changed places."""
    for mine in a:
        same = [theirs for theirs in b if theirs.verb == mine.verb]
        if same and all(_crossed(mine, theirs) for theirs in same):
            return True
    return False


def _crossed(a: Deed, b: Deed) -> bool:
    mine, its = a.actors - a.targets, b.actors - b.targets
    hit, struck = a.targets - a.actors, b.targets - b.actors
    forth, back = bool(mine & struck), bool(hit & its)
    acting, suffering = bool(mine & its), bool(hit & struck)
    if forth and back:
        return not (acting and suffering)
    return (forth or back) and not acting and not suffering


def _clauses(text: str) -> Iterator[tuple[Word, ...]]:
    clause: list[Word] = []
    end = 0
    for word in words(text):
        if _BREAK.search(text[end : word.start]) or word.lower in _JOINTS:
            yield tuple(clause)
            clause = []
        clause.append(word)
        end = word.end
    yield tuple(clause)


def _named(clause: Sequence[Word]) -> Iterator[tuple[str, str]]:
    """Yield the names of a clause, each with the preposition it stands behind, in classes."""
    stands = ""
    for i, word in enumerate(clause):
        lower = word.lower.removesuffix("'s")
        if lower in _WHERE:
            stands = _WHERE[lower]
        elif lower == "by":
            stands = "by" if _is_agent(clause, i) else ""
        elif lower in CALENDAR:
            stands = ""
        elif word.capitalised and lower not in STOPWORDS:
            if lower not in _TITLES:
                yield stem(word.text), stands
        elif _ends_phrase(word, stands):
            stands = ""


def _ends_phrase(word: Word, stands: str) -> bool:
    if word.lower == "of":
        return stands != "in"
    if word.lower in _ARTICLES:
        return False
    return word.lower in STOPWORDS or is_told(word) or is_verb_like(word)


def _is_agent(clause: Sequence[Word], at: int) -> bool:
    """Say whether a "by" names who did it: right behind a participle, or later in a passive clause."""
    if at + 1 == len(clause) or number_values(clause[at + 1].text):
        return False
    if clause[at + 1].lower in CALENDAR or clause[at + 1].lower.endswith("ing"):
        return False
    return (at > 0 and is_told(clause[at - 1])) or any(_is_passive(clause, i) for i in range(at))


def _is_passive(clause: Sequence[Word], at: int) -> bool:
    if not is_told(clause[at]) or clause[at].lower in _BE:
        return False
    before = [w.lower for w in clause[max(0, at - 3) : at]]
    while before and (before[-1] in _ADVERBS - _BE or before[-1].endswith("ly")):
        before.pop()
    return bool(before) and before[-1] in _BE


def _deeds(clause: Sequence[Word]) -> Iterator[Deed]:
    at = [i for i, w in enumerate(clause) if _is_deed(w)]
    for n, i in enumerate(at):
        left = clause[at[n - 1] + 1 if n else 0 : i]
        # Who follows a joined verb acts in it too: "struck a car and killed two".
        right = clause[i + 1 : at[n + 1] if n + 1 < len(at) else len(clause)]
        by = next((j for j, w in enumerate(right) if w.lower == "by"), None)
        agent = by is not None and _is_agent(clause, i + 1 + by)
        if _is_passive(clause, i) or (by == 0 and agent):
            actors = right[by + 1 :] if by is not None and agent else ()
            yield Deed(
                verb=base_stem(clause[i].lower),
                actors=_content(actors),
                targets=_content(left[::-1]),
            )
        elif right and right[0].lower not in _NO_OBJECT:
            yield Deed(
                verb=base_stem(clause[i].lower),
                actors=_content(left[::-1]),
                targets=_content(right),
            )


def _is_deed(word: Word) -> bool:
    return (
        not word.capitalised
        and word.lower not in _AUXILIARY | _SAYING
        and word.lower not in STOPWORDS
        and (is_told(word) or is_verb_like(word))
    )


def _content(spoken: Sequence[Word]) -> frozenset[str]:
    told = (
        stem(w.text)
        for w in spoken[:_REACH_WORDS]
        if w.lower.removesuffix("'s") not in STOPWORDS | CALENDAR and not number_values(w.text)
    )
    return frozenset(told)
