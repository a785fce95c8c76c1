"""The noun that a number counts, where it can be told without parsing the sentence."""

import re

_WORD = re.compile(r"(?P<gap>[^\S\n]{1,3}|-)(?P<word>[^\W\d_]+(?:-[^\W\d_]+)*)(?![\w’'-])")
# A phrase that is longer than this before its noun is not read.
_MAX_WORDS = 4

# Words no noun phrase holds: it ends before them.
_STOPS = frozenset(
    "a about above across after against ago all along alongside also although amid among an and"
    " are around as at away be because been before behind being below between but by can could"
    " daily did do does down due during each early either every except followed for from had has"
    " have he her here his how if in inside instead into is it its just last late later like may"
    " might must near next not now of off on once one onto or others our out outside over past per rather"
    " said says since so some still such than that the their them then there these they this those"
    " though through throughout to today together tomorrow too toward towards under until up upon"
    " was we were what when where which while who whose will with within without worth would"
    " yesterday yet you".split()
)
_IRREGULAR = {
    "people": "person",
    "persons": "person",
    "men": "man",
    "women": "woman",
    "children": "child",
    "police": "police",
    "troops": "troop",
    "personnel": "personnel",
    "staff": "staff",
    "dead": "dead",
    "wounded": "wounded",
    "injured": "injured",
    "aircraft": "aircraft",
    "cattle": "cattle",
    "sheep": "sheep",
    "fish": "fish",
    "teeth": "tooth",
    "feet": "foot",
    "mice": "mouse",
    "wives": "wife",
    "lives": "life",
    "knives": "knife",
    "wolves": "wolf",
    "halves": "half",
    "thieves": "thief",
    "leaves": "leaf",
    "shelves": "shelf",
    "crises": "crisis",
    "bases": "base",
    "buses": "bus",
    "viruses": "virus",
    "series": "series",
    "species": "species",
    "criteria": "criterion",
    "phenomena": "phenomenon",
    "movies": "movie",
    "ties": "tie",
    "shoes": "shoe",
    "heroes": "hero",
    "potatoes": "potato",
    "tomatoes": "tomato",
    "volcanoes": "volcano",
    "tornadoes": "tornado",
    "torpedoes": "torpedo",
    "vetoes": "veto",
}
_MEN = re.compile(r"(?P<stem>[^\W\d_]{2,})men")


def singular(word: str) -> str | None:
    """Return the singular of a lower-case plural noun; None where the word is no plural."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("men") and _MEN.fullmatch(word) and word not in ("specimen", "regimen"):
        return f"{word[:-3]}man"
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return None
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return word[:-2]
    return word[:-1]


def counted_noun(text: str, end: int, *, is_one: bool) -> tuple[str, int] | None:
    """Return the singular noun that a number ending at `end` counts, and the noun's own end.

    The words that follow are read up to a function word, a capital or punctuation; one
    capitalised adjective may stand first ("15 British sailors"). The noun is the first plural
    among them: "500 heavy weapons", "145 people killed". After the number one, and after an
    ordinal, only a single word can be told from a noun with its verb. Else nothing is claimed.
    """
    phrase: list[tuple[str, int]] = []
    at = end
    while len(phrase) < _MAX_WORDS and (match := _WORD.match(text, at)):
        word = match["word"]
        if word in _STOPS or (match["gap"] == "-" and at != end):
            break
        if not word.islower() and phrase:
            break
        phrase.append((word, match.end()))
        at = match.end()
        if not is_one and word.islower() and (found := singular(word.rpartition("-")[2])):
            return found, at
    if is_one and len(phrase) == 1:
        word, stop = phrase[0]
        if word.islower() and not word.endswith(("ed", "ly", "ing")) and "-" not in word:
            return singular(word) or word, stop
    return None
