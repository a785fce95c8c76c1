"""Which conversions the parity check lets pass, and which faults it finds."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from service.backends.seq2seq import export
from service.backends.seq2seq.checkpoint import Checkpoint, open_checkpoint
from service.backends.seq2seq.ct2_engine import CTranslate2Engine
from service.backends.seq2seq.engine import Reading
from service.backends.seq2seq.facts import Source
from service.backends.seq2seq.parity import (
    EXACT,
    ROUNDED,
    Deviation,
    Probe,
    check,
    deviation,
    probes,
    reference,
)
from service.domain.errors import ModelRefused

FAMILIES = ["bart", "pegasus", "t5", "flan-t5", "mt5"]

Model = Any
Fault = Callable[[Model], None]


def probed(checkpoint: Checkpoint) -> list[tuple[Probe, Reading]]:
    pointer = checkpoint.profile.pointer
    return [
        (probe, reference(checkpoint.model, checkpoint.facts, pointer, probe))
        for probe in probes(checkpoint.facts)
    ]


def converted(checkpoint: Checkpoint, source: Path, target: Path, kind: str) -> CTranslate2Engine:
    export.write_model(checkpoint, source, target, kind)
    return CTranslate2Engine(
        checkpoint.name, target, checkpoint.facts, threads=1, compute_type=kind
    )


def normalise_early(model: Model) -> None:
    model.config.normalize_before = True


def scale_the_output(model: Model) -> None:
    model.config.tie_word_embeddings = True


def other_activation(model: Model) -> None:
    model.config.activation_function = "relu"


def gelu_by_tanh(model: Model) -> None:
    model.config.activation_function = "gelu_new"


def t5_by_gelu(model: Model) -> None:
    model.config.dense_act_fn = "gelu"


def one_matrix_mirrored(model: Model) -> None:
    weight = model.get_encoder().get_input_embeddings().weight
    weight.data = weight.data.flip(1)


def positions_shifted(model: Model) -> None:
    weight = model.get_encoder().embed_positions.weight
    weight.data = weight.data.roll(1, 0)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(("kind", "bound"), [("float32", EXACT), ("int8", ROUNDED)])
def test_sound_conversions_pass(
    tiny_model: Callable[[str], Path], tmp_path: Path, family: str, kind: str, bound: Deviation
) -> None:
    source = tiny_model(family)
    checkpoint = open_checkpoint(Source(folder=source, name=family))
    expected = probed(checkpoint)
    check(family, converted(checkpoint, source, tmp_path / "made", kind), expected, bound)


@pytest.mark.parametrize(
    ("family", "fault"),
    [
        ("bart", normalise_early),
        ("bart", other_activation),
        ("bart", gelu_by_tanh),
        ("bart", one_matrix_mirrored),
        ("bart", positions_shifted),
        ("pegasus", positions_shifted),
        ("t5", t5_by_gelu),
        ("t5", one_matrix_mirrored),
        ("flan-t5", scale_the_output),
        ("mt5", scale_the_output),
    ],
)
def test_wrong_conversions_are_refused(
    tiny_model: Callable[[str], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    family: str,
    fault: Fault,
) -> None:
    source = tiny_model(family)
    checkpoint = open_checkpoint(Source(folder=source, name=family))
    expected = probed(checkpoint)

    def wrong(model: Model) -> Model:
        fault(adapted(model))
        return model

    adapted = export.adapted
    monkeypatch.setattr(export, "adapted", wrong)
    with pytest.raises(ModelRefused, match=r"deviate by .*, limit|cannot convert it"):
        check(family, converted(checkpoint, source, tmp_path / "made", "float32"), expected, EXACT)


def test_an_output_that_is_scaled_is_refused_with_the_figure_and_the_bound(
    tiny_model: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tiny_model("flan-t5")
    checkpoint = open_checkpoint(Source(folder=source, name="flan"))
    expected = probed(checkpoint)
    # What the loader does when it is not told otherwise, of a model that was opened as tied.
    checkpoint.model.config.scale_decoder_outputs = True
    engine = converted(checkpoint, source, tmp_path / "made", "float32")
    with pytest.raises(ModelRefused, match=r"scores deviate by 0\.75, limit 5e-05"):
        check("flan", engine, expected, EXACT)


def test_probes_fit_the_model_and_hold_no_special_token(
    tiny_checkpoint: Callable[[str], Checkpoint],
) -> None:
    for family in FAMILIES:
        facts = tiny_checkpoint(family).facts
        made = probes(facts)
        assert made == probes(facts)
        assert max(len(p.source) for p in made) == min(256, facts.max_source)
        inner = {i for p in made for i in p.source[len(facts.first) : -len(facts.last) or None]}
        assert not inner.intersection({*facts.control, *facts.eos, facts.pad})
        assert any(p.target for p in made)
        limit = facts.max_target or 10_000
        assert all(len(facts.opening) + len(p.target) <= limit for p in made)


def test_deviation_does_not_depend_on_how_flat_a_model_is() -> None:
    ours, theirs = (
        np.array([[1.0, 2.0, 4.0]], np.float32),
        np.array([[1.0, 2.1, 3.9]], np.float32),
    )
    even = np.array([[0.5, 0.5]], np.float32)
    found = [
        deviation([Reading(scale * ours + 7, even)], [Reading(scale * theirs - 3, even)]).logits
        for scale in (0.01, 100)
    ]
    assert found[0] == pytest.approx(found[1], rel=1e-3)
    assert found[0] > 0.01


def test_an_even_attention_deviates_by_one_from_any_other() -> None:
    logits = np.array([[0.0, 1.0]], np.float32)
    theirs = Reading(logits, np.array([[0.7, 0.2, 0.1, 0.0]], np.float32))
    ours = Reading(logits, np.full((1, 4), 0.25, np.float32))
    assert deviation([ours], [theirs]).attention == pytest.approx(1)


def test_readings_of_another_shape_or_without_numbers_deviate_without_bound() -> None:
    even = np.array([[0.5, 0.5]], np.float32)
    theirs = Reading(np.array([[0.0, 1.0]], np.float32), even)
    wide = Reading(np.array([[0.0, 1.0, 2.0]], np.float32), even)
    broken = Reading(np.array([[0.0, np.nan]], np.float32), even)
    assert deviation([wide], [theirs]).logits == float("inf")
    assert deviation([broken], [theirs]).logits == float("inf")
