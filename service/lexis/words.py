"""Words, their stems, and the content words that carry a sentence's meaning."""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import snowballstemmer

# Letters, digits and marks; inner apostrophes, hyphens and stops keep "U.S", "3.5" and "al-Haramain" whole.
_WORD = re.compile(r"\w+(?:[’'.\-‑]\w+)*")
# What is said in someone's words: double quotes, and single ones that are no apostrophe.
QUOTATION = re.compile(r"“[^”]+”|\"[^\"]+\"|(?<!\w)‘.+?’(?!\w)")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_POSSESSIVE = re.compile(r"[’']s?$")
_ENGLISH = snowballstemmer.stemmer("english")

CALENDAR = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may june july
    august september october november december""".split()
)
STOPWORDS = frozenset(
    """a about above across after again all along also although am among amid an and another any are around as at
    be became because become been before being below between both but by came can come could did do does doing
    down during each either else even ever every few for from further get gets got had has have having he her
    here hers herself him himself his how however i if in including instead into is it its itself just last
    least less like made make many may me might more most much must my near neither new next no nor not now of
    off often on once one only onto or other others our out over own per rather same several she should since
    so some still such than that the their theirs them themselves then there these they this those though
    through thus to together too toward towards under until up upon us very via was we well were what when
    where whether which while who whom whose why will with within without would yet you your despite beyond
    besides amongst concerning regarding unlike whereas throughout alongside meanwhile earlier later""".split()
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text, [start, end) in code points, as it stands there."""

    start: int
    end: int
    text: str

    @property
    def lower(self) -> str:
        return self.text.lower().replace("’", "'")

    @property
    def capitalised(self) -> bool:
        return self.text[0].isupper()


@lru_cache(maxsize=8192)
def words(text: str) -> tuple[Word, ...]:
    """Return the words of a text in order; punctuation and white space lie between them."""
    return tuple(Word(m.start(), m.end(), m.group()) for m in _WORD.finditer(text))


def word_count(text: str) -> int:
    """Count as `max_words` does: stretches of text between white space.

    Scripts that put none between words count two characters as a word.
    """
    unspaced = len(_UNSPACED.findall(text))
    return len(_UNSPACED.sub(" ", text).split()) + (unspaced + 1) // 2


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Return the English Snowball stem of a word, lower-cased and without its possessive ending."""
    bare = _POSSESSIVE.sub("", word.lower().replace("’", "'"))
    return str(_ENGLISH.stemWord(bare))


@lru_cache(maxsize=16384)
def content_stems(text: str) -> tuple[str, ...]:
    """Return the stems of the words that carry meaning, in order, repeats included."""
    return tuple(stem(w.text) for w in words(text) if _POSSESSIVE.sub("", w.lower) not in STOPWORDS)


def content_bigrams(text: str) -> frozenset[tuple[str, str]]:
    """Return the pairs of neighbouring content stems."""
    stems = content_stems(text)
    return frozenset(pairwise(stems))


@lru_cache(maxsize=16384)
def adjacent_stems(text: str) -> tuple[tuple[str, str], ...]:
    """Return the pairs of stems that stand side by side, each once, in order.

    Those of two stop words are left out: they tell nothing.
    """
    told = [(stem(w.text), _POSSESSIVE.sub("", w.lower) in STOPWORDS) for w in words(text)]
    pairs = (
        (first, second)
        for (first, empty), (second, empty_too) in pairwise(told)
        if not (empty and empty_too)
    )
    return tuple(dict.fromkeys(pairs))
