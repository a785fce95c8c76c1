"""Each port's fake and its real adapters; the real ones over tiny models with random weights."""

from collections.abc import Callable
from pathlib import Path

import pytest

from service.backends.embeddings import load_embedder
from service.backends.entailment import load_scorer
from service.backends.fakes import FakeEmbedder, FakeScorer
from service.domain.ports import Embedder, EntailmentScorer
from tests.unit.backends.tiny_judges import build

Folders = Callable[[str], Path]


@pytest.fixture(scope="session")
def folder_of(tmp_path_factory: pytest.TempPathFactory) -> Folders:
    made: dict[str, Path] = {}

    def find(kind: str) -> Path:
        if kind not in made:
            made[kind] = build(kind, tmp_path_factory.mktemp("judges") / kind)
        return made[kind]

    return find


@pytest.fixture(scope="session", params=["fake", "minicheck", "cross-encoder", "consistency"])
def scorer(request: pytest.FixtureRequest, folder_of: Folders) -> EntailmentScorer:
    if request.param == "fake":
        return FakeScorer()
    return load_scorer(str(folder_of(request.param)), probe=False)


@pytest.fixture(scope="session", params=["fake", "encoder", "encoder without a pooler"])
def embedder(request: pytest.FixtureRequest, folder_of: Folders) -> Embedder:
    if request.param == "fake":
        return FakeEmbedder()
    return load_embedder(str(folder_of(request.param)))
