"""Check a freely written claim against source sentences by rules, without a model.

It looks for what the claim says and its evidence does not. What it cannot see: that other words mean
the same or not the same, unless a list here tells; and anything that needs knowledge of the world.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache, partial
from statistics import fmean

from service.lexis.cues import ATTRIBUTION_STEMS, ATTRIBUTIONS, hedges, modals
from service.lexis.dates import DateMention, find_dates
from service.lexis.numbers import Quantity, compatible, find_quantities, number_values
from service.lexis.profile import name_stems, named_in
from service.lexis.senses import opposed, standing
from service.lexis.verb_forms import base_stem
from service.lexis.words import STOPWORDS, Word, stem, words
from service.stages.gates import bound, denials, quotations, speakers, turned_round
from service.stages.segment import segment

# A claim of which this share of the weight is borne out, each fault taken off, counts as supported.
SUPPORTED = 0.35
MAX_EVIDENCE = 3
# A sentence that adds less than this share of a claim's weight is no evidence of it.
_MIN_GAIN = 0.08
# How much of the score is left: with what the source contradicts or does not know, with what turns its
# meaning, and with what may only be put otherwise. Neither of the first two ever passes.
_CONTRADICTED, _CHANGED, _DOUBTFUL = 0.2, 0.3, 0.85
# Content words that stand so far apart at most belong together.
_REACH = 4
# What pairs count for beside single words: little, since a report in other words parts them.
_PAIRED = 0.1
_ELLIPSIS = re.compile(r"\[?(?:\.\.\.|…)\]?")

_FREE = frozenset("no not never none nobody nothing neither nor without".split())
_WEAK = frozenset(
    """may might could possibly perhaps plan plans planned planning consider considers considering hope
    hopes hoped expect expects expected want wants wanted seek seeks propose proposes proposed threaten
    threatens threatened intend intends try tries tried attempt attempted likely""".split()
)
_ALLEGED = frozenset(
    """allege alleges alleged allegedly accuse accuses accused claim claims claimed suspect suspects
    suspected reportedly purportedly purported apparently rumoured rumored""".split()
)
_BE = frozenset("is are was were be been".split())
_PRONOUNS = frozenset("he she they him her them his their".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check found; `reason` is "" where it found no fault.

    `score`, in [0, 1], is the share of the claim's weight that its evidence bears out, less for each
    fault. `evidence` are indices into the sentences given, best first.
    """

    supported: bool
    score: float
    reason: str
    evidence: tuple[int, ...]


def check(claim: str, sentences: Sequence[str]) -> Checked:
    """Say whether source sentences bear out a claim, in English; faults of all its sentences count."""
    source = _read(tuple(sentences))
    parts = segment(claim, has_title=False, language="en", fits=lambda _: True)
    found = [_part(claim[part.start : part.end], source) for part in parts]
    if not found:
        return Checked(supported=False, score=0.0, reason="it says nothing", evidence=())
    faults = [fault for one in found for fault in one.faults]
    faults += _nobody_named(found[0].claim)
    held = fmean(one.held for one in found)
    score = round(held * math.prod(left for left, _ in faults), 6)
    reason = min(faults, default=(1.0, ""))[1]
    if score < SUPPORTED and not reason:
        reason = f"its evidence bears out only {held:.0%} of it"
    return Checked(
        supported=score >= SUPPORTED,
        score=score,
        reason=reason,
        evidence=tuple(dict.fromkeys(i for one in found for i in one.evidence)),
    )


