"""Which two sentences may be told as one, "A did this and did that", without a change of meaning.

Nothing here is likely, everything is plain: the second sentence's verb must have no other subject to
go with than the one that both name, and no word of either may reach into the other.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TypeAlias

from service.domain.claims import Piece
from service.domain.text import Span
from service.lexis.clauses import SPEECH
from service.lexis.cues import NEGATIONS, hedges, modals
from service.lexis.numbers import number_values
from service.lexis.verbs import is_past, is_verb_like
from service.lexis.words import CALENDAR, STOPWORDS, Word, words

# The one word that the service may put between two of its sources.
AND = "and"
# Quotations, asides and lists of clauses: what is joined to them may be read as a part of them.
_MARKS = re.compile(r"[\"“”„«»;:()\[\]–—…?!]|(?<!\w)['‘’]|['’](?!\w)|\s-|-\s")
_ABBREVIATED = re.compile(
    r"(?:\b\w\.)+\w?\.$|\b(?:[A-Z]|Inc|Corp|Co|Ltd|Jr|Sr|Bros|No|vs|etc|[ap]\.m)\.$"
)
_NUMBER_COMMA = re.compile(r"(?<=\d),(?=\d{3})")
_OPENERS = frozenset(
    """after although as because before how if lest once provided since so than that though till unless until
    what when whenever where whereas wherever whether which while who whom whose why""".split()
)
# Behind one of these the second verb could go with a part of the first sentence, or be one of a list.
_COORDINATORS = frozenset("or but nor yet both either neither".split())
_PRONOUNS = frozenset(
    """he she it they him her them his hers its their theirs himself herself itself themselves i we you me us
    my our your this these those there here such one ones other others another both latter former same
    each all some none most many several everyone someone anyone everybody somebody anybody""".split()
)
_DETERMINERS = frozenset(
    ("the", "a", "an", "this", "its", "his", "her", "their", "no", "any", "some")
)
# A word like a verb is none behind these.
_BEFORE_NOUNS = _DETERMINERS | frozenset(
    "to of in on at by for from with into over under against about between during per".split()
)
_PAST_BE, _PRESENT_BE, _PERFECT = (
    frozenset(("was", "were")),
    frozenset(("is", "are")),
    frozenset(("has", "have")),
)
_FINITE_AUXILIARIES = _PAST_BE | _PRESENT_BE | _PERFECT
_SINGULAR = frozenset(("was", "is", "has"))
# Past forms that are other forms as well: "agreed to close the plant and cut jobs" has two readings.
_AMBIGUOUS = frozenset(
    """put cut set let shut hit cost bet burst quit split spread hurt bid rid cast read lay had did been""".split()
)
_PARTICIPLES = frozenset(
    """driven given known seen taken shown written drawn grown thrown flown blown torn worn born stolen broken
    chosen frozen spoken beaten eaten hidden forgotten fallen risen sworn done gone run come""".split()
)
# Whom that was done to does nothing more.
_DEAD = frozenset("killed buried drowned executed murdered slain".split())
_OPENING_NOUNS = frozenset(
    """police people men women children troops staff crowds families part parts dozens hundreds thousands
    millions doctors firefighters rain snow fire nothing everything something anything""".split()
)
_IN_NAMES = frozenset(("of", "the", "for"))
_DEFINITE = 2


def joinable(a: str, b: str) -> Span | None:
    """Return the repeated subject that opens `b`, with the space behind it; None where joining is not safe.

    Safe is "A and B": without the stop of `a`, and without that span of `b`. Both open with the same
    words, a name or a definite noun phrase that tells more than a kind ("The port authority", not
    "The man": it may be another), and a verb of one tense comes at once, in `a` the only one. What
    quotes, speaks, denies, doubts, looks ahead, has a clause or a list of clauses, or a second
    sentence with a pronoun, is never joined. Whether `b` comes after `a` is for the caller to know.
    """
    if not (_is_plain(a) and _is_plain(b)) or a == b:
        return None
    mine, its = words(a), words(b)
    at = _subject_length(a, mine, b, its)
    if not at or not _one_tense(mine, its, at):
        return None
    if not _is_meant(mine[:at], its[at].lower, mine[at].lower):
        return None
    if _lists(a, mine):
        return None
    if any(w.lower in _PRONOUNS for w in its) or _is_last(mine[at:]):
        return None
    return Span(0, its[at].start)


Worded: TypeAlias = tuple[str, tuple[Piece, ...]]


def join(first: Worded, second: Worded) -> Worded | None:
    """Return two texts told as one, with where its words come from; None where joining is not safe."""
    (a, mine), (b, its) = first, second
    span = joinable(a, b)
    if span is None:
        return None
    stop, start = len(a) - 1, len(a) + len(AND) + 1
    added = Piece(start=stop + 1, end=stop + 1 + len(AND))
    kept = _within(mine, 0, stop)
    rest = tuple(_moved(piece, start - span.end) for piece in _within(its, span.end, len(b)))
    return f"{a[:stop]} {AND} {b[span.end :]}", (*kept, added, *rest)


def _within(pieces: Sequence[Piece], start: int, end: int) -> tuple[Piece, ...]:
    """Return the pieces of a text as far as they lie in [start, end) of it."""
    cut = []
    for piece in pieces:
        a, b = max(piece.start, start), min(piece.end, end)
        if a < b and piece.source_start is not None and piece.source_end is not None:
            begins = piece.source_start + a - piece.start
            ends = piece.source_end + b - piece.end
            cut.append(replace(piece, start=a, end=b, source_start=begins, source_end=ends))
        elif a < b:
            cut.append(replace(piece, start=a, end=b))
    return tuple(cut)


def _moved(piece: Piece, by: int) -> Piece:
    return replace(piece, start=piece.start + by, end=piece.end + by)


def _is_plain(text: str) -> bool:
    """Say whether a sentence states one thing, in no one's words but its own."""
    if not text.endswith(".") or _ABBREVIATED.search(text) or _MARKS.search(text) or "\n" in text:
        return False
    return (
        not hedges(text)
        and not modals(text)
        and not any(
            w.lower in NEGATIONS
            or w.lower in _OPENERS
            or w.lower.endswith("n't")
            or (w.lower in SPEECH and not w.capitalised)
            for w in words(text)
        )
    )


