"""What a sentence says around one stretch of it, so that two tellings of one thing can be matched."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import takewhile

from service.domain.text import Article, Sentence, Span
from service.lexis.cues import ATTRIBUTIONS, DONE, dateline, phase
from service.lexis.events import deeds, events_of
from service.lexis.kin import kin
from service.lexis.numbers import number_values
from service.lexis.profile import name_stems, named_in
from service.lexis.verbs import is_verb_like, telling_verbs
from service.lexis.words import CALENDAR, STOPWORDS, Word, stem, words
from service.stages.story import Story

# Two frames say the same when their content overlaps by this share (Dice's coefficient), or when the
# shorter is this nearly a part of the longer.
SAME_DICE = 0.7
SAME_PART = 0.85
MIN_STEMS = 3
NEIGHBOURS = 5
# So many content words in one run beside the stretch are one phrase.
SAME_RUN = 3
SAME_ENOUGH = 0.3
# How near to the stretch, in content words, one word for another makes it another thing.
_REPLACED_REACH = 4
# So many words before a comma are as a rule no clause of their own.
_OPENING = 4

_SAYS = "|".join(sorted(ATTRIBUTIONS - {"according", "states", "stated", "claim", "report"}))
_LEADING = re.compile(
    rf"According to [^,]{{1,80}}, |[^,;:\d“\"]{{1,70}}?\b(?:{_SAYS})(?: (?:on )?[A-Z][a-z]+day)? that "
    rf"|[^,;:\d“\"]{{1,50}}?\b(?:said|says|confirmed)(?: (?:on )?[A-Z][a-z]+day)? (?=\w)"
)
_TRAILING = re.compile(
    rf"[,;]?[”\"]?(?:,|\s[-–—])\s(?:[^,;]{{0,80}}\s)?(?:{_SAYS})(?!\s(?:that|an?|the|it|he|she|they)\b)(?:\s[^,;]{{0,50}}|\.[”\"]?)?$"
    r"|,?\s(?:according to|citing)\b.*$"
)
_PAUSE = re.compile(
    r"[,;:()]\s|\s[-–—]\s|\b(?:and|but|while|whereas|which|who|after|before|because|when|that)\s"
)
_CALENDAR = frozenset(stem(day) for day in CALENDAR)
_SOURCES = frozenset(stem(verb) for verb in ATTRIBUTIONS) | {"offici"}
# Small words that tell one of a kind from another.
_TURNERS = frozenset(
    """first second third fourth fifth sixth seventh eighth ninth tenth last next former previous north south east
    west northern southern eastern western male female men women boys girls old new upper lower prime foreign
    interior finance defence defense vice deputy presidential parliamentary legislative municipal regional
    federal domestic overseas indoor outdoor primary secondary senior junior inner outer daily weekly monthly
    quarterly annual yearly morning afternoon""".split()
)
# Whose "its revenue" is, the one who says so tells.
_OWN = re.compile(r"\b(?:it|its|itself|he|his|him|she|her)\b", re.IGNORECASE)
_OWNER = re.compile(r"\b([A-Z]\w+)[’']s?\s")
_NO_SPEAKERS = frozenset(
    stem(w)
    for w in """police army military navy government ministry hospital company firm court state president
    minister mayor governor spokesman spokeswoman spokesperson official""".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A sentence without one stretch of it, [start, end) of `text`, and without who says so.

    `stems` are its content words without numbers and days; `before` and `after` those nearest to the
    stretch, the nearest first; `sequence` all of them in order, with the stretch as "#". `names` holds
    the speaker's, where "its" or "he" stands for them, `common` what is written small. `concepts` are
    the deeds and events of all that is said; `deeds` and `verbs` those of the clause around the stretch,
    and `clause` its content words.
    """

    article: Article
    sentence: Sentence
    text: str
    start: int
    end: int
    stems: frozenset[str]
    sequence: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    names: frozenset[str]
    numbers: frozenset[str]
    common: frozenset[str]
    turners: frozenset[str]
    concepts: frozenset[str]
    deeds: frozenset[str]
    verbs: frozenset[str]
    clause: frozenset[str]
    is_done: bool


