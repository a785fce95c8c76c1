import pytest

from service.domain.text import Article
from service.stages.disagree.frames import frame
from service.stages.disagree.near import MOST_COMPARED, heaviest, keys_of, near_pairs
from service.stages.disagree.rivals import joined
from service.stages.story import tell
from tests.conftest import MakeArticle


def pairs(*articles: Article) -> list[tuple[int, int]]:
    story = tell(articles)
    keys = [keys_of(story, frame(a, s, 0, 1), 0.5) for a, s in story.sentences()]
    return list(near_pairs(story, keys))


def told(make_article: MakeArticle, *texts: str) -> list[Article]:
    return [make_article(f"{i:03}", t, publisher=f"P{i}") for i, t in enumerate(texts)]


def test_only_what_shares_heavy_words_is_compared(make_article: MakeArticle) -> None:
    assert pairs(
        *told(
            make_article,
            "7 barges blocked the Orvel canal.",
            "9 violinists left the orchestra.",
            "8 barges blocked the Orvel canal.",
        )
    ) == [(0, 2)]


def test_another_word_for_one_event_is_shared(make_article: MakeArticle) -> None:
    assert pairs(*told(make_article, "7 blasts shook Orvel.", "9 explosions rocked Mirel.")) == [
        (0, 1)
    ]


def test_one_source_is_not_compared_with_itself(make_article: MakeArticle) -> None:
    said = "7 barges blocked the Orvel canal."
    assert pairs(make_article("a", f"{said} {said}", publisher="A")) == []


def test_each_telling_is_compared_with_a_bounded_number_before_it(
    make_article: MakeArticle,
) -> None:
    many = told(make_article, *["7 barges blocked the Orvel canal."] * (MOST_COMPARED + 20))
    found = pairs(*many)
    assert max(sum(j == last for _, j in found) for last in range(len(many))) == MOST_COMPARED


@pytest.mark.parametrize(("least", "kept"), [(0.9, 1), (0.5, 2), (0.2, 3)])
def test_the_less_has_to_be_shared_the_more_words_are_looked_up(
    least: float, kept: int, make_article: MakeArticle
) -> None:
    story = tell(told(make_article, "Barges blocked canals."))
    assert len(heaviest(story, frozenset({"barg", "block", "canal"}), least)) == kept


def test_what_already_hangs_together_is_not_asked_about() -> None:
    asked: list[tuple[int, int]] = []

    def are_rivals(i: int, j: int) -> bool:
        asked.append((i, j))
        return j != 3

    assert joined([(0, 1), (1, 2), (0, 2), (2, 3)], are_rivals) == ((0, 1, 2),)
    assert asked == [(0, 1), (1, 2), (2, 3)]
