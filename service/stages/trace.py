"""Trace what a model wrote freely back to its source, word by word."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from service.domain.claims import Piece
from service.domain.text import Article, Sentence, Span
from service.lexis.cues import addable, turns_truth

_TOKEN = re.compile(r"\w+(?:[’'.\-‑]\w+)*|[^\w\s]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Where a sentence's words come from; `reason` says why it could not be traced, else it is "".

    `sentence` is the source sentence it shares most with, None where the chunk has none.
    """

    pieces: tuple[Piece, ...]
    sentence: Sentence | None
    reason: str


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class _Run:
    """`length` tokens from `at` in the written sentence, found from `begin` in its source."""

    at: int
    begin: int
    length: int


def trace(written: str, article: Article, sentences: Sequence[Sentence]) -> Trace:
    """Trace a written sentence to one sentence of its chunk.

    Its words must be the source's, in the source's order: a sentence that shuffles the words of its
    source can say the opposite of it. What it leaves out must hold no denial, number, modal, hedge
    or attribution, and nothing may be left out at the end. A word found nowhere must be one of the
    closed list that a sentence may be joined with.
    """
    tokens = _tokens(written, 0)
    ranked = sorted(
        (s for s in sentences if s.kind == "body"),
        key=lambda s: (-_shared(tokens, article.quote(s.span)), s.index),
    )
    if not ranked:
        return Trace(pieces=(), sentence=None, reason="its chunk has no running text")
    best = ranked[0]
    source = _tokens(article.quote(best.span), best.start)
    runs = _runs(tokens, source)
    pieces, reason = _pieces(written, tokens, source, runs, article)
    reason = reason or _lost(source, runs)
    return Trace(pieces=() if reason else pieces, sentence=best, reason=reason)


def _tokens(text: str, offset: int) -> list[_Token]:
    return [_Token(m.start() + offset, m.end() + offset, m.group()) for m in _TOKEN.finditer(text)]


def _shared(tokens: Sequence[_Token], source: str) -> int:
    there = {t.text.lower() for t in _tokens(source, 0)}
    return sum(len(t.text) for t in tokens if t.text.lower() in there)


def _runs(tokens: Sequence[_Token], source: Sequence[_Token]) -> list[_Run]:
    """Take, at each point, the longest run of equal tokens that lies behind the last one."""
    runs: list[_Run] = []
    at = after = 0
    while at < len(tokens):
        length, negative = max(
            ((_equal(tokens, at, source, begin), -begin) for begin in range(after, len(source))),
            default=(0, 0),
        )
        if length:
            runs.append(_Run(at, -negative, length))
            after = length - negative
        at += max(1, length)
    return runs


def _equal(tokens: Sequence[_Token], at: int, source: Sequence[_Token], begin: int) -> int:
    length = 0
    while (
        at + length < len(tokens)
        and begin + length < len(source)
        and _same(tokens[at + length].text, source[begin + length].text, at + length == 0)
    ):
        length += 1
    return length


def _same(a: str, b: str, opens: bool) -> bool:
    return a == b or (opens and a[1:] == b[1:] and a[:1].lower() == b[:1].lower())


def _pieces(
    written: str,
    tokens: Sequence[_Token],
    source: Sequence[_Token],
    runs: Sequence[_Run],
    article: Article,
) -> tuple[tuple[Piece, ...], str]:
    """Return a piece for each run, and for each joining word; or the word that may not be there."""
    found: dict[int, Piece] = {}
    covered: set[int] = set()
    for run in runs:
        for piece in _cut_at_space(written, tokens, source, run, article):
            found[piece.start] = piece
        covered |= set(range(run.at, run.at + run.length))
    for i, token in enumerate(tokens):
        if i not in covered:
            if not addable(token.text):
                return (), f"{token.text!r} is not in its source, or not in that order"
            found[token.start] = Piece(start=token.start, end=token.end)
    return tuple(found[start] for start in sorted(found)), ""


def _cut_at_space(
    written: str,
    tokens: Sequence[_Token],
    source: Sequence[_Token],
    run: _Run,
    article: Article,
) -> list[Piece]:
    """Return the run as one piece, or one a token where the white space inside it differs."""
    first, last = tokens[run.at], tokens[run.at + run.length - 1]
    span = Span(source[run.begin].start, source[run.begin + run.length - 1].end)
    steps = [(0, run.length)]
    if not _same(written[first.start : last.end], article.quote(span), run.at == 0):
        steps = [(i, i + 1) for i in range(run.length)]
    return [
        Piece(
            start=tokens[run.at + i].start,
            end=tokens[run.at + j - 1].end,
            document_id=article.id,
            source_start=source[run.begin + i].start,
            source_end=source[run.begin + j - 1].end,
        )
        for i, j in steps
    ]


def _lost(source: Sequence[_Token], runs: Sequence[_Run]) -> str:
    """Return why what the written sentence leaves out may not be left out, or ""."""
    kept = {i for run in runs for i in range(run.begin, run.begin + run.length)}
    for i, token in enumerate(source):
        if i not in kept and turns_truth(token.text):
            return f"it loses {token.text!r} of its source"
    spoken = [i for i, token in enumerate(source) if any(c.isalnum() for c in token.text)]
    if spoken and spoken[-1] not in kept:
        return "it breaks off before the end of its source"
    return ""