def frame(article: Article, sentence: Sentence, start: int, end: int) -> Frame:
    """Return what a sentence says around [start, end), offsets in its own text."""
    text = article.quote(sentence.span)
    said = core(text, Span(start, end))
    left, right = text[said.start : start], text[end : said.end]
    before, after = tuple(_content(left)), tuple(_content(right))
    around = f"{left} # {right}"
    near = clause(text, start, end)
    return Frame(
        article=article,
        sentence=sentence,
        text=text,
        start=start,
        end=end,
        stems=frozenset((*before, *after)),
        sequence=(*before, "#", *after),
        before=before[::-1][:NEIGHBOURS],
        after=after[:NEIGHBOURS],
        names=frozenset((*name_stems(around), *_subject(left), *_speakers(text, said, around)))
        - _CALENDAR,
        numbers=frozenset(number_values(around)),
        common=frozenset(stem(w.text) for w in words(around) if not w.capitalised),
        turners=frozenset(w.lower for w in words(around)) & _TURNERS,
        concepts=deeds(around) | events_of(around),
        deeds=deeds(near),
        verbs=telling_verbs(near) - _SOURCES,
        clause=frozenset(_content(near)),
        is_done=phase(around) >= DONE,
    )


def _subject(left: str) -> Iterator[str]:
    """Yield the single word that opens a sentence right before its verb, where it looks like a name."""
    opening = words(left)[:2]
    if len(opening) == 2 and is_verb_like(opening[1]):
        yield from _named((opening[0],))


def _named(spoken: Sequence[Word]) -> Iterator[str]:
    for word in spoken:
        stemmed = stem(word.text)
        is_kind = word.lower.endswith("s") or stemmed in _NO_SPEAKERS
        if word.capitalised and word.lower not in STOPWORDS and not is_kind:
            yield stemmed


def _speakers(text: str, said: Span, around: str) -> Iterator[str]:
    """Yield the names of who says so, where what is said calls them "it" or "he"."""
    if not _OWN.search(around):
        return
    for part in (text[: said.start], text[said.end :]):
        yield from _named(words(part))


def core(text: str, kept: Span) -> Span:
    """Return where a sentence says what it tells: without its dateline and without who says so.

    The whole sentence, where `kept` would not be inside.
    """
    opening = dateline(text)
    leading = _LEADING.match(text, opening)
    start = leading.end() if leading and leading.end() <= kept.start else opening
    trailing = _TRAILING.search(text, kept.end)
    end = trailing.start() if trailing else len(text)
    return Span(start if start <= kept.start else 0, max(end, kept.end))


def clause(text: str, start: int, end: int) -> str:
    """Return what stands with [start, end) between the nearest pauses.

    "On Monday," that opens a sentence stands with what follows it.
    """
    starts = [m.end() for m in _PAUSE.finditer(text, 0, start)]
    after = _PAUSE.search(text, end)
    if after and not starts and after[0] == ", " and len(words(text[: after.start()])) <= _OPENING:
        after = _PAUSE.search(text, after.end())
    return text[starts[-1] if starts else 0 : after.start() if after else len(text)]


def _content(text: str) -> Iterator[str]:
    for word in words(text):
        if word.lower in STOPWORDS or _is_number(word.text):
            continue
        stemmed = stem(word.text)
        if stemmed not in STOPWORDS and stemmed not in _CALENDAR and stemmed not in _SOURCES:
            yield stemmed


@lru_cache(maxsize=32768)
def _is_number(word: str) -> bool:
    return bool(number_values(word))


def same_frame(story: Story, a: Frame, b: Frame) -> bool:
    """Say whether two sentences are one, as good as word for word, but for the stretch in question."""
    if min(len(a.stems), len(b.stems)) < MIN_STEMS or tells_another(a, b) or not neighbourly(a, b):
        return False
    shared = weight(a.stems & b.stems, story.weights)
    mine, its = weight(a.stems, story.weights), weight(b.stems, story.weights)
    is_part = shared >= SAME_PART * min(mine, its) and min(len(a.stems), len(b.stems)) > MIN_STEMS
    if 2 * shared < SAME_DICE * (mine + its) and not is_part:
        return False
    return not replaced(a, b)


def same_phrase(story: Story, a: Frame, b: Frame) -> bool:
    """Say whether the words right beside the two stretches are one phrase, in sentences that differ.

    The sentences share a name, or some of their weight besides, and nothing shows them to tell of two
    things.
    """
    run = _run(a.before, b.before) + _run(a.after, b.after)
    if run < SAME_RUN or tells_another(a, b):
        return False
    return share(story, a, b) >= SAME_ENOUGH


def same_deed(a: Frame, b: Frame) -> bool:
    """Say whether two sentences tell of one deed, by a verb that both have or words for the same."""
    return bool(a.deeds & b.deeds or a.verbs & b.clause or b.verbs & a.clause)


