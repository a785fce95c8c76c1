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
from service.evaluation.gate import Gate, read_gate
from service.evaluation.holdings import document_sets, read_holdings
from service.evaluation.planting import DocumentSet, document_set

ROOT = Path(__file__).parents[2]
SEEDS = ROOT / "seeds"
DATA = Path(os.environ.get("BRIEF_EVALUATION_DATA", ROOT.parent / "shared" / "data" / "dev"))
NOON = datetime(2025, 4, 18, 12, 0, tzinfo=UTC)
GATE: Gate = read_gate(Path(__file__).with_name("floors.toml"))
# One envoy's name is spelled in two ways, and one attack has two tolls.
_REAL = (("Kabulov", "Kamulov"), ("145", "over 130"))
# More than there are.
_ALL = 1000


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
    yield replace(document_set("seeds", documents, models), real=_REAL)


def all_sets(models: Models, limit: int | None = None) -> list[DocumentSet]:
    """Return the seeds, and of the rest, where it is there, sets spread evenly over it."""
    held = read_holdings(DATA, ("errors",))
    return [*seed_sets(models), *document_sets(held, models, limit or _ALL)]
