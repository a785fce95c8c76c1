"""The document sets that quality is measured on: the seeds, and the evaluation data where it is."""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from service.backends.fakes import fake_models
from service.domain.ports import Models
from service.domain.text import Document
from service.evaluation.corpus import read_corpus
from service.evaluation.planting import DocumentSet, document_set

ROOT = Path(__file__).parents[2]
SEEDS = ROOT / "seeds"
DATA = Path(os.environ.get("BRIEF_EVALUATION_DATA", ROOT.parent / "shared" / "data" / "dev"))
NOON = datetime(2025, 4, 18, 12, 0, tzinfo=UTC)
# Larger sets are cut into sets of so many, so that a brief takes a moment.
_AT_MOST, _AT_LEAST = 6, 3


def quick_models() -> Models:
    return fake_models(chunk_tokens=1000)


def seed_sets(models: Models) -> Iterator[DocumentSet]:
    manifest = json.loads((SEEDS / "manifest.json").read_text("utf-8"))
    documents = [
        Document(
            id=row["file"],
            content=(SEEDS / row["file"]).read_text("utf-8"),
            title=row.get("title"),
        )
        for row in manifest["documents"]
    ]
    yield document_set("seeds", documents, models)


def wikinews_sets(models: Models) -> Iterator[DocumentSet]:
    for topic in read_corpus(DATA).topics:
        yield document_set(topic.id, topic.documents, models)


def ecb_sets(models: Models) -> Iterator[DocumentSet]:
    clusters: dict[str, list[Document]] = {}
    with (DATA / "ecbplus_events.jsonl").open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            document = Document(id=row["id"], content=row["text"], title=row["title"])
            clusters.setdefault(row["cluster_id"], []).append(document)
    for name, documents in clusters.items():
        for at in range(0, len(documents), _AT_MOST):
            part = documents[at : at + _AT_MOST]
            if len(part) >= _AT_LEAST:
                yield document_set(f"{name}/{at}", [replace(d) for d in part], models)


def all_sets(models: Models, limit: int | None = None) -> list[DocumentSet]:
    """Return the seeds, and of the rest, where it is there, sets spread evenly over it."""
    found = list(seed_sets(models))
    if DATA.is_dir():
        rest = [*wikinews_sets(models), *ecb_sets(models)]
        step = max(1, len(rest) // limit) if limit else 1
        found += rest[::step][:limit]
    return found
