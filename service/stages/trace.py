"""Trace what a model wrote freely back to its source, word by word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from service.domain.claims import Piece
from service.domain.text import Article, Sentence, Span, outside
from service.stages.losses import losable
from service.stages.surface import capitalised, surface

# The combinations of more would take long to try; what is beyond stays in the sentence.
MAX_LOSSES = 6
_TOKEN = re.compile(r"\w+(?:[’'.\-‑]\w+)*|[^\w\s]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Where a sentence's words come from; `reason` says why it could not be traced, else it is "".

    `text` is the sentence with the white space and the first letter its source has. `sentence` is the
    source sentence it shares most with, None where the chunk has none.
    """

    text: str = ""
    pieces: tuple[Piece, ...] = ()
    sentence: Sentence | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a mark of a text, [start, end), as it stands there."""

    start: int
    end: int
    text: str


def trace(written: str, article: Article, sentences: Sequence[Sentence]) -> Trace:
    """Trace a written sentence to one sentence of its chunk.

    It must be that sentence, marks included, save what the sentence may lose by rule: words of the
    source in another order, with others between them or without some of them, can say the opposite.
    """
    tokens = tokens_of(written)
    ranked = sorted(
        (s for s in sentences if s.kind == "body"),
        key=lambda s: (-_shared(tokens, article.quote(s.span)), s.index),
    )
    if not ranked:
        return Trace(reason="its chunk has no running text")
    best = ranked[0]
    allowed = [
        Span(best.start + span.start, best.start + span.end)
        for span in losable(
            article.quote(best.span), language=article.language, around=article.text
        )
    ]
    for text, pieces in _forms(article, best, allowed):
        if _plain(text) == _plain(written):
            return Trace(text=text, pieces=pieces, sentence=best)
    return Trace(sentence=best, reason=_difference(tokens, article, best, allowed))


def _forms(
    article: Article, sentence: Sentence, allowed: Sequence[Span]
) -> Iterator[tuple[str, tuple[Piece, ...]]]:
    """Yield the texts that a sentence may be stated in, the whole first."""
    losses = allowed[:MAX_LOSSES]
    for count in range(len(losses) + 1):
        for lost in combinations(losses, count):
            yield surface(article, outside(sentence.start, sentence.end, lost))


def _plain(text: str) -> str:
    return capitalised(" ".join(text.split()))


def tokens_of(text: str, offset: int = 0) -> tuple[Token, ...]:
    """Return the words and marks of a text in order, moved by an offset; white space lies between them."""
    found = _TOKEN.finditer(text)
    return tuple(Token(m.start() + offset, m.end() + offset, m.group()) for m in found)


def _shared(tokens: Sequence[Token], source: str) -> int:
    there = {t.text.lower() for t in tokens_of(source)}
    return sum(len(t.text) for t in tokens if t.text.lower() in there)


def _difference(
    tokens: Sequence[Token], article: Article, sentence: Sentence, allowed: Sequence[Span]
) -> str:
    """Return how a written sentence differs from its source in words that people understand."""
    source = tokens_of(article.quote(sentence.span), sentence.start)
    kept: list[Span] = []
    at = 0
    for i, token in enumerate(tokens):
        while at < len(source) and not same_token(token.text, source[at].text, opens=i == 0):
            at += 1
        if at == len(source):
            return f"{token.text!r} is not in the sentence it most resembles, or not in that order"
        kept.append(Span(source[at].start, source[at].end))
        at += 1
    for gap in outside(sentence.start, sentence.end, kept):
        lost = article.quote(gap).strip()
        end = gap.start + len(article.quote(gap).rstrip())
        if lost and not any(a.start <= gap.start and end <= a.end for a in allowed):
            return f"it leaves out {lost!r}, which its sentence cannot lose"
    return "its words are not set apart as in the sentence it most resembles, or a part is half left out"


def same_token(a: str, b: str, *, opens: bool) -> bool:
    """Say whether two words are of the same letters; what opens a sentence may have a capital for it."""
    return a == b or (opens and capitalised(a) == capitalised(b))
