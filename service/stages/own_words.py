"""What of an article is its writer's own words: its text without title and quoted speech."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from service.domain.text import Article, Span, outside
from service.lexis.number_words import SMALL, cardinals
from service.lexis.words import words

# A run of so many words found elsewhere was taken from there, as in Broder (1997).
RUN_WORDS = 5
# In a text this short an edit can break every run.
SHORT_TEXT_WORDS = 60
# Scare quotes and titles of works are the writer's; from here on somebody speaks.
_MIN_QUOTED_WORDS = 4
# Below this many words of its own an article is compared with its quotations.
_MIN_OWN_WORDS = 12
_QUOTED = re.compile(
    r"[“„«「『][^“”„«»「」『』\n]*(?:[”»」』“]|$)"
    r"|(?:\"|''|``)(?:[^\"'\n]|'(?!'))*(?:\"|''|$)"
    # Single marks are apostrophes too: these close after a sentence's or clause's end.
    r"|(?<!\w)[‘'](?=\w)[^\n]{15,600}?[.,?!…]\s?[’'](?!\w)",
    re.MULTILINE,
)
# Scripts without spaces: kana, Han, Thai, Lao, Burmese, Khmer.
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
)
_UNSPACED_CHARS = 4
_SPELLED = frozenset(SMALL.split("|"))
_PERCENT = re.compile(r"\s?%|\bper cent\b", re.IGNORECASE)
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_CLOCK = re.compile(r"(?<=\d)[:.](\d\d)\s?([ap])\.?m\b\.?|(?<=\d):(?=\d\d(?!\d))", re.IGNORECASE)

Run = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A stretch of the own words of one sentence, in the form in which they are compared.

    `names` are those of its words, other than the first, that are capitalised.
    """

    tokens: tuple[str, ...]
    names: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWords:
    """An article's own words, `count` of them; `runs` are the stretches of `RUN_WORDS` in its units."""

    units: tuple[Unit, ...]
    count: int
    runs: frozenset[Run]

    @property
    def tokens(self) -> tuple[str, ...]:
        return tuple(t for u in self.units for t in u.tokens)

    def may_share(self, other: "OwnWords") -> bool:
        """Say whether the texts are short, or one run or more of one stands in the other."""
        short = min(self.count, other.count) <= SHORT_TEXT_WORDS
        return short or not self.runs.isdisjoint(other.runs)

    def without(self, sentences: Iterable[tuple[str, ...]]) -> "OwnWords":
        """Return the same less the units of these tokens."""
        gone = frozenset(sentences)
        return _of([u for u in self.units if u.tokens not in gone]) if gone else self


def own_words(article: Article) -> OwnWords:
    """Read an article's own words; one that is nearly all quotation is read whole."""
    own = tuple(_units(article, _quotations(article.text)))
    if sum(len(u.tokens) for u in own) < _MIN_OWN_WORDS:
        own = tuple(_units(article, ()))
    return _of(own)


def _of(units: Sequence[Unit]) -> OwnWords:
    return OwnWords(
        units=tuple(units),
        count=sum(len(u.tokens) for u in units),
        runs=frozenset(r for u in units for r in runs(u.tokens, RUN_WORDS)),
    )


def runs(tokens: Sequence[str], length: int) -> Iterator[Run]:
    """Return every stretch of so many tokens, in order; none where there are fewer."""
    return zip(*(tokens[i:] for i in range(length)), strict=False)


def _units(article: Article, quoted: Sequence[Span]) -> Iterator[Unit]:
    for sentence in _sentences(article):
        cut = tuple(
            Span(max(q.start, sentence.start), min(q.end, sentence.end))
            for q in quoted
            if q.start < sentence.end and sentence.start < q.end
        )
        for span in outside(sentence.start, sentence.end, cut):
            if tokens := list(_tokens(article.quote(span))):
                yield Unit(
                    tokens=tuple(t for t, _ in tokens),
                    # The first word of a sentence has its capital for another reason.
                    names=frozenset(t for t, capital in tokens[1:] if capital),
                )


def _sentences(article: Article) -> list[Span]:
    """Return the sentences below the title, or the title's where there are none."""
    body = [s.span for s in article.sentences if s.kind != "title"]
    if body or article.sentences:
        return body or [s.span for s in article.sentences]
    lines = [Span(m.start(), m.end()) for m in re.finditer(r"[^\n]*\S[^\n]*", article.text)]
    return lines[1:] if article.title and len(lines) > 1 else lines


def _quotations(text: str) -> tuple[Span, ...]:
    """Return the quoted speech; a quotation that is not closed ends with its paragraph."""
    return tuple(
        Span(m.start(), m.end())
        for m in _QUOTED.finditer(text)
        if len(words(m.group())) >= _MIN_QUOTED_WORDS or _UNSPACED.search(m.group())
    )


def _tokens(text: str) -> Iterator[tuple[str, bool]]:
    """Yield each word in the form that is compared, and whether it is capitalised.

    A script without spaces gives every stretch of four characters.
    """
    for word in words(_in_one_style(text)):
        if _UNSPACED.search(word.text):
            last = max(1, len(word.text) - _UNSPACED_CHARS + 1)
            yield from ((word.text[i : i + _UNSPACED_CHARS], False) for i in range(last))
        else:
            yield _plain(word.lower), word.capitalised


def _in_one_style(text: str) -> str:
    """Return a text with what house styles differ in made the same: "1,200", "5%", "2:30 p.m."."""
    text = _THOUSANDS.sub("", _PERCENT.sub(" percent", text))
    return _CLOCK.sub(lambda m: f".{m[1]} {m[2]}m" if m[1] else ".", text)


@lru_cache(maxsize=65536)
def _plain(word: str) -> str:
    """Return a word without its possessive ending, a number in figures."""
    if _SPELLED.issuperset(word.split("-")):
        found = [value for _, _, value in cardinals(word)]
        if len(found) == 1:
            return str(found[0])
    return word.removesuffix("'s")
