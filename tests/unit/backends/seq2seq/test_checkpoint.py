import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file
from tokenizers import AddedToken, Tokenizer
from tokenizers.models import BPE

from service.backends.seq2seq.bounds import frame
from service.backends.seq2seq.checkpoint import Checkpoint, open_checkpoint, weights_sha256
from service.backends.seq2seq.facts import Facts, Source
from service.domain.errors import ModelRefused
from service.resources import folder

Open = Callable[[str], Checkpoint]
Copy = Callable[[str], Path]


@pytest.fixture
def copy_of(tiny_model: Callable[[str], Path], tmp_path: Path) -> Copy:
    """Return a copy of a tiny model's folder that a test may spoil."""

    def copy(family: str) -> Path:
        return Path(shutil.copytree(tiny_model(family), tmp_path / family))

    return copy


def _change(path: Path, **fields: object) -> None:
    declared = json.loads(path.read_text())
    declared.update(fields)
    path.write_text(json.dumps(declared))


def _facts(path: Path) -> Facts:
    return open_checkpoint(Source(folder=path, name="m")).facts


def _refused(path: Path) -> str:
    with pytest.raises(ModelRefused) as caught:
        open_checkpoint(Source(folder=path, name="m"))
    return caught.value.reason


@pytest.mark.parametrize(
    ("family", "opening", "first", "last", "limits"),
    [
        ("bart", (2, 0), (0,), (2,), (96, 96)),
        ("encoder-decoder", (0,), (0,), (2,), (96, 96)),
        ("flan-t5", (0,), (), (1,), (256, None)),
        ("led", (2,), (0,), (2,), (128, 48)),
        ("mt5", (0,), (), (1,), (256, None)),
        ("pegasus", (0,), (), (1,), (192, 192)),
        ("primera", (2,), (0,), (2,), (128, 48)),
        ("t5", (0,), (), (1,), (256, None)),
    ],
)
def test_a_familys_facts_are_what_its_files_say(
    tiny_checkpoint: Open,
    family: str,
    opening: tuple[int, ...],
    first: tuple[int, ...],
    last: tuple[int, ...],
    limits: tuple[int, int | None],
) -> None:
    facts = tiny_checkpoint(family).facts
    assert (facts.opening, facts.first, facts.last) == (opening, first, last)
    assert facts.eos == last
    assert (facts.max_source, facts.max_target) == limits
    assert facts.rows == tiny_checkpoint(family).model.config.get_text_config().vocab_size


def test_the_box_has_control_tokens_and_puts_nothing_around_a_text() -> None:
    facts = _facts(folder("models") / "compact")
    assert (facts.first, facts.last, facts.separator, facts.unknown) == ((), (), None, 3)
    assert facts.control == (0, 1, 2, 4, 5, 6, 7, 8, 9)


@pytest.mark.parametrize("family", ["bart", "pegasus", "t5"])
def test_control_tokens_are_all_special_ones_but_the_unknown(
    tiny_checkpoint: Open, family: str
) -> None:
    checkpoint = tiny_checkpoint(family)
    special, unknown = checkpoint.tokenizer.all_special_ids, checkpoint.facts.unknown
    assert unknown is not None
    assert set(special) - {unknown} <= set(checkpoint.facts.control)
    assert unknown not in checkpoint.facts.control


def test_a_separator_is_known_and_never_comes_out_of_a_text(tiny_checkpoint: Open) -> None:
    facts = tiny_checkpoint("primera").facts
    assert facts.separator == tiny_checkpoint("primera").tokenizer.convert_tokens_to_ids(
        "<doc-sep>"
    )
    assert facts.separator in facts.control


def test_a_separator_added_as_plain_text_is_one_too(copy_of: Copy, tiny_checkpoint: Open) -> None:
    path = copy_of("primera")
    tokenizer = open_checkpoint(Source(folder=copy_of("led"), name="led")).tokenizer
    tokenizer.add_tokens([AddedToken("<doc-sep>", special=False)])
    tokenizer.save_pretrained(path)
    facts = _facts(path)
    assert facts.separator == tiny_checkpoint("primera").facts.separator
    assert facts.separator in facts.control


@pytest.mark.parametrize("family", ["bart", "led", "t5"])
def test_a_tokenizer_without_a_separator_has_none(tiny_checkpoint: Open, family: str) -> None:
    assert tiny_checkpoint(family).facts.separator is None


