import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.evaluation.bcubed import BCubed, bcubed

CLUSTERINGS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=12)


def test_the_worked_example_of_one_pair_too_many_gives_the_known_figures() -> None:
    found = bcubed({"a": 1, "b": 1, "c": 1}, {"a": "x", "b": "x", "c": "y"})
    assert found.precision == pytest.approx((2 / 3 + 2 / 3 + 1 / 3) / 3)
    assert found.recall == 1.0
    assert found.f1 == pytest.approx(2 * (5 / 9) / (1 + 5 / 9))


def test_a_copy_left_alone_costs_recall_only() -> None:
    assert bcubed({"a": 1, "b": 2}, {"a": 7, "b": 7}) == BCubed(precision=1.0, recall=0.5)


@given(CLUSTERINGS)
def test_precision_one_way_is_recall_the_other_way(pairs: list[tuple[int, int]]) -> None:
    predicted = {str(i): p for i, (p, _) in enumerate(pairs)}
    truth = {str(i): t for i, (_, t) in enumerate(pairs)}
    there, back = bcubed(predicted, truth), bcubed(truth, predicted)
    assert (there.precision, there.recall) == pytest.approx((back.recall, back.precision))


@given(CLUSTERINGS)
def test_only_the_true_clusters_are_perfect_whatever_they_are_called(
    pairs: list[tuple[int, int]],
) -> None:
    truth = {str(i): t for i, (_, t) in enumerate(pairs)}
    assert bcubed({i: f"cluster {t}" for i, t in truth.items()}, truth).f1 == 1.0
    predicted = {str(i): p for i, (p, _) in enumerate(pairs)}
    same = all(
        (predicted[i] == predicted[j]) == (truth[i] == truth[j]) for i in truth for j in truth
    )
    assert (bcubed(predicted, truth).f1 == 1.0) == same


@pytest.mark.parametrize(("predicted", "truth"), [({}, {}), ({"a": 1}, {"a": 1, "b": 1})])
def test_clusterings_of_other_ids_are_refused(
    predicted: dict[str, int], truth: dict[str, int]
) -> None:
    with pytest.raises(ValueError, match="same ids"):
        bcubed(predicted, truth)
