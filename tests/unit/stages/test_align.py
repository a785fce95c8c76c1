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