def other_deeds(a: Frame, b: Frame) -> bool:
    """Say whether two sentences tell of two deeds, each by verbs of its own."""
    return bool(a.verbs and b.verbs) and not same_deed(a, b)


def share(story: Story, a: Frame, b: Frame) -> float:
    """Return how much of the lighter sentence's weight the other one tells, too, in [0, 1].

    A word is told by another word for the same deed, event or thing; a name is no common word.
    """
    light, heavy = sorted((a, b), key=lambda f: weight(f.stems, story.weights))
    whole = weight(light.stems, story.weights)
    unlike = (light.names & heavy.common) | (heavy.names & light.common)
    same = (light.stems & heavy.stems) - unlike
    told = same | {s for s in light.stems - same if concepts(s) & heavy.concepts}
    return weight(told, story.weights) / whole if whole else 0.0


@lru_cache(maxsize=32768)
def concepts(word: str) -> frozenset[str]:
    """Return the deeds and events that a word tells of."""
    return deeds(word) | events_of(word)


def shared_names(a: Frame, b: Frame) -> int:
    """Return how many names of one sentence are in the other, and there no common words."""
    mine = sum((n in b.stems and n not in b.common) or named_in(n, b.names) for n in a.names)
    its = sum((n in a.stems and n not in a.common) or named_in(n, a.names) for n in b.names)
    return max(mine, its)


def _run(a: Sequence[str], b: Sequence[str]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False)))


def tells_another(a: Frame, b: Frame) -> bool:
    """Say whether anything shows that two sentences tell of two things.

    Each names someone, counts something or turns some way that the other does not; or one is
    planned and the other done.
    """
    return of_another_kind(a, b) or other_names(a, b)


def other_subjects(a: Frame, b: Frame) -> bool:
    """Say whether two sentences open with two names, one of which the other does not have at all."""
    mine, its = (next(_subject(f.text), "") for f in (a, b))
    return bool(mine and its) and mine != its and (mine not in b.stems or its not in a.stems)


def other_owners(a: Frame, b: Frame) -> bool:
    """Say whether two sentences tell what belongs to two: "Talvia's exports", "Moravia's exports"."""
    mine, its = ({stem(m[1]) for m in _OWNER.finditer(f.text)} for f in (a, b))
    return bool(mine and its) and mine.isdisjoint(its)


def of_another_kind(a: Frame, b: Frame, *, is_estimate: bool = False) -> bool:
    """Say whether two sentences tell of two things whomever they name.

    An estimate is the same before and after.
    """
    return (
        (a.is_done != b.is_done and not is_estimate)
        or _both_have_more(a.numbers, b.numbers)
        or _both_have_more(a.turners, b.turners)
    )


def other_names(a: Frame, b: Frame) -> bool:
    """Say whether each of two sentences has a name that the other has not."""
    return other_words(a.names - b.stems, b.names - a.stems)


def other_words(a: frozenset[str], b: frozenset[str]) -> bool:
    """Say whether each of two sets of names has one that the other has not."""
    mine = any(not named_in(n, b) for n in a)
    return mine and any(not named_in(n, a) for n in b)


def neighbourly(a: Frame, b: Frame) -> bool:
    """Say whether the words next to the two stretches are the same, half of them at least."""
    mine, its = {*a.before[:3], *a.after[:3]}, {*b.before[:3], *b.after[:3]}
    return 2 * len(mine & its) >= min(len(mine), len(its)) > 0


def weight(stems: Collection[str], weights: Mapping[str, float]) -> float:
    """Return what stems weigh together; one that the story does not know weighs 1."""
    return sum(weights.get(s, 1.0) for s in sorted(stems))


def _both_have_more(a: frozenset[str], b: frozenset[str]) -> bool:
    return bool(a - b) and bool(b - a)


def replaced(a: Frame, b: Frame) -> bool:
    """Say whether near the stretch one content word stands for another: profit for revenue."""
    return _replaced(a.sequence, b.sequence)


@lru_cache(maxsize=16384)
def _replaced(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    steps = SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
    at = a.index("#")
    for tag, i1, i2, j1, j2 in steps:
        if tag != "replace" or i2 - i1 != 1 or j2 - j1 != 1:
            continue
        mine, its = a[i1], b[j1]
        alike = deeds(mine) & deeds(its) or events_of(mine) & events_of(its) or mine[:4] == its[:4]
        if not (alike or kin(mine) == kin(its)) and abs(i1 - at) <= _REPLACED_REACH:
            return True
    return False
