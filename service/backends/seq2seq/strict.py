"""Strict drafts: a walk over the source, in which the model only chooses the way."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from service.backends.seq2seq.chunks import EncodedChunk, Range
from service.backends.seq2seq.engine import Floats
from service.backends.seq2seq.facts import OpenModel
from service.backends.seq2seq.shares import salience
from service.backends.seq2seq.trie import Form, mass_of_forms
from service.domain.claims import DraftRequest
from service.domain.errors import ModelError
from service.domain.text import Span

# A pointer is trained on a sentence's first tokens; their sum is steadier than the first alone.
_POINTED_TOKENS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the model chose of a chunk, in the terms of `service.domain.claims.Draft`.

    `mean_logprob` is in nats a choice of a sentence, among those that were still to choose.
    """

    salience: tuple[float, ...]
    picks: tuple[int, ...]
    cuts: tuple[Span, ...]
    mean_logprob: float | None


def choose(model: OpenModel, chunk: EncodedChunk, request: DraftRequest) -> Choice:
    """Choose sentences of a chunk, and of their constituents those to leave out.

    Sentences of the same text are one origin: the first has the salience of all.
    Raises `ModelError` where the model fails or gives no finite numbers.
    """
    weights = _pointed(model, chunk) if model.profile.pointer else _walked(model, chunk)
    origins = _origins(request)
    shares = salience(_merged(weights, origins), model.name)
    able = [i for i, origin in enumerate(origins) if i == origin and chunk.sentence_ids(i)]
    picks = tuple(sorted(able, key=lambda i: (-shares[i], i))[: request.max_sentences])
    return Choice(
        salience=shares,
        picks=picks,
        cuts=tuple(cut for i in sorted(picks) for cut in _cuts(model, chunk, request, i)),
        mean_logprob=_mean_logprob(shares, picks),
    )


def _pointed(model: OpenModel, chunk: EncodedChunk) -> list[float]:
    """Return the attention on each sentence's first tokens before anything is written."""
    attention = _finite(model, model.engine.read(chunk.ids).attention[0])  # (S,)
    return [_attended(attention, place) for place in chunk.sentences]


def _walked(model: OpenModel, chunk: EncodedChunk) -> list[float]:
    """Return how probable it is that the model begins with each sentence, where it must with one."""
    room = model.facts.max_target
    most = None if room is None else max(1, room - len(model.facts.opening))
    forms = [
        Form(ids=ids[:most], sentence=i)
        for i, opening in enumerate(chunk.openings)
        if chunk.sentence_ids(i)
        for ids in dict.fromkeys((chunk.sentence_ids(i), opening))
        if ids
    ]

    def logits(target: tuple[int, ...]) -> Floats:
        return _finite(model, model.engine.read(chunk.ids, target).logits)

    return mass_of_forms(forms, len(chunk.sentences), logits)


def _origins(request: DraftRequest) -> list[int]:
    """Return, for each sentence, the first one of the same text."""
    first: dict[str, int] = {}
    return [
        first.setdefault(request.text[span.start : span.end], i)
        for i, span in enumerate(request.sentences)
    ]


def _merged(weights: Sequence[float], origins: Sequence[int]) -> list[float]:
    merged = [0.0] * len(weights)
    for weight, origin in zip(weights, origins, strict=True):
        merged[origin] += weight
    return merged


def _mean_logprob(shares: Sequence[float], picks: Sequence[int]) -> float | None:
    """Return the mean, in nats, of the log of each pick's part of what was still to choose."""
    left, logs = sum(shares), []
    for pick in picks:
        if shares[pick] <= 0:
            break
        logs.append(math.log(min(1.0, shares[pick] / left)))
        left -= shares[pick]
    # 0.0 is added so that a certain choice is told as 0, not as -0.
    return round(sum(logs) / len(logs), 6) + 0.0 if logs else None


def _cuts(
    model: OpenModel, chunk: EncodedChunk, request: DraftRequest, sentence: int
) -> list[Span]:
    """Return the constituents of a sentence after whose start the model would rather be at their end.

    One pass reads the sentence as it stands, so that each is judged after all that precedes it,
    other constituents included, whether they are left out or not.
    """
    start, end = chunk.sentences[sentence]
    inside = [
        (span, place)
        for span, place in zip(request.optional, chunk.optional, strict=True)
        if place is not None and start < place[0] < place[1] < end
    ]
    upto = max((first for _, (first, _) in inside), default=start)
    room = model.facts.max_target
    if not inside or (room is not None and len(model.facts.opening) + upto - start > room):
        return []
    reading = model.engine.read(chunk.ids, chunk.ids[start:upto])

    def pull(step: int, place: Range) -> float:
        """Return how strongly the model is drawn to a place, `step` tokens into the sentence."""
        if model.profile.pointer:
            return _attended(_finite(model, reading.attention[step]), place)
        return float(_finite(model, reading.logits[step])[chunk.ids[place[0]]])

    return [
        span
        for span, (first, after) in inside
        if pull(first - start, (after, end)) > pull(first - start, (first, after))
    ]


def _attended(attention: Floats, place: Range) -> float:
    start, end = place
    return float(attention[start : min(end, start + _POINTED_TOKENS)].sum(dtype=np.float64))


def _finite(model: OpenModel, numbers: Floats) -> Floats:
    if not np.isfinite(numbers).all():
        raise ModelError(model.name, "its scores are not finite numbers")
    return numbers
