"""Documents in, one attributed brief out: the only path, for the command line, REST and batch alike."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from service import __version__
from service.domain.brief import Brief, Dropped, Options, Progress, RunRecord
from service.domain.claims import Task
from service.domain.errors import BadDocument, BrokenBrief, NoUsableDocument
from service.domain.ports import Extractor, LanguageIdentifier, Models, Watch
from service.domain.text import Article, Document
from service.stages.align import Aligner
from service.stages.chunk import chunk
from service.stages.claims import Candidate, candidates
from service.stages.clean import clean
from service.stages.digest import digest, sealed
from service.stages.draft import chunk_count, draft, draft_warnings
from service.stages.fuse import Fused, Part, fuse
from service.stages.judged import (
    EMBEDDINGS,
    EMBEDDINGS_REVISION,
    ENTAILMENT,
    ENTAILMENT_REVISION,
)
from service.stages.merge import Merger
from service.stages.segment import segment
from service.stages.story import Story, tell
from service.stages.verify import Failure, recheck
from service.stages.writer import Writer
from service.stages.written import Freedom

STAGES = ("clean", "draft", "align", "fuse", "verify")
UNSTATED = "no sentence of it can be stated"
# How often what does not hold is left out and the rest fused again.
MAX_REWRITES = 6
# From this attempt on a part of the brief that does not hold goes unsaid as a whole; by the first
# letter of its statements' ids.
PATIENCE = 2
PARTS: Mapping[str, Part] = {"d": "disagreements", "t": "timeline"}
_EXCERPT = 80


def read_article(
    document: Document, extractor: Extractor, languages: LanguageIdentifier
) -> Article:
    """Clean a document into an article, without sentences and chunks; needs no model.

    Raises `BadDocument` when nothing readable is in it.
    """
    article = clean(document, extractor.extract(document))
    return replace(article, language=article.language or languages.identify(article.text))


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
    warnings: Sequence[str] = (),
    watch: Watch | None = None,
) -> Brief:
    """Brief articles that `prepare` made; `dropped` tells of documents that never became one.

    `warnings` are what a reader should know that was known before. Raises `NoUsableDocument` when
    nothing can be stated, and whatever `watch.on_progress` raises.
    """
    run = _Run(models=models, options=options, watch=watch or Watch())
    kept, conflicting = _one_an_id(articles)
    with run.stage("draft", chunk_count(kept)) as advance:
        drafts = draft(kept, models.drafter, options, advance)
    with run.stage("align", 1):
        story = tell(kept)
        aligner = Aligner(story, models.embedder, models.scorer)
        freedom = Freedom(provenance=options.provenance, scorer=models.scorer)
        found, untraced = candidates(story, drafts, aligner, freedom)
    told = (*dropped, *conflicting, *untraced)
    request = _Request(
        brief_id=brief_id,
        created_at=created_at,
        story=story,
        aligner=aligner,
        dropped=told,
        warnings=(*warnings, *models.drafter.notes, *draft_warnings(drafts)),
    )
    brief = run.checked(request, found)
    if brief.run is None:
        raise BrokenBrief(f"brief {brief_id!r} has no run record")
    timings = {k: round(v, 3) for k, v in run.timings_s.items()}
    return replace(brief, run=replace(brief.run, timings_s=timings))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    """What a brief is made of and for; `warnings` tell how it and its drafts came about."""

    brief_id: str
    created_at: datetime
    story: Story
    aligner: Aligner
    dropped: tuple[Dropped, ...]
    warnings: tuple[str, ...]


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
        self.timings_s[name] = self.timings_s.get(name, 0.0) + self.watch.clock_s() - started

    def checked(self, request: _Request, found: Sequence[Candidate]) -> Brief:
        """Fuse, and check what came of it; what does not hold is left out and told, never stated."""
        barred: dict[str, Dropped] = {}
        unsaid: set[Part] = set()
        for attempt in range(MAX_REWRITES):
            with self.stage("fuse", 1):
                fused = fuse(
                    request.story,
                    found,
                    self.options.max_words,
                    self._merger(request, barred),
                    unsaid,
                )
            if fused is None:
                raise _nothing_to_state(request, (*request.dropped, *barred.values()))
            brief = self._brief(request, fused, tuple(barred.values()))
            with self.stage("verify", 1):
                failures = recheck(brief, request.story.by_id, self.models.scorer)
            if not failures:
                return brief
            barred |= _faulty(brief, failures)
            if attempt >= PATIENCE:
                unsaid |= {
                    PARTS[f.statement_id[:1]] for f in failures if f.statement_id[:1] in PARTS
                }
        raise BrokenBrief(f"brief {brief.id!r}: {failures[0].statement_id}: {failures[0].reason}")

    def _tasks(self) -> tuple[Task, ...]:
        """Return what the drafting model is asked to do for a brief."""
        return ("draft", "headline", "merge") if self._may_write() else ("draft",)

    def _may_write(self) -> bool:
        return self.models.scorer is not None and self.options.provenance != "strict"

    def _merger(self, request: _Request, barred: Collection[str]) -> Merger:
        scorer = self.models.scorer
        writer = None
        if scorer is not None and self._may_write():
            writer = Writer(drafter=self.models.drafter, scorer=scorer, options=self.options)
        return Merger(story=request.story, aligner=request.aligner, writer=writer, barred=barred)

    def _brief(self, request: _Request, fused: Fused, faulty: tuple[Dropped, ...]) -> Brief:
        story, drafter = request.story, self.models.drafter
        silent = {a.id for a in story.articles} - _told(fused)
        unused = [_unstated(a) for a in story.articles if a.id in silent]
        record = RunRecord(
            version=__version__,
            models=_models_used(self.models),
            prompts={task: drafter.prompts[task] for task in self._tasks()},
            options=self.options,
            seed=self.options.seed,
            input_sha256=digest([[a.id, a.sha256] for a in story.articles]),
            warnings=(
                *_language_warnings(story, self.models),
                *request.warnings,
                *fused.warnings,
            ),
        )
        return sealed(
            Brief(
                id=request.brief_id,
                status="done",
                created_at=request.created_at,
                headline=fused.headline,
                statements=fused.statements,
                timeline=fused.timeline,
                disagreements=fused.disagreements,
                sources=fused.sources,
                dropped=(*request.dropped, *fused.dropped, *faulty, *unused),
                omitted=fused.omitted,
                run=record,
            )
        )


def _models_used(models: Models) -> dict[str, str]:
    """Return the names and revisions of the models behind a brief, as verification reads them."""
    drafter, scorer, embedder = models.drafter, models.scorer, models.embedder
    used = {"draft": drafter.name, "draft_revision": drafter.revision, "engine": drafter.engine}
    if scorer is not None:
        used |= {ENTAILMENT: scorer.name, ENTAILMENT_REVISION: scorer.revision}
    if embedder is not None:
        used |= {EMBEDDINGS: embedder.name, EMBEDDINGS_REVISION: embedder.revision}
    return used


def _one_an_id(articles: Sequence[Article]) -> tuple[list[Article], list[Dropped]]:
    """Keep one article an id; another text under the same id is told, whichever came first."""
    kept: dict[str, Article] = {}
    conflicting: dict[str, Dropped] = {}
    for article in sorted(articles, key=lambda a: (a.id, a.sha256)):
        known = kept.setdefault(article.id, article)
        if known.sha256 != article.sha256:
            conflicting[article.sha256] = Dropped(
                text=article.text[:_EXCERPT],
                document_id=article.id,
                reason="another document has its id and another text",
            )
    return list(kept.values()), list(conflicting.values())


def _unstated(article: Article) -> Dropped:
    return Dropped(text=article.text[:_EXCERPT], document_id=article.id, reason=UNSTATED)


def _nothing_to_state(request: _Request, dropped: Sequence[Dropped]) -> NoUsableDocument:
    reasons = [(d.text or d.document_id or "", d.reason) for d in dropped]
    reasons += [(a.id, UNSTATED) for a in request.story.articles]
    return NoUsableDocument(reasons)


def _faulty(brief: Brief, failures: Sequence[Failure]) -> dict[str, Dropped]:
    """Return the texts that did not hold, without the service's own words, and why.

    Raises `BrokenBrief` where the fault lies in no statement.
    """
    found: dict[str, Dropped] = {}
    statements = {s.id: s for s in brief.all_statements()}
    for failure in failures:
        statement = statements.get(failure.statement_id)
        if statement is None:
            continue
        first = statement.provenance[0]
        text = statement.text if first.document_id else statement.text[first.end :].lstrip()
        document_id = statement.citations[0].document_id
        found[text] = Dropped(text=text, document_id=document_id, reason=failure.reason)
    if not found:
        raise BrokenBrief(f"brief {brief.id!r}: {failures[0].reason}")
    return found


def _told(fused: Fused) -> set[str]:
    """Return the documents whose fate the brief tells."""
    return {
        *(s.document_id for s in fused.sources),
        *(o.document_id for o in fused.omitted),
        *(d.document_id for d in fused.dropped if d.document_id),
    }


def _language_warnings(story: Story, models: Models) -> Iterator[str]:
    known = models.drafter.languages
    for article in story.articles:
        spoken = (article.language or "").lower().partition("-")[0]
        if known and spoken and spoken not in known:
            yield (
                f"document {article.id} is in {article.language!r};"
                f" {models.drafter.name} was trained on {', '.join(known)}"
            )
