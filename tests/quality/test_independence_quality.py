"""Independent sources on constructed syndication: copies are found, separate reports kept apart."""

import pytest

from service.domain.ports import Models, Watch
from service.domain.text import Document
from service.evaluation.figures import source_figures
from service.evaluation.grouping import ECB_EVENTS, group_copies, group_sources
from service.evaluation.syndication import measure, syndicate
from service.pipeline import prepare
from tests.quality.conftest import Held
from tests.quality.sets import GATE, SEEDS


@pytest.fixture(scope="module")
def reports() -> list[Document]:
    return [Document(content=path.read_text("utf-8")) for path in sorted(SEEDS.glob("*.txt"))]


def test_copies_of_the_seeds_are_found_and_the_seeds_kept_apart(
    reports: list[Document], models: Models
) -> None:
    found, _ = group_copies(reports, models)
    figures = {"precision": found.precision, "F1": found.f1}
    assert list(GATE.breaches("sources of seeds", figures)) == []


@pytest.mark.slow
def test_copies_of_articles_and_reports_are_found_and_these_kept_apart(
    held: Held, models: Models
) -> None:
    found = group_sources(held("sources"), models, Watch())
    assert {g.name: g.events for g in found}[ECB_EVENTS] > 20
    assert list(GATE.breaches("sources", source_figures(found))) == []


def test_a_grouping_of_each_document_alone_is_below_the_floor(
    reports: list[Document], models: Models
) -> None:
    made = syndicate(reports, seed=1)
    articles = [prepare(d, models) for d in made.documents]
    alone = measure(made, articles, lambda some: {a.id: n for n, a in enumerate(some)})
    figures = {"precision": alone.precision, "F1": alone.f1}
    assert any("F1" in breach for breach in GATE.breaches("sources of seeds", figures))
