"""Plant errors in briefs and say which are found: `python -m tests.quality.errors --help`."""

import argparse
import sys
import time
from collections.abc import Sequence

from service.domain.brief import Options
from service.evaluation.planted_conflicts import Briefer
from service.evaluation.planted_errors import Catches, Sample, plant_errors
from tests.quality.sets import NOON, all_sets, quick_models


def samples(limit: int) -> list[Sample]:
    """Brief the seeds and so many sets more."""
    models = quick_models()
    briefer = Briefer(models=models, options=Options(), created_at=NOON)
    found: list[Sample] = []
    for one in all_sets(models, limit):
        if brief := briefer.brief(one.id, one.articles):
            found.append((brief, {a.id: a for a in one.articles}))
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=int, default=4, help="sets to use beside the seeds")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show-misses", action="store_true")
    asked = parser.parse_args(arguments)
    started = time.perf_counter()
    found = plant_errors(samples(asked.limit), seed=asked.seed)
    _report(found)
    for miss in found.misses if asked.show_misses else ():
        _print(f"\nMISS {miss.kind} ({miss.disguise}) {miss.statement_id}")
        _print(f"  {miss.before}\n  {miss.after}")
    _print(f"{time.perf_counter() - started:.0f} s")


def _report(found: Catches) -> None:
    for row in found.by_kind:
        _print(f"{row.kind:18} {row.disguise:10} {row.caught:5} of {row.planted}")
    _print(f"caught {found.caught} of {found.planted}: {found.caught_share:.4f}")
    _print(f"refused {found.refused} of {found.statements}: {found.refused_share:.4f}")


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
