"""Briefs that were read sentence by sentence, kept as the places in their sources that they are made of.

The texts are not ours to keep, so a snapshot holds where each word is from, not the words. Read the
briefs as they are now with `python -m tests.quality.reviewed [SET]...`; keep those that were read and
found right with `--keep`.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from service.backends.load import Runtime, load_models
from service.domain.brief import Brief, Options, Statement
from service.domain.ports import Models
from service.evaluation.holdings import document_sets, read_holdings
from service.evaluation.planting import DocumentSet
from service.pipeline import summarize_articles
from service.render import render
from tests.quality.sets import DATA, seed_sets

KEPT = Path(__file__).with_name("reviewed")
# The seeds, the topics of MultiLing 2011, and clusters of ECB+ of several kinds: a hit and run, a
# record in sport, an election, a trial.
SETS = (
    "seeds",
    *(f"multiling2011/M00{i}" for i in range(5)),
    *(f"{cluster}/0" for cluster in ("11ecb", "21ecb", "31ecb", "33ecb")),
)


def reviewed_sets(models: Models) -> dict[str, DocumentSet]:
    """Return the sets of which briefs are kept, as far as their documents are there."""
    found = [*seed_sets(models), *document_sets(read_holdings(DATA, ("errors",)), models, 10_000)]
    return {s.id: s for s in found if s.id in SETS}


def brief_of(documents: DocumentSet, models: Models) -> Brief:
    return summarize_articles(
        documents.articles,
        models,
        Options(),
        brief_id=documents.id,
        created_at=datetime(2025, 4, 18, tzinfo=UTC),
    )


def snapshot(brief: Brief) -> dict[str, Any]:
    """Return what a brief says, as places: no word of a source but the values of disagreements."""
    return {
        "headline": _places(brief.headline) if brief.headline else None,
        "statements": [_places(s) for s in brief.statements],
        "disagreements": [
            {
                "kind": d.kind,
                "positions": [{"value": p.value, **_places(p.statement)} for p in d.positions],
            }
            for d in brief.disagreements
        ],
        "timeline": [{"date": e.date, **_places(e.statement)} for e in brief.timeline],
    }


def _places(statement: Statement) -> dict[str, Any]:
    added = [statement.text[p.start : p.end] for p in statement.provenance if not p.document_id]
    return {
        "made_of": [
            [p.document_id, p.source_start, p.source_end]
            for p in statement.provenance
            if p.document_id
        ],
        "cites": sorted({c.document_id for c in statement.citations}),
        **({"added": added} if added else {}),
    }


def kept(id_: str) -> Path:
    return KEPT / f"{id_.replace('/', '-')}.json"


def _lines(brief: Brief) -> Iterator[str]:
    yield f"\n===== {brief.id}\n"
    yield render(brief, "markdown").partition("## Sources")[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", metavar="SET")
    parser.add_argument("--keep", action="store_true")
    asked = parser.parse_args()
    models = load_models(None, runtime=Runtime(threads=2))
    for id_, documents in reviewed_sets(models).items():
        if asked.sets and id_ not in asked.sets:
            continue
        brief = brief_of(documents, models)
        for line in _lines(brief):
            sys.stdout.write(f"{line}\n")
        if asked.keep:
            KEPT.mkdir(exist_ok=True)
            text = json.dumps(snapshot(brief), ensure_ascii=True, indent=1)
            kept(id_).write_text(text + "\n", encoding="utf-8")
    models.drafter.close()


if __name__ == "__main__":
    main()
