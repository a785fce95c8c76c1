"""Make a sentence that is needed, but leans on others, readable alone: bring along what it leans on."""

from collections.abc import Mapping

from service.domain.claims import Evidence
from service.domain.text import Article, Sentence, Span
from service.stages.cite import Cited
from service.stages.claims import Candidate
from service.stages.context import dependence, opening_to_lose
from service.stages.gates import exactness
from service.stages.story import SentenceKey, Story
from service.stages.surface import surface


def self_contained(
    story: Story, article: Article, sentence: Sentence, candidates: Mapping[SentenceKey, Candidate]
) -> Cited | None:
    """Return the sentence so that it can be read alone, or None where that cannot be done.

    As it is, if it stands alone; else with the sentence before it, if that one does. The id is
    left empty for the caller to set.
    """
    candidate = candidates.get((article.id, sentence.index))
    if candidate is None:
        return None
    if candidate.needs is None:
        claim = candidate.claim
        return Cited(id="", text=claim.text, pieces=claim.pieces, evidence=claim.evidence)
    before = preceding(article, sentence)
    if before is None:
        return None
    start = before.start + opening_to_lose(article.quote(before.span), article.text)
    if dependence(article.text[start : before.end]) is not None:
        return None
    return together(article, before, sentence)


def preceding(article: Article, sentence: Sentence) -> Sentence | None:
    """Return the sentence of running text right before another, None where there is none."""
    before = article.sentences[sentence.index - 1] if sentence.index else None
    return before if before is not None and before.kind == "body" else None


def together(article: Article, before: Sentence, sentence: Sentence) -> Cited | None:
    """Return two sentences as one, without what the first may lose, if they pass the gate."""
    start = before.start + opening_to_lose(article.quote(before.span), article.text)
    text, pieces = surface(article, [Span(start, before.end), sentence.span])
    evidence = tuple(
        Evidence(article_id=article.id, span=s.span, score=1.0) for s in (before, sentence)
    )
    if exactness(text, [article.quote(e.span) for e in evidence]):
        return None
    return Cited(id="", text=text, pieces=pieces, evidence=evidence)
