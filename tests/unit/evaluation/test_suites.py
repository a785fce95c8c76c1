import pytest

from service.backends.fakes import fake_models
from service.domain.brief import Options, Progress
from service.domain.ports import Watch
from service.domain.text import Document
from service.evaluation.figures import conflict_figures, error_figures
from service.evaluation.planted_conflicts import Briefer
from service.evaluation.planted_conflicts import measure as detect
from service.evaluation.planted_errors import plant_errors
from service.evaluation.planting import DocumentSet, document_set
from service.evaluation.rival_facts import FACTS
from service.evaluation.suites import catch_errors, find_conflicts, planted_in
from tests.conftest import NOON

MODELS = fake_models(1000)
BRIEFER = Briefer(models=MODELS, options=Options(), created_at=NOON)
BRIDGE = """The new bridge over the river Ternau was opened on Monday by Mayor Ilse Brandt.
Police arrested three men over the theft of copper from the bridge in March.
The council of Ternau approved a toll of 2 euros for lorries on 12 May 2021."""
FERRY = """The council of Ternau said that the toll for lorries would be raised in autumn.
Mayor Ilse Brandt told reporters that 145 lorries had crossed the bridge by noon.
The ferry was not sold, its owner Otto Lindqvist said."""


def a_set(name: str) -> DocumentSet:
    texts = (BRIDGE.replace("Ternau", name), FERRY.replace("Ternau", name))
    return document_set(name, [Document(content=text) for text in texts], MODELS)


@pytest.fixture(scope="module")
def sets() -> list[DocumentSet]:
    return [a_set("Ternau"), a_set("Velden")]


def test_errors_of_several_sets_are_those_of_each_added_up(sets: list[DocumentSet]) -> None:
    seen: list[Progress] = []
    found = catch_errors(sets, BRIEFER, Watch(on_progress=seen.append))
    briefs = [(BRIEFER.brief(s.id, s.articles), {a.id: a for a in s.articles}) for s in sets]
    whole = plant_errors([(brief, articles) for brief, articles in briefs if brief])
    assert found.planted == whole.planted > 20
    assert (found.caught, found.statements) == (whole.caught, whole.statements)
    key = ("kind", "disguise", "planted", "caught")
    rows = {tuple(getattr(row, name) for name in key) for row in found.by_kind}
    assert rows == {tuple(getattr(row, name) for name in key) for row in whole.by_kind}
    assert error_figures(found) == {"caught": found.caught_share, "refused": found.refused_share}
    assert [(p.stage, p.done, p.total) for p in seen] == [("errors", 0, 2), ("errors", 1, 2)]


def test_no_sets_have_no_errors_and_none_is_missed() -> None:
    assert error_figures(catch_errors([], BRIEFER, Watch())) == {"caught": 1.0, "refused": 0.0}


def test_rivals_of_every_fact_asked_for_pairs_and_controls_are_planted(
    sets: list[DocumentSet],
) -> None:
    planted = planted_in(sets[0], MODELS, FACTS)
    assert {p.fact for p in planted} >= {"number", "status"}
    assert [p.how for p in planted].count("paired") == 3
    assert sum(not p.kinds for p in planted) == 2
    assert not {p.fact for p in planted_in(sets[0], MODELS, ["number"])} & {"status", "date"}


def test_conflicts_of_several_sets_are_those_of_each_added_up(sets: list[DocumentSet]) -> None:
    found = find_conflicts(sets, BRIEFER, Watch())
    planted = [p for s in sets for p in planted_in(s, MODELS, FACTS)]
    whole = detect(sets, planted, BRIEFER)
    assert found.total == whole.total
    assert {s.fact: s for s in found.by_fact} == {s.fact: s for s in whole.by_fact}
    assert (found.controls, found.untouched_sets) == (whole.controls, 2)
    assert (found.misses, found.untouched) == (whole.misses, whole.untouched)
    figures = conflict_figures(found)
    assert figures["F1"] == whole.total.f1
    assert figures["untouched"] == len(whole.untouched) / 2
