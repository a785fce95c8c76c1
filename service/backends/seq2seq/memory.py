"""One chunk read by the encoder, once, and whatever the decoder is then asked about it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers import DynamicCache, EncoderDecoderCache
from transformers.modeling_outputs import BaseModelOutput

from service.backends.seq2seq.checkpoint import Checkpoint

# Candidates scored in one decoder call; bounds the memory their logits take.
_ROWS = 16

# Declared as a union of layer kinds, of which a decoder of text only ever makes the one with keys.
DecoderCache = Any


@dataclass(frozen=True, slots=True)
class Memory:
    """The encoder's states of one chunk, (1, S, D), and their attention mask, (1, S)."""

    states: Tensor
    mask: Tensor

    def outputs(self, rows: int = 1) -> BaseModelOutput:
        return BaseModelOutput(last_hidden_state=self.states.expand(rows, -1, -1))


def read_chunk(checkpoint: Checkpoint, ids: Sequence[int]) -> Memory:
    """Run the encoder over one chunk, alone: no other chunk can influence its states."""
    model = checkpoint.model
    source = torch.tensor([ids], device=model.device)
    mask = torch.ones_like(source)
    more = {}
    if model.config.model_type == "led":
        # LED looks far only from positions marked so; its authors mark the first.
        more["global_attention_mask"] = torch.zeros_like(source).index_fill_(
            1, torch.tensor([0], device=model.device), 1
        )
    encoded = model.get_encoder()(input_ids=source, attention_mask=mask, **more)
    return Memory(encoded.last_hidden_state, mask)


def target_logprobs(
    checkpoint: Checkpoint, memory: Memory, targets: Sequence[Sequence[int]]
) -> list[float]:
    """Return each target's mean log-probability in nats a token, -inf for an empty one.

    The decoder's opening is run once, and all targets share what it made of the chunk.
    """
    model = checkpoint.model
    opening = torch.tensor([checkpoint.ends.opening], device=model.device)
    opened = model(
        encoder_outputs=memory.outputs(),
        attention_mask=memory.mask,
        decoder_input_ids=opening,
        use_cache=True,
    )
    first = opened.logits[0, -1].float().log_softmax(-1)  # (V,)
    means: list[float] = []
    for rows in _runs(targets):
        later = _later_logprobs(checkpoint, memory, opened.past_key_values, rows)
        for row, logprobs in zip(rows, later, strict=True):
            total = first[row[0]].item() + sum(logprobs) if row else float("-inf")
            means.append(total / max(1, len(row)))
    return means


def _later_logprobs(
    checkpoint: Checkpoint,
    memory: Memory,
    opened: DecoderCache,
    rows: Sequence[Sequence[int]],
) -> list[list[float]]:
    """Return the log-probability of every token of each row but the first."""
    width = max(len(row) for row in rows) - 1
    if width < 1:
        return [[] for _ in rows]
    device = checkpoint.model.device
    # Padding stands after what is read, which no position before it can see.
    padded = [[*row, *[checkpoint.ends.pad] * (width + 1 - len(row))] for row in rows]
    tokens = torch.tensor(padded, device=device)  # (B, T + 1)
    out = checkpoint.model(
        encoder_outputs=memory.outputs(len(rows)),
        attention_mask=memory.mask.expand(len(rows), -1),
        decoder_input_ids=tokens[:, :-1],
        past_key_values=_shared(opened, len(rows)),
        use_cache=True,
    )
    logits = out.logits.float()  # (B, T, V)
    chosen = logits.gather(-1, tokens[:, 1:, None])[..., 0] - logits.logsumexp(-1)
    return [
        list(found[: max(0, len(row) - 1)])
        for row, found in zip(rows, chosen.tolist(), strict=True)
    ]


def _runs(targets: Sequence[Sequence[int]]) -> Iterator[Sequence[Sequence[int]]]:
    for start in range(0, len(targets), _ROWS):
        yield targets[start : start + _ROWS]


def _shared(opened: DecoderCache, rows: int) -> EncoderDecoderCache:
    """Return a decoder cache of one row as one of many, without copying what they share."""
    halves = (opened.self_attention_cache, opened.cross_attention_cache)
    own, cross = (
        DynamicCache(
            [
                (layer.keys.expand(rows, -1, -1, -1), layer.values.expand(rows, -1, -1, -1))
                for layer in half.layers
            ]
        )
        for half in halves
    )
    return EncoderDecoderCache(own, cross)
