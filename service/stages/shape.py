"""Check that a statement is its source's sentence: its words in order, and nothing lost but by rule."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from service.domain.brief import QuotedSpan, Statement
from service.domain.claims import Piece
from service.domain.text import Article, Sentence, Span, outside, text_sha256
from service.lexis.cues import opening_phrase
from service.stages.clean import PARAGRAPH_BREAK
from service.stages.context import antecedent
from service.stages.joining import AND, joinable
from service.stages.losses import losable
from service.stages.surface import capitalised, surface

_HEADLINE = "h"
_MOST_JOINED = 2


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

    def first(self, spans: Sequence[Span]) -> str:
        """Return the character that spans begin with, as it stands in their source."""
        return self.alone.text[spans[0].start]

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


def shape_faults(statement: Statement, articles: Mapping[str, Article | None]) -> Iterator[str]:
    """Say where a statement is not made of its source's sentence as the service makes them.

    Or of two sentences, of one subject, told as one. `articles` are the documents cited, by id; of
    one that is not at hand, a citation that leaves out words of its sentence, and a dateline of one
    word, are taken as they are.
    """
    runs = _runs(statement)
    if runs is None:
        yield "words of the service's own stand among its source's"
        return
    parts = [_part(statement, run, articles) for run in runs]
    told = [part for part in parts if isinstance(part, str)]
    found = [part for part in parts if isinstance(part, _Part)]
    if told:
        yield told[0]
    elif len(found) == 1:
        yield from _faults(found[0])
        yield from _losses(statement.id == _HEADLINE, found[0].spans, found[0].quoted)
    else:
        yield from _joined_faults(*found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """A stretch of a statement that is its sources' own words, [start, end), with its pieces."""

    start: int
    end: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What a statement says of one document: `said`, cut from `spans` of what it quotes of it."""

    said: str
    spans: tuple[Span, ...]
    quoted: _Quoted


def _runs(statement: Statement) -> list[_Run] | None:
    """Return what lies between the words of the service's own, one space from them.

    None where these stand elsewhere than before the statement, or are not the one joint of two runs.
    """
    runs: list[_Run] = []
    start, mine = 0, []
    for i, piece in enumerate(statement.provenance):
        if piece.document_id is not None:
            mine.append(piece)
            continue
        is_joint = bool(i) and statement.text[piece.start : piece.end] == AND and bool(mine)
        if i and not is_joint:
            return None
        if is_joint:
            runs.append(_Run(start=start, end=piece.start - 1, pieces=tuple(mine)))
        start, mine = piece.end + 1, []
        if (
            statement.text[piece.end : start] != " "
            or statement.text[piece.start - 1 : piece.start].strip()
        ):
            return None
    runs.append(_Run(start=start, end=len(statement.text), pieces=tuple(mine)))
    return runs if mine and len(runs) <= _MOST_JOINED else None


def _part(statement: Statement, run: _Run, articles: Mapping[str, Article | None]) -> _Part | str:
    """Return where a run lies in what its statement cites, or why it lies nowhere."""
    document_id = run.pieces[0].document_id or ""
    cited = next((c for c in statement.citations if c.document_id == document_id), None)
    if cited is None or any(p.document_id != document_id for p in run.pieces):
        return "its words are not of one document that it cites"
    spans = tuple(sorted(cited.spans, key=lambda s: (s.start, s.end)))
    quoted = _quoted(spans, articles.get(document_id))
    placed = _placed(run.pieces, quoted)
    if placed is None:
        return "its words come from outside the passages cited"
    return _Part(said=statement.text[run.start : run.end], spans=tuple(placed), quoted=quoted)


def _faults(part: _Part) -> Iterator[str]:
    if capitalised(surface(part.quoted.alone, part.spans)[0]) != capitalised(part.said):
        yield "its words are not joined as in its source"


def _joined_faults(first: _Part, second: _Part) -> Iterator[str]:
    """Say where two parts are not two sentences of one subject, less a stop and a subject."""
    a, b = (part.quoted.sentence_of(part.spans[0]) for part in (first, second))
    opening, _ = second.quoted.losable(b)
    named = second.quoted.alone.text[opening[0].end if opening else b.start : second.spans[0].start]
    stop = first.quoted.alone.text[a.end - 1 : a.end]
    span = joinable(first.said + stop, capitalised(named + second.said))
    if (
        span is None
        or span.end != len(named)
        or second.said[0] != second.quoted.first(second.spans)
    ):
        yield "it joins two sentences that cannot be told as one"
        return
    yield from _faults(first)
    yield from _faults(second)
    yield from _left_out(first, a, Span(a.end - 1, a.end))
    yield from _left_out(second, b, Span(b.start, second.spans[0].start))


def _left_out(part: _Part, sentence: Sentence, joint: Span) -> Iterator[str]:
    """Say what a part leaves out of its sentence besides what joining leaves out of it."""
    if any(part.quoted.sentence_of(span) != sentence for span in part.spans) or any(
        b.start < a.end for a, b in pairwise(part.spans)
    ):
        yield "its words are not in the order of its source"
        return
    yield from part.quoted.part_of_sentence(sentence)
    opening, parts = part.quoted.losable(sentence)
    gaps = outside(sentence.start, sentence.end, part.spans)
    yield from _lost([g for g in gaps if g not in (*opening, *parts, joint)], part.quoted)


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
