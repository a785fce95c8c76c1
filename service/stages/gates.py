"""The exactness gate: what must survive from evidence to statement, checked by code on the final text."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from itertools import pairwise
from operator import add, or_

from service.lexis.clauses import SPEECH
from service.lexis.cues import HEDGES, NEGATIONS, modals, opening_connective, turners
from service.lexis.dates import DateMention, find_dates
from service.lexis.measures import measured
from service.lexis.numbers import Quantity, find_quantities, number_values
from service.lexis.profile import name_stems
from service.lexis.verb_forms import base_stem
from service.lexis.verbs import is_verb_like
from service.lexis.words import CALENDAR, QUOTATION, STOPWORDS, Word, stem, words

# Hedges that turn a sentence where they stand; what makes a number vague is in its interval, and
# what joins two sentences ("but", "although") tells no doubt.
_HEDGING = (HEDGES | {"supposedly", "presumably", "rumoured", "rumored", "ostensibly"}) - frozenset(
    "however but although though despite about around".split()
)
# Of the small words that turn a meaning, those that no dateline or place holds.
_TURNING = frozenset(
    """all most some few only half fewer less more least mostly partly former ex acting first last before
    after until since without stop stops stopped threaten threatens threatened try tries tried attempt
    attempts attempted offer offers offered want wants wanted seek seeks sought intend intends intended plan
    plans planned hope hopes hoped aim aims aimed expect expects propose proposes proposed""".split()
)
# Units that need no numeral: "a mile away", "a few months".
_UNITS = frozenset(
    stem(unit)
    for unit in """second minute hour day week month year decade century mile kilometre kilometer metre meter
    foot feet inch yard acre hectare kilogram kilo gram tonne ton ounce litre liter gallon barrel dollar euro
    pound cent hundred thousand million billion trillion dozen""".split()
)
_ABOUT = frozenset("about around nearly almost approximately roughly over".split())
_SPEAKING = SPEECH | {"according"}
_BREAK = re.compile(r"[,;:“”\"()–—!?]|\s--?\s")
_LONG_BREAK = re.compile(r"[;:“”\"!?]")
_PARENTHESIS = re.compile(r"\s\([^()]*\)")
# What `service.stages.context.antecedent` cites to say whom "The group" means.
_NAMING = re.compile(r"known as|called|named|dubbed|\(")
_QUOTE_MARKS = re.compile(r"[“”\"‘]")
_BE = frozenset("is are was were be been being got gets".split())
_SPEAKER_WORDS, _ACTOR_WORDS, _QUOTED_WORDS = 6, 4, 3


def exactness(statement: str, evidence: Sequence[str]) -> str:
    """Return the first thing that did not survive from the evidence sentences to the statement, or "".

    Numbers with what they count, dates, names and quotations may not be new or set to something
    else, and nobody may act on whom acted on them. Words of denial, of how sure one is, and of who
    says so must be the same on both sides: dropping one changes what is claimed as surely as adding
    one. What the statement leaves out besides is not this gate's to judge.
    """
    return next((reason for rule in _RULES if (reason := rule(statement, evidence))), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A verb's stem with the content stems right before and behind it, as acting and acted upon."""

    verb: str
    actors: frozenset[str]
    targets: frozenset[str]


@lru_cache(maxsize=8192)
def roles(text: str) -> tuple[Role, ...]:
    """Return who does what to whom as far as the order of words tells; "was hit by" is turned round."""
    spoken = words(text)
    found = []
    for i, word in enumerate(spoken):
        if word.capitalised or word.lower in STOPWORDS or not is_verb_like(word):
            continue
        before, after = _content(reversed(spoken[:i])), _content(iter(spoken[i + 1 :]))
        passive = any(w.lower in _BE for w in spoken[max(0, i - 2) : i]) and any(
            w.lower == "by" for w in spoken[i + 1 : i + 3]
        )
        actors, targets = (after, before) if passive else (before, after)
        found.append(Role(verb=base_stem(word.lower), actors=actors, targets=targets))
    return tuple(found)


