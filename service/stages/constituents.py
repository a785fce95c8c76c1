"""Find what a sentence can lose and still claim what it claims: descriptions set off on both sides."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from service.domain.text import Span
from service.lexis.clauses import (
    ANAPHORS,
    DESCRIPTIVE_PARTICIPLES,
    DETERMINERS,
    JOINERS,
    NOUNS_LIKE_VERBS,
    OFFICES,
    PAGE_NOTES,
    PLURAL_ANAPHORS,
    PREPOSITIONS,
    RELATIVES,
    REVERSALS,
    SCOPES,
    SUBORDINATORS,
)
from service.lexis.cues import ATTRIBUTIONS, turns_truth
from service.lexis.dates import find_dates
from service.lexis.numbers import number_values
from service.lexis.verbs import has_finite_verb, is_verb_like
from service.lexis.words import CALENDAR, QUOTATION, STOPWORDS, Word, word_count, words

MIN_WORDS_LEFT = 4
MAX_WORDS_LOST = 20
# Stand for what lies in a quotation, or in parentheses, and is not looked into; neither is a word.
_QUOTED, _BRACKETED = "“", "("
_SINGLE_QUOTED = re.compile(r"(?<!\w)'(?=\S).+?'(?!\w)")
_PARENTHESIS = re.compile(r"(?<=\S)[^\S\n]\((?P<inner>[^()]+)\)(?=[\s,.;:])")
_COMMA = re.compile(r",(?=[^\S\n])")
_DASH = re.compile(r"(?<=\S)(?:[^\S\n](?:--?|[–—])(?=[^\S\n])|—(?=\w))")
_BREAKS = frozenset('“”"‘()[]{};:—–*/|…!?')
_NEAR_WORDS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What stands between two delimiters, `inner`, with what comes before and after them."""

    span: Span
    before: str
    inner: str
    after: str


def optional(text: str, language: str | None) -> tuple[Span, ...]:
    """Return the spans of a sentence's text that may be left out, all at once or any of them.

    They lie inside it, in order and apart; each holds its delimiters, so that what is left joins.
    The rules are for English: in another language, and in one not known, nothing may be left out.
    """
    if language != "en":
        return ()
    shielded = _shield(text, QUOTATION, _QUOTED)
    shielded = _shield(shielded, _SINGLE_QUOTED, _QUOTED)
    if _unbalanced(text, shielded):
        return ()
    found = [p.span for p in _parentheses(shielded) if _is_page_note(p) or _is_short_name(p)]
    bare = _shield(shielded, re.compile(r"\([^()]*\)"), _BRACKETED)
    found += [p.span for p in (*_between_dashes(bare), *_between_commas(bare)) if _describes(p)]
    kept: list[Span] = []
    for span in sorted(found):
        if (not kept or kept[-1].end <= span.start) and _stays_whole(text, [*kept, span]):
            kept.append(span)
    return tuple(kept)


def _shield(text: str, pattern: re.Pattern[str], mark: str) -> str:
    return pattern.sub(lambda m: mark * len(m.group()), text)


def _unbalanced(text: str, shielded: str) -> bool:
    """Say whether quotation marks or brackets do not pair, or lie in one another."""
    for opening, closing in ("“”", "‘’"):
        if text.count(opening) > text.count(closing):
            return True
    depth = 0
    for c in shielded:
        depth += (c == "(") - (c == ")")
        if depth not in (0, 1):
            return True
    return depth != 0 or '"' in shielded or "”" in shielded


def _stays_whole(text: str, cuts: Sequence[Span]) -> bool:
    left = without(text, cuts)
    return word_count(left) >= MIN_WORDS_LEFT and has_finite_verb(left)


def without(text: str, cuts: Sequence[Span]) -> str:
    """Return a text without some spans of it, which are in order and apart."""
    bounds = [0, *(at for cut in cuts for at in (cut.start, cut.end)), len(text)]
    return "".join(text[a:b] for a, b in zip(bounds[::2], bounds[1::2], strict=True))


