"""Which sentences lie near a text, by the vectors of an embedder."""

from collections.abc import Mapping

import numpy as np

from service.domain.ports import Embedder, Vectors
from service.stages.story import SentenceKey

# As sentence embeddings are trained, two reports of one thing lie above this and two things of one
# story mostly below it; what is near only becomes a candidate.
NEAR = 0.8
# Finer differences are those of machines, not of texts.
_DIGITS = 4


class Neighbours:
    """The vectors of some sentences, each computed once, in the order of their keys."""

    def __init__(self, texts: Mapping[SentenceKey, str], embedder: Embedder) -> None:
        self._embedder = embedder
        self._keys = sorted(texts)
        vectors = embedder.embed([texts[key] for key in self._keys])
        self._vectors = vectors  # (N, D)
        # A claim is as a rule a whole sentence, whose vector is known.
        self._known = {texts[key]: row for key, row in zip(self._keys, vectors, strict=True)}

    def of(self, text: str) -> dict[SentenceKey, float]:
        """Return the sentences at a cosine of at least `NEAR` from a text."""
        if text not in self._known:
            [self._known[text]] = self._embedder.embed([text])
        near = self._cosines(self._known[text])
        found = zip(self._keys, near.tolist(), strict=True)
        return {key: cosine for key, cosine in found if cosine >= NEAR}

    def _cosines(self, vector: Vectors) -> Vectors:
        # Not a matrix product: a library that spreads it over threads may sum in another order.
        products: Vectors = np.einsum("nd,d->n", self._vectors, vector)
        return np.round(products, _DIGITS)
