import pytest

from service.lexis.profile import profile
from service.stages.align import Aligner, supporters
from service.stages.story import tell
from tests.conftest import MakeArticle

CLAIM = "Kazakhstan removed the Taliban from its terrorist list in 2023."


@pytest.mark.parametrize(
    ("sentence", "holds"),
    [
        ("In 2023 Kazakhstan had removed the Taliban from its own list of terrorist groups.", True),
        ("Kazakhstan removed the Taliban from its terrorist list in 2022.", False),
        ("Kazakhstan has not removed the Taliban from its terrorist list in 2023.", False),
        ("Uzbekistan removed the Haqqani network from its terrorist list in 2023.", False),
        ("Kazakhstan may remove the Taliban from its terrorist list in 2023.", False),
        ("The harvest in Kazakhstan failed in 2023.", False),
    ],
)
def test_a_sentence_supports_a_claim_only_when_nothing_that_matters_differs(
    sentence: str, holds: bool
) -> None:
    assert supporters([sentence], CLAIM) is holds


def test_evidence_starts_with_the_claims_own_sentence_and_has_one_of_each_other(
    make_article: MakeArticle,
) -> None:
    story = tell(
        [
            make_article("a", CLAIM + " Rain fell in Paris all day."),
            make_article("b", "Nothing here. " + CLAIM + " " + CLAIM),
            make_article("c", "Rain fell in Rome all week."),
        ]
    )
    evidence = Aligner(story).evidence(CLAIM, ("a", 0))
    assert [e.article_id for e in evidence] == ["a", "b"]
    assert story.article("b").quote(evidence[1].span) == CLAIM
    assert evidence[1].span == story.article("b").sentences[1].span


def test_a_story_is_the_same_in_any_order_and_counts_an_id_once(make_article: MakeArticle) -> None:
    a, b = make_article("a", CLAIM), make_article("b", "Rain fell in Rome.")
    assert tell([a, b, a]) == tell([b, a])
    assert tell([b, a]).profile_of(a, a.sentences[0]) == profile(CLAIM)


@pytest.mark.parametrize(
    ("claim", "other"),
    [
        (
            "A jury in Boston convicted former mayor Daniel Hart of bribery after a long trial.",
            "A jury in Boston acquitted former mayor Daniel Hart of bribery after a long trial.",
        ),
        (
            "Brazil beat Argentina 2-1 in the final of the cup.",
            "Argentina beat Brazil 2-1 in the final of the cup.",
        ),
        (
            "Shares of Acme Corporation rose 5 percent in New York trading on Tuesday.",
            "Shares of Acme Corporation fell 5 percent in New York trading on Tuesday.",
        ),
        (
            "The clashes in Goma killed 12 soldiers and injured 5 civilians.",
            "The clashes in Goma killed 5 soldiers and injured 12 civilians.",
        ),
        (
            "The army of Niger seized power in a coup on Friday.",
            "The army of Nigeria seized power in a coup on Friday.",
        ),
        (
            "The bridge over the Drina in Zvornik was closed on Monday.",
            "The bridge over the Drina in Zvornik was closed on Tuesday.",
        ),
        (
            "All passengers survived the crash in Oslo.",
            "Most passengers survived the crash in Oslo.",
        ),
        ("The minister resigned before the vote.", "The minister resigned after the vote."),
        ("The right won the vote in Vega.", "The left won the vote in Vega."),
        ("A court in Lima ruled the strike legal.", "A court in Lima ruled the strike illegal."),
        ("Peru raised its import tax on steel.", "Peru raised its export tax on steel."),
        ("Few residents voted in Lima.", "Residents voted in Lima."),
        ("Luis Vega was arrested in Lima.", "A brother of Luis Vega was arrested in Lima."),
        (
            "A company owned by Luis Vega bought the bank.",
            "A company bought the bank owned by Luis Vega.",
        ),
        (
            "Senator Mark Doyle stole two million dollars from a fund.",
            "Prosecutors allege Senator Mark Doyle stole two million dollars from a fund.",
        ),
        (
            "Rescuers in the Tatra mountains are searching for three hikers missing since Saturday.",
            "Three hikers missing since Saturday in the Tatra mountains have been found by rescuers.",
        ),
    ],
)
def test_what_differs_in_the_one_word_that_counts_does_not_support(claim: str, other: str) -> None:
    assert supporters([claim], claim)
    assert not supporters([other], claim)
