"""How well the built-in check tells supported claims from others: floors, on the half not tuned on."""

import pytest

from service.domain.ports import Watch
from service.evaluation.claim_checking import CHECK, Checking
from service.evaluation.figures import claim_figures
from service.evaluation.suites import check_claims
from tests.quality.conftest import Held
from tests.quality.sets import GATE


@pytest.fixture(scope="module")
def checkings(held: Held) -> tuple[Checking, ...]:
    return check_claims(held("claims").claim_sets, Watch())


@pytest.mark.slow
def test_balanced_accuracy_and_pairs_keep_their_floors(checkings: tuple[Checking, ...]) -> None:
    assert list(GATE.breaches("claims", claim_figures(checkings))) == []


@pytest.mark.slow
def test_the_check_is_better_than_counting_words(checkings: tuple[Checking, ...]) -> None:
    for checking in checkings:
        scores = {score.system: score.balanced_accuracy for score in checking.scores}
        assert scores[CHECK] > scores["word overlap"], checking.name
