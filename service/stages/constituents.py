"""Find what a sentence can lose and still claim what it claims: a closed set of shapes, and nothing else."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from service.domain.text import Span, outside
from service.lexis.clauses import (
    BODIES,
    FIELDS,
    INSTITUTIONS,
    LANDS,
    NOTED_WHERE,
    PAGE_NOTES,
    ROLES,
    SPEECH,
)
from service.lexis.cues import opening_connective, turns_truth
from service.lexis.verbs import has_finite_verb, is_verb_like
from service.lexis.words import CALENDAR, STOPWORDS, Word, stem, word_count, words

MIN_WORDS_LEFT = 4
MIN_INITIALS = 3
_QUOTES = frozenset('"“”„‟«»‹›')
_SINGLE_QUOTE = re.compile(r"(?<!\w)['‘](?=\S)")
_PARENTHESIS = re.compile(r"(?<=\w)[^\S\n]\((?P<inner>[^()]+)\)(?=[\s,.;:])")
_COMMA = re.compile(r",(?=[^\S\n])")
_DASH = re.compile(r"(?<=\S)(?:[^\S\n](?:--?|[–—])(?=[^\S\n])|—(?=\w))")
# The words of a name, one space between two of them.
_NAME = re.compile(r"[A-Z][\w’'\-]*(?: (?:(?:of|the|for|and|on|in) |& )*[A-Z][\w’'\-]*)*$")
_JOINING = frozenset("of the for and on in".split())
_PLAIN = re.compile(r"[\w’'\- ]+")
_PLACES = INSTITUTIONS | LANDS
_DETERMINERS = frozenset("a an the his her its their".split())
# "Were" and "are" go with several, of which the clause may pick some.
_SEATED = re.compile(
    r"\s*(?P<what>who|which) (?:is|was) (?P<how>based|headquartered|born|located|situated)"
    r" (?:in|at|near) (?P<place>.+)"
)
# Ends of names that stand for several: "Israelis", "the Japanese", "the British", "the Dutch".
_MANY = ("s", "ese", "sh", "ch")
_ARTICLES = frozenset(("the", "of", "a", "an"))
_ANAPHORS = frozenset(
    """he she it him her his hers its himself herself itself they them their theirs themselves there here
    this that these those such both latter former one other""".split()
)


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
    Nor may it where the sentence quotes.
    """
    if language != "en" or _quotes(text):
        return ()
    found = [p.span for p in _parentheses(text) if _is_page_note(p) or _is_short_name(p)]
    if not _attributes(text):
        parts = (*_between_dashes(text), *_between_commas(text))
        found += [p.span for p in parts if _tells_a_role(p) or _tells_a_seat(p)]
    kept: list[Span] = []
    for span in sorted(found):
        if (not kept or kept[-1].end < span.start) and _stays_whole(text, [*kept, span]):
            kept.append(span)
    return tuple(kept)


def without(text: str, cuts: Sequence[Span]) -> str:
    """Return a text without some spans of it, which are in order and apart."""
    return "".join(text[kept.start : kept.end] for kept in outside(0, len(text), cuts))


def _quotes(text: str) -> bool:
    return any(c in _QUOTES for c in text) or _SINGLE_QUOTE.search(text) is not None


def _attributes(text: str) -> bool:
    """Say whether anybody may be speaking; a capital inside the sentence is a name's: "States"."""
    return any(w.lower in SPEECH and not (w.start and w.capitalised) for w in words(text))


def _stays_whole(text: str, cuts: Sequence[Span]) -> bool:
    left = without(text, cuts)
    return word_count(left) >= MIN_WORDS_LEFT and has_finite_verb(left)


def _parentheses(text: str) -> Iterator[_Part]:
    for match in _PARENTHESIS.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        if before.count("(") == before.count(")") and after.count("(") == after.count(")"):
            yield _Part(span=Span(*match.span()), before=before, inner=match["inner"], after=after)


def _between_dashes(text: str) -> Iterator[_Part]:
    """Yield what two dashes of one kind set off, where the sentence has no third."""
    dashes = list(_DASH.finditer(text))
    if len(dashes) == 2 and dashes[0].group() == dashes[1].group():
        yield from _subject_part(text, dashes[0], dashes[1])


def _between_commas(text: str) -> Iterator[_Part]:
    for first, second in pairwise(_COMMA.finditer(text)):
        yield from _subject_part(text, first, second)


def _subject_part(text: str, first: re.Match[str], second: re.Match[str]) -> Iterator[_Part]:
    """Yield what two delimiters set off between a sentence's subject and its verb.

    The subject must open the sentence, and the verb come at once: elsewhere a part may be one of a
    list, or the second delimiter close more than it.
    """
    before, inner, after = (
        text[: first.start()],
        text[first.end() : second.start()],
        text[second.end() :],
    )
    opening = opening_connective(text)
    subject = "," not in before[opening:] and not has_finite_verb(before) and "(" not in before
    ahead = [words(segment) for segment in _COMMA.split(after)[:2]]
    if subject and _opens_predicate(ahead[0]) and not any(map(_opens_predicate, ahead[1:])):
        span = Span(first.start(), second.end())
        yield _Part(span=span, before=before, inner=inner, after=after)