def test_a_tokenizers_own_padding_and_cutting_are_undone(copy_of: Copy) -> None:
    path = copy_of("bart")
    plain = _facts(path)
    padding = {
        "strategy": {"Fixed": 9},
        "direction": "Right",
        "pad_to_multiple_of": None,
        "pad_id": 1,
        "pad_type_id": 0,
        "pad_token": "<pad>",
    }
    cutting = {
        "max_length": 4,
        "strategy": "LongestFirst",
        "stride": 0,
        "direction": "Right",
    }
    _change(path / "tokenizer.json", padding=padding, truncation=cutting)
    opened = open_checkpoint(Source(folder=path, name="m"))
    assert (opened.facts.first, opened.facts.last) == (plain.first, plain.last)
    assert len(opened.tokenizer.backend_tokenizer.encode("a b c d e f g h i j k").ids) > 9


def test_weights_without_a_commit_give_the_revision(tiny_model: Callable[[str], Path]) -> None:
    path = tiny_model("bart")
    digest = hashlib.sha256((path / "model.safetensors").read_bytes()).hexdigest()
    assert weights_sha256(path) == digest
    assert _facts(path).revision == digest[:16]


def test_a_commit_is_the_revision(tiny_model: Callable[[str], Path]) -> None:
    source = Source(folder=tiny_model("bart"), name="m", commit="0123abcd")
    assert open_checkpoint(source).facts.revision == "0123abcd"


def test_the_smaller_of_two_limits_holds(copy_of: Copy) -> None:
    path = copy_of("pegasus")
    _change(path / "tokenizer_config.json", model_max_length=50)
    assert _facts(path).max_source == 50


def test_led_takes_no_more_than_its_whole_windows(copy_of: Copy) -> None:
    path = copy_of("led")
    _change(path / "config.json", attention_window=[48, 16])
    assert _facts(path).max_source == 96


def test_what_the_folder_says_of_generation_does_not_remain(copy_of: Copy) -> None:
    path = copy_of("bart")
    _change(path / "generation_config.json", num_beams=4, length_penalty=2.0, min_length=56)
    kept = open_checkpoint(Source(folder=path, name="m")).model.generation_config
    assert (kept.num_beams, kept.length_penalty, kept.min_length) == (None, None, None)


def test_weights_that_are_not_safetensors_are_refused(copy_of: Copy) -> None:
    path = copy_of("bart")
    (path / "model.safetensors").rename(path / "pytorch_model.bin")
    told = "it has only pickled weights, which are never read: pytorch_model.bin; no *.safetensors"
    assert _refused(path) == told


def test_a_folder_without_weights_is_refused(copy_of: Copy) -> None:
    path = copy_of("bart")
    (path / "model.safetensors").unlink()
    assert _refused(path) == "it has no weights: no *.safetensors"


@pytest.mark.parametrize("kept", [0, 4, 100, -1])
def test_weights_that_are_cut_short_are_refused(copy_of: Copy, kept: int) -> None:
    weights = copy_of("bart") / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:kept])
    assert _refused(weights.parent).startswith("its model.safetensors is cut short or damaged: ")


def test_weights_that_are_no_safetensors_inside_are_refused(copy_of: Copy) -> None:
    path = copy_of("bart")
    (path / "model.safetensors").write_bytes(b"not weights")
    assert _refused(path).startswith("its model.safetensors is cut short or damaged: ")


@pytest.mark.parametrize("field", ["vocab_size", "max_position_embeddings"])
def test_weights_of_another_shape_than_stated_are_refused_with_both(
    copy_of: Copy, field: str
) -> None:
    path = copy_of("bart")
    stated = json.loads((path / "config.json").read_text())[field]
    _change(path / "config.json", **{field: stated + 3})
    told = _refused(path)
    assert re.search(
        r"its weight '[\w.]+' is \d+ x \d+, and by its config.json would be \d+ x", told
    )
    assert "more do not fit" in told
    assert "ignore_mismatched_sizes" not in told


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors"])
def test_a_file_that_may_not_be_read_is_refused_with_its_name(copy_of: Copy, name: str) -> None:
    path = copy_of("bart")
    (path / name).chmod(0)
    if os.access(path / name, os.R_OK):
        pytest.skip("this user may read any file")
    assert _refused(path) == f"its {name} cannot be read: Permission denied"


@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
def test_a_folder_in_a_files_place_is_refused_with_its_name(copy_of: Copy, name: str) -> None:
    path = copy_of("bart")
    (path / name).unlink()
    (path / name).mkdir()
    assert _refused(path) == f"its {name} cannot be read: Is a directory"


