"""Whether a converted model still gives the numbers of the one it was made from.

Wrong conversions seldom fail: they write plausible text with other numbers. So every conversion is
asked about fixed sources and targets, and compared with transformers position by position.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from service.backends.seq2seq.bounds import LoadedModel
from service.backends.seq2seq.engine import Engine, Floats, Reading
from service.backends.seq2seq.facts import Facts
from service.backends.seq2seq.profile import Pointer
from service.domain.errors import ModelRefused

# Beyond 128 tokens the relative positions of T5 are all one bucket; more would only cost time.
_SOURCE_TOKENS = (9, 64, 256)
_TARGET_TOKENS = (0, 6, 40)
# Below these a model has no spread, or attends evenly, and the noise of float32 would be all there is.
_LEAST_SPREAD = 1e-9
_LEAST_SHARE = 1e-4


@dataclass(frozen=True, slots=True)
class Probe:
    """A source and a target to read, as token ids; the target is without the decoder's opening."""

    source: tuple[int, ...]
    target: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Deviation:
    """How far two engines are apart, on average over the positions of the probe where they are farthest.

    `logits` is the root mean square of the difference over that of the reference, both centred, as a
    softmax sees them: 1.4 for two that have nothing in common. `attention` is the share of it that lies
    elsewhere, over the share of the reference's that an even one would have elsewhere. So neither
    depends on how flat a model is.
    """

    logits: float
    attention: float


# With float32 only the order of the sums differs. Measured: 4e-6 and 5e-4 at most, over tiny models of
# every family, flat and saturated, and 2e-6 in both for the compact one. Faults: 1e-4 to 3e-3 in the
# scores for GELU by its tanh formula, 2e-3 and more for another, 0.75 for an output that is scaled
# and should not be; 0.3 in the attention for the wrong heads.
EXACT = Deviation(logits=5e-5, attention=2e-3)
# Only sound conversions get this far, so what is left is whether the weights bear the type: half the
# variance of the scores must be the model's, and the attention better than an even one. Measured with
# int8: 0.15 and 0.1 for the compact model, 0.01 to 0.04 for flat tiny ones, up to 0.55 and 0.64 for
# those saturated on purpose.
ROUNDED = Deviation(logits=0.7, attention=0.8)


def probes(facts: Facts) -> tuple[Probe, ...]:
    """Return what to read: some short, one as long as the model takes or 256 tokens."""
    special = {*facts.control, *facts.eos, *facts.opening, facts.pad, facts.unknown}
    plain = [i for i in range(facts.rows) if i not in special]
    around = len(facts.first) + len(facts.last)
    room = facts.max_source - around
    most = None if facts.max_target is None else facts.max_target - len(facts.opening)
    made = []
    for size, written in zip(_SOURCE_TOKENS, _TARGET_TOKENS, strict=True):
        tokens = max(1, min(size - around, room))
        # Squares modulo the vocabulary: scattered over it, some twice, and the same every time.
        text = tuple(plain[(k * k + 31 * size + 7 * k) % len(plain)] for k in range(tokens))
        start = tokens // 3
        target = text[start : start + (written if most is None else min(written, most))]
        made.append(Probe((*facts.first, *text, *facts.last), target))
    return tuple(made)


def reference(model: LoadedModel, facts: Facts, pointer: Pointer | None, probe: Probe) -> Reading:
    """Return what transformers makes of a probe."""
    device = model.device
    target = torch.tensor([[*facts.opening, *probe.target]], device=device)
    with torch.inference_mode():
        made = model(
            input_ids=torch.tensor([probe.source], device=device),
            decoder_input_ids=target,
            output_attentions=True,
            use_cache=False,
        )
    before = len(facts.opening) - 1
    heads = made.cross_attentions[pointer.layer if pointer else -1][0, :, before:].float()
    chosen = heads[list(pointer.heads)] if pointer else heads
    logits: Floats = made.logits[0, before:].float().cpu().numpy()
    attention: Floats = chosen.mean(0).cpu().numpy()
    return Reading(logits, attention)


def deviation(ours: Sequence[Reading], theirs: Sequence[Reading]) -> Deviation:
    """Return how far readings are from those of a reference; infinite where they are no numbers."""
    pairs = list(zip(ours, theirs, strict=True))
    logits = max(_logit_error(a.logits, b.logits) for a, b in pairs)
    attention = max(_attention_error(a.attention, b.attention) for a, b in pairs)
    return Deviation(*(x if np.isfinite(x) else float("inf") for x in (logits, attention)))


def check(
    name: str, engine: Engine, probed: Sequence[tuple[Probe, Reading]], bound: Deviation
) -> Deviation:
    """Compare an engine with a reference; raises `ModelRefused` where it is beyond the bound."""
    ours = [engine.read(probe.source, probe.target) for probe, _ in probed]
    found = deviation(ours, [theirs for _, theirs in probed])
    for what, by, most in (
        ("scores", found.logits, bound.logits),
        ("attention", found.attention, bound.attention),
    ):
        if by > most:
            raise ModelRefused(
                name, f"under {engine.name} its {what} deviate by {by:.2g}, limit {most:.2g}"
            )
    return found


def _logit_error(ours: Floats, theirs: Floats) -> float:
    if ours.shape != theirs.shape:
        return float("inf")
    a, b = (x - x.mean(-1, keepdims=True, dtype=np.float64) for x in (ours, theirs))  # (T + 1, V)
    return float(np.mean(_norms(a - b) / np.maximum(_norms(b), _LEAST_SPREAD)))


def _norms(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    norms: NDArray[np.float64] = np.sqrt(np.mean(rows * rows, axis=-1))
    return norms


def _attention_error(ours: Floats, theirs: Floats) -> float:
    if ours.shape != theirs.shape:
        return float("inf")
    elsewhere, uneven = (
        float(np.abs(theirs - other).sum(-1).mean()) / 2 for other in (ours, 1 / theirs.shape[-1])
    )
    return elsewhere / max(uneven, _LEAST_SHARE)