def turned_round(statement: str, evidence: Sequence[str]) -> str:
    """Return the verb around which two parties changed places, or ""."""
    told = [role for text in evidence for role in roles(text)]
    for said in roles(statement):
        same = [role for role in told if role.verb == said.verb]
        straight = any(said.actors & r.actors and said.targets & r.targets for r in same)
        if not straight and any(said.actors & r.targets and said.targets & r.actors for r in same):
            return said.verb
    return ""


def quotations(text: str) -> tuple[str, ...]:
    """Return what is said in someone's own words, without its marks and its last comma or stop."""
    return tuple(m.group()[1:-1].strip().rstrip(",.") for m in QUOTATION.finditer(text))


def denials(text: str) -> tuple[tuple[str, str], ...]:
    """Return the words that deny, contracted forms as "not", each with the content stem it goes with."""
    return tuple(bound(text, _denial))


def bound(text: str, cue: Callable[[Word], str]) -> Iterator[tuple[str, str]]:
    """Yield the cues of a text, "" being none, each with the content stem it goes with, or ""."""
    spoken = words(text)
    for i, word in enumerate(spoken):
        if found := cue(word):
            behind = (w for w in spoken[i + 1 :] if w.lower not in STOPWORDS)
            yield found, base_stem(follower.lower) if (follower := next(behind, None)) else ""


def _content(spoken: Iterator[Word]) -> frozenset[str]:
    kept: list[str] = []
    for word in spoken:
        if word.lower not in STOPWORDS and word.lower not in NEGATIONS:
            kept.append(stem(word.text))
        if len(kept) == _ACTOR_WORDS:
            break
    return frozenset(kept)


def _denial(word: Word) -> str:
    if word.lower.endswith("n't") or word.lower == "cannot":
        return "not"
    return stem(word.text) if word.lower in NEGATIONS else ""


def _modal(word: Word) -> str:
    return next(iter(modals(word.text)), "")


def _readings(evidence: Sequence[str]) -> tuple[str, ...]:
    """Return the evidence sentence by sentence, then joined as a statement of several would be."""
    return tuple(dict.fromkeys((*evidence, " ".join(evidence))))


@lru_cache(maxsize=8192)
def _quantities(text: str) -> tuple[Quantity, ...]:
    return find_quantities(text, [(date.start, date.end) for date in _dates(text)])


@lru_cache(maxsize=8192)
def _dates(text: str) -> tuple[DateMention, ...]:
    return find_dates(text)


@lru_cache(maxsize=8192)
def _measures(text: str) -> frozenset[tuple[str, object]]:
    return frozenset((m.measure, m.quantity.low) for m in measured(text, _dates(text)))


def _number_fault(statement: str, evidence: Sequence[str]) -> str:
    readings = _readings(evidence)
    known = {value for text in readings for value in number_values(text)}
    for number in number_values(statement):
        if number not in known:
            return f"the number {number} is not in its evidence"
    spoken = {w for text in readings for w in _bare(text)}
    for word in _bare(statement):
        if word not in spoken and (any(map(str.isdigit, word)) or stem(word) in _UNITS):
            return f"{word!r} is not in its evidence"
    counted = {(q.kind, q.unit, q.low, q.high) for text in readings for q in _quantities(text)}
    for q in _quantities(statement):
        if (q.kind, q.unit, q.low, q.high) not in counted:
            return f"{q.surface!r} does not count in its evidence what it counts here"
    for measure, low in sorted(_measures(statement), key=str):
        if not any((measure, low) in _measures(text) for text in readings):
            return f"{low} is not in its evidence as a number of {measure}"
    return ""


def _bare(text: str) -> tuple[str, ...]:
    """Return a text's words in small letters, without possessive endings."""
    return tuple(w.lower.removesuffix("'s").removesuffix("'") for w in words(text))


def _date_fault(statement: str, evidence: Sequence[str]) -> str:
    known = {_stated(date) for text in _readings(evidence) for date in _dates(text)}
    for date in _dates(statement):
        if _stated(date) not in known:
            return f"the date {date.surface!r} is not in its evidence"
    return ""


def _stated(date: DateMention) -> tuple[object, ...]:
    return (
        date.year, date.month, date.day, date.weekday, date.relative, date.last_month, date.last_day
    )  # fmt: skip