def test_a_folder_without_a_tokenizer_is_refused(copy_of: Copy) -> None:
    path = copy_of("bart")
    (path / "tokenizer.json").unlink()
    assert _refused(path).startswith("it has no tokenizer: none of tokenizer.json, ")


def test_missing_weights_are_refused_rather_than_made_up(copy_of: Copy) -> None:
    path = copy_of("bart")
    _change(path / "config.json", encoder_layers=3)
    assert "lack 16 weights" in _refused(path)


def test_a_broken_tokenizer_is_refused(copy_of: Copy) -> None:
    path = copy_of("t5")
    (path / "tokenizer.json").write_text("{}")
    assert _refused(path)


def test_a_tokenizer_larger_than_the_embeddings_is_refused(copy_of: Copy) -> None:
    path = copy_of("t5")
    declared = json.loads((path / "tokenizer.json").read_text())
    declared["model"]["vocab"] += [["▁one", -9.0], ["▁more", -9.0]]
    (path / "tokenizer.json").write_text(json.dumps(declared))
    assert "its embeddings have 244 rows" in _refused(path)


def test_a_separator_beyond_the_embeddings_is_refused(copy_of: Copy) -> None:
    path = copy_of("primera")
    weights = load_file(path / "model.safetensors")
    for name, weight in weights.items():
        if 16386 in weight.shape:
            cut = (
                weight[:16385]
                if weight.dim() == 2 and weight.shape[0] == 16386
                else weight[:, :16385]
            )
            weights[name] = cut.contiguous()
    save_file(weights, path / "model.safetensors", metadata={"format": "pt"})
    _change(path / "config.json", vocab_size=16385)
    assert "tokens up to 16385, its embeddings have 16385 rows" in _refused(path)


def test_a_tokenizer_that_keeps_nothing_of_a_text_is_refused() -> None:
    with pytest.raises(ModelRefused, match="what its tokenizer puts around a text"):
        frame("m", Tokenizer(BPE()))


def test_a_model_without_an_input_limit_is_refused(copy_of: Copy) -> None:
    path = copy_of("t5")
    _change(path / "tokenizer_config.json", model_max_length=10**30)
    assert "states an input limit" in _refused(path)


def test_a_model_without_a_decoder_start_is_refused(copy_of: Copy) -> None:
    path = copy_of("t5")
    _change(path / "config.json", decoder_start_token_id=None)
    _change(path / "generation_config.json", decoder_start_token_id=None)
    assert "which token its decoder starts with" in _refused(path)


def test_ends_beyond_the_output_are_refused(copy_of: Copy) -> None:
    path = copy_of("t5")
    _change(path / "generation_config.json", eos_token_id=[1, 5000])
    assert "names tokens it does not have: [5000]" in _refused(path)


def test_a_decoder_without_room_for_a_text_is_refused(copy_of: Copy) -> None:
    path = copy_of("led")
    weights = load_file(path / "model.safetensors")
    for name, weight in weights.items():
        if "decoder.embed_positions" in name:
            weights[name] = weight[:1].contiguous()
    save_file(weights, path / "model.safetensors", metadata={"format": "pt"})
    _change(path / "config.json", max_decoder_position_embeddings=1)
    assert "no room for a text" in _refused(path)


def test_an_unknown_architecture_is_refused(copy_of: Copy) -> None:
    path = copy_of("bart")
    _change(path / "config.json", model_type="mbart")
    assert "of type 'mbart'" in _refused(path)


@pytest.mark.parametrize("pointer", [{"layer": 2, "heads": [0]}, {"layer": 0, "heads": [1, 2]}])
def test_a_pointer_beyond_the_model_is_refused(copy_of: Copy, pointer: dict[str, object]) -> None:
    path = copy_of("bart")
    profile = {"family": "x", "prompt": "plain", "pointer": pointer}
    (path / "wellsourced.json").write_text(json.dumps(profile))
    assert "beyond its 2 decoder layers of 2 heads" in _refused(path)


def test_code_in_a_model_folder_is_never_run(copy_of: Copy, tmp_path: Path) -> None:
    path, trace = copy_of("bart"), tmp_path / "ran"
    (path / "evil.py").write_text(f"open({str(trace)!r}, 'w').close()\n")
    names = {"AutoConfig": "evil.Config", "AutoModelForSeq2SeqLM": "evil.Model"}
    _change(path / "config.json", auto_map=names, model_type="evil")
    assert _refused(path)
    assert not trace.exists()
