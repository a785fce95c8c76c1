"""How well a grouping agrees with the true one: B-cubed (Bagga and Baldwin 1998)."""

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from statistics import fmean


@dataclass(frozen=True, slots=True, kw_only=True)
class BCubed:
    """Means over the ids, in [0, 1]; `f1` is the harmonic mean of the two."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def bcubed(predicted: Mapping[str, Hashable], truth: Mapping[str, Hashable]) -> BCubed:
    """Compare two clusterings of the same ids, given as the cluster of each id.

    Precision is the share of an id's predicted cluster that truly belongs with it, recall the share
    of its true cluster that was found. Raises `ValueError` where the ids differ or there are none.
    """
    if predicted.keys() != truth.keys() or not truth:
        told = sorted(predicted.keys() ^ truth.keys())
        raise ValueError(
            f"need two clusterings of the same ids, and one id at least; apart: {told!r}"
        )
    found = Counter(predicted.values())
    true = Counter(truth.values())
    both = Counter((predicted[id_], truth[id_]) for id_ in truth)
    # In the truth's order: sums of floats must not hang on another.
    return BCubed(
        precision=fmean(both[predicted[i], truth[i]] / found[predicted[i]] for i in truth),
        recall=fmean(both[predicted[i], truth[i]] / true[truth[i]] for i in truth),
    )