def _parentheses(text: str) -> Iterator[_Part]:
    for match in _PARENTHESIS.finditer(text):
        start, end = match.span()
        yield _Part(
            span=Span(start, end), before=text[:start], inner=match["inner"], after=text[end:]
        )


def _between_dashes(text: str) -> Iterator[_Part]:
    """Yield what two dashes of one kind set off, where the sentence has no third."""
    dashes = list(_DASH.finditer(text))
    if len(dashes) == 2 and dashes[0].group() == dashes[1].group():
        yield _part(text, dashes[0], dashes[1])


def _between_commas(text: str) -> Iterator[_Part]:
    commas = list(_COMMA.finditer(text))
    for first, second in pairwise(commas):
        part = _part(text, first, second)
        if not _is_listed(part) and _goes_on(part):
            yield part


def _part(text: str, first: re.Match[str], second: re.Match[str]) -> _Part:
    return _Part(
        span=Span(first.start(), second.end()),
        before=text[: first.start()],
        inner=text[first.end() : second.start()],
        after=text[second.end() :],
    )


def _is_listed(part: _Part) -> bool:
    """Say whether what follows joins on, at once or after a few words: "A, the B, C, and D"."""
    ahead = [words(segment) for segment in _COMMA.split(part.after)[:2]]
    if not ahead[0] or ahead[0][0].lower in JOINERS:
        return True
    if len(ahead) < 2 or not ahead[1]:
        return False
    joined = ahead[1][0].lower in JOINERS and len(ahead[0]) < _NEAR_WORDS
    return joined or _opens_predicate(ahead[1])


def _goes_on(part: _Part) -> bool:
    """Say whether the clause that was broken into goes on behind the second comma.

    With its verb, where the subject stands before the first; or with a preposition, where a whole
    clause does. Anything else may belong to what is set off: "who lives in Paris, Texas, ...".
    """
    rest = words(part.after)
    told_before = has_finite_verb(part.before)
    if _opens_predicate(rest):
        if _is_set_off_itself(part.before):
            return False
        if rest[0].lower in ATTRIBUTIONS and rest[1:] and rest[1].capitalised:
            return False
        return not told_before or rest[0].lower in _AUXILIARIES
    appositive = words(part.inner)[:1] and words(part.inner)[0].lower not in RELATIVES
    plain_before = "," not in part.before and not _opens_adverbially(part.before)
    return bool(appositive and told_before and plain_before and rest[0].lower in PREPOSITIONS)


_AUXILIARIES = frozenset(
    """is are was were has have had do does did will would shall should can could may might must
    told""".split()
)


def _is_set_off_itself(before: str) -> bool:
    """Say whether the second comma also closes what stands before: "The leader, Kim, a lawyer, said"."""
    earlier, comma, _ = before.rpartition(", ")
    return bool(comma) and not _opens_adverbially(earlier) and not has_finite_verb(earlier)


def _opens_predicate(spoken: Sequence[Word]) -> bool:
    """Say whether words open with a finite verb; one in -ed before "by" is none."""
    at = 1 if spoken[:1] and spoken[0].lower.endswith("ly") else 0
    if len(spoken) <= at or spoken[at].capitalised or not is_verb_like(spoken[at]):
        return False
    return len(spoken) <= at + 1 or spoken[at + 1].lower != "by"


def _opens_adverbially(text: str) -> bool:
    """Say whether the last stretch between commas opens as a phrase of time, place or manner does."""
    spoken = words(_COMMA.split(text)[-1])
    if not spoken:
        return True
    first = spoken[0].lower
    return (
        first in PREPOSITIONS
        or first in SUBORDINATORS
        or first in JOINERS
        or first.endswith(("ing", "ed", "ly"))
    )


