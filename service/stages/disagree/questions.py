"""Ask what sources disagree about, in plain words and the words of one of them."""

from service.domain.text import Span
from service.lexis.measures import TOLLS, value_of
from service.lexis.numbers import Quantity
from service.lexis.words import words
from service.stages.disagree.frames import Frame, core

_MAX_WORDS = 14
_GAP = "…"


def number_question(told: Frame, quantity: Quantity, measure: str, event_word: str) -> str:
    """Return the question that a rival number answers."""
    if measure in TOLLS:
        noun = quantity.surface[len(value_of(quantity)) :].strip() or "people"
        where = f" in the {event_word}" if event_word else ""
        if noun.split()[-1].lower() not in ("people", "children", "women", "men"):
            noun = "people"
        return f"How many {noun.lower()} were {measure}{where}?"
    if quantity.kind == "age":
        return f"Which age is right in {gapped(told)}?"
    return f"Which number is right in {gapped(told)}?"


def date_question(told: Frame) -> str:
    """Return the question that a rival date answers."""
    return f"Which date is right in {gapped(told)}?"


def gapped(told: Frame) -> str:
    """Return the words around a stretch in quotation marks, with a gap where it stands."""
    said = core(told.text, Span(told.start, told.end))
    left = told.text[said.start : told.start]
    right = told.text[told.end : said.end]
    before, after = words(left), words(right)
    keep = _MAX_WORDS - min(len(after), _MAX_WORDS // 2)
    start = before[-keep].start if len(before) > keep else 0
    keep = _MAX_WORDS - min(len(before), _MAX_WORDS // 2)
    end = after[keep - 1].end if len(after) > keep else len(right)
    phrase = f"{left[start:].lstrip()}{_GAP}{right[:end].rstrip(' .,;')}"
    return f"“{' '.join(phrase.split())}”"
