"""What becomes of the sentences that a model wrote freely: a claim that can be traced, or a reason."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from service.domain.claims import Claim, Evidence, Piece, Provenance
from service.domain.ports import EntailmentScorer
from service.stages.align import Aligner
from service.stages.draft import ChunkDraft
from service.stages.gates import exactness
from service.stages.rewrite import rewrite
from service.stages.segment import segment
from service.stages.story import SentenceKey
from service.stages.trace import trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Freedom:
    """How far a model may stray from its sources' sentences: not at all without who bears it out."""

    provenance: Provenance = "strict"
    scorer: EntailmentScorer | None = None


FAITHFUL = Freedom()


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A written sentence, the source sentence it stands on, and the claim, or why there is none."""

    text: str
    source: SentenceKey | None
    claim: Claim | None = None
    reason: str = ""


def written(
    chunk_draft: ChunkDraft,
    salience: Mapping[SentenceKey, float],
    aligner: Aligner,
    freedom: Freedom,
) -> Iterator[Written]:
    """Yield what becomes of each sentence of a draft, split as its source was.

    It is its source's sentence less what that may lose; or, with an entailment model, another that
    is made of its source's words and borne out by it.
    """
    article = chunk_draft.article
    text = chunk_draft.draft.text
    # As the source was split, so that "U.S." ends no sentence.
    for part in segment(text, has_title=False, language=article.language, fits=lambda _: True):
        said = text[part.start : part.end]
        made = _traced(said, chunk_draft, salience, aligner)
        if made.claim is None and freedom.scorer is not None and freedom.provenance != "strict":
            made = _rewritten(made, chunk_draft, salience, aligner, freedom)
        yield made


def _traced(
    text: str,
    chunk_draft: ChunkDraft,
    salience: Mapping[SentenceKey, float],
    aligner: Aligner,
) -> Written:
    article = chunk_draft.article
    found = trace(text, article, chunk_draft.sentences)
    if found.sentence is None:
        return Written(text=text, source=None, reason=found.reason)
    key = (article.id, found.sentence.index)
    if reason := found.reason or exactness(found.text, [article.quote(found.sentence.span)]):
        return Written(text=text, source=key, reason=reason)
    claim = _claim(found.text, found.pieces, key, salience, aligner.evidence(found.text, key))
    return Written(text=text, source=key, claim=claim)


def _rewritten(
    refused: Written,
    chunk_draft: ChunkDraft,
    salience: Mapping[SentenceKey, float],
    aligner: Aligner,
    freedom: Freedom,
) -> Written:
    if freedom.scorer is None:
        return refused
    union = [(chunk_draft.article, s) for s in chunk_draft.sentences]
    made = rewrite(refused.text, union, freedom.scorer, freedom.provenance)
    if made.reason or made.source is None:
        return Written(text=refused.text, source=refused.source, reason=made.reason)
    further = aligner.further(made.text, {e.article_id for e in made.evidence})
    evidence = (*made.evidence, *further)
    claim = _claim(made.text, made.pieces, made.source, salience, evidence)
    return Written(text=refused.text, source=made.source, claim=claim)


def _claim(
    text: str,
    pieces: tuple[Piece, ...],
    source: SentenceKey,
    salience: Mapping[SentenceKey, float],
    evidence: tuple[Evidence, ...],
) -> Claim:
    return Claim(
        text=text,
        pieces=pieces,
        article_id=source[0],
        sentence=source[1],
        salience=salience.get(source, 0.0),
        origin="draft",
        evidence=evidence,
    )