def _subject_length(a: str, mine: Sequence[Word], b: str, its: Sequence[Word]) -> int:
    """Return how many words both open with before their verbs, 0 where there is no such subject."""
    for i, (word, other) in enumerate(zip(mine, its, strict=False)):
        if _is_finite(word) and _is_finite(other):
            same = a[: word.start] == b[: other.start]
            return i if i and same and _parted_by_spaces(a, mine[: i + 1]) else 0
        if word.text != other.text or is_verb_like(word):
            return 0
    return 0


def _is_finite(word: Word) -> bool:
    """Say whether a word is a finite verb whatever stands around it: "was", "rose", "closed"."""
    if word.capitalised or word.lower in _AMBIGUOUS:
        return False
    return word.lower in _FINITE_AUXILIARIES or is_past(word)


def _parted_by_spaces(text: str, spoken: Sequence[Word]) -> bool:
    return not spoken[0].start and all(
        text[first.end : second.start] == " " for first, second in pairwise(spoken)
    )


def _is_last(predicate: Sequence[Word]) -> bool:
    """Say whether a predicate tells of its subject's death: "died", "was shot and killed"."""
    verb, *behind = (w.lower for w in predicate[:4])
    return verb == "died" or (verb in _FINITE_AUXILIARIES and not _DEAD.isdisjoint(behind))


def _lists(text: str, spoken: Sequence[Word]) -> bool:
    """Say whether what a sentence ends with could be taken for one more of a list, or be closed off."""
    said = [w.lower for w in spoken]
    return (
        any(w in _COORDINATORS for w in said)
        or said.count(AND) > 1
        or "," in _NUMBER_COMMA.sub("", text)
    )


def _one_tense(mine: Sequence[Word], its: Sequence[Word], at: int) -> bool:
    """Say whether their verbs are of one tense, and the first has none that the second could go with.

    Behind "was arrested" a bare "charged" would be read as "was charged": there an auxiliary needs
    another of its kind.
    """
    first, second = mine[at].lower, its[at].lower
    if not _is_only_verb(mine, at):
        return False
    for kind in (_PAST_BE, _PRESENT_BE, _PERFECT):
        if first in kind:
            return second in kind
    return second not in _PRESENT_BE | _PERFECT


def _is_only_verb(spoken: Sequence[Word], at: int) -> bool:
    """Say whether a sentence has no second verb that another, in the past, could be coordinated with.

    That is one in the past, its own participle aside, or a participle as in "seals found in Oslo".
    """
    rest = at + 1
    if spoken[at].lower in _FINITE_AUXILIARIES:
        while rest < len(spoken) and (
            spoken[rest].lower == "been" or spoken[rest].lower.endswith("ly")
        ):
            rest += 1
        rest += rest < len(spoken) and _may_coordinate(spoken[rest])
    return not any(
        _may_coordinate(word) and before.lower not in _BEFORE_NOUNS
        for before, word in pairwise(spoken[rest - 1 :])
    )


def _may_coordinate(word: Word) -> bool:
    lower = word.lower
    return not word.capitalised and (
        is_past(word)
        or lower in _FINITE_AUXILIARIES
        or lower in _AMBIGUOUS
        or lower in _PARTICIPLES
    )


def _is_meant(subject: Sequence[Word], *verbs: str) -> bool:
    """Say whether a subject is one and the same in both sentences: a name, or "The port authority"."""
    first, *rest = subject
    if any(number_values(w.text) or w.lower in NEGATIONS or w.lower in _PRONOUNS for w in subject):
        return False
    if first.text == "The":
        plain = all(w.lower not in STOPWORDS or w.lower in _IN_NAMES for w in rest)
        return plain and (len(rest) >= _DEFINITE or any(w.capitalised for w in rest))
    if first.lower in STOPWORDS or first.lower in CALENDAR or not first.capitalised:
        return False
    if rest:
        return rest[-1].capitalised and all(w.capitalised or w.lower in _IN_NAMES for w in rest)
    # A single word that opens a sentence has its capital for that: "Residents", "Police".
    if first.lower in _OPENING_NOUNS or first.lower.endswith("ing"):
        return False
    return not first.lower.endswith("s") or any(verb in _SINGULAR for verb in verbs)
