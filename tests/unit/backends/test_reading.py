import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from service.backends.load import Runtime, load_models
from service.backends.reading import load_for_reading
from service.domain.claims import DraftRequest
from service.domain.errors import ModelError
from service.domain.ports import Models
from service.domain.text import Document, Span
from service.pipeline import prepare
from tests.conftest import SEEDS

Make = Callable[[str], Path]

LONG = "Rain fell on Monday, " * 400 + "the mayor said."


def _documents() -> list[Document]:
    texts = [path.read_text("utf-8") for path in sorted(SEEDS.glob("*.txt"))]
    page = f"<html><title>Flood</title><p>{LONG}</p><p>The river rose on Tuesday.</p></html>"
    return [
        *(Document(content=text) for text in [*texts, LONG, "A </s> <draft> of <pad> words."]),
        Document(content=page, media_type="text/html"),
    ]


def _check_the_same(whole: Models, light: Models) -> None:
    assert light.drafter.name == whole.drafter.name
    assert light.drafter.revision == whole.drafter.revision
    assert light.drafter.chunk_tokens == whole.drafter.chunk_tokens
    for document in _documents():
        assert prepare(document, light) == prepare(document, whole)
    whole.drafter.close(drain=False)
    light.drafter.close(drain=False)


def test_the_boxed_model_reads_as_the_whole_model_does() -> None:
    runtime = Runtime(threads=1)
    whole = load_models(None, runtime=runtime)
    _check_the_same(whole, load_for_reading(None, runtime=runtime))


@pytest.mark.parametrize("engine", ["torch", "ctranslate2"])
def test_a_model_of_another_family_reads_as_the_whole_model_does(
    tiny_model: Make, tmp_path: Path, engine: str
) -> None:
    runtime = Runtime(threads=1, cache=tmp_path / "cache", models=tmp_path / "models")
    runtime = replace(runtime, engine="torch" if engine == "torch" else "ctranslate2")
    name = str(tiny_model("bart"))
    # Before the whole model, so that it finds no conversion and has to see to one itself.
    light = load_for_reading(name, runtime=runtime)
    _check_the_same(load_models(name, runtime=runtime), light)


def test_it_drafts_nothing() -> None:
    light = load_for_reading(None, runtime=Runtime(threads=1))
    request = DraftRequest(text="Rain fell.", sentences=(Span(0, 10),), max_sentences=1)
    with pytest.raises(ModelError, match="opened for reading"):
        light.drafter.draft([request])
    light.drafter.close(drain=False)


def test_where_a_conversion_is_there_no_engine_is_imported() -> None:
    load_for_reading(None, runtime=Runtime(threads=1)).drafter.close(drain=False)
    program = (
        "import sys\n"
        "from service.bootstrap.reader_process import Opener\n"
        "from service.backends.load import Runtime\n"
        "line = Opener(model=None, runtime=Runtime(threads=1), entailment=None,"
        " memory_bytes=10**9)()\n"
        "heavy = {'torch', 'transformers', 'ctranslate2', 'litestar', 'sqlalchemy'}\n"
        "print(line.model_name, sorted(heavy & sys.modules.keys()))\n"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert told.stdout == "compact []\n", told.stderr
