"""Claims judged, errors caught and conflicts found, set by set, with progress."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from service.domain.brief import Progress
from service.domain.ports import Models, Watch
from service.evaluation import claim_checking, planted_conflicts
from service.evaluation.claim_checking import Checking
from service.evaluation.claim_sets import ClaimSet
from service.evaluation.paired_reports import CONTROLS, RIVALS, paired
from service.evaluation.planted_conflicts import Briefer, Detection, FactScore
from service.evaluation.planted_errors import Catch, Catches, plant_errors
from service.evaluation.planting import DocumentSet, Planted, plants
from service.evaluation.rival_facts import FACTS, KINDS_OF

_T = TypeVar("_T")


def counted(stage: str, found: Sequence[_T], watch: Watch) -> Iterator[_T]:
    """Yield what a suite goes through, and report how much of it is done."""
    for i, one in enumerate(found):
        watch.on_progress(Progress(stage=stage, done=i, total=len(found)))
        yield one


def check_claims(claim_sets: Sequence[ClaimSet], watch: Watch) -> tuple[Checking, ...]:
    """Say of each set how well the built-in check tells supported claims from others."""
    return tuple(claim_checking.measure(one) for one in counted("claims", claim_sets, watch))


def catch_errors(sets: Sequence[DocumentSet], briefer: Briefer, watch: Watch) -> Catches:
    """Plant errors in the briefs of some sets, and count those that a recheck finds."""
    found = Catches(planted=0, caught=0, statements=0, refused=0, by_kind=(), misses=())
    for one in counted("errors", sets, watch):
        if brief := briefer.brief(one.id, one.articles):
            more = plant_errors([(brief, {a.id: a for a in one.articles})])
            found = Catches(
                planted=found.planted + more.planted,
                caught=found.caught + more.caught,
                statements=found.statements + more.statements,
                refused=found.refused + more.refused,
                by_kind=_catches((*found.by_kind, *more.by_kind)),
                misses=(*found.misses, *more.misses),
            )
    return found


def _catches(rows: Sequence[Catch]) -> tuple[Catch, ...]:
    """Add up the rows of one kind and disguise."""
    summed: dict[tuple[str, str], Catch] = {}
    for row in rows:
        known = summed.get((row.kind, row.disguise))
        planted = row.planted + (known.planted if known else 0)
        caught = row.caught + (known.caught if known else 0)
        summed[row.kind, row.disguise] = replace(row, planted=planted, caught=caught)
    return tuple(summed.values())


def find_conflicts(sets: Sequence[DocumentSet], briefer: Briefer, watch: Watch) -> Detection:
    """Plant conflicts in some sets, and say how many of them their briefs tell of."""
    found = planted_conflicts.measure([], [], briefer)
    for one in counted("conflicts", sets, watch):
        planted = planted_in(one, briefer.models, FACTS)
        more = planted_conflicts.measure([one], planted, briefer)
        found = Detection(
            total=_added(found.total, more.total),
            by_fact=_by_fact((*found.by_fact, *more.by_fact)),
            controls=found.controls + more.controls,
            misses=(*found.misses, *more.misses),
            false_alarms=(*found.false_alarms, *more.false_alarms),
            untouched_sets=found.untouched_sets + more.untouched_sets,
            untouched=(*found.untouched, *more.untouched),
        )
    return found


def planted_in(
    one: DocumentSet, models: Models, facts: Sequence[str], *, each: int = 1, seed: int = 0
) -> tuple[Planted, ...]:
    """Plant `each` rivals a fact, and pairs of invented reports that are rivals or only seem to be."""
    rivals = [r for r in RIVALS if r.kinds & {k for f in facts for k in KINDS_OF[f]}]
    found: list[Planted] = []
    for fact in facts:
        found += plants(one, fact, models, limit=each, seed=seed)
    found += paired(one, rivals, models, limit=each, seed=seed)
    found += paired(one, CONTROLS, models, limit=2 * each, seed=seed)
    return tuple(found)


def _added(a: FactScore, b: FactScore) -> FactScore:
    return FactScore(
        fact=a.fact,
        planted=a.planted + b.planted,
        found=a.found + b.found,
        false=a.false + b.false,
    )


def _by_fact(rows: Sequence[FactScore]) -> tuple[FactScore, ...]:
    """Add up the rows of one fact: those planted in a set's own sentences first, then the pairs."""
    summed: dict[str, FactScore] = {}
    for row in rows:
        summed[row.fact] = _added(summed[row.fact], row) if row.fact in summed else row
    own = [summed[fact] for fact in FACTS if fact in summed]
    return (*own, *(summed[fact] for fact in sorted(summed) if fact not in FACTS))
