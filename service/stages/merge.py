"""Tell two statements as one where that is shorter and safe: "A did this and did that"."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from service.domain.claims import Claim, Evidence, Piece
from service.domain.text import Article, Sentence
from service.lexis.words import word_count
from service.stages.align import Aligner
from service.stages.claims import Candidate
from service.stages.gates import exactness
from service.stages.joining import join
from service.stages.order import Chosen
from service.stages.story import Story
from service.stages.writer import Writer


@dataclass(frozen=True, slots=True, kw_only=True)
class Merger:
    """Merges neighbouring statements of a brief.

    Under `strict`, and without an entailment model, two sentences become one by rule alone; with a
    `writer`, what it writes of a pair is tried first. `barred` texts are never made.
    """

    story: Story
    aligner: Aligner
    writer: Writer | None = None
    barred: Collection[str] = ()

    def merged(self, told: Sequence[Chosen]) -> tuple[Chosen, ...]:
        """Return the statements with every pair merged that may be, each statement at most once."""
        pairs = list(self._pairs(told))
        made = dict(zip(pairs, self._candidates(told, pairs), strict=True))
        merged: list[Chosen] = []
        at = 0
        while at < len(told):
            candidate = made.get(at)
            merged.append(told[at] if candidate is None else replace(told[at], candidate=candidate))
            at += 1 if candidate is None else 2
        return tuple(merged)

    def _pairs(self, told: Sequence[Chosen]) -> Iterator[int]:
        """Yield the index of the first of each pair of neighbours that could be told as one.

        They are of one report, in its order, so that what stands behind one stands behind both; what
        others bear out keeps its own sentence, and with it the number of its sources.
        """
        at = 0
        while at + 1 < len(told):
            first, second = told[at].candidate, told[at + 1].candidate
            apart = told[at + 1].lead_in or first.claim.article_id != second.claim.article_id
            backed = len(_documents(first)) > 1 or len(_documents(second)) > 1
            if apart or backed or first.key > second.key or second.needs is not None:
                at += 1
            else:
                yield at
                at += 2

    def _candidates(self, told: Sequence[Chosen], pairs: Sequence[int]) -> list[Candidate | None]:
        both = [(told[i].candidate, told[i + 1].candidate) for i in pairs]
        written = self._written(both)
        return [
            self._kept(pair, made) or self._kept(pair, self._joined(*pair))
            for pair, made in zip(both, written, strict=True)
        ]

    def _kept(self, pair: tuple[Candidate, Candidate], made: Claim | None) -> Candidate | None:
        """Return a merged claim as a candidate, if it is shorter, passes the gate and may be stated."""
        if made is None or made.text in self.barred:
            return None
        longer = word_count(made.text) >= sum(word_count(c.claim.text) for c in pair)
        quotes = [self.story.article(e.article_id).quote(e.span) for e in made.own_evidence]
        if longer or exactness(made.text, quotes):
            return None
        return Candidate(claim=made, needs=pair[0].needs)

    def _joined(self, first: Candidate, second: Candidate) -> Claim | None:
        a, b = first.claim, second.claim
        joined = join((a.text, a.pieces), (b.text, b.pieces))
        if joined is None:
            return None
        return _claim(first, second, joined, (*a.evidence, *b.evidence))

    def _written(self, pairs: Sequence[tuple[Candidate, Candidate]]) -> list[Claim | None]:
        """Return what the writer makes of each pair, None where it may not stand."""
        if self.writer is None or not pairs:
            return [None] * len(pairs)
        unions = [[self._sentence(c) for c in pair] for pair in pairs]
        made: list[Claim | None] = []
        for pair, text in zip(pairs, self.writer.write("merge", unions), strict=True):
            further = self.aligner.further(text.text, {e.article_id for e in text.evidence})
            evidence = (*text.evidence, *further)
            worded = (text.text, text.pieces)
            made.append(None if text.reason else _claim(*pair, worded, evidence))
        return made

    def _sentence(self, candidate: Candidate) -> tuple[Article, Sentence]:
        article = self.story.article(candidate.claim.article_id)
        return article, article.sentences[candidate.claim.sentence]


def _documents(candidate: Candidate) -> set[str]:
    return {e.article_id for e in candidate.claim.evidence}


def _claim(
    first: Candidate,
    second: Candidate,
    worded: tuple[str, tuple[Piece, ...]],
    evidence: tuple[Evidence, ...],
) -> Claim:
    text, pieces = worded
    return replace(
        first.claim,
        text=text,
        pieces=pieces,
        salience=max(first.claim.salience, second.claim.salience),
        evidence=evidence,
    )
