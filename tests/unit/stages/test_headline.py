from collections.abc import Callable, Sequence

import pytest

from service.backends.fakes import FakeDrafter, FakeScorer
from service.domain.brief import Options
from service.domain.claims import Draft, DraftRequest
from service.domain.text import Article
from service.stages.align import Aligner
from service.stages.claims import candidates
from service.stages.headline import headline
from service.stages.select import Selection, Selector
from service.stages.story import Story, tell
from service.stages.writer import Writer
from tests.conftest import MakeArticle

DONE = "Russia announced that it has lifted the ban on the Taliban terrorist organization."
PLANNED = (
    "Russia is set to lift the ban on the Taliban terrorist organization after talks in Kabul."
)


class Headliner(FakeDrafter):
    """Writes one headline whatever is asked."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def draft(
        self, requests: Sequence[DraftRequest], advance: Callable[[int], None] = lambda _: None
    ) -> list[Draft]:
        assert {r.task for r in requests} == {"headline"}
        return [Draft(salience=(0.0,) * len(r.sentences), text=self.text) for r in requests]


def select(*articles: Article) -> tuple[Story, Selection]:
    story = tell(articles)
    found, _ = candidates(story, [], Aligner(story))
    return story, Selector(story, found, 250).select()


def writer(text: str) -> Writer:
    options = Options(provenance="lexical")
    return Writer(drafter=Headliner(text), scorer=FakeScorer(), options=options)


def test_a_title_that_tells_the_latest_is_the_headline(make_article: MakeArticle) -> None:
    story, selection = select(
        make_article("a", PLANNED, title="Russia to Lift Ban on Taliban"),
        make_article("b", DONE, title="Russia Lifts Ban on Taliban"),
    )
    assert headline(story, selection.chosen[0].candidate).text == "Russia Lifts Ban on Taliban"


def test_without_a_title_the_lede_is_the_headline_less_what_is_safe_to_lose(
    make_article: MakeArticle,
) -> None:
    story, selection = select(make_article("a", f"In a surprising shift, {DONE}"))
    made = headline(story, selection.chosen[0].candidate)
    assert made.text == DONE.rstrip(".")


@pytest.mark.parametrize("opening", ["After 12 years of talks, ", "In a simulation, "])
def test_an_opening_phrase_that_may_turn_the_truth_is_kept(
    make_article: MakeArticle, opening: str
) -> None:
    story, selection = select(make_article("a", f"{opening}{DONE}"))
    assert headline(story, selection.chosen[0].candidate).text.startswith(opening)


def test_a_headline_keeps_the_stop_of_an_abbreviation(make_article: MakeArticle) -> None:
    story, selection = select(
        make_article("a", "Acme Corporation of Ohio moved its plant to the U.S.")
    )
    assert headline(story, selection.chosen[0].candidate).text.endswith("to the U.S.")


def test_a_title_that_gives_the_ledes_figure_is_the_headline(make_article: MakeArticle) -> None:
    story, selection = select(
        make_article(
            "a",
            "Nearly a week after the flood reached the coast, the confirmed toll is over 1,200.",
            title="Flood toll mounts to more than 1,200",
        ),
        make_article(
            "b",
            "Relief for the flood victims is late in coming, aid groups said on Monday.",
            title="Imbalance in flood toll aid",
        ),
    )
    made = headline(story, selection.chosen[0].candidate)
    assert made.text == "Flood toll mounts to more than 1,200"


LEDE = "The old port of Vega reopened to large ships on Tuesday."
WRITTEN = "The port of Vega reopened on Tuesday"


def test_a_shorter_headline_that_is_borne_out_stands_for_the_lede(
    make_article: MakeArticle,
) -> None:
    story, selection = select(make_article("a", LEDE))
    lede = selection.chosen[0].candidate
    made = headline(story, lede, writer=writer(WRITTEN))
    assert made.text == WRITTEN
    assert {p.document_id for p in made.pieces} == {"a"}
    assert headline(story, lede, (WRITTEN,), writer(WRITTEN)).text == LEDE.rstrip(".")


@pytest.mark.parametrize(
    "written",
    ["", "Port of Kiel reopened on Tuesday", "Port reopened"],
    ids=["none", "no", "short"],
)
def test_a_headline_that_may_not_stand_gives_way_to_the_lede(
    make_article: MakeArticle, written: str
) -> None:
    story, selection = select(make_article("a", LEDE))
    made = headline(story, selection.chosen[0].candidate, writer=writer(written))
    assert made.text == LEDE.rstrip(".")
