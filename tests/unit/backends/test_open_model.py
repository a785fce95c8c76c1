import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from service.backends.load import Runtime, load_drafter, locate, open_model
from service.domain.errors import ModelRefused

Make = Callable[[str], Path]


@pytest.fixture
def runtime(tmp_path: Path) -> Runtime:
    return Runtime(models=tmp_path / "models", threads=1)


@pytest.mark.parametrize("compute_type", ["auto", "float32"])
def test_torch_runs_in_the_type_that_it_has(
    tiny_model: Make, runtime: Runtime, compute_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    wanted = replace(runtime, engine="torch", compute_type=compute_type)
    model = open_model(locate(str(tiny_model("bart"))), wanted)
    assert model.engine.name.endswith(" cpu float32")


def test_a_type_that_torch_does_not_run_in_is_refused(
    tiny_model: Make, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    wanted = replace(runtime, engine="torch", compute_type="int8")
    with pytest.raises(ModelRefused, match="': torch runs it in float32, not in int8"):
        open_model(locate(str(tiny_model("bart"))), wanted)


def test_a_type_that_only_ctranslate2_has_is_not_lost_where_it_does_not_convert(
    tiny_model: Make, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    told = r"CTranslate2 does not take it \(of type 'led'.*\), and torch runs it in float32, not in int8"
    wanted = replace(runtime, engine="auto", compute_type="int8")
    with pytest.raises(ModelRefused, match=told):
        open_model(locate(str(tiny_model("led"))), wanted)


@pytest.mark.parametrize("engine", ["torch", "ctranslate2"])
def test_a_model_without_room_for_chunks_is_refused(
    tiny_model: Make, runtime: Runtime, tmp_path: Path, engine: str
) -> None:
    path = Path(shutil.copytree(tiny_model("t5"), tmp_path / "t5"))
    declared = json.loads((path / "tokenizer_config.json").read_text())
    (path / "tokenizer_config.json").write_text(json.dumps(declared | {"model_max_length": 33}))
    tight = replace(runtime, engine=engine, cache=tmp_path / "cache")
    with pytest.raises(ModelRefused, match=r"33 tokens leaves [0-9]+ for a chunk .*, least 32$"):
        load_drafter(str(path), runtime=tight)


@pytest.mark.parametrize("engine", ["auto", "torch", "ctranslate2"])
def test_damaged_weights_are_told_alike_by_every_engine(
    tiny_model: Make, runtime: Runtime, tmp_path: Path, engine: str
) -> None:
    path = Path(shutil.copytree(tiny_model("bart"), tmp_path / "bart"))
    (path / "model.safetensors").write_bytes(b"")
    with pytest.raises(ModelRefused, match=r": its model\.safetensors is cut short or damaged"):
        open_model(locate(str(path)), replace(runtime, engine=engine))
