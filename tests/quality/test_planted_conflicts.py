"""A rival fact planted in another publisher's report is told, and what only seems one is not."""

import pytest

from service.domain.ports import Models, Watch
from service.evaluation.figures import conflict_figures
from service.evaluation.planted_conflicts import Briefer, Detection
from service.evaluation.planting import DocumentSet
from service.evaluation.rival_facts import FACTS
from service.evaluation.suites import find_conflicts
from tests.quality.conflicts import planted_in
from tests.quality.sets import GATE


@pytest.fixture(scope="module")
def detection(embedded_sets: tuple[DocumentSet, ...], embedded: Briefer) -> Detection:
    return find_conflicts(embedded_sets, embedded, Watch())


@pytest.mark.slow
def test_planted_conflicts_are_told_and_what_only_seems_one_is_not(detection: Detection) -> None:
    assert detection.total.planted > 20
    assert detection.controls > 5
    told = (detection.misses, detection.false_alarms)
    assert list(GATE.breaches("conflicts", conflict_figures(detection))) == [], told


def test_every_fact_can_be_planted_in_the_seeds(seeds: list[DocumentSet], models: Models) -> None:
    planted = planted_in(seeds, models, FACTS)
    assert {p.fact for p in planted} >= {"date", "name", "place", "status", "negation"}
    for one in planted:
        texts = {a.id: a.text for a in one.articles}
        assert one.original.text in texts[one.original.document_id]
        assert one.rival.text in texts[one.rival.document_id]
        assert one.original.document_id != one.rival.document_id
