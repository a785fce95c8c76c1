"""Ask the model what matters in each chunk; where it writes badly, let it pick instead."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from service.domain.brief import Options
from service.domain.claims import Draft, DraftRequest
from service.domain.ports import Drafter
from service.domain.text import Article, Chunk, Sentence, Span
from service.stages.constituents import optional
from service.stages.quality import CUT_OFF, signals, unfit, whole_sentences

SENTENCES_A_DRAFT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkDraft:
    """A draft with the sentences that its numbers speak of.

    `offset` is where the chunk, whose code points the draft counts, begins in the article's text.
    `fell_back` is why picks stand in for what the model wrote, "" where it was not replaced.
    """

    article: Article
    sentences: tuple[Sentence, ...]
    draft: Draft
    offset: int
    fell_back: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A chunk with running text, and what is asked of the model about it."""

    article: Article
    chunk: Chunk
    sentences: tuple[Sentence, ...]
    request: DraftRequest


def draft(
    articles: Sequence[Article],
    drafter: Drafter,
    options: Options,
    advance: Callable[[int], None],
) -> tuple[ChunkDraft, ...]:
    """Return one draft for each chunk that has running text, in the order of articles and chunks.

    What was written and is not fit to be used is asked for again, once and under `strict`, where a
    model can only pick from its source: it ends there.
    """
    asked = [
        _ask(article, part, sentences, options)
        for article in articles
        for part in article.chunks
        if (sentences := _running(article, part))
    ]
    drafts = drafter.draft([one.request for one in asked], advance)
    judged = [_judged(one, made) for one, made in zip(asked, drafts, strict=True)]
    again = [_strictly(one) for one, (_, reason) in zip(asked, judged, strict=True) if reason]
    # These chunks are counted already; a caller who wants to stop is still heard.
    picked = iter(drafter.draft(again, lambda _: advance(0)) if again else ())
    return tuple(
        ChunkDraft(
            article=one.article,
            sentences=one.sentences,
            draft=next(picked) if reason else made,
            offset=one.chunk.start,
            fell_back=reason,
        )
        for one, (made, reason) in zip(asked, judged, strict=True)
    )


def chunk_count(articles: Sequence[Article]) -> int:
    """Return how many chunks `draft` will ask for."""
    return sum(bool(_running(article, part)) for article in articles for part in article.chunks)


def draft_warnings(drafts: Sequence[ChunkDraft]) -> Iterator[str]:
    """Tell how many drafts were replaced, one line a reason, the most frequent first."""
    reasons = Counter(d.fell_back for d in drafts if d.fell_back)
    for reason, count in sorted(reasons.items(), key=lambda found: (-found[1], found[0])):
        yield (
            f"{count} of {len(drafts)} drafts gave way to sentences picked from their source: {reason}"
        )


def _running(article: Article, part: Chunk) -> tuple[Sentence, ...]:
    return tuple(s for s in article.sentences_of(part) if s.kind in ("body", "fragment"))


def _ask(
    article: Article, part: Chunk, sentences: tuple[Sentence, ...], options: Options
) -> _Asked:
    request = DraftRequest(
        text=article.text[part.start : part.end],
        sentences=tuple(Span(s.start - part.start, s.end - part.start) for s in sentences),
        max_sentences=SENTENCES_A_DRAFT,
        provenance=options.provenance,
        seed=options.seed,
    )
    asked = _Asked(article=article, chunk=part, sentences=sentences, request=request)
    return replace(asked, request=_strictly(asked)) if options.provenance == "strict" else asked


def _strictly(asked: _Asked) -> DraftRequest:
    """Return the request under `strict`, with what its sentences may lose."""
    article, start = asked.article, asked.chunk.start
    losable = tuple(
        Span(s.start + part.start - start, s.start + part.end - start)
        for s in asked.sentences
        if s.kind == "body"
        for part in optional(article.quote(s.span), article.language)
    )
    return replace(asked.request, provenance="strict", optional=losable)


def _judged(asked: _Asked, made: Draft) -> tuple[Draft, str]:
    """Return a draft as far as it can be used, and why it cannot be, or ""."""
    if asked.request.provenance == "strict":
        return made, ""
    if made.signals.finish == "length":
        whole = whole_sentences(made.text, asked.article.language)
        if not whole and made.text:
            return made, CUT_OFF
        source, logprob = asked.request.text, made.signals.mean_logprob
        kept = signals(source, whole, mean_logprob=logprob, finish="length")
        made = replace(made, text=whole, signals=kept)
    return made, unfit(made.signals)
