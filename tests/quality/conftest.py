"""What quality is measured on: the seeds always, other sets where the evaluation data lies."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from service.backends.load import Runtime, load_models
from service.domain.brief import Options
from service.domain.ports import Models
from service.evaluation.holdings import Holdings, Suite, document_sets, read_holdings
from service.evaluation.planted_conflicts import Briefer
from service.evaluation.planting import DocumentSet
from tests.quality.sets import DATA, GATE, all_sets, quick_models, seed_sets

# Sets beside the seeds: enough to see a rule break, few enough for a minute.
FEW = 6

Held = Callable[[Suite], Holdings]


@pytest.fixture(scope="session")
def models() -> Models:
    """Fakes: what is measured with them depends on no model."""
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


@pytest.fixture(scope="session")
def held() -> Held:
    """Read the files of a suite, which must be those that its bounds were measured on.

    Skips where one of them is not there.
    """

    def read(suite: Suite) -> Holdings:
        found = read_holdings(DATA, (suite,))
        if missing := found.missing(suite):
            pytest.skip(f"no {' and no '.join(missing)} in {DATA}")
        others = list(GATE.other_files({p.name: d for p, d in found.sha256s(suite).items()}))
        assert not others, others
        return found

    return read


@pytest.fixture(scope="session")
def embedded() -> Iterator[Briefer]:
    """Briefs with the model in the box, as `brief eval` does where it is told nothing else."""
    loaded = load_models(None, runtime=Runtime(threads=2))
    yield Briefer(models=loaded, options=Options(), created_at=datetime(2025, 4, 18, tzinfo=UTC))
    loaded.drafter.close(drain=False)


@pytest.fixture(scope="session")
def embedded_sets(held: Held, embedded: Briefer) -> tuple[DocumentSet, ...]:
    return document_sets(held("errors"), embedded.models, GATE.sets)
