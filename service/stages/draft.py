"""Ask the model what matters in each chunk."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from service.domain.brief import Options
from service.domain.claims import Draft, DraftRequest
from service.domain.ports import Drafter
from service.domain.text import Article, Chunk, Sentence, Span

SENTENCES_A_DRAFT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkDraft:
    """A draft with the sentences that its numbers speak of."""

    article: Article
    sentences: tuple[Sentence, ...]
    draft: Draft


def draft(
    articles: Sequence[Article],
    drafter: Drafter,
    options: Options,
    advance: Callable[[int], None],
) -> tuple[ChunkDraft, ...]:
    """Return one draft for each chunk that has running text, in the order of articles and chunks."""
    work = [
        (article, sentences, _request(article, part, sentences, options))
        for article in articles
        for part in article.chunks
        if (sentences := _running(article, part))
    ]
    drafts = drafter.draft([request for _, _, request in work], advance)
    return tuple(
        ChunkDraft(article=article, sentences=sentences, draft=made)
        for (article, sentences, _), made in zip(work, drafts, strict=True)
    )


def chunk_count(articles: Sequence[Article]) -> int:
    """Return how many chunks `draft` will ask for."""
    return sum(bool(_running(article, part)) for article in articles for part in article.chunks)


def _running(article: Article, part: Chunk) -> tuple[Sentence, ...]:
    return tuple(s for s in article.sentences_of(part) if s.kind in ("body", "fragment"))


def _request(
    article: Article, part: Chunk, sentences: Sequence[Sentence], options: Options
) -> DraftRequest:
    return DraftRequest(
        text=article.text[part.start : part.end],
        sentences=tuple(Span(s.start - part.start, s.end - part.start) for s in sentences),
        max_sentences=SENTENCES_A_DRAFT,
        provenance=options.provenance,
        seed=options.seed,
    )
