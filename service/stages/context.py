"""Can a sentence be understood without the ones before it? What it lacks, and what mends it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from service.domain.text import Article, Sentence, Span
from service.lexis.cues import ATTRIBUTIONS, attributions, dateline, opening_connective
from service.lexis.profile import name_stems
from service.lexis.verbs import is_verb_like
from service.lexis.words import CALENDAR, QUOTATION, STOPWORDS, Word, content_stems, stem, words

_OPENERS = frozenset(
    """he she they it his her their its him them such similar another both these those this that
    others former latter here then thus therefore so instead either neither""".split()
)
_EXPLETIVE = re.compile(
    r"it(?:’s|'s| is| was| remains| remained| will be) (?:not )?(?:yet )?(?:clear|unclear|known|unknown"
    r"|believed|expected|estimated|thought|reported|likely|unlikely|possible|impossible"
    r"|the first|the second|the third|the largest)\b",
    re.IGNORECASE,
)
# "..., he added." names nobody, whoever else the sentence names.
_PRONOUN_SAYS = re.compile(
    r",\s+(?:he|she|they|it)\s+(?:also\s+|later\s+)?(?:said|says|added|told|wrote|noted|stressed|warned"
    r"|explained|emphasi[sz]ed|insisted|argued|claimed|concluded|continued)\b"
    r"|,\s+(?:said|added)\s+(?:he|she|they)\b"
)
_TIMES = (
    r"(?:year|month|week|weekend|morning|afternoon|evening|spring|summer|autumn|fall|winter|century"
    r"|decade|season|time|quarter|day|days)"
)
_DEMONSTRATIVE = re.compile(
    rf"\b(?:this|these|those|such)\s+(?!as\b|a\b|an\b|{_TIMES}\b|who\b|that\b|of\b|with\b|in\b)[a-z]",
    re.IGNORECASE,
)
_BARE_DEMONSTRATIVE = re.compile(
    r"\b(?:this|these)\s+(?:is|are|was|were|has|have|had|will|would|could|may|means?)\b",
    re.IGNORECASE,
)
_DEFINITE = re.compile(
    r"\b[Tt]he\s+(?:(?:expected|planned|proposed|latest|new|recent)\s+)?([a-z]+(?:-[a-z]+)?)(?=(?:[’']s?)?(?:[\s,.;:!?”\"]|$))"
)
_MODIFIED = re.compile(
    r"(?:[’']s?)?\s+(?:of|for|between|among|against|that|which|who|whose|where|to|by|from|about|over|behind|in|on|at|near|into|with)\b"
)
# Nouns that only point back: a body is named before it is "the group", a move told before "the move".
_POINTERS = frozenset(
    """move decision step measure action announcement statement incident group organization organisation movement
    militants rebels pair duo couple man woman boy girl suspect victim victims accused proposal plan deal agreement
    bill law ruling order report study survey document letter initiative project program programme process issue
    development change shift policy ministry agency company firm department commission committee court panel board
    team club party bank university hospital airline regime operation case trial verdict sentence charge charges
    two three four latter former same other others official officials spokesman spokeswoman spokesperson ministers
    visit meeting talks summit event ceremony offer request claim allegation allegations remarks
    comments concerns""".split()
)
_MASCULINE_OR_FEMININE = frozenset({"he", "she", "him", "her", "his", "hers", "himself", "herself"})
_OTHER_PRONOUNS = frozenset(
    {"they", "them", "their", "theirs", "it", "its", "itself", "themselves"}
)
_FIRST_PERSON = frozenset(
    {"i", "we", "our", "us", "my", "me", "ours", "i'm", "we're", "we've", "i've"}
)
_PLACE_PREPOSITIONS = frozenset({"in", "at", "from", "to", "near", "on", "of", "since", "until"})
_BODIES = frozenset(
    """police people government team company ministry group army parliament council committee staff crew family
    couple pair public party men women children troops militia agency union court board""".split()
)
_PEOPLE = frozenset(
    """man woman boy girl minister president leader official spokesman spokeswoman chief officer judge lawyer
    mother father son daughter husband wife doctor teacher player coach singer actor author king queen pope
    prince princess senator governor mayor chairman director driver pilot suspect victim resident
    student""".split()
)
_NAMED_LAST = re.compile(
    r"(?:known as|called|named|dubbed)\s+(?:the\s+)?(?P<name>[A-Z][\w\-’']*(?:\s[A-Z][\w\-’']*){0,3})[.”\"]*$"
    r"|\((?P<short>[A-Z][\w\-]*[A-Z][\w\-]*)\)[.”\"]*$"
)
_GROUP_OPENING = re.compile(
    r"The (?:group|organization|organisation|movement|militia|company|firm|agency|party)(?=\s)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependence:
    """Why a sentence cannot stand alone: a "pointer" reads on from what was told right before it."""

    kind: Literal["pointer", "pronoun", "speaker", "question"]


def reads_on(before: str, needs: Dependence) -> bool:
    """Say whether a sentence that lacks something reads on from the one right before it.

    A pronoun needs somebody or something named there; nothing tells who "I" is, or what a question
    is about.
    """
    if needs.kind == "pronoun":
        return bool(name_stems(before)) or any(w.lower in _PEOPLE for w in words(before))
    return needs.kind == "pointer"


def continues_allegation(before: str, sentence: str) -> bool:
    """Say whether a sentence without a speaker may go on with what the one before it alleges.

    "They hid the results, a lawsuit says. Executives knew ...": who takes the second alone takes it
    for a fact.
    """
    outside = QUOTATION.sub(" ", sentence)
    return bool(_ALLEGES.search(before)) and not attributions(outside)


def names_event_only(sentence: str) -> bool:
    """Say whether a sentence opens with "The blaze ...": which one, its article has told before."""
    spoken = words(sentence)
    return len(spoken) > 1 and spoken[0].text == "The" and spoken[1].text in _EVENTS


def opening_to_lose(sentence: str, around: str = "") -> int:
    """Return the length of the dateline or connective at a sentence's start, safe to leave out; or 0.

    `around` is the article's text, in which a place that is a dateline by itself must be named.
    """
    if length := dateline(sentence, around) or opening_connective(sentence):
        return length
    match = re.match(r"(?:And|But)\s+(?=\w)", sentence)
    return match.end() if match else 0


def dependence(sentence: str) -> Dependence | None:
    """Return what a sentence, its opening already left out, lacks to be understood alone; None if nothing."""
    if sentence.rstrip("”\"’' ").endswith("?"):
        return Dependence(kind="question")
    if _unspoken_quotation(sentence):
        return Dependence(kind="speaker")
    outside = QUOTATION.sub(lambda m: " " * len(m.group()), sentence)
    spoken = words(outside)
    if not spoken:
        return None
    if any(_speaks(spoken, i) for i in range(len(spoken))):
        return Dependence(kind="speaker")
    # "She's" is a pronoun too.
    first = spoken[0].lower.partition("'")[0]
    if (
        first in _OPENERS
        and not _EXPLETIVE.match(outside.lstrip())
        and not _opens_with_time(outside)
    ):
        return Dependence(kind="pronoun")
    if _DEMONSTRATIVE.search(outside) or _BARE_DEMONSTRATIVE.search(outside):
        return Dependence(kind="pronoun")
    if _pronoun_without_antecedent(outside) or _PRONOUN_SAYS.search(outside):
        return Dependence(kind="pronoun")
    short_also = len(spoken) <= _SHORT_WORDS and any(w.lower == "also" for w in spoken)
    besides = any(w.lower == "else" for w in spoken) or _BESIDES.match(outside.lstrip())
    if short_also or besides or _points_back(outside) or _opens_bare(spoken, outside):
        return Dependence(kind="pointer")
    return None


def _speaks(spoken: Sequence[Word], i: int) -> bool:
    """Say whether a word is the first person: not the US, not Elizabeth I, not another tongue's "i"."""
    word = spoken[i]
    if word.lower == "i":
        return word.text == "I" and not (i and spoken[i - 1].capitalised)
    return word.lower in _FIRST_PERSON and word.text != "US"


