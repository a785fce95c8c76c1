"""A hand-written fake of the pipeline: it quotes the first sentence of each article."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from service.domain.brief import (
    Brief,
    Citation,
    Dropped,
    Options,
    Progress,
    QuotedSpan,
    RunRecord,
    Source,
    Statement,
)
from service.domain.claims import DraftRequest, Piece
from service.domain.errors import NoUsableDocument
from service.domain.ports import Models, Watch
from service.domain.text import Article, Chunk, Document, Sentence, Span, text_sha256
from service.jobs.parts import Pipeline


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeFailure:
    """A quote that is not in its article."""

    statement_id: str
    reason: str


def fake_pipeline() -> Pipeline:
    """Return a pipeline that calls the models it is given, and nothing else."""
    return Pipeline(prepare=_prepare, summarize=_summarize, recheck=_recheck)


def _prepare(document: Document, models: Models) -> Article:
    text = "\n".join(models.extractor.extract(document).paragraphs)
    sentences, at = [], 0
    for index, line in enumerate(text.split("\n")):
        sentences.append(Sentence(index=index, start=at, end=at + len(line)))
        at += len(line) + 1
    return Article(
        id=document.id or document.content_id,
        sha256=text_sha256(text),
        title=document.title,
        publisher=document.publisher,
        author=document.author,
        url=document.url,
        published_at=document.published_at,
        language=document.language,
        text=text,
        chunks=(Chunk(index=0, start=0, end=len(text), tokens=models.tokens.count(text)),),
        sentences=tuple(sentences),
    )


def _summarize(
    articles: Sequence[Article],
    models: Models,
    options: Options,
    *,
    brief_id: str,
    created_at: datetime,
    dropped: Sequence[Dropped] = (),
    warnings: Sequence[str] = (),
    watch: Watch | None = None,
) -> Brief:
    if not articles:
        raise NoUsableDocument([])
    watch = watch or Watch()
    for done, article in enumerate(articles):
        watch.on_progress(Progress(stage="draft", done=done, total=len(articles)))
        whole = Span(0, len(article.text))
        models.drafter.draft([DraftRequest(text=article.text, sentences=(whole,), max_sentences=1)])
    watch.on_progress(Progress(stage="draft", done=len(articles), total=len(articles)))
    statements = [_statement(article, at) for at, article in enumerate(articles, start=1)]
    return Brief(
        id=brief_id,
        status="done",
        created_at=created_at,
        headline=_statement(articles[0], 1, id="h"),
        statements=tuple(statements),
        sources=tuple(_source(article, at) for at, article in enumerate(articles, start=1)),
        dropped=tuple(dropped),
        run=RunRecord(version="fake", options=options, warnings=tuple(warnings)),
    )


def _recheck(brief: Brief, articles: Mapping[str, Article]) -> tuple[FakeFailure, ...]:
    return tuple(
        FakeFailure(statement_id=statement.id, reason="the quote is not in its document")
        for statement in brief.all_statements()
        for citation in statement.citations
        for span in citation.spans
        if (article := articles.get(citation.document_id)) is not None
        and article.text[span.start : span.end] != span.quote
    )


def _statement(article: Article, marker: int, id: str | None = None) -> Statement:
    first = article.sentences[0]
    quote = article.quote(first.span)
    span = QuotedSpan(start=first.start, end=first.end, quote=quote)
    piece = Piece(
        start=0,
        end=len(quote),
        document_id=article.id,
        source_start=first.start,
        source_end=first.end,
    )
    return Statement(
        id=id or f"s{marker}",
        text=quote,
        independent_sources=1,
        citations=(Citation(marker=marker, document_id=article.id, spans=(span,)),),
        provenance=(piece,),
    )


def _source(article: Article, marker: int) -> Source:
    return Source(
        marker=marker,
        document_id=article.id,
        title=article.title,
        publisher=article.publisher,
        published_at=article.published_at,
        url=article.url,
        sha256=article.sha256,
        independent_group=marker,
    )