def _name_fault(statement: str, evidence: Sequence[str]) -> str:
    stems, said = set(name_stems(statement)), {w for text in evidence for w in _bare(text)}
    for word, bare in zip(words(statement), _bare(statement), strict=True):
        if word.capitalised and stem(word.text) in stems and bare not in said:
            return f"the name {word.text!r} is not in its evidence"
    known = {pair for text in _readings(evidence) for pair in _name_pairs(text)}
    followed, preceded = {a for a, _ in known}, {b for _, b in known}
    for first, second in _name_pairs(statement):
        # A name that stands alone in its source may be joined to another: "President Vega".
        if (first, second) not in known and first in followed and second in preceded:
            return f"{first!r} and {second!r} are not one name in its evidence"
    return ""


@lru_cache(maxsize=8192)
def _name_pairs(text: str) -> frozenset[tuple[str, str]]:
    """Return the words of names that only a space parts, parentheses left out."""
    found = set()
    for reading in {text, _PARENTHESIS.sub("", text)}:
        for first, second in pairwise(words(reading)):
            if all(map(_is_named, (first, second))) and reading[first.end : second.start] == " ":
                found.add((stem(first.text), stem(second.text)))
    return frozenset(found)


def _is_named(word: Word) -> bool:
    return word.capitalised and word.lower not in STOPWORDS and word.lower not in CALENDAR


Named = tuple[str, str, str]


@lru_cache(maxsize=8192)
def _places(text: str) -> tuple[Named, ...]:
    """Return names, days and digits as (word before, name, word behind): the nearest common ones, or ""."""
    spoken = words(text)
    special = [_is_special(w) for w in spoken]
    common = [
        "" if special[i] or w.lower in STOPWORDS else stem(w.text) for i, w in enumerate(spoken)
    ]
    found: list[Named] = []
    for i, word in enumerate(spoken):
        if special[i]:
            before = next((c for c in reversed(common[:i]) if c), "")
            found.append((before, stem(word.text), next((c for c in common[i + 1 :] if c), "")))
    return tuple(found)


def _is_special(word: Word) -> bool:
    named = word.capitalised and word.lower not in STOPWORDS
    return named or any(map(str.isdigit, word.text))


def _place_fault(statement: str, evidence: Sequence[str]) -> str:
    """Find a name, day or number where its evidence has another, and nowhere beside what it has here."""
    known = [place for text in _readings(evidence) for place in _places(text)]
    for before, name, behind in _places(statement):
        own = [(b, a) for b, n, a in known if n == name]
        kept = any((before and before == b) or (behind and behind == a) for b, a in own)
        others = [n for b, n, a in known if n != name and (b, a) == (before, behind)]
        if own and not kept and others and (before or behind):
            return f"{name!r} stands where its evidence has {others[0]!r}"
    order = [name for _, name, _ in _places(statement)]
    said = Counter(_bare(statement))
    for text in evidence:
        # Made of one sentence's words, it can only be that sentence cut, or turned.
        if not said - Counter(_bare(text)) and not _runs_through(order, text):
            return "names or numbers come in another order than in its evidence"
    return ""


def _runs_through(order: Sequence[str], text: str) -> bool:
    """Say whether names come in the order in which a text has them; the first may open a sentence only."""
    known = [name for _, name, _ in _places(text)]
    opens = bool(order) and order[0] not in known
    rest = iter(known)
    return all(name in rest for name in order[opens:])


def _role_fault(statement: str, evidence: Sequence[str]) -> str:
    verb = turned_round(statement, _readings(evidence))
    return f"who did it and to whom are turned round at {verb!r}" if verb else ""


def _quotation_fault(statement: str, evidence: Sequence[str]) -> str:
    whole = " ".join(evidence)
    for quoted in quotations(statement):
        if quoted not in whole:
            return f"the quotation {quoted!r} is not in its evidence"
    if not _QUOTE_MARKS.search(statement):
        for quoted in (q for text in evidence for q in quotations(text)):
            if len(words(quoted)) >= _QUOTED_WORDS and quoted in statement:
                return f"{quoted!r} is a quotation in its evidence"
    return ""


