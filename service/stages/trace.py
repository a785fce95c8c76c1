"""Trace what a model wrote freely back to its source, word by word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from service.domain.claims import Piece
from service.domain.text import Article, Sentence, Span
from service.lexis.cues import addable

_TOKEN = re.compile(r"\w+(?:[’'.\-‑]\w+)*|[^\w\s]")
_MAX_SOURCES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Where a sentence's words come from; `reason` says why it could not be traced, else it is "".

    `sentences` are the source sentences it draws on, the one it shares most with first.
    """

    pieces: tuple[Piece, ...]
    sentences: tuple[Sentence, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    text: str
    sentence: int


def trace(written: str, article: Article, sentences: Sequence[Sentence]) -> Trace:
    """Trace a written sentence to at most two sentences of its chunk.

    The longest run of equal words is taken first at each point, and a run that goes on where the
    last one ended is preferred, so that words with several possible origins get the nearest one.
    A word found nowhere must be one of the closed list that a sentence may be joined with.
    """
    tokens = _tokens(written, 0, 0)
    ranked = sorted(
        (s for s in sentences if s.kind == "body"),
        key=lambda s: (-_shared(tokens, article.quote(s.span)), s.index),
    )
    if not ranked:
        return Trace(pieces=(), sentences=(), reason="its chunk has no running text")
    failed = ""
    for count in range(1, _MAX_SOURCES + 1):
        chosen = ranked[:count]
        source = [t for s in chosen for t in _tokens(article.quote(s.span), s.start, s.index)]
        pieces: list[Piece] = []
        failed = ""
        for piece, text in _runs(written, tokens, source, article):
            if piece.document_id is None and not addable(text):
                failed = f"{text!r} is not in its source"
                break
            pieces.append(piece)
        if not failed:
            return Trace(pieces=tuple(pieces), sentences=tuple(chosen), reason="")
    return Trace(pieces=(), sentences=tuple(ranked[:1]), reason=failed)


def _tokens(text: str, offset: int, sentence: int) -> list[_Token]:
    return [
        _Token(m.start() + offset, m.end() + offset, m.group(), sentence)
        for m in _TOKEN.finditer(text)
    ]


def _shared(tokens: Sequence[_Token], source: str) -> int:
    there = {t.text.lower() for t in _tokens(source, 0, 0)}
    return sum(len(t.text) for t in tokens if t.text.lower() in there)


def _runs(
    written: str, tokens: Sequence[_Token], source: Sequence[_Token], article: Article
) -> Iterator[tuple[Piece, str]]:
    at, after = 0, 0
    while at < len(tokens):
        begin, length = _longest_run(tokens, at, source, after)
        first, last = tokens[at], tokens[at + max(1, length) - 1]
        if not length:
            yield Piece(start=first.start, end=first.end), first.text
            at += 1
            continue
        span = Span(source[begin].start, source[begin + length - 1].end)
        # White space inside a run may differ; then the run is cut where it does.
        while length > 1 and not _same(
            written[first.start : last.end], article.quote(span), at == 0
        ):
            length -= 1
            last = tokens[at + length - 1]
            span = Span(source[begin].start, source[begin + length - 1].end)
        yield (
            Piece(
                start=first.start,
                end=last.end,
                document_id=article.id,
                source_start=span.start,
                source_end=span.end,
            ),
            written[first.start : last.end],
        )
        at += length
        after = begin + length


def _longest_run(
    tokens: Sequence[_Token], at: int, source: Sequence[_Token], after: int
) -> tuple[int, int]:
    best = (0, 0, 0)
    for begin in range(len(source)):
        length = 0
        while (
            at + length < len(tokens)
            and begin + length < len(source)
            and source[begin + length].sentence == source[begin].sentence
            and _same(tokens[at + length].text, source[begin + length].text, at + length == 0)
        ):
            length += 1
        if length:
            best = max(best, (length, int(begin == after), -begin))
    return -best[2], best[0]


def _same(a: str, b: str, opens: bool) -> bool:
    return a == b or (opens and a[1:] == b[1:] and a[:1].lower() == b[:1].lower())
