"""The wiring inside a reader process: a model opened for reading, and the check of briefs.

Only what a reader process needs is imported here: each of them pays for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from service.backends.load import Runtime
from service.backends.reading import load_for_reading
from service.domain.ports import EntailmentScorer, Models
from service.domain.text import Article, Document
from service.jobs.reading.inside import Broken, Line, bound_memory, lift_memory
from service.pipeline import prepare
from service.telemetry.logs import LogLevel, configure_logs

_FIRST = "<p>Rain fell on Monday, and the river rose over its banks in the evening.</p>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opener:
    """Opens a reader's line. `memory_bytes` is what a task may take, as `begin` is told."""

    model: str | None
    runtime: Runtime
    entailment: str | None
    memory_bytes: int
    log_level: LogLevel = "info"

    def __call__(self) -> Line:
        """Open the model and read a first document. Raises `ModelError`."""
        configure_logs(self.log_level)
        models = load_for_reading(self.model, runtime=self.runtime)
        # What is only loaded at its first use would otherwise count as some document's memory.
        prepare(Document(content=_FIRST, media_type="text/html"), models)
        return Line(
            model_name=models.drafter.name,
            prepare=_Preparing(models),
            recheck=_Rechecking(self.entailment, self.memory_bytes),
        )


@dataclass(frozen=True, slots=True)
class _Preparing:
    models: Models

    def __call__(self, document: Document) -> Article:
        return prepare(document, self.models)


@dataclass(slots=True)
class _Rechecking:
    """Checks briefs again; the entailment model is loaded for the first that needs it."""

    entailment: str | None
    memory_bytes: int
    _scorer: EntailmentScorer | None = field(default=None, init=False)

    def __call__(self, body: str, article_jsons: Sequence[str]) -> Sequence[Broken]:
        from service.render.codec import load_brief
        from service.stages.verify import recheck
        from service.store.codec import load_article

        brief = load_brief(body)
        needed = brief.run is not None and "entailment" in brief.run.models
        articles = {article.id: article for article in map(load_article, article_jsons)}
        failures = recheck(brief, articles, self._loaded() if needed else None)
        return [Broken(statement_id=one.statement_id, reason=one.reason) for one in failures]

    def _loaded(self) -> EntailmentScorer | None:
        if self._scorer is None and self.entailment is not None:
            from service.backends.entailment import load_scorer

            # The model is not the document's fault: it may be as large as it is.
            lift_memory()
            try:
                self._scorer = load_scorer(self.entailment)
            finally:
                bound_memory(self.memory_bytes)
        return self._scorer
