"""Documents in, one attributed brief out: the only path, for the command line, REST and batch alike."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from service import __version__
from service.domain.brief import Brief, Dropped, Options, Progress, RunRecord
from service.domain.errors import BadDocument, BrokenBrief, NoUsableDocument
from service.domain.ports import Extractor, LanguageIdentifier, Models, Watch
from service.domain.text import Article, Document
from service.stages.align import Aligner
from service.stages.chunk import chunk
from service.stages.claims import candidates
from service.stages.clean import clean
from service.stages.digest import digest, sealed
from service.stages.draft import chunk_count, draft
from service.stages.fuse import Fused, fuse
from service.stages.segment import segment
from service.stages.story import Story, tell
from service.stages.verify import recheck

STAGES = ("clean", "draft", "align", "fuse", "verify")


def read_article(
    document: Document, extractor: Extractor, languages: LanguageIdentifier
) -> Article:
    """Clean a document into an article, without sentences and chunks; needs no model.

    Raises `BadDocument` when nothing readable is in it.
    """
    article = clean(document, extractor.extract(document))
    published = article.published_at
    return replace(
        article,
        language=article.language or languages.identify(article.text),
        published_at=published.astimezone(UTC) if published else None,
    )


def prepare(document: Document, models: Models) -> Article:
    """Clean a document, and split it into sentences and chunks that fit the drafting model."""
    article = read_article(document, models.extractor, models.languages)
    limit = models.drafter.chunk_tokens
    sentences = segment(
        article.text,
        has_title=article.title is not None,
        language=article.language,
        fits=lambda text: models.tokens.count(text) <= limit,
    )
    chunks = chunk(article.text, sentences, models.tokens, limit)
    return replace(article, sentences=sentences, chunks=chunks)


def summarize(
    documents: Sequence[Document],
    models: Models,
    options: Options,
    *,
    brief_id: str,
    created_at: datetime,
    dropped: Sequence[Dropped] = (),
    watch: Watch | None = None,
) -> Brief:
    """Brief documents; one that cannot be read is told in `dropped`, and does not sink the others.

    Raises `NoUsableDocument` when none can be read, and whatever `watch.on_progress` raises.
    """
    watch = watch or Watch()
    articles, refused = [], list(dropped)
    started = watch.clock_s()
    for i, document in enumerate(documents):
        watch.on_progress(Progress(stage="clean", done=i, total=len(documents)))
        try:
            articles.append(prepare(document, models))
        except BadDocument as error:
            name = document.origin or error.name
            refused.append(Dropped(text=name, document_id=document.id, reason=error.reason))
    cleaning_s = watch.clock_s() - started
    brief = summarize_articles(
        articles,
        models,
        options,
        brief_id=brief_id,
        created_at=created_at,
        dropped=refused,
        watch=watch,
    )
    if brief.run is None:
        raise BrokenBrief(f"brief {brief_id!r} has no run record")
    timings = {"clean": round(cleaning_s, 3), **brief.run.timings_s}
    return replace(brief, run=replace(brief.run, timings_s=timings))


def summarize_articles(
    articles: Sequence[Article],
    models: Models,
    options: Options,
    *,
    brief_id: str,
    created_at: datetime,
    dropped: Sequence[Dropped] = (),
    watch: Watch | None = None,
) -> Brief:
    """Brief articles that `prepare` made; `dropped` tells of documents that never became one.

    Raises `NoUsableDocument` when nothing can be stated, and whatever `watch.on_progress` raises.
    """
    run = _Run(models=models, options=options, watch=watch or Watch())
    story = tell(articles)
    fused, unused = run.fused(story, dropped)
    record = RunRecord(
        version=__version__,
        models={
            "draft": models.drafter.name,
            "draft_revision": models.drafter.revision,
            "engine": models.drafter.engine,
        },
        prompts=dict(models.drafter.prompts),
        options=options,
        seed=options.seed,
        input_sha256=digest([[a.id, a.sha256] for a in story.articles]),
        timings_s={k: round(v, 3) for k, v in run.timings_s.items()},
        warnings=(*_language_warnings(story, models), *fused.warnings),
    )
    brief = sealed(
        Brief(
            id=brief_id,
            status="done",
            created_at=created_at,
            headline=fused.headline,
            statements=fused.statements,
            timeline=fused.timeline,
            disagreements=fused.disagreements,
            sources=fused.sources,
            dropped=unused,
            omitted=fused.omitted,
            run=record,
        )
    )
    with run.stage("verify", 1):
        if failures := recheck(brief, {a.id: a for a in story.articles}):
            first = failures[0]
            raise BrokenBrief(f"brief {brief_id!r}: {first.statement_id}: {first.reason}")
    return _timed(brief, run)


@dataclass(slots=True, kw_only=True)
class _Run:
    """One run of the stages over a story, observed."""

    models: Models
    options: Options
    watch: Watch
    timings_s: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str, total: int) -> Iterator[Callable[[int], None]]:
        """Time a stage and report its progress; the value yielded adds to what is done."""
        started, done = self.watch.clock_s(), 0
        self.watch.on_progress(Progress(stage=name, done=0, total=total))

        def advance(count: int) -> None:
            nonlocal done
            done += count
            self.watch.on_progress(Progress(stage=name, done=done, total=total))

        yield advance
        self.timings_s[name] = self.watch.clock_s() - started

    def fused(self, story: Story, dropped: Sequence[Dropped]) -> tuple[Fused, tuple[Dropped, ...]]:
        with self.stage("draft", chunk_count(story.articles)) as advance:
            drafts = draft(story.articles, self.models.drafter, self.options, advance)
        with self.stage("align", 1):
            found, untraced = candidates(story, drafts, Aligner(story))
        with self.stage("fuse", 1):
            fused = fuse(story, found, self.options.max_words)
        if fused is None:
            reasons = [(d.text, d.reason) for d in dropped]
            reasons += [(a.id, "no sentence of it can be stated") for a in story.articles]
            raise NoUsableDocument(reasons)
        silent = {a.id for a in story.articles} - _told(fused)
        unused = [
            Dropped(
                text=article.text[:80],
                document_id=article.id,
                reason="no sentence of it can be stated",
            )
            for article in story.articles
            if article.id in silent
        ]
        return fused, (*dropped, *untraced, *fused.dropped, *unused)


def _told(fused: Fused) -> set[str]:
    """Return the documents whose fate the brief tells."""
    return {
        *(s.document_id for s in fused.sources),
        *(o.document_id for o in fused.omitted),
        *(d.document_id for d in fused.dropped if d.document_id),
    }


def _timed(brief: Brief, run: _Run) -> Brief:
    if brief.run is None:
        raise BrokenBrief(f"brief {brief.id!r} has no run record")
    timings = {k: round(v, 3) for k, v in run.timings_s.items()}
    return replace(brief, run=replace(brief.run, timings_s=timings))


def _language_warnings(story: Story, models: Models) -> Iterator[str]:
    known = models.drafter.languages
    for article in story.articles:
        if known and article.language and article.language not in known:
            yield (
                f"document {article.id} is in {article.language!r};"
                f" {models.drafter.name} was trained on {', '.join(known)}"
            )
