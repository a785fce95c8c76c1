"""Closed lists of the words on which a sentence's truth or its reading turns."""

import re
from datetime import date

from service.lexis.verbs import has_finite_verb
from service.lexis.words import stem, words

NEGATIONS = frozenset(
    """no not never none nobody nothing neither nor without cannot hardly barely scarcely
    lack lacks lacked lacking fail fails failed failing refuse refuses refused
    deny denies denied reject rejects rejected""".split()
)
MODALS = frozenset(
    """may might could would should must can will shall ought
    likely unlikely possibly perhaps probably potential potentially expected""".split()
)
HEDGES = frozenset(
    """allegedly alleged reportedly reported apparently suspected purported purportedly claimed
    about around nearly almost approximately roughly estimated seems seemed appears appeared
    if unless except only but however although though despite""".split()
)
_TURNERS = frozenset(
    """all most some few only half fewer less more than least nearly almost barely mostly partly former ex acting
    first second third last next before after until since with without above below ahead behind against
    north south east west northern southern eastern western left right up down off
    stop stops stopped start starts started begin begins began end ends ended threaten threatens threatened
    fail fails failed refuse refuses refused try tries tried attempt attempts attempted offer offers offered
    no not never none""".split()
)
_DOUBTS = HEDGES - frozenset(
    "if unless except only but however although though despite about around".split()
)
ATTRIBUTIONS = frozenset(
    """said says say saying told tells according claim claims claiming stated states announced announces added
    reported reports report argued argues argue believes believe believed suggested suggests warned warns
    denied denies insisted insists acknowledged confirmed confirms wrote noted testified accused accuses
    accusing alleged alleges emphasized emphasised stressed assert asserts asserted predict predicts
    predicted estimate estimates estimated indicated indicating described describes allege confirm insist
    acknowledge acknowledges deny testify testifies accuse stress stresses""".split()
)

ATTRIBUTION_STEMS = frozenset(stem(verb) for verb in ATTRIBUTIONS)

CONNECTIVES = (
    "however", "meanwhile", "moreover", "furthermore", "in addition", "additionally", "also",
    "at the same time", "on the other hand", "for instance", "for example", "in fact", "indeed",
    "nevertheless", "nonetheless", "besides", "similarly", "likewise", "still", "overall",
    "in other words", "of course", "after all", "in short", "in conclusion",
)  # fmt: skip
_CONNECTIVE = re.compile(
    rf"(?:(?:and|but|yet|so)\s+)?(?:{'|'.join(sorted(CONNECTIVES, key=len, reverse=True))}),\s+",
    re.IGNORECASE,
)
_PLACE = r"[A-Z][\w.'’]+(?: [A-Z][\w.'’]+){0,3}"
_AGENCY = r"\((?:AP|AFP|Reuters|UPI|Xinhua|TASS|CNN|dpa|ANI|IANS|IPS|BBC|RFE/RL)\)"
_DASH = r"(?:\s*[–—]\s*|\s+--?\s+)"
_DATELINE = re.compile(
    # KABUL, AFGHANISTAN - ; LONDON (Reuters) - ; Meadow Lake, Saskatchewan - ; Paris (AP) -
    rf"[A-Z][A-Z.’' ]{{2,30}}(?:, {_PLACE}(?: \([^()]{{2,30}}\))?| {_AGENCY}){_DASH}(?=[A-Z“\"])"
    rf"|{_PLACE}, {_PLACE}(?: {_AGENCY})?{_DASH}(?=[A-Z“\"])"
    rf"|{_PLACE} {_AGENCY}{_DASH}(?=[A-Z“\"])"
    # A stamp such as "Saturday, March 26, 2005" run into the first words.
    r"|(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, )?[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4}\s*(?=[A-Z“\"])"
)
# "KABUL - ..." is a dateline, "FALSE - ..." a verdict: only a place is named again in the text.
_DATELINE_LEAVES = 20
_BARE_DATELINE = re.compile(rf"([A-Z][A-Z.’' ]{{2,30}}){_DASH}(?=[A-Z“\"])")

# What an opening phrase may say and be left out of a headline: a judgement, or when.
_OPENING_PHRASE = re.compile(
    r"(?:In an? (?:[a-z-]+ ){0,2}(?:shift|move|step|reversal|turn|setback|blow|surprise|first|upset|bid)"
    r"|(?:On|Late on|Early on) (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
    r"(?: morning| afternoon| evening| night)?),\s+(?=[A-Z])"
)

# What has not happened yet, in the order in which such things usually do; see `phase`.
_CONSIDERED = re.compile(
    r"\b(?:consider(?:s|ed|ing)?|weigh(?:s|ed|ing)?|mulls?|mulling|review(?:s|ing)|explor(?:es|ing)"
    r"|discuss(?:es|ing)|propos(?:es|ed|ing)|proposals?|calls? for|called for|urg(?:es|ed|ing)|demands?"
    r"|(?-i:may)|might|could|hopes? to|seeks? to|wants? to|looking to|possible|possibly|potential(?:ly)?)\b",
    re.IGNORECASE,
)
_PLANNED = re.compile(
    r"\b(?:will|would|shall"
    r"|(?:is|are|was|were|be) (?:set|due|expected|likely|scheduled|poised|about|going|ready) to"
    r"|plan(?:s|ned|ning)? to|intends? to|prepar(?:es|ed|ing|ations?)|upcoming|imminent|soon|decided to|agreed to"
    r"|vow(?:s|ed) to|(?:the|an?) (?:expected|planned|proposed|anticipated)"
    r"|to be)\b",
    re.IGNORECASE,
)
# "Russia to Remove Taliban", but not "Tributes paid to the victims" nor "From Paris to Rome".
_TITLE_INFINITIVE = re.compile(
    r"^([A-Z][\w’'.\- ]{0,60}?)\sto\s"
    r"(?!(?:the|an?|his|her|its|their|more|less|over|under|about|nearly|almost|at|up)\b|\d)[A-Za-z]+\b"
)
_PASSED = re.compile(
    r"\b(?:approv(?:es|ed)|pass(?:es|ed)|adopt(?:s|ed)|vot(?:es|ed)|endors(?:es|ed)|back(?:s|ed)|green-?lit)\b",
    re.IGNORECASE,
)