def _opens_with_time(sentence: str) -> bool:
    return re.match(rf"\W*this {_TIMES}\b", sentence, re.IGNORECASE) is not None


def _unspoken_quotation(sentence: str) -> bool:
    """Say whether the sentence is all quotation, so that nobody says it."""
    rest = QUOTATION.sub(" ", sentence)
    if rest == sentence:
        return sentence.count("“") != sentence.count("”") or sentence.count('"') % 2 == 1
    return not attributions(rest) and len(content_stems(rest)) < 2


def _pronoun_without_antecedent(sentence: str) -> bool:
    spoken = words(sentence)
    for i, word in enumerate(spoken):
        person = word.lower in _MASCULINE_OR_FEMININE
        if not person and word.lower not in _OTHER_PRONOUNS:
            continue
        if word.lower == "it" and _EXPLETIVE.match(sentence[word.start :]):
            continue
        before = spoken[:i]
        if person:
            told = any(w.lower in _PEOPLE for w in before) or bool(_names(before))
        elif word.lower in ("they", "them", "themselves"):
            told = _several_before(before)
        else:
            told = any(w.lower not in STOPWORDS and w.lower not in CALENDAR for w in before)
        ahead = "," not in sentence[: word.start] and _named_after_comma(sentence[word.end :])
        return not told and not ahead
    return False


