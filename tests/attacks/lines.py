"""The line from documents to a brief as it really is, but for the model."""

from dataclasses import replace

from service.backends.extract import DocumentExtractor
from service.backends.fakes import fake_models
from service.domain.ports import Models
from service.jobs.parts import Pipeline
from service.pipeline import prepare, summarize_articles
from service.stages.verify import recheck

PROSE = (
    "Heavy rain flooded the old town of Passau on Monday, the mayor said.",
    "Twelve streets were closed and two schools sent their pupils home.",
    "The Danube rose to eight metres at noon, the highest level in ten years.",
)


def real_pipeline() -> Pipeline:
    return Pipeline(prepare=prepare, summarize=summarize_articles, recheck=recheck)


def reading_models() -> Models:
    """Return models that read documents as the service does; the drafts are fakes."""
    return replace(fake_models(), extractor=DocumentExtractor())
