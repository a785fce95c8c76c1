from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.evaluation.claim_checking import (
    BASELINES,
    CHECK,
    TUNED_CHECK,
    always_yes,
    balanced_accuracy,
    best_threshold,
    built_in,
    entity_overlap,
    halves,
    measure,
    word_overlap,
)
from service.evaluation.claim_sets import ClaimSet, JudgedClaim

GOOD = JudgedClaim(
    text="A barge hit the pier of Corley in 2011.",
    sentences=("A barge hit the pier of Corley in 2011.", "Fishermen saved 40 passengers."),
    supported=True,
    source="a",
    pair="1",
)
BAD = replace(
    GOOD, text="A barge hit the pier of Dorn in 2012.", supported=False, kinds=("entity",)
)


def claim_set(*claims: JudgedClaim) -> ClaimSet:
    return ClaimSet(name="Planted", path=Path("planted"), sha256="0", claims=claims)


def of_sources(*sources: str) -> ClaimSet:
    return claim_set(*(replace(claim, source=s) for s in sources for claim in (GOOD, BAD)))


@given(st.lists(st.sampled_from("abcdef"), min_size=1))
def test_no_source_is_in_both_halves(sources: list[str]) -> None:
    claims = [replace(GOOD, source=source) for source in sources]
    first, second = halves(claims)
    assert len(first) + len(second) == len(claims)
    assert not {c.source for c in first} & {c.source for c in second}


def test_balanced_accuracy_weighs_both_classes_alike() -> None:
    assert balanced_accuracy([(True, True), (True, True), (False, True), (True, False)]) == 1 / 3


def test_balanced_accuracy_needs_both_classes() -> None:
    with pytest.raises(ValueError, match="supported"):
        balanced_accuracy([(True, True)])


def test_the_threshold_is_the_lowest_of_the_best() -> None:
    assert best_threshold([(0.9, True), (0.5, True), (0.3, False)]) == 0.325


@pytest.mark.parametrize(
    ("scorer", "text", "score"),
    [
        (always_yes, "Whales sang.", 1.0),
        (word_overlap, "The barge saved whales.", 2 / 3),
        (entity_overlap, "The mayor of Corley saw 41 people.", 0.5),
        (entity_overlap, "The mayor slept.", 1.0),
        (built_in, "Whales sang.", 0.0),
    ],
)
def test_each_measure_scores_a_claim_against_its_source(
    scorer: object, text: str, score: float
) -> None:
    assert callable(scorer)
    assert scorer(replace(GOOD, text=text)) == pytest.approx(score)


def test_the_check_is_reported_first_then_baselines() -> None:
    found = measure(of_sources("a", "b", "c", "d"), rounds=50)
    assert [s.system for s in found.scores] == [CHECK, TUNED_CHECK, *BASELINES]
    assert (found.claims, found.held_out) == (8, 4)


def test_perfect_and_blind_systems_get_what_they_deserve() -> None:
    scores = {s.system: s for s in measure(of_sources("a", "b", "c", "d"), rounds=50).scores}
    check, blind = scores[CHECK], scores["always yes"]
    assert (check.balanced_accuracy, check.low, check.high) == (100, 100, 100)
    assert (blind.balanced_accuracy, blind.accepted, blind.refused) == (50, 100, 0)


def test_kinds_tell_how_many_faults_are_refused_and_told_from_their_pair() -> None:
    [kind] = measure(of_sources("a", "b"), rounds=10).kinds
    assert (kind.kind, kind.claims, kind.refused, kind.told) == ("entity", 1, 100, 100)


def test_a_tie_within_a_pair_counts_half() -> None:
    same = replace(BAD, text=GOOD.text, source="b")
    found = measure(claim_set(GOOD, BAD, replace(GOOD, source="b"), same), rounds=10)
    assert found.kinds[0].told == 50


def test_a_set_without_pairs_tells_none_apart() -> None:
    claims = [replace(c, pair=None) for c in of_sources("a", "b").claims]
    assert measure(claim_set(*claims), rounds=10).kinds[0].told is None


def test_the_interval_depends_on_the_seed_alone() -> None:
    weak = [replace(BAD, text=GOOD.text, source=s) for s in "bd"]
    claims = claim_set(*of_sources("a", "b", "c", "d", "e", "f").claims, *weak)
    first, again = (measure(claims, seed=3, rounds=200) for _ in range(2))
    assert first == again
    assert first.scores[0].low < first.scores[0].balanced_accuracy < first.scores[0].high


def test_a_half_without_a_class_is_an_error() -> None:
    with pytest.raises(ValueError, match="need claims"):
        measure(claim_set(GOOD, BAD))
