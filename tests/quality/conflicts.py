"""Plant conflicts and say which are found: `python -m tests.quality.conflicts --help`."""

import argparse
import sys
import time
from collections.abc import Sequence

from service.domain.brief import Options
from service.domain.ports import Models
from service.evaluation import suites
from service.evaluation.planted_conflicts import Briefer, Detection, FalseAlarm, measure
from service.evaluation.planting import DocumentSet, Planted
from service.evaluation.rival_facts import FACTS
from tests.quality.sets import NOON, all_sets, quick_models


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", action="append", choices=FACTS, help="what to plant; default all")
    parser.add_argument("--limit", type=int, default=30, help="sets to use beside the seeds")
    parser.add_argument("--each", type=int, default=2, help="plants a set and kind")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show-misses", action="store_true")
    parser.add_argument("--show-alarms", action="store_true")
    parser.add_argument("--show-untouched", action="store_true")
    asked = parser.parse_args(arguments)
    started, models = time.perf_counter(), quick_models()
    sets = all_sets(models, asked.limit)
    planted = planted_in(sets, models, asked.kind or FACTS, each=asked.each, seed=asked.seed)
    briefer = Briefer(models=models, options=Options(), created_at=NOON)
    found = measure(sets, planted, briefer)
    _report(found)
    if asked.show_misses:
        for miss in found.misses:
            _show_planted(miss)
    for alarm in found.false_alarms if asked.show_alarms else ():
        _show_alarm(alarm)
    for alarm in found.untouched if asked.show_untouched else ():
        _show_alarm(alarm)
    _print(f"{len(sets)} sets, {len(planted)} plants, {time.perf_counter() - started:.0f} s")


def planted_in(
    sets: Sequence[DocumentSet],
    models: Models,
    facts: Sequence[str],
    *,
    each: int = 1,
    seed: int = 0,
) -> list[Planted]:
    """Plant `each` rivals a set and fact, and pairs of invented reports that are rivals or are none."""
    return [
        planted
        for one in sets
        for planted in suites.planted_in(one, models, facts, each=each, seed=seed)
    ]


def _report(found: Detection) -> None:
    _print(f"{'fact':14} planted  found  false  precision  recall     F1")
    rivals = [score for score in found.by_fact if score.planted]
    for score in (*rivals, found.total):
        _print(
            f"{score.fact:14} {score.planted:7} {score.found:6} {score.false:6}"
            f"  {score.precision:9.3f} {score.recall:7.3f} {score.f1:6.3f}"
        )
    told = [a.fact for a in found.false_alarms if a.fact.startswith("no ")]
    _print(f"controls: {len(told)} told of {found.controls} {sorted(set(told))}")
    _print(f"untouched: {len(found.untouched)} told in {found.untouched_sets} sets")


def _show_planted(miss: Planted) -> None:
    _print(f"\nMISS {miss.fact} ({miss.how}) in {miss.set_id}: {miss.value!r}")
    _print(f"  {miss.original.document_id}: {miss.original.text}")
    _print(f"  {miss.rival.document_id}: {miss.rival.text}")


def _show_alarm(alarm: FalseAlarm) -> None:
    _print(f"\nALARM {alarm.told.kind} in {alarm.set_id} ({alarm.fact}): {alarm.told.question}")
    for position in alarm.told.positions:
        cited = ", ".join(c.document_id for c in position.statement.citations)
        _print(f"  {position.value!r} [{cited}]: {position.statement.text}")


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