Fault = tuple[float, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sentence:
    """What is compared of one sentence: each word in the form that stands for it, in order."""

    text: str
    stems: tuple[str, ...]
    said: frozenset[str]
    numbers: tuple[Quantity, ...]
    dates: tuple[DateMention, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """The sentences a claim is checked against; a stem's weight is high where few of them have it."""

    sentences: tuple[_Sentence, ...]
    weights: Counter[str]

    def weight(self, found: str) -> float:
        return math.log(1 + len(self.sentences) / max(1, self.weights[found]))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """A claim's sentence with the evidence chosen for it, best first, and all there is to choose from."""

    claim: _Sentence
    evidence: tuple[_Sentence, ...]
    source: _Source


@lru_cache(maxsize=4096)
def _sentence(text: str) -> _Sentence:
    content = (w for w in words(text) if w.lower.removesuffix("'s") not in STOPWORDS)
    stems = tuple(_standing(w) for w in content)
    return _Sentence(
        text=text,
        stems=stems,
        said=frozenset(stems),
        numbers=find_quantities(text) if text.strip() else (),
        dates=find_dates(text),
    )


def _standing(word: Word) -> str:
    return stem(word.text) if word.capitalised else standing(base_stem(word.lower))


@lru_cache(maxsize=64)
def _read(texts: tuple[str, ...]) -> _Source:
    sentences = tuple(map(_sentence, texts))
    weights = Counter(s for one in sentences for s in one.said)
    return _Source(sentences=sentences, weights=weights)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What was found of one sentence of a claim; `held` is the share of it that is borne out."""

    claim: _Sentence
    evidence: tuple[int, ...]
    held: float
    faults: tuple[Fault, ...]


def _part(text: str, source: _Source) -> _Part:
    claim = _sentence(text)
    chosen, share = _evidence(claim, source)
    pair = _Pair(claim=claim, evidence=tuple(source.sentences[i] for i in chosen), source=source)
    return _Part(
        claim=claim,
        evidence=chosen,
        held=(1 - _PAIRED) * share + _PAIRED * _together(pair),
        faults=tuple(fault for rule in _RULES for fault in rule(pair)),
    )


def _together(pair: _Pair) -> float:
    """Return the share of a claim's pairs of near words that are near in its evidence too.

    Words that are all there, but not with one another, tell of something else.
    """
    total = held = 0.0
    stems = pair.claim.stems
    for apart in (1, 2):
        for a, b in zip(stems, stems[apart:], strict=False):
            weight = pair.source.weight(a) + pair.source.weight(b)
            total += weight
            held += weight * any(_near(a, b, one) for one in pair.evidence)
    return held / total if total else 1.0


def _near(a: str, b: str, one: _Sentence) -> bool:
    if not {a, b} <= one.said:
        return False
    first, second = ([i for i, s in enumerate(one.stems) if s == x] for x in (a, b))
    return any(abs(i - j) <= _REACH for i in first for j in second)


def _evidence(claim: _Sentence, source: _Source) -> tuple[tuple[int, ...], float]:
    """Return the sentences that together hold most of a claim's weight, best first, and their share."""
    wanted = {s: source.weight(s) for s in dict.fromkeys(claim.stems)}
    total = sum(wanted.values())
    if not total:
        return (), 0.0
    chosen: list[int] = []
    left = dict(wanted)
    while len(chosen) < MAX_EVIDENCE:
        gains = [
            (sum(w for s, w in left.items() if named_in(s, one.said)), -i)
            for i, one in enumerate(source.sentences)
        ]
        gain, at = max(gains, default=(0.0, 0))
        if gain < _MIN_GAIN * total or gain <= 0:
            break
        chosen.append(-at)
        left = {s: w for s, w in left.items() if not named_in(s, source.sentences[-at].said)}
    return tuple(chosen), 1 - sum(left.values()) / total


def _there(found: str, evidence: Sequence[_Sentence]) -> bool:
    return any(named_in(found, one.said) for one in evidence)


def _numbers(pair: _Pair) -> Iterator[Fault]:
    near = [q for one in pair.evidence for q in one.numbers]
    far = [q for one in pair.source.sentences for q in one.numbers]
    values = frozenset(v for one in pair.source.sentences for v in number_values(one.text))
    for q in pair.claim.numbers:
        if q.kind in ("ordinal", "label"):
            if any(c.isdigit() for c in q.surface) and not values.issuperset(
                number_values(q.surface)
            ):
                yield _CHANGED, f"{q.surface!r} is nowhere in its source"
        elif not any(_same_count(q, other) for other in near):
            left = _DOUBTFUL if any(_same_count(q, other) for other in far) else _CONTRADICTED
            yield left, f"{q.surface!r} is not in its evidence"


def _same_count(a: Quantity, b: Quantity) -> bool:
    """Say whether two counts may be one: people have many nouns, and an age may be a bare number."""
    plain = {a.kind, b.kind} <= {"count", "age"}
    return compatible(a, b) or (plain and a.low <= b.high and b.low <= a.high)


def _dates(pair: _Pair) -> Iterator[Fault]:
    near = {part for one in pair.evidence for d in one.dates for part in _parts(d)}
    far = {part for one in pair.source.sentences for d in one.dates for part in _parts(d)}
    for date in pair.claim.dates:
        stated = set(_parts(date))
        if not stated <= near:
            left = _DOUBTFUL if stated <= far else _CONTRADICTED
            yield left, f"the date {date.surface!r} is not in its evidence"


def _parts(date: DateMention) -> Iterator[tuple[str, object]]:
    for part in ("year", "month", "day", "weekday"):
        if (value := getattr(date, part)) is not None:
            yield part, value


def _names(pair: _Pair) -> Iterator[Fault]:
    around = {stem(w.text) for one in pair.source.sentences for w in words(one.text)}
    for name in name_stems(pair.claim.text):
        if name.isdigit() or any(
            name == stem(w) for d in pair.claim.dates for w in d.surface.split()
        ):
            continue
        if not named_in(name, around):
            yield _CONTRADICTED, f"the name {name!r} is nowhere in its source"
            return
        if not _there(name, pair.evidence):
            yield _DOUBTFUL, f"the name {name!r} is not in its evidence"
            return


def _quotations(pair: _Pair) -> Iterator[Fault]:
    whole = _plain(" ".join(one.text for one in pair.source.sentences))
    for quoted in quotations(pair.claim.text):
        # What is written as a name is a title, which is no quotation.
        parts = _ELLIPSIS.split(quoted) if not quoted.istitle() else ()
        if any(f" {_plain(part)} " not in f" {whole} " for part in parts if part.strip()):
            yield _CHANGED, f"nobody says {quoted!r} in its source"


def _plain(text: str) -> str:
    return " ".join(w.lower for w in words(text))


def _denials(pair: _Pair) -> Iterator[Fault]:
    """Find what one side denies and the other states; "failed to" denies as "did not" does."""
    claimed = set(_stems(pair.claim.text))
    mine = denials(pair.claim.text)
    for one in pair.evidence:
        its = denials(one.text)
        spoken = set(_stems(one.text))
        for cue, word in mine:
            if cue in _FREE and word in spoken and not its:
                yield _CONTRADICTED, f"its evidence says of {word!r} what it denies with {cue!r}"
        for cue, word in its:
            if cue in _FREE and word in claimed and not mine:
                yield _CONTRADICTED, f"its evidence denies {word!r} with {cue!r}"


def _certainty(pair: _Pair) -> Iterator[Fault]:
    """Find a word stated as a fact that the best evidence says may be, is planned, or is alleged."""
    said = pair.claim.text
    spoken = {w.lower for w in words(said)}
    claimed = set(_stems(said))
    doubted = bool(hedges(said))
    for cues, kept in (
        (_WEAK, doubted or modals(said) or spoken & _WEAK),
        (_ALLEGED, doubted or spoken & (ATTRIBUTIONS | _ALLEGED)),
    ):
        for one in () if kept else pair.evidence[:1]:
            for cue, word in bound(one.text, partial(_among, cues)):
                if word in claimed:
                    yield _CHANGED, f"it states as a fact what its evidence says with {cue!r}"


def _among(cues: frozenset[str], word: Word) -> str:
    return word.lower if word.lower in cues else ""


def _speaking(pair: _Pair) -> Iterator[Fault]:
    """Find that another one says it: a name before a word of speech that is before none there."""
    theirs = [who for one in pair.source.sentences for _, who in speakers(one.text)]
    known = {name for one in pair.source.sentences for name in name_stems(one.text)}
    capitals = {stem(w.text) for w in words(pair.claim.text) if w.capitalised}
    # The first word is a name where the source shows it to be one.
    names = {*name_stems(pair.claim.text), *(capitals & known)}
    for verb, who in speakers(pair.claim.text):
        named = who & names if verb in ATTRIBUTION_STEMS and not who & _BE else frozenset()
        if named and theirs and not any(named & its for its in theirs):
            yield _CHANGED, f"{' '.join(sorted(named))!r} says nothing in its source"


def _opposites(pair: _Pair) -> Iterator[Fault]:
    """Find a word in whose place, beside the same neighbour, the evidence has its opposite."""
    mine = _stems(pair.claim.text)
    known = {word for one in pair.evidence for word in _stems(one.text)}
    for one in pair.evidence:
        theirs = _stems(one.text)
        for i, word in enumerate(mine):
            for j, other in enumerate(theirs if word not in known else ()):
                if (
                    opposed(word, other)
                    and other not in mine
                    and _neighbours(mine, i) & _neighbours(theirs, j)
                ):
                    yield _CONTRADICTED, f"it says {word!r} where its evidence says {other!r}"


def _stems(text: str) -> tuple[str, ...]:
    return tuple(base_stem(w.lower) for w in words(text))


def _neighbours(stems: Sequence[str], at: int) -> set[tuple[int, str]]:
    """Return the nearest content stem before, as -1, and behind, as 1."""
    sides = ((-1, reversed(stems[:at])), (1, iter(stems[at + 1 :])))
    found = ((side, next((s for s in rest if s not in STOPWORDS), "")) for side, rest in sides)
    return {(side, word) for side, word in found if word}


def _replaced(pair: _Pair) -> Iterator[Fault]:
    """Find one content word in the place of another between shared neighbours."""
    mine = pair.claim.stems
    for one in pair.evidence:
        steps = SequenceMatcher(None, mine, one.stems, autojunk=False).get_opcodes()
        for tag, i1, i2, j1, j2 in steps:
            single = tag == "replace" and i2 - i1 == 1 and j2 - j1 == 1
            inside = i1 > 0 and i2 < len(mine)
            if single and inside and not _there(mine[i1], pair.evidence):
                yield _DOUBTFUL, f"it says {mine[i1]!r} where its evidence says {one.stems[j1]!r}"


def _turned(pair: _Pair) -> Iterator[Fault]:
    if verb := turned_round(pair.claim.text, [one.text for one in pair.evidence]):
        yield _CHANGED, f"who did it and to whom are turned round at {verb!r}"


def _nobody_named(claim: _Sentence) -> Iterator[Fault]:
    """Find that a claim opens with a pronoun and names nobody it can stand for."""
    first = next(iter(words(claim.text)), None)
    if first and first.lower in _PRONOUNS and not name_stems(claim.text):
        yield _DOUBTFUL, f"it does not tell who {first.text!r} is"


_RULES = (
    _numbers,
    _dates,
    _names,
    _quotations,
    _denials,
    _certainty,
    _speaking,
    _opposites,
    _replaced,
    _turned,
)