def negations(text: str) -> tuple[str, ...]:
    """Return the words that deny, in order, contracted forms as "not"."""
    found = []
    for word in words(text):
        if word.lower.endswith("n't") or word.lower == "cannot":
            found.append("not")
        elif word.lower in NEGATIONS:
            found.append(stem(word.text))
    return tuple(found)


def modals(text: str) -> tuple[str, ...]:
    """Return the words that say how sure or how real something is, in order."""
    return tuple(w.lower for w in words(text) if w.lower in MODALS and not _is_month(w.text))


def turners(text: str) -> tuple[str, ...]:
    """Return, sorted, the small words that turn what a sentence says: how much, which way, how far."""
    return tuple(sorted(w.lower for w in words(text) if w.lower in _TURNERS))


def hedges(text: str) -> tuple[str, ...]:
    """Return the words that put what is said in doubt or make it approximate, in order."""
    return tuple(w.lower for w in words(text) if w.lower in _DOUBTS)


def attributions(text: str) -> tuple[str, ...]:
    """Return the stems of the words that say who says so, in order."""
    return tuple(
        stem(w.text) for w in words(text) if w.lower in ATTRIBUTIONS and w.text != "States"
    )


def _is_month(word: str) -> bool:
    return word == "May"


def turns_truth(text: str) -> bool:
    """Say whether leaving this text out of a sentence could change what the sentence claims."""
    return any(
        w.lower in NEGATIONS
        or w.lower in MODALS
        or w.lower in HEDGES
        or w.lower in ATTRIBUTIONS
        or w.lower.endswith("n't")
        or any(c.isnumeric() for c in w.text)
        for w in words(text)
    )


def opening_connective(text: str) -> int:
    """Return the length of a connective that opens the sentence ("However, "), or 0."""
    match = _CONNECTIVE.match(text)
    return match.end() if match else 0


def dateline(text: str, around: str = "") -> int:
    """Return the length of a dateline that opens the sentence ("KABUL, Afghanistan - "), or 0.

    A single word in capitals is one only where the text around names it as a place is named.
    """
    match = _DATELINE.match(text)
    if match is None:
        match = _BARE_DATELINE.match(text)
        if match is not None and match.group(1).strip().title() not in around:
            match = None
    return match.end() if match and len(text) - match.end() > _DATELINE_LEAVES else 0


def opening_phrase(text: str) -> int:
    """Return the length of a phrase that opens a sentence and that a headline can spare, or 0."""
    match = _OPENING_PHRASE.match(text)
    return match.end() if match else 0


def _announces(title: str) -> bool:
    match = _TITLE_INFINITIVE.match(title)
    return (
        match is not None and not has_finite_verb(match.group(1)) and " from" not in match.group(1)
    )


DONE = 3


def phase(text: str, *, is_title: bool = False) -> int:
    """Say how far along a sentence reports its news to be: 0 considered, 1 planned, 2 passed, 3 done.

    "Is weighing a ban" comes before "is set to ban", which comes before "approved a bill that could ban",
    which comes before "has banned". A sentence without any such cue reports something done.
    """
    if _PASSED.search(text) and (_PLANNED.search(text) or _CONSIDERED.search(text)):
        return 2
    if _PLANNED.search(text) or (is_title and _announces(text)):
        return 1
    if _CONSIDERED.search(text):
        return 0
    return DONE


# What the service may add of its own before a statement: when its report was written, and that what
# it tells was still to come then.
EARLIER = "Earlier:"
EXPECTED = "Expected:"
_EXPECTED_AS_OF = "Expected, as of "
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_ADDED_DATE = re.compile(rf"\d{{1,2}} (?:{'|'.join(_MONTHS)})(?: \d{{1,4}})?:")


def dated(day: date, *, known_year: int | None = None) -> str:
    """Return the words that say of which day a report is: "12 July 2005:", "12 July:" in a known year."""
    year = "" if day.year == known_year else f" {day.year}"
    return f"{day.day} {_MONTHS[day.month - 1]}{year}:"


def is_added_date(text: str) -> bool:
    """Say whether an addition is such a date."""
    return _ADDED_DATE.fullmatch(text) is not None


def expected(day: date | None) -> str:
    """Return the words that say that something was to come: "Expected, as of 12 July 2005:"."""
    return EXPECTED if day is None else f"{_EXPECTED_AS_OF}{dated(day)}"


def added_date(text: str) -> str:
    """Return the report's day that an addition states, as `dated` writes it, or ""."""
    stated = text.removeprefix(_EXPECTED_AS_OF)
    return stated if is_added_date(stated) else ""


def addable(text: str) -> bool:
    """Say whether an addition is the service's own: of a report's day, or of a time before or after it."""
    return text in (EARLIER, EXPECTED) or added_date(text) != ""
