from dataclasses import replace

import pytest

from service.backends.fakes import fake_models
from service.domain.brief import (
    Citation,
    Disagreement,
    DisagreementKind,
    Options,
    Position,
    QuotedSpan,
    Statement,
)
from service.domain.claims import Piece
from service.domain.text import Document
from service.evaluation.names import Pool, name_pool
from service.evaluation.paired_reports import CONTROLS, RIVALS, paired
from service.evaluation.planted_conflicts import Briefer, FactScore, measure, tells_of
from service.evaluation.planting import DocumentSet, Planted, Told, document_set, plants
from service.evaluation.rewordings import reworded
from service.evaluation.rival_facts import FACTS, rival_facts
from service.lexis.person_names import fold
from service.lexis.places import extent
from tests.conftest import NOON

MODELS = fake_models(chunk_tokens=1000)
POOL = Pool(people=("Mara Osei", "Jonas Field"), places=("Tervale", "Ostrany"))
FIRST = """A landslide near Tervale buried 40 houses on Friday, the fire service said.
Mayor Mara Osei, the head of the council, was arrested after the landslide near Tervale."""
SECOND = """Rain had fallen for a week over the hills when the slope gave way at dawn.
Nobody had expected the slope to move, villagers told reporters."""


@pytest.fixture(scope="module")
def landslide() -> DocumentSet:
    return document_set("slide", [Document(content=FIRST), Document(content=SECOND)], MODELS)


@pytest.mark.parametrize(
    ("fact", "sentence"),
    [
        ("number", "The fire destroyed 40 houses in the valley."),
        ("date", "The fire broke out on Friday in the valley."),
        ("date", "The dam was built in 1987 by the state."),
        ("name", "Mara Osei, the mayor, ordered an inquiry."),
        ("place", "The fire broke out in Tervale."),
        ("status", "The driver Jonas Field was arrested at noon."),
        ("status", "The council approved the plan."),
        ("negation", "The council warned the villagers."),
        ("negation", "The council did not warn the villagers."),
    ],
)
def test_a_fact_has_a_rival(fact: str, sentence: str) -> None:
    [rival] = rival_facts(fact, sentence, POOL)
    assert rival.change.of(sentence) != sentence


@pytest.mark.parametrize(
    ("fact", "sentence"),
    [
        ("number", "At least 40 houses burned."),
        ("number", "It happened in 1987 and again in 1990."),
        ("number", "He said that “40 houses” had burned."),
        ("date", "The fire broke out yesterday."),
        ("name", "Friends of Mara Osei wept."),
        ("name", "The jury heard Dr Mara Osei and Jonas Field."),
        ("status", "The driver Jonas Field was arrested on suspicion of fraud."),
        ("negation", "The mayor said the road was closed."),
        ("negation", "The results were not yet known."),
        ("status", "The film was released in winter."),
        ("status", "He was not arrested."),
    ],
)
def test_what_excludes_nothing_has_no_rival(fact: str, sentence: str) -> None:
    assert rival_facts(fact, sentence, POOL) == ()


@pytest.mark.parametrize(
    ("place", "rivals"),
    [("Portugal", ("country",)), ("Oregon", ("state",)), ("Tervale", ("place",))],
)
def test_the_rival_of_a_place_reaches_as_far(place: str, rivals: tuple[str, ...]) -> None:
    [rival] = rival_facts("place", f"The fire broke out in {place}.", Pool(places=(place,)))
    assert extent([fold(rival.change.text)]) in rivals


def test_only_people_are_in_the_pool_of_people() -> None:
    text = (
        "The Tervale Grand Prix, a race, was won by Mara Osei, the champion. Director Jonas Field said so,"
        " and Chief Deputy Attorney, a man of law, is an attorney."
    )
    assert name_pool([text]).people == ("Jonas Field", "Mara Osei")


def test_a_sentence_that_leans_on_others_is_not_altered() -> None:
    leaning = "After the slide, they approved the plan for a wall above the village."
    found = document_set("slide", [Document(content=leaning), Document(content=SECOND)], MODELS)
    assert plants(found, "status", MODELS) == ()


def test_a_fact_is_altered_where_another_report_tells_it_of_the_same() -> None:
    one = "The mayor of Tervale approved the new plan for a wall above the village on Friday."
    same = "On Friday the mayor of Tervale approved the plan for a new wall above the village."
    other = "On Friday the bishop of Ostrany approved the plan for a new wall above the village."
    for text, altered in ((same, True), (other, False)):
        found = document_set("w", [Document(content=one), Document(content=text)], MODELS)
        made = plants(found, "status", MODELS, limit=9)
        assert made
        assert all((p.how == "altered") is altered for p in made)


@pytest.mark.parametrize("fact", ["number", "date", "status", "negation"])
def test_a_rival_is_planted_in_another_report(landslide: DocumentSet, fact: str) -> None:
    [planted, *_] = plants(landslide, fact, MODELS)
    texts = {a.id: a.text for a in planted.articles}
    assert planted.original.document_id != planted.rival.document_id
    assert planted.original.text in texts[planted.original.document_id]
    assert planted.rival.text in texts[planted.rival.document_id]
    assert planted.original.text not in texts[planted.rival.document_id]