def _describes(part: _Part) -> bool:
    """Say whether a part is a description of what stands right before it, and no more than that."""
    spoken = words(part.inner)
    if not 2 <= len(spoken) <= MAX_WORDS_LOST or not words(part.before):
        return False
    if not _is_harmless(part.inner, spoken) or _is_meant_later(part):
        return False
    head = words(part.before)[-1]
    if part.before[head.end :].strip() or not _is_one_thing(part.before, head):
        return False
    if spoken[0].lower in RELATIVES:
        return has_finite_verb(part.inner) and _is_named(part.before, head)
    return (
        (spoken[0].lower in DETERMINERS or spoken[0].lower in OFFICES)
        and not _opens_adverbially(part.before)
        and _is_noun_phrase(spoken)
        and (head.capitalised or not any(w.capitalised for w in spoken))
    )


def _is_harmless(inner: str, spoken: Sequence[Word]) -> bool:
    """Say whether nothing in a part bears on the truth, the time or the standing of the claim."""
    if any(c in _BREAKS for c in inner) or turns_truth(inner):
        return False
    if number_values(inner) or find_dates(inner):
        return False
    return not any(
        w.lower in SUBORDINATORS
        or w.lower in REVERSALS
        or w.lower in SCOPES
        or w.lower in CALENDAR
        or w.lower.startswith(("non-", "ex-", "anti-", "pro-", "un-"))
        for w in spoken
    )


def _is_one_thing(before: str, head: Word) -> bool:
    """Say whether a name or a definite noun stands before a part: one thing, whole without it."""
    near = [w for w in words(before) if w.end <= head.end][-_NEAR_WORDS:]
    if any(w.lower in SCOPES for w in near) or head.lower in CALENDAR:
        return False
    if head.text[0].isnumeric() or head.lower in STOPWORDS:
        return False
    # "The drag on the economy - the housing market - is gone": there it tells what is spoken of.
    return head.capitalised or any(w.lower in DETERMINERS - {"the"} for w in near)


def _is_named(before: str, head: Word) -> bool:
    """Say whether it is plain without a clause on it which one is meant.

    "The hotel, where he stayed, burned", "a country, which pays in full, may ..." and "Americans,
    who are burdened, should ...": there a clause may tell which, whatever its commas say.
    """
    near = [w for w in words(before) if w.end <= head.end][-_NEAR_WORDS:]
    if head.capitalised:
        return not head.lower.endswith("ns")
    return any(w.lower in ("his", "her", "its", "their") for w in near)


def _is_noun_phrase(spoken: Sequence[Word]) -> bool:
    """Say whether words hold a common noun, and no verb outside a clause that hangs on one of them."""
    for word in spoken[1:]:
        if word.lower in ("who", "which", "that", "whose"):
            break
        if word.lower in DESCRIPTIVE_PARTICIPLES or word.lower in NOUNS_LIKE_VERBS:
            continue
        if is_verb_like(word) or word.lower == "to":
            return False
    if spoken[0].lower in OFFICES:
        return any(w.lower in ("of", "for", "at", "with") for w in spoken)
    return any(not w.capitalised and w.lower not in STOPWORDS for w in spoken)


def _is_meant_later(part: _Part) -> bool:
    """Say whether a pronoun behind a part may stand for something that only the part names."""
    later = {w.lower for w in words(part.after)}
    if later & PLURAL_ANAPHORS:
        return True
    spoken = words(part.inner)
    others = any(w.capitalised or w.lower in ("his", "her", "their", "of") for w in spoken[1:])
    return (others or "whose" in part.inner) and bool(later & ANAPHORS)


def _is_page_note(part: _Part) -> bool:
    spoken = words(part.inner)
    return 0 < len(spoken) <= 3 and spoken[0].lower in PAGE_NOTES and part.inner.isascii()


def _is_short_name(part: _Part) -> bool:
    """Say whether a part is the initials of the name before it: "Atomic Energy Agency (AEA)".

    Not where the rest of the sentence uses them.
    """
    name = part.inner.rstrip("s")
    if not (name.isalpha() and name.isupper() and 2 <= len(name) <= 8) or name in part.after:
        return False
    letters = "".join(w.text[0] for w in words(part.before.replace("-", " "))[-2 * len(name) :])
    initials = iter(letters.upper())
    return all(letter in initials for letter in name)
