"""How well the built-in check tells supported claims from others: floors, on the half not tuned on."""

from collections.abc import Callable
from pathlib import Path

import pytest

from service.evaluation.claim_checking import CHECK, Checking, measure
from service.evaluation.claim_sets import ClaimSet, read_bump, read_summedits, read_wice
from tests.quality.sets import DATA

# Of each file: the hash it was measured with, and floors a point below the balanced accuracy found.
MEASURED: tuple[tuple[Callable[[Path], ClaimSet], str, float], ...] = (
    (read_summedits, "a538c2a6e0a1162f5607c21243510d6a2393dd54bdf546a7ebebe80483c781c4", 63.0),
    (read_bump, "a8c2661375648676a57b467526142c00c346828b34c486ac2826e6c7abc72217", 56.0),
    (read_wice, "73a8caea2c084d3e29e632fdb36d6dcf36166cb7ebb5c5029b6f6e49917720ed", 78.0),
)
# The share of pairs in which the summary with an error scores less.
TOLD = 73.0


def measured(read: Callable[[Path], ClaimSet], sha256: str) -> Checking:
    if not DATA.is_dir():
        pytest.skip(f"no evaluation data in {DATA}")
    claims = read(DATA)
    assert claims.sha256 == sha256, "another file than was measured: measure the floors anew"
    return measure(claims, rounds=100)


@pytest.mark.slow
@pytest.mark.parametrize(("read", "sha256", "floor"), MEASURED)
def test_balanced_accuracy_keeps_its_floor(
    read: Callable[[Path], ClaimSet], sha256: str, floor: float
) -> None:
    found = measured(read, sha256)
    scores = {score.system: score for score in found.scores}
    assert scores[CHECK].balanced_accuracy >= floor
    assert scores[CHECK].balanced_accuracy > scores["word overlap"].balanced_accuracy


@pytest.mark.slow
def test_most_edited_summaries_score_less_than_what_they_were_made_of() -> None:
    kinds = measured(*MEASURED[1][:2]).kinds
    told = sum(kind.told * kind.claims for kind in kinds if kind.told is not None)
    assert told >= TOLD * sum(kind.claims for kind in kinds)