def _opens_predicate(spoken: Sequence[Word]) -> bool:
    """Say whether words open with a finite verb; one in -ed before a preposition may be none."""
    if not spoken or spoken[0].capitalised or not is_verb_like(spoken[0]):
        return False
    follower = spoken[1].lower if len(spoken) > 1 else ""
    return not (spoken[0].lower.endswith("ed") and follower in ("by", "of", "with", "in", "at"))


def _tells_a_role(part: _Part) -> bool:
    """Say whether a part tells of one person what they do or whose kin they are: "a nurse at the port"."""
    spoken = words(part.inner)
    if not _PLAIN.fullmatch(part.inner) or not _is_person(part.before) or _is_meant_later(part):
        return False
    at = start = int(bool(spoken) and spoken[0].text in _DETERMINERS)
    while at < len(spoken) and spoken[at].text in FIELDS | ROLES:
        at += 1
    if at == start or spoken[at - 1].text not in ROLES:
        return False
    if at == len(spoken):
        # "The actor" tells which of two people of one name is meant.
        return bool(start) and spoken[0].text != "the"
    return spoken[at].text in ("of", "at", "for", "in", "from") and _is_place(spoken[at + 1 :])


def _tells_a_seat(part: _Part) -> bool:
    """Say whether a part tells only where one named body has its seat, or one person was born.

    Where a place lies can tell which one is meant; that may go only behind an institution's name.
    """
    match = _SEATED.fullmatch(part.inner)
    name = _name_before(part.before)
    if match is None or not name or not _PLAIN.fullmatch(part.inner) or _is_meant_later(part):
        return False
    if match["how"] == "born" or match["what"] == "who":
        fits = _is_person(part.before)
    elif match["how"] in ("located", "situated"):
        fits = name[-1].lower in INSTITUTIONS
    else:
        fits = name[0].lower not in STOPWORDS and not name[-1].lower.endswith(_MANY)
    return fits and _is_place(words(match["place"]))


def _is_place(spoken: Sequence[Word]) -> bool:
    """Say whether words name a place or a body, and tell nothing else."""
    if not spoken or spoken[-1].text in _ARTICLES or turns_truth(" ".join(w.text for w in spoken)):
        return False
    return all(
        w.text in _ARTICLES
        or w.text in _PLACES
        or w.text in FIELDS
        or w.text in ROLES
        or (w.capitalised and w.lower not in CALENDAR and not is_verb_like(w))
        for w in spoken
    )


def _name_before(before: str) -> list[Word]:
    """Return the capitalised words, nothing but a space between two, that end a text."""
    name: list[Word] = []
    end = len(before)
    for word in reversed(words(before)):
        if not word.capitalised or before[word.end : end].strip(" " if name else ""):
            break
        name.insert(0, word)
        end = word.start
    return name


def _is_person(before: str) -> bool:
    """Say whether a text ends by a person's name: two words or more, none of a body or a place."""
    name = _name_before(before)
    if len(name) < 2 or re.search(r"[^sui]s$", name[-1].lower):
        return False
    return not any(
        w.lower in BODIES
        or w.lower in STOPWORDS
        or w.lower in CALENDAR
        or (len(w.text) > 1 and w.text.isupper())
        or any(c.isnumeric() for c in w.text)
        for w in name
    )


def _is_meant_later(part: _Part) -> bool:
    """Say whether what comes after a part may speak of something that only the part names."""
    later = {stem(w.text) for w in words(part.after)}
    inner = words(part.inner)
    named = {stem(w.text) for w in inner if w.lower not in STOPWORDS}
    refers = any(w.lower in _ANAPHORS for w in words(part.after))
    others = any(
        w.capitalised or w.text in _PLACES or w.lower in ("of", "his", "her") for w in inner
    )
    # "The city" behind "Basel" is one that the sentence then no longer names.
    kind = re.search(r"\b(?:the|its|his|her) (\w+)", part.after)
    return bool(later & named) or (others and (refers or (kind is not None and kind[1] in _PLACES)))


def _is_page_note(part: _Part) -> bool:
    spoken = words(part.inner)
    return (
        bool(spoken)
        and spoken[0].lower in PAGE_NOTES
        and all(w.lower in PAGE_NOTES or w.lower in NOTED_WHERE for w in spoken)
        and _PLAIN.fullmatch(part.inner) is not None
    )


def _is_short_name(part: _Part) -> bool:
    """Say whether a part is the initials of the name before it: "Atomic Energy Agency (AEA)".

    Not where the rest of the sentence uses them.
    """
    letters = part.inner
    if not (letters.isalpha() and letters.isupper() and len(letters) >= MIN_INITIALS):
        return False
    if any(w.text.startswith(letters) for w in words(f"{part.before} . {part.after}")):
        return False
    match = _NAME.search(part.before)
    if match is None:
        return False
    name = [w for w in words(match.group()) if w.text not in _JOINING]
    return "".join(w.text[0] for w in name[-len(letters) :]) == letters
