"""What quality is measured on: the seeds always, other sets where the evaluation data lies."""

import pytest

from service.domain.ports import Models
from service.evaluation.planting import DocumentSet
from tests.quality.sets import DATA, all_sets, quick_models, seed_sets

# Sets beside the seeds: enough to see a rule break, few enough for a minute.
FEW = 6


@pytest.fixture(scope="session")
def models() -> Models:
    """Fakes: what is measured here depends on no model."""
    return quick_models()


@pytest.fixture(scope="session")
def seeds(models: Models) -> list[DocumentSet]:
    return list(seed_sets(models))


@pytest.fixture(scope="session")
def news_sets(models: Models) -> list[DocumentSet]:
    """The seeds and a few sets of the evaluation data; skips where that is not there."""
    if not DATA.is_dir():
        pytest.skip(f"no evaluation data in {DATA}")
    return all_sets(models, FEW)
