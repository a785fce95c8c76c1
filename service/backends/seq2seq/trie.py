"""How probable each of some token sequences is, where a model must write one of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from service.backends.seq2seq.engine import Floats

# Two sentences that are alike for so long are told apart by chance.
MAX_DEPTH = 16
# A model is read at most so often for a chunk, each time with the whole source: as much as writing a
# short text of its own would take (see docs/log.md). The likeliest branches come first.
MAX_READS = 4
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

    `logits` gives the model's rows (T + 1, V) before each token of a target and after the last; only
    the tokens that continue a form count in them. It is asked where forms part, in order of their
    probability, and for the way that most of them go on. Where a form ends and others go on, and
    beyond the limits above, what is left is shared equally among the sentences there.
    """
    mass = [0.0] * sentences
    known: dict[Prefix, Floats] = {}
    # (probability, depth, forms): the likeliest goes first, ties in order of the text.
    open_ends: list[tuple[float, int, list[Form]]] = [(1.0, 0, list(forms))] if forms else []
    reads = 0
    while open_ends:
        # max takes the first of equals, and branches stand in order of the text.
        at = max(range(len(open_ends)), key=lambda i: open_ends[i][0])
        probability, depth, here = open_ends.pop(at)
        depth = _shared_depth(here, depth)
        told_apart = len({f.sentence for f in here}) > 1
        ended = any(len(f.ids) == depth for f in here)
        prefix = here[0].ids[:depth]
        too_far = depth >= MAX_DEPTH or (prefix not in known and reads >= MAX_READS)
        if not told_apart or ended or too_far or probability < LEAST_MASS:
            _share(mass, here, probability)
            continue
        branches = _branches(here, depth)
        if prefix not in known:
            reads += 1
            way = _way(here, depth)
            rows = logits(way)
            known |= {way[:i]: rows[i] for i in range(depth, len(way) + 1)}
        shares = _softmax(known[prefix][list(branches)])
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


def _way(here: Sequence[Form], depth: int) -> Prefix:
    """Return how most of some forms go on, to the last place where sentences part on that way."""
    last = here[0].ids[:depth]
    while depth < MAX_DEPTH and all(len(f.ids) > depth for f in here):
        branches = _branches(here, depth)
        if len(branches) > 1:
            last = here[0].ids[:depth]
        here = max(branches.values(), key=len)
        if len({f.sentence for f in here}) == 1:
            break
        depth += 1
    return last


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
