"""Does a date lie ahead or behind, as its sentence puts it?"""

from collections.abc import Sequence

from service.lexis.dates import DateMention
from service.lexis.verbs import is_past, is_verb_like
from service.lexis.words import Word, stem, words

_MODALS = frozenset({"will", "shall", "would", "must", "should", "could", "may", "might", "can"})
_PLANNED = frozenset({"scheduled", "due", "set", "planned", "slated", "expected", "upcoming"})

# What is called for, hoped or promised may have been done since or not.
_WISHES = frozenset(
    stem(v)
    for v in """call urge hope want demand propose ask promise vow agree order invite nominate request recommend
    consider threaten prepare""".split()
)


def looks_ahead(text: str, mention: DateMention) -> bool | None:
    """Say whether a date is of something still to come; None where the sentence does not tell.

    The verb nearest before the date decides ("said on Thursday that it will ..." looks back, "will
    meet on Thursday" ahead); a date before any verb goes with the first one behind it.
    """
    spoken = words(text)
    before = [i for i, w in enumerate(spoken) if w.end <= mention.start and _tells(w)]
    after = [i for i, w in enumerate(spoken) if w.start >= mention.end and _tells(w)]
    nearest = before[-1:] or after[:1]
    return _is_ahead(spoken, nearest[0]) if nearest else None


def _tells(word: Word) -> bool:
    return word.lower in _MODALS or word.lower in _PLANNED or is_verb_like(word)


def _is_ahead(spoken: Sequence[Word], i: int) -> bool | None:
    """Say whether the verb at `i` is one of the future: "will meet", "is to meet", "is due".

    None for the present: "meets on Thursday" looks ahead, "sees ... since Thursday" back.
    """
    if spoken[i].lower in _MODALS or spoken[i].lower in _PLANNED:
        return True
    ahead = [w.lower for w in spoken[max(0, i - 2) : i]]
    if ahead[-1:] == ["to"] or any(w in _MODALS for w in ahead):
        return True
    if stem(spoken[i].text) in _WISHES:
        return None
    return False if is_past(spoken[i]) else None
