"""Conversions to CTranslate2's format, made once a session."""

from collections.abc import Callable
from pathlib import Path

import pytest

from service.backends.seq2seq.checkpoint import Checkpoint, open_checkpoint
from service.backends.seq2seq.ct2_engine import CTranslate2Engine, open_ctranslate2
from service.backends.seq2seq.export import write_model
from service.backends.seq2seq.facts import OpenModel, Source
from service.resources import folder

EngineMaker = Callable[..., CTranslate2Engine]


@pytest.fixture(scope="session")
def tiny_conversion(
    tiny_model: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str, str], tuple[Checkpoint, Path]]:
    """Return a tiny model as torch has it, and the folder of its conversion to a type."""
    made: dict[tuple[str, str], tuple[Checkpoint, Path]] = {}

    def convert(family: str, compute_type: str) -> tuple[Checkpoint, Path]:
        if (family, compute_type) not in made:
            source = Source(folder=tiny_model(family), name=family)
            target = tmp_path_factory.mktemp("conversions") / family
            # Opened apart: rounding writes over the weights.
            write_model(open_checkpoint(source), source.folder, target, compute_type)
            made[family, compute_type] = open_checkpoint(source), target
        return made[family, compute_type]

    return convert


@pytest.fixture(scope="session")
def tiny_engine(
    tiny_conversion: Callable[[str, str], tuple[Checkpoint, Path]],
) -> EngineMaker:
    """Return an engine over a tiny model, told other `facts` than the model's where some are given."""

    def make(family: str, compute_type: str = "float32", **facts: object) -> CTranslate2Engine:
        checkpoint, target = tiny_conversion(family, compute_type)
        return CTranslate2Engine(
            family,
            target,
            checkpoint.facts.model_copy(update=facts),
            threads=2,
            compute_type=compute_type,
        )

    return make


@pytest.fixture(scope="session")
def compact_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def compact_int8(compact_cache: Path) -> OpenModel:
    source = Source(folder=folder("models") / "compact", name="compact")
    return open_ctranslate2(source, cache=compact_cache, threads=2, compute_type="int8")
