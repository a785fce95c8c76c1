"""Check that a statement is its source's sentence: its words in order, and nothing lost but by rule."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from service.domain.brief import QuotedSpan, Statement
from service.domain.claims import Piece
from service.domain.text import Article, Sentence, Span, outside, text_sha256
from service.lexis.cues import opening_phrase
from service.stages.clean import PARAGRAPH_BREAK
from service.stages.context import antecedent
from service.stages.losses import losable
from service.stages.surface import capitalised, surface

_HEADLINE = "h"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Quoted:
    """The passages cited of a statement's own document, as the sentences of an article of theirs.

    `article` is the document's text where it is at hand, else None.
    """

    spans: tuple[QuotedSpan, ...]
    alone: Article
    article: Article | None

    def sentence_of(self, span: Span) -> Sentence:
        return next(s for s in self.alone.sentences if s.start <= span.start < s.end)

    def adjoin(self, first: Sentence, second: Sentence) -> bool:
        """Say whether no more than a paragraph's end lies between two sentences."""
        start, end = self.spans[first.index].end, self.spans[second.index].start
        between = self.article.text[start:end] if self.article else ""
        return 0 <= end - start <= len(PARAGRAPH_BREAK) and not between.strip()

    def losable(self, sentence: Sentence) -> tuple[list[Span], list[Span]]:
        """Return the opening that a sentence may lose, if any, and the constituents behind it."""
        text = self.alone.quote(sentence.span)
        # Without the document, any place may be one that it names.
        around = self.article.text if self.article else text.title()
        language = self.article.language if self.article else "en"
        found = [
            Span(sentence.start + s.start, sentence.start + s.end)
            for s in losable(text, language=language, around=around)
        ]
        opens = bool(found) and found[0].start == sentence.start
        return found[:opens], found[opens:]

    def losable_in_headline(self, sentence: Sentence) -> Iterator[Span]:
        """Yield an opening phrase, with the opening before it, and the full stop."""
        opening, _ = self.losable(sentence)
        start = opening[0].end if opening else sentence.start
        text = capitalised(self.alone.text[start : sentence.end])
        if length := opening_phrase(text):
            yield Span(sentence.start, start + length)
        if text.endswith("."):
            yield Span(sentence.end - 1, sentence.end)

    def part_of_sentence(self, sentence: Sentence) -> Iterator[str]:
        """Tell where a passage cited is not one whole sentence of its document."""
        cited = self.spans[sentence.index]
        if self.article and not any(
            (s.start, s.end) == (cited.start, cited.end) for s in self.article.sentences
        ):
            yield f"{cited.quote!r} is not a whole sentence of its document"


def shape_faults(statement: Statement, article: Article | None) -> Iterator[str]:
    """Say where a statement is not made of its source's sentence as the service makes them.

    `article` is its own document, None where that is not at hand: then a citation that leaves out
    words of its sentence, and a dateline of one word, are taken as they are.
    """
    added = [p for p in statement.provenance if p.document_id is None]
    own = statement.provenance[len(added) :]
    if not own or len(added) > 1 or added != list(statement.provenance[: len(added)]):
        yield "words of the service's own stand among its source's"
        return
    cited = next((c for c in statement.citations if c.document_id == own[0].document_id), None)
    if cited is None or any(p.document_id != own[0].document_id for p in own):
        yield "its words are not of one document that it cites"
        return
    quoted = _quoted(tuple(sorted(cited.spans, key=lambda s: (s.start, s.end))), article)
    spans = _placed(own, quoted)
    if spans is None:
        yield "its words come from outside the passages cited"
        return
    said = statement.text[own[0].start :]
    lead = statement.text[: own[0].start]
    ends = statement.text[added[0].start : added[0].end] + " " if added else ""
    if lead != ends or capitalised(surface(quoted.alone, spans)[0]) != capitalised(said):
        yield "its words are not joined as in its source"
    yield from _losses(statement.id == _HEADLINE, spans, quoted)


def _quoted(spans: tuple[QuotedSpan, ...], article: Article | None) -> _Quoted:
    sentences: list[Sentence] = []
    text = ""
    for i, span in enumerate(spans):
        text += PARAGRAPH_BREAK if text else ""
        sentences.append(Sentence(index=i, start=len(text), end=len(text) + len(span.quote)))
        text += span.quote
    alone = Article(
        id="quotes", sha256=text_sha256(text), text=text, language="en", sentences=tuple(sentences)
    )
    return _Quoted(spans=spans, alone=alone, article=article)


def _placed(pieces: Sequence[Piece], quoted: _Quoted) -> list[Span] | None:
    """Return where the pieces lie in the quotes, those that touch as one; None where one lies nowhere."""
    placed: list[Span] = []
    for piece in pieces:
        start, end = piece.source_start, piece.source_end
        home = next(
            (
                (cited, sentence)
                for cited, sentence in zip(quoted.spans, quoted.alone.sentences, strict=True)
                if start is not None and end is not None and cited.start <= start < end <= cited.end
            ),
            None,
        )
        if start is None or end is None or home is None:
            return None
        moved = home[1].start - home[0].start
        span = Span(start + moved, end + moved)
        if placed and placed[-1].end == span.start:
            span = Span(placed.pop().start, span.end)
        placed.append(span)
    return placed


def _losses(is_headline: bool, spans: Sequence[Span], quoted: _Quoted) -> Iterator[str]:
    if any(b.start < a.end for a, b in pairwise(spans)):
        yield "its words are not in the order of its source"
        return
    groups = [(s, list(kept)) for s, kept in groupby(spans, key=quoted.sentence_of)]
    *before, (last, kept) = groups
    if len(before) > 1 or (before and not quoted.adjoin(before[0][0], last)):
        yield "it joins words of sentences that do not follow one another"
        return
    yield from quoted.part_of_sentence(last)
    start = last.start
    opening, parts = quoted.losable(last)
    allowed = [*opening, *parts]
    if before:
        first, words_before = before[0]
        named = antecedent(quoted.alone, last, opening[0].end - start if opening else 0)
        if named is not None and words_before == [named.name]:
            start = named.replaces.end
        else:
            # A sentence brought along, and the one that leans on it, are whole.
            allowed = []
            yield from quoted.part_of_sentence(first)
            gaps = outside(first.start, first.end, words_before)
            yield from _lost([g for g in gaps if g not in quoted.losable(first)[0]], quoted)
    elif is_headline:
        allowed += quoted.losable_in_headline(last)
    gaps = outside(start, last.end, kept) if kept[0].start >= start else ()
    yield from _lost([g for g in gaps if g not in allowed], quoted)


def _lost(gaps: Sequence[Span], quoted: _Quoted) -> Iterator[str]:
    for gap in gaps:
        yield f"it leaves out {quoted.alone.quote(gap).strip()!r}, which its sentence cannot lose"
