"""A model opened for reading documents alone: its tokens and its limits, without its weights."""

from collections.abc import Sequence
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING

from service.backends.load import (
    Runtime,
    drafter_of,
    locate,
    open_model,
    wanted_engine,
)
from service.backends.load import prepare as convert
from service.backends.weights import check_files
from service.domain.errors import ModelError
from service.domain.ports import Models

if TYPE_CHECKING:
    from service.backends.seq2seq.engine import Reading, Search, Written
    from service.backends.seq2seq.facts import OpenModel, Source

# What "auto" may stand for. Facts and tokenizer are the same in the conversions to either.
_AUTO_TYPES = ("int8", "float32")


def load_for_reading(name: str | None, *, runtime: Runtime) -> Models:
    """Return ports that prepare documents exactly as the whole model does, and draft nothing.

    From a conversion in the cache neither CTranslate2 nor torch is imported; one that is missing is
    made, and a model that runs on torch is opened as usual, then let go. Raises `ModelError`.
    """
    from service.backends.extract import DocumentExtractor
    from service.backends.language import Py3LangIdentifier

    source = locate(name, models=runtime.models)
    drafter, tokens = drafter_of(_described(source, runtime), runtime)
    return Models(
        extractor=DocumentExtractor(),
        tokens=tokens,
        drafter=drafter,
        languages=Py3LangIdentifier(),
    )


class NoEngine:
    """The engine of a model that is opened for reading: whatever it is asked, it refuses."""

    name = "none"

    def __init__(self, model: str) -> None:
        self._model = model

    def read(self, source: Sequence[int], target: Sequence[int] = ()) -> "Reading":
        raise self._refusal()

    def write(self, source: Sequence[int], search: "Search", stop: Event) -> "Written":
        raise self._refusal()

    def _refusal(self) -> ModelError:
        return ModelError(self._model, "it is opened for reading documents, not for drafting")


def _described(source: "Source", runtime: Runtime) -> "OpenModel":
    check_files(source.name, source.folder)
    found = _from_conversion(source, runtime)
    if found is None and wanted_engine(runtime) == "ctranslate2":
        convert(source, runtime)
        found = _from_conversion(source, runtime)
    if found is None:
        opened = open_model(source, runtime)
        found = replace(opened, engine=NoEngine(source.name))
    return found


def _from_conversion(source: "Source", runtime: Runtime) -> "OpenModel | None":
    """Return what a conversion in the cache says of the model, None where there is none."""
    from tokenizers import Tokenizer

    from service.backends.seq2seq.convert import FACTS_FILE, TOKENIZER_FILE, described_in
    from service.backends.seq2seq.facts import Facts, OpenModel
    from service.backends.seq2seq.profile import read_profile

    types = _AUTO_TYPES if runtime.compute_type == "auto" else (runtime.compute_type,)
    entry = described_in(source, cache=runtime.cache, compute_types=types)
    if entry is None:
        return None
    facts = Facts.model_validate_json((entry / FACTS_FILE).read_bytes())
    return OpenModel(
        name=source.name,
        facts=facts,
        profile=read_profile(source.folder, source.name, facts.model_type),
        tokenizer=Tokenizer.from_file(str(entry / TOKENIZER_FILE)),
        engine=NoEngine(source.name),
    )
