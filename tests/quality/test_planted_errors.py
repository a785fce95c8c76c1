"""Whatever one word of a finished brief is changed into, a recheck finds it, and nothing else."""

import pytest

from service.domain.brief import Options
from service.domain.ports import Models
from service.evaluation.planted_conflicts import Briefer
from service.evaluation.planted_errors import DISGUISES, Catches, Sample, plant_errors
from service.evaluation.planting import DocumentSet
from tests.quality.sets import NOON

# Never lowered without saying so in docs/log.md.
CAUGHT_AT_LEAST = 0.99
REFUSED_AT_MOST = 0.01


def caught(sets: list[DocumentSet], models: Models) -> Catches:
    briefer = Briefer(models=models, options=Options(), created_at=NOON)
    samples: list[Sample] = [
        (brief, {a.id: a for a in one.articles})
        for one in sets
        if (brief := briefer.brief(one.id, one.articles))
    ]
    return plant_errors(samples)


@pytest.fixture(scope="module")
def in_seeds(seeds: list[DocumentSet], models: Models) -> Catches:
    return caught(seeds, models)


def test_errors_in_the_seeds_brief_are_found_in_every_disguise(in_seeds: Catches) -> None:
    assert in_seeds.planted > 100
    assert {row.disguise for row in in_seeds.by_kind if row.planted} == set(DISGUISES)
    assert in_seeds.caught_share >= CAUGHT_AT_LEAST, in_seeds.misses


def test_no_statement_of_the_seeds_brief_is_refused_as_it_is(in_seeds: Catches) -> None:
    assert in_seeds.statements > 5
    assert in_seeds.refused_share <= REFUSED_AT_MOST


@pytest.mark.slow
def test_errors_in_briefs_of_other_news_are_found(
    news_sets: list[DocumentSet], models: Models
) -> None:
    found = caught(news_sets, models)
    assert found.caught_share >= CAUGHT_AT_LEAST, found.misses
    assert found.refused_share <= REFUSED_AT_MOST