Counts = tuple[Counter[str], ...]
_KINDS = ("denial", "degree of certainty", "doubt", "speaker", "turning word")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cues:
    """What a text says of truth, counted by kind in the order of `_KINDS`.

    `least` leaves out a connective that opens the text, and a capital that may or may not be a
    name's; `most` has both. `bound` are denials and modals with the words that they go with.
    """

    least: Counts
    most: Counts
    bound: Counter[tuple[str, str]]


@lru_cache(maxsize=8192)
def _cues(text: str) -> _Cues:
    spoken, opening = words(text), opening_connective(text)
    later = [w for w in spoken if w.start >= opening]
    denied = Counter(cue for cue, _ in denials(text))
    sure = Counter(modals(text))
    rough = Counter(
        a.lower for a, b in pairwise(spoken) if a.lower in _ABOUT and number_values(b.text)
    )
    speech = [w for w in spoken if w.lower in _SPEAKING and (w in spoken[:1] or not w.capitalised)]

    def counts(kept: Sequence[Word], speaking: Sequence[Word]) -> Counts:
        return (
            denied,
            sure,
            Counter(w.lower for w in kept if w.lower in _HEDGING) + rough,
            Counter(stem(w.text) for w in speaking),
            Counter(w.lower for w in kept if w.lower in _TURNING),
        )

    return _Cues(
        least=counts(later, [w for w in speech if not w.capitalised]),
        most=counts(spoken, speech),
        bound=Counter((*denials(text), *bound(text, _modal))),
    )


def _cue_fault(statement: str, evidence: Sequence[str]) -> str:
    said = _cues(statement)
    told = [_cues(text) for text in evidence]
    for at, what in enumerate(_KINDS):
        # Two sources may say one thing with one cue each.
        least = reduce(or_, (cues.least[at] for cues in told), Counter[str]())
        most = reduce(add, (cues.most[at] for cues in told), Counter[str]())
        if lost := sorted(least - said.most[at]):
            return f"it loses {lost[0]!r}, a {what} of its evidence"
        if added := sorted(said.least[at] - most):
            return f"it adds {added[0]!r}, a {what} its evidence does not have"
    readings = (_cues(text).bound for text in _readings(evidence))
    for cue, word in said.bound - reduce(or_, readings, Counter[tuple[str, str]]()):
        return f"{cue!r} does not go with {word!r} in its evidence"
    turns = reduce(add, (Counter(turners(text)) for text in evidence), Counter[str]())
    if added := sorted(Counter(turners(statement)) - turns):
        return f"it adds {added[0]!r}, which its evidence does not have"
    return ""


@lru_cache(maxsize=8192)
def speakers(text: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """Return the stem of each word that says somebody speaks, with the words that may say who.

    Those before it in its clause; where there are none, those behind it if they make no clause of
    their own ("said Orr"), else those before the clause ("Orr, the mayor, said").
    """
    plain = _PARENTHESIS.sub("", text)
    found = []
    for i, word in enumerate(words(plain)):
        if word.lower not in _SPEAKING or (i and word.capitalised):
            continue
        before, behind = plain[: word.start], words(_BREAK.split(plain[word.end :])[0])
        who = words(_BREAK.split(before)[-1])
        if word.lower == "according" or not (who or any(map(is_verb_like, behind))):
            who = behind[:_SPEAKER_WORDS]
        elif not who:
            who = words(_LONG_BREAK.split(before)[-1])
        found.append((stem(word.text), frozenset(stem(w.text) for w in who[-_SPEAKER_WORDS:])))
    return tuple(found)


def _speaker_fault(statement: str, evidence: Sequence[str]) -> str:
    known = [found for text in _readings(evidence) for found in speakers(text)]
    naming = {stem(w.text) for text in evidence if _NAMING.match(text) for w in words(text)}
    for verb, who in speakers(statement):
        if not any(verb == its and who - naming <= theirs for its, theirs in known):
            # `known` has the verb: the cues are compared first.
            return f"in its evidence it is not {' '.join(sorted(who))!r} for whom {verb!r} is said"
    return ""


_RULES: tuple[Callable[[str, Sequence[str]], str], ...] = (
    _number_fault,
    _date_fault,
    _name_fault,
    _place_fault,
    _quotation_fault,
    _cue_fault,
    _speaker_fault,
    _role_fault,
)
