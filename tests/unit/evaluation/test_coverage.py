import pytest

from service.evaluation.coverage import Coverage, Scorer, mean

REFERENCE = "The cats sat on the mat."


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return Scorer()


def test_recall_is_the_share_of_the_references_words_and_pairs(scorer: Scorer) -> None:
    # Told are "the", "cat", "sat" of 6 words, and "the cat", "cat sat" of 5 pairs.
    found = scorer.coverage("the cat sat", [REFERENCE], 250)
    assert (found.rouge1, found.rouge2) == pytest.approx((50, 40))


def test_a_word_counts_as_often_as_the_reference_has_it(scorer: Scorer) -> None:
    assert scorer.coverage("mat mat mat", [REFERENCE], 250).rouge1 == pytest.approx(100 / 6)


def test_only_the_first_words_are_scored(scorer: Scorer) -> None:
    whole = scorer.coverage(REFERENCE, [REFERENCE], 6)
    assert (whole.rouge1, whole.rouge2) == pytest.approx((100, 100))
    cut = scorer.coverage(REFERENCE, [REFERENCE], 3)
    assert (cut.rouge1, cut.rouge2) == pytest.approx((50, 40))


def test_coverage_is_the_mean_over_the_references(scorer: Scorer) -> None:
    found = scorer.coverage("the cat sat", [REFERENCE, "Dogs bark.", "Sat!"], 250)
    assert (found.rouge1, found.rouge2) == pytest.approx(((50 + 0 + 100) / 3, 40 / 3))


def test_words_that_share_a_stem_are_one_word(scorer: Scorer) -> None:
    found = scorer.coverage("donated bridges", ["Donating a bridge"], 250)
    assert found.rouge1 == pytest.approx(200 / 3)


def test_nothing_covers_nothing(scorer: Scorer) -> None:
    assert scorer.coverage("", [REFERENCE], 250) == Coverage(rouge1=0, rouge2=0)
    assert scorer.coverage("the cat", ["…"], 250) == Coverage(rouge1=0, rouge2=0)


def test_topics_count_alike() -> None:
    found = mean([Coverage(rouge1=50, rouge2=40), Coverage(rouge1=0, rouge2=10)])
    assert (found.rouge1, found.rouge2) == pytest.approx((25, 25))
