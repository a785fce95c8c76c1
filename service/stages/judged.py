"""Check again what stands on the word of an entailment model: rewritten sentences, and further evidence."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from service.domain.brief import Brief, QuotedSpan, Statement
from service.domain.claims import Piece, Provenance
from service.domain.ports import EntailmentScorer
from service.domain.text import Article
from service.stages.align import (
    ENTAILED,
    NEAR_CONTAINMENT,
    SUPPORT_CONTAINMENT,
    facts_hold,
    supporters,
)
from service.stages.rewrite import (
    MAX_SOURCES,
    Passage,
    doubted,
    entailment,
    kept_true,
    too_doubtful,
    traced,
)

# What a run record calls the models that stand behind evidence.
ENTAILMENT, ENTAILMENT_REVISION = "entailment", "entailment_revision"
EMBEDDINGS, EMBEDDINGS_REVISION = "embeddings", "embeddings_revision"
NO_SUPPORT = "does not support it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """The entailment model that a brief was made with, "" for none, and the one at hand.

    `least` is the share of a claim that its evidence must hold where no model is asked.
    """

    name: str
    revision: str
    provenance: Provenance
    least: float
    scorer: EntailmentScorer | None

    @property
    def may_rewrite(self) -> bool:
        """Whether the brief may hold sentences that a model wrote."""
        return bool(self.name) and self.provenance != "strict"

    def missing(self) -> str:
        """Return that the model is needed, where another is at hand or none, or ""."""
        if self.scorer is None:
            return f"the entailment model {self.name} is needed to check it again"
        if self.revision and self.scorer.revision != self.revision:
            return (
                f"the entailment model {self.name} of revision {self.revision} is needed to check it"
                f" again; {self.scorer.name} of revision {self.scorer.revision} is another"
            )
        return ""

    def unsupported(self, texts: Sequence[str], claim: str) -> str:
        """Return why none of some passages supports a claim, or ""."""
        if supporters(texts, claim, least=self.least):
            return ""
        asked = [text for text in texts if facts_hold(claim, text)] if self.name else []
        if not asked:
            return NO_SUPPORT
        if missing := self.missing():
            return f"does not support it by rule alone; {missing}"
        scores = self.scorer.score([(text, claim) for text in asked]) if self.scorer else []
        return "" if max(scores, default=0.0) >= ENTAILED else NO_SUPPORT


def judge_of(brief: Brief, scorer: EntailmentScorer | None) -> Judge:
    """Return who is to judge what a brief says, by its run record."""
    models = brief.run.models if brief.run else {}
    return Judge(
        name=models.get(ENTAILMENT, ""),
        revision=models.get(ENTAILMENT_REVISION, ""),
        provenance=brief.run.options.provenance if brief.run else "strict",
        least=NEAR_CONTAINMENT if models.get(EMBEDDINGS) else SUPPORT_CONTAINMENT,
        scorer=scorer,
    )


def rewritten_faults(
    statement: Statement, articles: Mapping[str, Article | None], judge: Judge
) -> Iterator[str]:
    """Say where a statement is not what may be written of the sentences it cites.

    Its words are traced anew to them, and must come out as its provenance has them; then its facts
    and the model are asked.
    """
    pieces, text = _written(statement)
    own = {p.document_id for p in pieces if p.document_id}
    cited = [
        (Passage(document_id=c.document_id, start=s.start, text=s.quote), s)
        for c in sorted(statement.citations, key=lambda c: c.document_id)
        if c.document_id in own
        for s in sorted(c.spans, key=lambda s: s.start)
    ]
    passages = [passage for passage, _ in cited]
    yield from (
        f"{span.quote!r} is not a whole sentence of its document"
        for passage, span in cited
        if not _is_whole(span, articles.get(passage.document_id))
    )
    found = traced(text, passages, judge.provenance)
    if len(passages) > MAX_SOURCES:
        yield f"it is written of {len(passages)} sentences, most {MAX_SOURCES}"
    elif found.reason:
        yield found.reason
    elif found.pieces != pieces:
        yield "its words are not where its provenance says"
    elif reason := (
        kept_true(text, [p.text for p in passages])
        or doubted(text, [p.text for p in passages])
        or judge.missing()
    ):
        yield reason
    elif judge.scorer is not None:
        score = entailment(text, passages, judge.scorer)
        if reason := too_doubtful(score, judge.scorer):
            yield reason


def _written(statement: Statement) -> tuple[tuple[Piece, ...], str]:
    """Return a statement's pieces and text without the service's own words before it, from 0 on."""
    first, *rest = statement.provenance
    if first.document_id is not None:
        return statement.provenance, statement.text
    before = first.end + 1
    moved = tuple(
        Piece(
            start=p.start - before,
            end=p.end - before,
            document_id=p.document_id,
            source_start=p.source_start,
            source_end=p.source_end,
        )
        for p in rest
        if p.start >= before
    )
    return moved, statement.text[before:]


def _is_whole(span: QuotedSpan, article: Article | None) -> bool:
    return article is None or any(
        (s.start, s.end) == (span.start, span.end) and s.kind == "body" for s in article.sentences
    )
