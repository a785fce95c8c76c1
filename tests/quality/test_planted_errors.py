"""Whatever one word of a finished brief is changed into, a recheck finds it, and nothing else."""

import pytest

from service.domain.brief import Options
from service.domain.ports import Models, Watch
from service.evaluation.figures import error_figures
from service.evaluation.planted_conflicts import Briefer
from service.evaluation.planted_errors import DISGUISES, Catches
from service.evaluation.planting import DocumentSet
from service.evaluation.suites import catch_errors
from tests.quality.sets import GATE, NOON


@pytest.fixture(scope="module")
def in_seeds(seeds: list[DocumentSet], models: Models) -> Catches:
    briefer = Briefer(models=models, options=Options(), created_at=NOON)
    return catch_errors(seeds, briefer, Watch())


def test_errors_in_the_seeds_brief_are_found_in_every_disguise(in_seeds: Catches) -> None:
    assert in_seeds.planted > 100
    assert in_seeds.statements > 5
    assert {row.disguise for row in in_seeds.by_kind if row.planted} == set(DISGUISES)
    assert list(GATE.breaches("errors in seeds", error_figures(in_seeds))) == [], in_seeds.misses


@pytest.mark.slow
def test_errors_in_briefs_of_other_news_are_found(
    embedded_sets: tuple[DocumentSet, ...], embedded: Briefer
) -> None:
    found = catch_errors(embedded_sets, embedded, Watch())
    assert list(GATE.breaches("errors", error_figures(found))) == [], found.misses