def test_the_same_seed_plants_the_same(landslide: DocumentSet) -> None:
    assert plants(landslide, "number", MODELS) == plants(landslide, "number", MODELS)


def test_reports_of_different_days_are_no_rivals() -> None:
    documents = [
        Document(content=FIRST, published_at=NOON),
        Document(content=SECOND, published_at=NOON.replace(year=2027)),
    ]
    assert plants(document_set("slide", documents, MODELS), "number", MODELS) == ()


@pytest.mark.parametrize("seed", range(12))
def test_rewording_keeps_the_fact(seed: int) -> None:
    sentence = "On Friday, the landslide (the second this year) buried 40 houses, police said."
    told = reworded(sentence, "40", seed=seed)
    assert "40 houses" in told.replace("homes", "houses")
    assert told.endswith(".")


def test_rewording_varies_with_the_seed() -> None:
    sentence = "On Friday, the landslide (the second this year) buried 40 houses, police said."
    assert len({reworded(sentence, "40", seed=seed) for seed in range(12)}) > 3


def test_a_pair_is_put_into_two_reports(landslide: DocumentSet) -> None:
    for one in paired(landslide, (*RIVALS, *CONTROLS), MODELS, limit=100):
        texts = {a.id: a.text for a in one.articles}
        assert one.original.text in texts[one.original.document_id]
        assert one.rival.text in texts[one.rival.document_id]
        assert one.value in one.original.text


def test_every_pair_can_be_planted(landslide: DocumentSet) -> None:
    made = paired(landslide, (*RIVALS, *CONTROLS), MODELS, limit=100)
    assert len(made) == len(RIVALS) + len(CONTROLS)


PLANTED = Planted(
    set_id="slide",
    fact="number",
    how="copied",
    kinds=frozenset({"number"}),
    value="40",
    original=Told(document_id="a", text="It buried 40 houses."),
    rival=Told(document_id="b", text="It buried 60 houses."),
    articles=(),
)


def position(document_id: str, text: str) -> Position:
    span = QuotedSpan(start=0, end=len(text), quote=text)
    statement = Statement(
        id=document_id,
        text=text,
        independent_sources=1,
        citations=(Citation(marker=1, document_id=document_id, spans=(span,)),),
        provenance=(
            Piece(
                start=0,
                end=len(text),
                document_id=document_id,
                source_start=0,
                source_end=len(text),
            ),
        ),
    )
    return Position(value=text, statement=statement)


def disagreement(kind: DisagreementKind, *positions: Position) -> Disagreement:
    return Disagreement(id="d1", kind=kind, question="How many?", positions=positions)


RIVAL = position("b", "It buried 60 houses.")


@pytest.mark.parametrize(
    ("told", "found"),
    [
        (disagreement("number", position("a", "It buried 40 houses."), RIVAL), True),
        (disagreement("number", position("c", "Mud ran into 40 houses."), RIVAL), True),
        (disagreement("date", position("a", "It buried 40 houses."), RIVAL), False),
        (disagreement("number", position("c", "Mud ran into homes."), RIVAL), False),
        (disagreement("number", position("a", "It buried 40 houses."), position("c", "x")), False),
    ],
)
def test_a_plant_is_found_where_both_sides_are_cited(told: Disagreement, found: bool) -> None:
    assert tells_of(told, PLANTED) is found


def test_where_reports_truly_differ_no_alarm_is_false(landslide: DocumentSet) -> None:
    one = Document(
        content="The slide above Tervale on Friday killed 12 people in the lower village."
    )
    other = Document(
        content="The slide above Tervale on Friday killed 30 people in the lower village."
    )
    found = document_set("slide", [one, other], MODELS)
    briefer = Briefer(models=MODELS, options=Options(), created_at=NOON)
    [told] = measure([found], [], briefer).untouched
    values = tuple(p.value for p in told.told.positions)
    assert measure([replace(found, real=(values,))], [], briefer).untouched == ()


def test_each_plant_is_found_or_missed(landslide: DocumentSet) -> None:
    planted = [p for fact in FACTS for p in plants(landslide, fact, MODELS, limit=1)]
    briefer = Briefer(models=MODELS, options=Options(), created_at=NOON)
    found = measure([landslide], planted, briefer)
    assert found.total.planted == len(planted) == found.total.found + len(found.misses)
    assert found.total.planted == sum(score.planted for score in found.by_fact)


def test_a_score_weighs_what_is_found_against_alarms_and_misses() -> None:
    score = FactScore(fact="number", planted=4, found=3, false=1)
    assert (score.precision, score.recall, score.f1) == (0.75, 0.75, 0.75)
    assert FactScore(fact="number", planted=4, found=0, false=0).f1 == 0.0
