from datetime import timedelta

import pytest

from service.backends.fakes import FakeDrafter
from service.domain.brief import Options
from service.domain.text import Article
from service.lexis.states import CONTRASTS, states
from service.stages.align import Aligner
from service.stages.claims import candidates
from service.stages.disagree.rivals import Rivals
from service.stages.disagree.status import status_rivals
from service.stages.draft import draft
from service.stages.story import tell
from tests.conftest import NOON, MakeArticle


def rivals(*articles: Article) -> tuple[Rivals, ...]:
    story = tell(articles)
    drafts = draft(story.articles, FakeDrafter(), Options(), lambda _: None)
    found, _ = candidates(story, drafts, Aligner(story))
    return status_rivals(story, {c.key: c for c in found})


@pytest.mark.parametrize(
    ("one", "other", "values"),
    [
        (
            "The harbour master Ivo Tanner was arrested in Pelado over the missing cargo.",
            "The harbour master Ivo Tanner was released in Pelado over the missing cargo.",
            ["was arrested", "was released"],
        ),
        (
            "The pilot Greta Halm died when her glider hit a hangar at Carrizo airfield.",
            "The pilot Greta Halm survived when her glider hit a hangar at Carrizo airfield.",
            ["died", "survived"],
        ),
        (
            "The council of Pelado approved a plan to widen the old harbour bridge.",
            "A plan to widen the old harbour bridge was rejected by the council of Pelado.",
            ["approved", "was rejected"],
        ),
        (
            "A jury in Carrizo found guilty the two brokers who sold the flooded land.",
            "A jury in Carrizo acquitted the two brokers who sold the flooded land.",
            ["found guilty", "acquitted"],
        ),
        (
            "The summer regatta at Pelado was cancelled because of the oil spill.",
            "The summer regatta at Pelado went ahead despite the oil spill, organisers said.",
            ["was cancelled", "went ahead"],
        ),
        (
            "Transport minister Olga Brandt resigned on Thursday over the ferry contract.",
            "Transport minister Olga Brandt refused to resign on Thursday over the ferry contract.",
            ["resigned", "refused to resign"],
        ),
        (
            "Output of the Pelado copper works rose in the third quarter, Tarn Mining said.",
            "Tarn Mining said output of the Pelado copper works fell in the third quarter.",
            ["rose", "fell"],
        ),
        # A parliament under its own name and as what it is.
        (
            "Talvia's Sejm approved a bill that could see the league removed from the list of sects.",
            "Talvia's parliament rejected a bill that could lead to the removal of the league from its list.",
            ["approved", "rejected"],
        ),
        # The shorter one is a part of the longer one, figures and all.
        (
            "Ivo Tanner, the head of the Carrizo coastguard, said 12 people were killed and 20 hurt on the ferry.",
            "Ivo Tanner said 12 people were rescued and 20 hurt on the ferry.",
            ["were killed", "were rescued"],
        ),
    ],
)
def test_states_that_exclude_each_other_are_a_disagreement(
    make_article: MakeArticle, one: str, other: str, values: list[str]
) -> None:
    # A copy that another publisher changed stands for the change.
    articles = make_article("a", one, publisher="Bell"), make_article("b", other, publisher="Post")
    [found] = rivals(*articles)
    assert found.kind == "status"
    assert [v for v, _ in found.positions] == values
    assert [[e.article_id for e in c.evidence] for _, c in found.positions] == [["a"], ["b"]]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # Two people.
        (
            "The harbour master Ivo Tanner was arrested in Pelado over the missing cargo.",
            "The ship owner Lena Marsh was released in Pelado over the missing cargo.",
        ),
        # Two people of one ship.
        (
            "The captain of the Carrizo trawler was arrested after the collision, prosecutors said.",
            "The cook of the Carrizo trawler was released after the collision, prosecutors said.",
        ),
        # A plea is no verdict.
        (
            "The broker Karl Ott was found guilty of selling flooded land in Carrizo.",
            "The broker Karl Ott had pleaded not guilty to selling flooded land in Carrizo.",
        ),
        # A wish is no state.
        (
            "The council of Pelado approved a plan to widen the old harbour bridge.",
            "Residents want the council of Pelado to reject a plan to widen the old harbour bridge.",
        ),
        # How the one became the other.
        (
            "The harbour master Ivo Tanner was arrested over the missing cargo in Pelado.",
            "The harbour master Ivo Tanner was arrested and released over the missing cargo.",
        ),
        # Two bridges.
        (
            "The Linden bridge over the Tarn was closed after the flood in the valley.",
            "The Carver bridge over the Tarn was opened after the flood in the valley.",
        ),
        # One court, two cases.
        (
            "The Carrizo court upheld the fine for the mill that spilled dye into the Tarn last spring.",
            "The Carrizo court overturned the ban on the trawlers that fish in the Tarn in spring.",
        ),
        # Little in common.
        (
            "The school in Pelado was closed because of snow on the roads of the county.",
            "The library in Pelado is open until nine during the winter months.",
        ),
    ],
)
def test_states_that_can_both_be_true_are_no_disagreement(
    make_article: MakeArticle, one: str, other: str
) -> None:
    assert rivals(make_article("a", one), make_article("b", other)) == ()


def test_a_status_that_changed_from_one_day_to_another_is_news(make_article: MakeArticle) -> None:
    arrested = "The harbour master Ivo Tanner was arrested in Pelado over the missing cargo."
    released = "The harbour master Ivo Tanner was released in Pelado over the missing cargo."
    first = make_article("a", arrested, published_at=NOON)
    assert not rivals(first, make_article("b", released, published_at=NOON + timedelta(days=2)))
    assert rivals(first, make_article("b", released, published_at=NOON + timedelta(hours=2)))


def test_a_weekday_that_differs_makes_it_news(make_article: MakeArticle) -> None:
    arrested = "The harbour master Ivo Tanner was arrested on Monday over the missing cargo."
    released = "The harbour master Ivo Tanner was released on Friday over the missing cargo."
    assert rivals(make_article("a", arrested), make_article("b", released)) == ()


def test_a_third_report_joins_the_side_it_takes(make_article: MakeArticle) -> None:
    one = "The summer regatta at Pelado was cancelled because of the oil spill."
    other = "The summer regatta at Pelado went ahead despite the oil spill, organisers said."
    third = "Officials said the summer regatta at Pelado was cancelled because of an oil spill."
    [found] = rivals(make_article("a", one), make_article("b", other), make_article("c", third))
    assert [[e.article_id for e in c.evidence] for _, c in found.positions] == [["a", "c"], ["b"]]


def test_no_cue_belongs_to_two_states_of_one_contrast() -> None:
    for contrast in CONTRASTS:
        for state, pattern in contrast.patterns:
            for other, its in contrast.patterns:
                if state < other:
                    forms = pattern.pattern.partition("(?P<cue>")[2].partition(")")[0].split("|")
                    shared = [f for f in forms if its.fullmatch(f.replace("\\", ""))]
                    assert not shared, (contrast.name, shared)


@pytest.mark.parametrize(
    "text",
    [
        "The driver was not arrested.",
        "The driver may be released.",
        "Her lawyers asked the court to acquit her if it could.",
        "He denied he was arrested after being released.",
    ],
)
def test_what_is_doubted_or_denied_is_no_state(text: str) -> None:
    assert [s for s in states(text) if s.contrast.name == "verdict"] == []
    assert not text.startswith("The driver") or states(text) == ()
