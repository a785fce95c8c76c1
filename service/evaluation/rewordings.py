"""Say a sentence again in slightly other words, as a second desk would."""

import re
from collections.abc import Callable

from service.evaluation.changes import draw, pick

_SYNONYMS = """announced said; said stated; told informed; began started; attack assault; big large; killed slain;
injured hurt; wounded injured; arrested detained; detained held; captured seized; attempted tried; purchase buy;
purchased bought; bought acquired; acquired bought; approximately about; about around; officials authorities;
children youngsters; bomb explosive; blast explosion; explosion blast; fire blaze; blaze fire; quake earthquake;
earthquake quake; car vehicle; victims dead; home house; currently now; near close to; during in; next following;
previously earlier; several some; because since; while as; help assist; quit resigned;
choose pick; chosen picked; increase rise; cut reduced; company firm;
firm company; deal agreement; agreement deal; film movie; movie film; lawyer attorney; prison jail; jail prison;
immediately at once; shot gunned down; demanded called for; destroyed wrecked; damaged hit; entered went into;
talks negotiations; people persons; required needed; received got; searching looking"""
_SYNONYM = {a: b for a, b in (p.strip().split(" ", 1) for p in _SYNONYMS.split(";"))}
# Who opens fire sets nothing ablaze.
_LOWER_WORD = re.compile(r"(?<![\w-])(?<!opened )(?<!open )(?<!opening )(?<!under )[a-z]+(?![\w-])")

_TRAILING = re.compile(
    r",[”\"]? (?P<who>(?:[A-Z][^,“”\"]{1,50}|[a-z]+(?: [a-z]+){0,2})) (?:said|says|added|reported)\.$"
)
_LEADING = re.compile(r"\AAccording to (?P<who>[^,]{2,60}), (?P<rest>.+)\.$")
_OPENING = re.compile(
    r"\A(?P<when>(?:On|In|At|After|Late|Early|During|Before|Since) [^,“”\"]{3,50}), (?P<rest>(?:the"
    r"|an?|[A-Z])[^“”\"]{15,})\.$"
)
_CLOSING = re.compile(
    r"\A(?P<rest>[A-Z][^“”\",]{20,}?) (?P<when>(?:on|in) [A-Z][a-z]+(?: \d{1,4})?)\.$"
)
_PAREN = re.compile(r" \([^()]{2,80}\)")
_RELATIVE = re.compile(r", (?:which|who|whose|where) [^,“”\"]{4,90}, (?=[a-z])")
_APPOSITIVE = re.compile(r", (?:the|an?) [^,“”\"\d]{4,60}, (?=[a-z])")
_TAIL = re.compile(r", (?:while|although|as|after|with|adding|which|who|but) [^“”\"]{8,160}\.$")
_PRONOUNS = frozenset("he she it they".split())
_SOURCES = ("officials said", "local media reported", "a spokesman said", "agencies reported")
_LEADS = ("According to local reports, ", "Reports say that ", "It was reported that ")
_OPENS = frozenset(
    "The A An In On At After It He She They His Her Its Their This That There Some Many Police Officials Two Three"
    " Four Five Six Seven Eight Nine Ten During Since When While Most All Several Authorities More"
    " Earlier Last Presently Later Next Recently By With From For To Under"
    " Over Despite As According Each Every No Nearly About Late Early"
    " Today Yesterday Previously Currently Meanwhile".split()
)


def reworded(sentence: str, kept: str, *, seed: int) -> str:
    """Return the sentence in other words or another order; `kept`, which is in it, stays as it is.

    As a rule two or three of four ways are tried, and now and then none: a copy is a rewording too.
    """
    told = sentence
    for i, way in enumerate(_WAYS):
        key = f"{seed}:{i}:{sentence}"
        if draw(key) % 5 < 2:
            continue
        made = way(told, kept, key)
        if kept in made and len(made.split()) >= 5:
            told = made
    return told


def _shortened(sentence: str, kept: str, key: str) -> str:
    for pattern, left in ((_PAREN, ""), (_RELATIVE, " "), (_APPOSITIVE, " "), (_TAIL, ".")):
        match = pattern.search(sentence)
        if match and kept not in match[0] and kept in (made := pattern.sub(left, sentence, 1)):
            return made
    return sentence


def _with_synonyms(sentence: str, kept: str, key: str) -> str:
    at = sentence.find(kept)

    def other(match: re.Match[str]) -> str:
        inside = at < match.end() and match.start() < at + len(kept)
        return match[0] if inside else _SYNONYM.get(match[0], match[0])

    # Quotations are people's own words.
    parts = re.split(r"(“[^”]*”|\"[^\"]*\")", sentence)
    if len(parts) > 1:
        return sentence
    return _LOWER_WORD.sub(other, sentence)


def _turned(sentence: str, kept: str, key: str) -> str:
    if match := _OPENING.match(sentence):
        when = match["when"][0].lower() + match["when"][1:]
        return f"{_opened(match['rest'])} {when}."
    if match := _CLOSING.match(sentence):
        return f"{match['when'][0].upper()}{match['when'][1:]}, {_continued(match['rest'])}."
    return sentence


def _attributed(sentence: str, kept: str, key: str) -> str:
    if match := _TRAILING.search(sentence):
        if sentence[match.start() :][1] in '”"' or match["who"] in _PRONOUNS:
            return sentence
        return f"According to {match['who']}, {_continued(sentence[: match.start()])}."
    if match := _LEADING.match(sentence):
        return f"{_opened(match['rest'])}, {match['who']} said."
    if re.search(r"\b(?:said|says|told|according)\b", sentence) or not sentence.endswith("."):
        return sentence
    if draw(key + "?") % 3 == 0:
        return sentence
    if draw(key) % 2:
        return f"{sentence[:-1]}, {pick(_SOURCES, key)}."
    return pick(_LEADS, key) + _continued(sentence)


def _opened(text: str) -> str:
    return text[0].upper() + text[1:]


def _continued(text: str) -> str:
    """Return a sentence as it goes on after a phrase: names keep their capital."""
    return text[0].lower() + text[1:] if text.split()[0].rstrip(",") in _OPENS else text


_WAYS: tuple[Callable[[str, str, str], str], ...] = (
    _shortened,
    _with_synonyms,
    _turned,
    _attributed,
)
