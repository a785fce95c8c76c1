import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
import transformers

from service.backends.embeddings import load_embedder
from service.domain.errors import ModelRefused
from tests.unit.backends.tiny_judges import build, pool

TEXT = "The port was closed on Monday."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("encoder", tmp_path_factory.mktemp("encoders") / "encoder")


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(folder, tmp_path / "encoder"))


def states(folder: Path, text: str = TEXT) -> torch.Tensor:
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModel.from_pretrained(folder).eval()
    with torch.inference_mode():
        found: torch.Tensor = model(**tokenizer(text, return_tensors="pt")).last_hidden_state[0]
    return found


def direction(vector: torch.Tensor) -> object:
    return pytest.approx((vector / vector.norm()).numpy(), abs=1e-5)


def test_a_text_is_the_mean_of_its_tokens(folder: Path) -> None:
    assert load_embedder(str(folder)).embed([TEXT])[0] == direction(states(folder).mean(0))


def test_it_is_the_first_token_where_the_folder_says_so(copy: Path) -> None:
    embedder = load_embedder(str(pool(copy, "pooling_mode_cls_token")))
    assert embedder.embed([TEXT])[0] == direction(states(copy)[0])


def test_the_mean_may_be_said_as_well(copy: Path, folder: Path) -> None:
    said = load_embedder(str(pool(copy, "pooling_mode_mean_tokens"))).embed([TEXT])
    assert np.array_equal(said, load_embedder(str(folder)).embed([TEXT]))


def test_of_a_text_that_is_too_long_as_much_is_read_as_fits(folder: Path) -> None:
    embedder = load_embedder(str(folder))
    long, longer = "the port " * 40, "the port " * 80
    assert np.array_equal(embedder.embed([long]), embedder.embed([longer]))


@pytest.mark.parametrize("mode", ["pooling_mode_max_tokens", "pooling_mode_lasttoken"])
def test_another_way_of_pooling_is_refused(copy: Path, mode: str) -> None:
    with pytest.raises(ModelRefused, match=f"its pooling is not known here: {mode}"):
        load_embedder(str(pool(copy, mode)))


def test_a_step_that_is_not_done_here_is_refused(copy: Path) -> None:
    steps = ("Transformer", "Pooling", "Dense")
    with pytest.raises(ModelRefused, match="a step not known here: Dense"):
        load_embedder(str(pool(copy, "pooling_mode_mean_tokens", steps)))


def test_a_pooling_that_is_out_of_reach_is_not_guessed(copy: Path) -> None:
    pool(copy, "pooling_mode_mean_tokens")
    (copy / "1_Pooling" / "config.json").unlink()
    with pytest.raises(ModelRefused, match=r"it has no 1_Pooling/config\.json"):
        load_embedder(str(copy))


def test_a_model_that_writes_texts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match="embeddings need an encoder alone"):
        load_embedder(str(build("minicheck", tmp_path / "minicheck")))
