"""How probable each of some token sequences is, where a model must write one of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from service.backends.seq2seq.engine import Floats

# Two sentences that are alike for so long are told apart by chance.
MAX_DEPTH = 16
# A model whose chunk branches more often than this is asked no further.
MAX_READS = 32
# Nor about sentences that together are as unlikely as this: none of them would be picked.
LEAST_MASS = 0.01

Prefix = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A way to write a sentence, as token ids, and which sentence it is."""

    ids: Prefix
    sentence: int


def mass_of_forms(
    forms: Sequence[Form], sentences: int, logits: Callable[[Prefix], Floats]
) -> list[float]:
    """Return each sentence's probability, summed over its forms: a walk down the trie of them all.

    `logits` gives the model's row (V,) after a prefix; only the tokens that continue a form count in
    it. It is asked where forms part, in order of their probability. Where a form ends and others
    go on, and beyond the limits above, what is left is shared equally among the sentences there.
    """
    mass = [0.0] * sentences
    # (-probability, prefix, forms): the likeliest first, ties in order of the text.
    open_ends: list[tuple[float, int, list[Form]]] = [(1.0, 0, list(forms))] if forms else []
    reads = 0
    while open_ends:
        # max takes the first of equals, and branches stand in order of the text.
        at = max(range(len(open_ends)), key=lambda i: open_ends[i][0])
        probability, depth, here = open_ends.pop(at)
        depth = _shared_depth(here, depth)
        told_apart = len({f.sentence for f in here}) > 1
        ended = any(len(f.ids) == depth for f in here)
        unlikely = probability < LEAST_MASS or reads >= MAX_READS
        if not told_apart or ended or depth >= MAX_DEPTH or unlikely:
            _share(mass, here, probability)
            continue
        branches = _branches(here, depth)
        reads += 1
        shares = _softmax(logits(here[0].ids[:depth])[list(branches)])
        open_ends[at:at] = [
            (probability * share, depth + 1, branch)
            for share, branch in zip(shares, branches.values(), strict=True)
        ]
    return mass


def _shared_depth(here: Sequence[Form], depth: int) -> int:
    """Return how many tokens all the forms have in common, from `depth` on."""
    shortest = min(len(f.ids) for f in here)
    while depth < shortest and len({f.ids[depth] for f in here}) == 1:
        depth += 1
    return depth


def _branches(here: Sequence[Form], depth: int) -> dict[int, list[Form]]:
    branches: dict[int, list[Form]] = {}
    for form in here:
        branches.setdefault(form.ids[depth], []).append(form)
    return branches


def _share(mass: list[float], here: Sequence[Form], probability: float) -> None:
    named = sorted({f.sentence for f in here})
    for sentence in named:
        mass[sentence] += probability / len(named)


def _softmax(logits: Floats) -> list[float]:
    exact = logits.astype(np.float64)
    powers = np.exp(exact - exact.max())
    return [float(p) for p in powers / powers.sum()]
