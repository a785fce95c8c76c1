"""Turn drafted and corroborated sentences into claims with their evidence."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from service.domain.brief import Dropped
from service.domain.claims import Claim, Evidence
from service.domain.text import Article, Sentence, Span, outside
from service.lexis.cues import addable, negations
from service.lexis.numbers import number_values
from service.lexis.verbs import has_finite_verb
from service.lexis.words import word_count
from service.stages.align import Aligner
from service.stages.context import (
    Dependence,
    antecedent,
    continues_allegation,
    dependence,
    opening_to_lose,
)
from service.stages.draft import ChunkDraft
from service.stages.gates import exactness
from service.stages.losses import losable
from service.stages.story import SentenceKey, Story
from service.stages.surface import surface
from service.stages.written import FAITHFUL, Freedom, written

MIN_WORDS, MAX_WORDS = 3, 70
# Shorter, only a denial or a figure says something by itself: "Drake denied that."
PLAIN_WORDS = 5
LONG_CAPTION = 25
_ENDS = re.compile(r"[.!。！।۔][\"”’'»)\]]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A claim that may become a statement, and what it needs before it: None when it stands alone."""

    claim: Claim
    needs: Dependence | None

    @property
    def key(self) -> SentenceKey:
        return self.claim.article_id, self.claim.sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chosen:
    """What the model thinks of each sentence, which ones its drafts took, and what these leave out.

    `cuts` are spans of the article, inside their sentence, in order and apart.
    """

    salience: Mapping[SentenceKey, float]
    picked: frozenset[SentenceKey]
    cuts: Mapping[SentenceKey, tuple[Span, ...]]


def candidates(
    story: Story,
    drafts: Sequence[ChunkDraft],
    aligner: Aligner,
    freedom: Freedom = FAITHFUL,
) -> tuple[tuple[Candidate, ...], tuple[Dropped, ...]]:
    """Return a candidate for each sentence that could be stated, and what the model wrote in vain.

    Under `strict` every claim is cut from its sentence, without what the draft would leave out of it
    where the sentence can spare that. What a model wrote freely becomes a claim if
    it can be traced and passes the gate, or if an entailment model bears it out; otherwise it is
    dropped with the reason, and the sentence it was written from stands in for it.
    """
    rewritten: dict[SentenceKey, Candidate] = {}
    picked = {(d.article.id, d.sentences[i].index) for d in drafts for i in d.draft.picks}
    salience = _salience(drafts)
    dropped: list[Dropped] = []
    for chunk_draft in drafts:
        for made in written(chunk_draft, salience, aligner, freedom):
            if made.source is not None:
                picked.add(made.source)
            if made.claim is not None and made.source is not None:
                article = chunk_draft.article
                sentence = article.sentences[made.source[1]]
                needs = _needs(article, sentence, made.claim.text)
                rewritten[made.source] = Candidate(claim=made.claim, needs=needs)
            else:
                article_id = chunk_draft.article.id
                dropped.append(Dropped(text=made.text, document_id=article_id, reason=made.reason))
    chosen = _Chosen(salience=salience, picked=frozenset(picked), cuts=_cuts(drafts))
    made_all = [
        rewritten.get((article.id, sentence.index)) or cut(article, sentence, chosen, aligner)
        for article, sentence in story.sentences()
        if statable(article, sentence)
    ]
    return tuple(made_all), tuple(dropped)


def statable(article: Article, sentence: Sentence) -> bool:
    """Say whether a sentence is whole, no caption, and of a length that a brief can state."""
    return _is_statable(article.quote(sentence.span), article.language)


def _is_statable(text: str, language: str | None) -> bool:
    if not _ENDS.search(text) or not MIN_WORDS <= word_count(text) <= MAX_WORDS:
        return False
    if word_count(text) < PLAIN_WORDS and not (negations(text) or number_values(text)):
        return False
    # What a source puts where the service puts its own words would pass for them.
    if addable(text.partition(":")[0] + ":"):
        return False
    return word_count(text) > LONG_CAPTION or language != "en" or has_finite_verb(text)