def _names(before: Sequence[Word]) -> list[Word]:
    """Return who may be named: no place behind a preposition, no day, no opening adverb or body."""
    return [
        w
        for i, w in enumerate(before)
        if w.capitalised
        and w.lower not in STOPWORDS
        and w.lower not in CALENDAR
        and not (i == 0 and (w.lower.endswith(("ing", "ed", "ly")) or w.lower in _BODIES))
        and not (i and before[i - 1].lower in _PLACE_PREPOSITIONS)
    ]


def _several_before(before: Sequence[Word]) -> bool:
    """Say whether several may be meant: a plural, a body of people, or two names."""
    plural = any(
        (w.lower.endswith("s") and len(w.text) > 3 and w.lower not in STOPWORDS)
        or w.lower in _BODIES
        for w in before
    )
    return plural or len(_names(before)) > 1


def _named_after_comma(rest: str) -> bool:
    """Say whether the name a pronoun runs ahead of opens the main clause ("In his speech, Lee ...")."""
    match = re.match(r"[^,]*,\s+(?:the\s+)?([A-Z]\w+)", rest)
    return match is not None and match.group(1).lower() not in STOPWORDS


def _points_back(sentence: str) -> bool:
    """Say whether "the move", "the group" and the like point at what the sentence has not named."""
    for match in _DEFINITE.finditer(sentence):
        noun = match.group(1)
        if noun not in _POINTERS or _MODIFIED.match(sentence, match.end()):
            continue
        before = sentence[: match.start()]
        # "..., the court heard" tells who says so as plainly as its article does.
        speaks = words(sentence[match.end() :])[:1]
        if before.endswith(", ") and speaks and speaks[0].lower in ATTRIBUTIONS | {"heard"}:
            continue
        if stem(noun) in content_stems(before) or (noun in _GROUP_WORDS and name_stems(before)):
            continue
        return True
    return False


def _opens_bare(spoken: Sequence[Word], sentence: str) -> bool:
    """Say whether a sentence opens with "The council approved ...": which council?

    What a story is about needs no such naming: "The earthquake struck ...".
    """
    if len(spoken) < 3 or spoken[0].text not in ("The", "Both"):
        return False
    noun, follower = spoken[1], spoken[2]
    if noun.capitalised or noun.lower in _KNOWN:
        return False
    comma = sentence[noun.end :].startswith(",")
    return comma or is_verb_like(follower)


# "Six other boats arrived.": beside which? "The resulting fire ...": of what?
_BESIDES = re.compile(
    r"(?:The )?(?:\w+ )?(?:other|further|more) (?!than\b)[a-z]"
    r"|The (?:accompanying|ensuing|following|remaining|resulting|subsequent)\b"
)
_EVENTS = frozenset(
    """earthquake quake tsunami storm hurricane cyclone typhoon flood fire blaze wildfire crash explosion blast
    attack bombing shooting war outbreak election eruption strike protest protests riots collision accident
    disaster""".split()
)
# What needs no naming: there is one, or the story is about it.
_KNOWN = _EVENTS | frozenset(
    """world sun moon earth weather public internet pandemic epidemic volcano drought famine""".split()
)
_ALLEGES = re.compile(
    r"\b(?:alleg(?:e|es|ed|edly|ation|ations)|accus(?:e|es|ed|ing|ation|ations)|lawsuits?|complaint"
    r"|indictment|prosecutors?|affidavit|plaintiffs?|claim(?:s|ed|ing)?|suspect(?:s|ed)? of)\b",
    re.IGNORECASE,
)
_SHORT_WORDS = 14
_GROUP_WORDS = frozenset(
    {
        "group",
        "organization",
        "organisation",
        "movement",
        "regime",
        "pair",
        "two",
        "company",
        "firm",
        "party",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """The name that "The group" stands for: what it replaces, where it is, and the words that give it."""

    replaces: Span
    name: Span
    given_by: Span


def antecedent(article: Article, sentence: Sentence, opening: int) -> Naming | None:
    """Return what "The group" at a sentence's start stands for, or None where that is not certain.

    It is certain only where the sentence right before ends by naming something ("..., known as
    ISIS-K."); anything less would be a guess.
    """
    start = sentence.start + opening
    match = _GROUP_OPENING.match(article.text, start, sentence.end)
    if match is None or sentence.index == 0:
        return None
    before = article.sentences[sentence.index - 1]
    if before.kind != "body":
        return None
    named = _NAMED_LAST.search(article.quote(before.span))
    if named is None:
        return None
    group = "name" if named.group("name") else "short"
    return Naming(
        replaces=Span(match.start(), match.end()),
        name=Span(before.start + named.start(group), before.start + named.end(group)),
        given_by=Span(before.start + named.start(), before.start + named.end()),
    )
