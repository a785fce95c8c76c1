from itertools import combinations, pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from service.lexis.words import adjacent_stems
from service.stages.coverage import AGREEMENT, Coverage, pair_weights
from service.stages.story import tell
from tests.conftest import MakeArticle

RIVER = "The river Arda flooded the old market of Brenta on Sunday night."
BRIDGE = "Engineers closed the northern bridge of Brenta after the flood."


def test_a_pair_weighs_more_the_more_reports_use_it(make_article: MakeArticle) -> None:
    story = tell(
        [
            make_article("a", RIVER, "Nobody was hurt when the water came, the mayor said."),
            make_article("b", BRIDGE, "The river Arda rose by three metres within one day."),
            make_article("c", "Trains to the coast will run late for a week or two, it was said."),
        ]
    )
    weights = pair_weights(story)
    assert weights["river", "arda"] == 2**AGREEMENT
    assert weights["northern", "bridg"] == 1


def test_a_text_printed_twice_is_one_report(make_article: MakeArticle) -> None:
    text = (RIVER, BRIDGE, "Two schools stay shut until the water has gone from their yards.")
    story = tell([make_article("a", *text), make_article("b", *text)])
    assert pair_weights(story)["river", "arda"] == 1


def test_titles_tell_what_their_articles_are_about(make_article: MakeArticle) -> None:
    story = tell([make_article("a", BRIDGE, title="Old market flooded"), make_article("b", RIVER)])
    assert pair_weights(story)["old", "market"] == 2**AGREEMENT


def test_pairs_of_two_stop_words_are_left_out() -> None:
    assert adjacent_stems("The mayor of the town") == (
        ("the", "mayor"),
        ("mayor", "of"),
        ("the", "town"),
    )


TEXTS = st.lists(
    st.lists(
        st.sampled_from("rain fell hard city mayor river rose bridge".split()),
        min_size=2,
        max_size=6,
    ).map(" ".join),
    min_size=1,
    max_size=6,
)
WORTHS = st.lists(st.floats(0.5, 4), min_size=6, max_size=6)


def covered(texts: list[str], worths: list[float]) -> Coverage:
    weights = {pair: 1.0 + len(pair[0]) for text in texts for pair in adjacent_stems(text)}
    weights |= {("rain", "fell"): 2.0, ("citi", "mayor"): 5.0}
    coverage = Coverage(weights=weights)
    for text, worth in zip(texts, worths, strict=False):
        coverage.add(text, worth)
    return coverage


@given(TEXTS, WORTHS, st.randoms(use_true_random=False))
def test_the_total_does_not_depend_on_the_order_of_telling(
    texts: list[str], worths: list[float], random: Random
) -> None:
    told = list(zip(texts, worths, strict=False))
    weights = covered(texts, worths).weights
    totals = []
    for _ in range(2):
        coverage = Coverage(weights=weights)
        for text, worth in told:
            coverage.add(text, worth)
        totals.append(round(coverage.total, 6))
        random.shuffle(told)
    assert totals[0] == totals[1]


@given(TEXTS, WORTHS)
def test_what_a_text_adds_never_grows_with_what_is_told(
    texts: list[str], worths: list[float]
) -> None:
    weights = covered(texts, worths).weights
    coverage = Coverage(weights=weights)
    gains = []
    for text, worth in zip(texts, worths, strict=False):
        gains.append(coverage.gain("rain fell hard city mayor", 2.0))
        assert coverage.gain(text, worth) >= 0
        coverage.add(text, worth)
    assert all(b <= a + 1e-9 for a, b in pairwise(gains))


@given(TEXTS, WORTHS)
def test_taking_the_best_gain_comes_within_reach_of_the_best_choice(
    texts: list[str], worths: list[float]
) -> None:
    """1 - 1/e of the best set of its size, for a monotone submodular total (Nemhauser et al., 1978)."""
    weights = covered(texts, worths).weights
    told = list(zip(texts, worths, strict=False))
    size = min(2, len(told))

    def total(chosen: tuple[int, ...]) -> float:
        coverage = Coverage(weights=weights)
        for i in chosen:
            coverage.add(*told[i])
        return coverage.total

    best = max(total(c) for c in combinations(range(len(told)), size))
    greedy: tuple[int, ...] = ()
    for _ in range(size):
        greedy += (
            max(
                (i for i in range(len(told)) if i not in greedy), key=lambda i: total((*greedy, i))
            ),
        )
    assert total(greedy) >= (1 - 1 / 2.71828) * best - 1e-9