def cut(article: Article, sentence: Sentence, chosen: _Chosen, aligner: Aligner) -> Candidate:
    """Cut a claim from its sentence: without a dateline or connective, and with "The group" named.

    Without what its draft left out, too, if what is left passes the gate and leans on no more than
    the whole sentence does; else the whole sentence.
    """
    key = (article.id, sentence.index)
    opening = opening_to_lose(article.quote(sentence.span), article.text)
    spans = [Span(sentence.start + opening, sentence.end)]
    named = antecedent(article, sentence, opening)
    if named is not None:
        spans = [named.name, Span(named.replaces.end, sentence.end)]
    text, pieces = surface(article, spans)
    if cuts := _allowed(article, sentence, chosen.cuts.get(key, ())):
        shorter = surface(article, _around(spans, cuts))
        if _holds(shorter[0], text, article.language):
            text, pieces = shorter
    evidence = aligner.evidence(text, key)
    if named is not None:
        naming = Evidence(article_id=article.id, span=named.given_by, score=1.0)
        evidence = (evidence[0], naming, *evidence[1:])
    claim = Claim(
        text=text,
        pieces=pieces,
        article_id=article.id,
        sentence=sentence.index,
        salience=chosen.salience.get(key, 0.0),
        origin="draft" if key in chosen.picked else "source",
        evidence=evidence,
    )
    return Candidate(claim=claim, needs=_needs(article, sentence, text))


def _needs(article: Article, sentence: Sentence, text: str) -> Dependence | None:
    """Return what a sentence lacks: what opens an article points at nothing, what goes on may."""
    needs = dependence(text)
    before = article.sentences[sentence.index - 1] if sentence.index else None
    if before is None or before.kind != "body":
        opens = not any(s.kind == "body" for s in article.sentences[: sentence.index])
        return None if opens and needs is not None and needs.kind == "pointer" else needs
    if needs is None and continues_allegation(article.quote(before.span), text):
        return Dependence(kind="pointer")
    return needs


def _allowed(article: Article, sentence: Sentence, cuts: Sequence[Span]) -> list[Span]:
    """Return the cuts that the sentence can lose by rule, whatever the model made of them."""
    if not cuts:
        return []
    text = article.quote(sentence.span)
    spare = losable(text, language=article.language, around=article.text)
    known = {Span(sentence.start + s.start, sentence.start + s.end) for s in spare}
    return [c for c in cuts if c in known]


def _around(spans: Sequence[Span], cuts: Sequence[Span]) -> list[Span]:
    """Return what is left of the last span, in which the cuts must lie, and all spans before it."""
    *before, last = spans
    # What the opening has taken already cannot be cut once more.
    inside = [gap for gap in cuts if last.start < gap.start and gap.end < last.end]
    return [*before, *outside(last.start, last.end, inside)]


def _holds(shorter: str, whole: str, language: str | None) -> bool:
    """Say whether a sentence may be stated in its shorter form."""
    return (
        _is_statable(shorter, language)
        and not exactness(shorter, [whole])
        and (dependence(shorter) is None or dependence(shorter) == dependence(whole))
    )


def _cuts(drafts: Sequence[ChunkDraft]) -> dict[SentenceKey, tuple[Span, ...]]:
    """Return what each picked sentence may lose, in the coordinates of its article."""
    return {
        (d.article.id, sentence.index): inside
        for d in drafts
        for sentence in (d.sentences[i] for i in d.draft.picks)
        if (inside := _inside(sentence, d.draft.cuts, d.offset))
    }


def _inside(sentence: Sentence, cuts: Sequence[Span], offset: int) -> tuple[Span, ...]:
    moved = (Span(c.start + offset, c.end + offset) for c in cuts)
    return tuple(sorted(c for c in moved if sentence.start < c.start and c.end < sentence.end))


def _salience(drafts: Sequence[ChunkDraft]) -> dict[SentenceKey, float]:
    return {
        (d.article.id, sentence.index): weight
        for d in drafts
        for sentence, weight in zip(d.sentences, d.draft.salience, strict=True)
    }
