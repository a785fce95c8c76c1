"""How much of a chunk's summary each of its sentences deserves, asked of the decoder."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch

from service.backends.seq2seq.checkpoint import Checkpoint
from service.backends.seq2seq.chunks import EncodedChunk
from service.backends.seq2seq.memory import Memory, target_logprobs
from service.backends.seq2seq.profile import Pointer
from service.domain.errors import ModelError

# The pointer was trained on a sentence's first tokens; their sum is steadier than the first alone.
_POINTED_TOKENS = 3
_CANDIDATE_TOKENS = 10
# A chunk of fewer sentences than a usual draft has must not look more certain than a full one.
_USUAL_SENTENCES = 3
# Scores are whole millionths, so that noise in the last bits cannot reorder sentences.
_UNITS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """A salience in [0, 1] a sentence, summing to less than 1, and what it came from.

    `logprobs` are means in nats a token over each sentence's first tokens, -inf where it has none;
    None where the model scored no tokens.
    """

    salience: tuple[float, ...]
    logprobs: tuple[float, ...] | None = None

    def best(self, most: int) -> tuple[int, ...]:
        """Return the most salient sentences' indices, best first, ties in order of the text."""
        order = sorted(range(len(self.salience)), key=lambda i: (-self.salience[i], i))
        return tuple(order[:most])

    def mean_logprob(self, picks: Sequence[int]) -> float | None:
        if self.logprobs is None:
            return None
        known = [self.logprobs[i] for i in picks if math.isfinite(self.logprobs[i])]
        return round(sum(known) / len(known), 6) if known else None


class SentenceScorer(Protocol):
    """Scores the sentences of one chunk."""

    def score(self, memory: Memory, chunk: EncodedChunk) -> Scores:
        """Return one score a sentence; raises `ModelError` where the model gives no numbers."""
        ...


class PointerScorer:
    """Reads trained cross-attention heads at the decoder's first step."""

    def __init__(self, checkpoint: Checkpoint, pointer: Pointer) -> None:
        self._checkpoint, self._pointer = checkpoint, pointer

    def score(self, memory: Memory, chunk: EncodedChunk) -> Scores:
        model = self._checkpoint.model
        out: Any = model.get_decoder()(
            input_ids=torch.tensor([self._checkpoint.ends.opening], device=model.device),
            encoder_hidden_states=memory.states,
            encoder_attention_mask=memory.mask,
            output_attentions=True,
            use_cache=False,
        )
        heads = out.cross_attentions[self._pointer.layer][0]  # (H, T, S)
        mass = heads[list(self._pointer.heads), -1].float().mean(0).tolist()  # (S,)
        weights = [
            sum(mass[start : min(end, start + _POINTED_TOKENS)]) for start, end in chunk.sentences
        ]
        return Scores(salience=salience(weights, self._checkpoint.name))


class LikelihoodScorer:
    """Asks how readily the model would begin its summary with each sentence."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self._checkpoint = checkpoint
        room = (checkpoint.max_target or math.inf) - len(checkpoint.ends.opening)
        self._most = int(max(1, min(_CANDIDATE_TOKENS, room)))

    def score(self, memory: Memory, chunk: EncodedChunk) -> Scores:
        candidates = [chunk.sentence_ids(i)[: self._most] for i in range(len(chunk.sentences))]
        logprobs = target_logprobs(self._checkpoint, memory, candidates)
        if any(map(math.isnan, logprobs)):
            raise ModelError(self._checkpoint.name, "its scores are not finite numbers")
        highest = max(logprobs)
        weights = [math.exp(v - highest) if v > -math.inf else 0.0 for v in logprobs]
        return Scores(salience=salience(weights, self._checkpoint.name), logprobs=tuple(logprobs))


def salience(weights: Sequence[float], model: str) -> tuple[float, ...]:
    """Return non-negative weights as shares, in whole millionths, summing to less than 1."""
    total = sum(weights)
    if not math.isfinite(total):
        raise ModelError(model, "its scores are not finite numbers")
    if total <= 0:
        return (0.0,) * len(weights)
    certainty = min(1.0, len(weights) / _USUAL_SENTENCES)
    return tuple(
        math.floor(certainty * weight / total * (_UNITS - 1)) / _UNITS for weight in weights
    )
