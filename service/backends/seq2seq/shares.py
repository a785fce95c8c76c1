"""A model's weights for the sentences of a chunk as comparable shares."""

import math
from collections.abc import Sequence

from service.domain.errors import ModelError

# A chunk of fewer sentences than a usual draft has must not look more certain than a full one.
_USUAL_SENTENCES = 3
# Shares are whole millionths, so that noise in the last bits cannot reorder sentences.
_UNITS = 1_000_000


def salience(weights: Sequence[float], model: str) -> tuple[float, ...]:
    """Return non-negative weights as shares, in whole millionths, summing to less than 1.

    Raises `ModelError` in the model's name where the weights are not finite numbers.
    """
    total = sum(weights)
    if not math.isfinite(total):
        raise ModelError(model, "its scores are not finite numbers")
    if total <= 0:
        return (0.0,) * len(weights)
    certainty = min(1.0, len(weights) / _USUAL_SENTENCES)
    return tuple(
        math.floor(certainty * weight / total * (_UNITS - 1)) / _UNITS for weight in weights
    )
