"""Free decoding: the model writes, from the words of its chunk alone or from all it knows."""

from dataclasses import dataclass
from threading import Event
from typing import Literal, cast

import torch
from torch import BoolTensor, FloatTensor, LongTensor, Tensor
from transformers import (
    GenerationConfig,
    LogitsProcessor,
    LogitsProcessorList,
    StoppingCriteria,
    StoppingCriteriaList,
)

from service.backends.seq2seq.checkpoint import Checkpoint
from service.backends.seq2seq.chunks import EncodedChunk
from service.backends.seq2seq.memory import Memory, target_logprobs
from service.backends.tokens import TextEncoder, in_chunk
from service.domain.claims import DraftRequest
from service.domain.errors import ModelRefused

# A news sentence takes 25 to 35 tokens; a draft that ends sooner than eight says nothing.
_TOKENS_A_SENTENCE = 40
_LEAST_TOKENS = 8
_REPEAT_NGRAM = 3

# The closed list of `lexical` drafts. No negation, modal or number is in it: those change what is
# said, so they may only come from the source.
FUNCTION_WORDS = (
    *"a an the and or as at by for from in into of on to with after before during over".split(),
    *"under about is are was were be been being has have had that which who whom whose".split(),
    *"this these those it its he she they his her their them when where while".split(),
    *". , ; : ’s 's".split(),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A free draft; `mean_logprob` is in nats a token under the unrestricted model."""

    text: str
    finish: Literal["stop", "length"]
    mean_logprob: float | None


class Writer:
    """Writes at most 40 tokens a wanted sentence and at least 8, never the same three tokens twice.

    Decoding is a greedy or beam search: it draws nothing, so a seed cannot change it.
    """

    def __init__(self, checkpoint: Checkpoint, encoder: TextEncoder) -> None:
        self._checkpoint = checkpoint
        room = (checkpoint.max_target or checkpoint.max_source) - len(checkpoint.ends.opening)
        if room < 1:
            raise ModelRefused(checkpoint.name, "its decoder has no room for a text")
        self._room = room
        self._closed = _closed_mask(checkpoint, encoder)

    def write(
        self, memory: Memory, chunk: EncodedChunk, request: DraftRequest, stop: Event
    ) -> Written:
        """Return what the model writes under `lexical` or `open` provenance."""
        ends = self._checkpoint.ends
        restrictions = LogitsProcessorList()
        if request.provenance == "lexical":
            restrictions.append(OnlyTokens(self._mask_for(chunk), ends.eos[0]))
        made = self._checkpoint.model.generate(
            encoder_outputs=memory.outputs(),
            attention_mask=memory.mask,
            generation_config=self._search(request.max_sentences),
            logits_processor=restrictions,
            stopping_criteria=StoppingCriteriaList([Stopped(stop)]),
        )
        ids = made[0].tolist()[len(ends.opening) :]
        last = next((i for i, token in enumerate(ids) if token in ends.eos), None)
        target = ids if last is None else ids[: last + 1]
        [mean] = target_logprobs(self._checkpoint, memory, [target])
        text = self._checkpoint.tokenizer.decode(
            target, skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        return Written(
            text=text.strip(),
            finish="length" if last is None else "stop",
            mean_logprob=round(mean, 6) if target else None,
        )

    def _search(self, sentences: int) -> GenerationConfig:
        ends = self._checkpoint.ends
        most = min(self._room, _TOKENS_A_SENTENCE * sentences)
        return GenerationConfig(  # type: ignore[no-untyped-call]  # it declares no types
            do_sample=False,
            num_beams=self._checkpoint.profile.beams,
            max_new_tokens=most,
            min_new_tokens=min(_LEAST_TOKENS, most),
            no_repeat_ngram_size=_REPEAT_NGRAM,
            decoder_start_token_id=ends.opening[0],
            forced_bos_token_id=ends.opening[1] if len(ends.opening) > 1 else None,
            bos_token_id=ends.opening[0],
            eos_token_id=list(ends.eos),
            pad_token_id=ends.pad,
        )

    def _mask_for(self, chunk: EncodedChunk) -> Tensor:
        ids = sorted({i for start, end in chunk.sentences for i in chunk.ids[start:end]})
        return self._closed.index_fill(0, torch.tensor(ids, device=self._closed.device), 0.0)


class OnlyTokens(LogitsProcessor):
    """Forbids the tokens at -inf in `mask`, (V,); where none is left, the text ends."""

    def __init__(self, mask: Tensor, eos: int) -> None:
        self._mask, self._eos = mask, eos

    def __call__(self, input_ids: LongTensor, scores: FloatTensor) -> FloatTensor:
        allowed = scores + self._mask
        stuck = allowed.isneginf().all(dim=-1)  # (B,)
        allowed[stuck, self._eos] = 0.0
        return cast(FloatTensor, allowed)


class Stopped(StoppingCriteria):
    """Ends a search when its caller has gone."""

    def __init__(self, stop: Event) -> None:
        self._stop = stop

    def __call__(self, input_ids: LongTensor, scores: FloatTensor, **kwargs: object) -> BoolTensor:
        stopped = torch.full((len(input_ids),), self._stop.is_set(), device=input_ids.device)
        return cast(BoolTensor, stopped)


def _closed_mask(checkpoint: Checkpoint, encoder: TextEncoder) -> Tensor:
    """Return (V,) of -inf with zeros at the tokens of function words and at the decoder's ends."""
    spelled = [encoder.encode(form) for word in FUNCTION_WORDS for form in (word, in_chunk(word))]
    free = {i for ids in spelled if len(ids) == 1 for i in ids}
    free.update(checkpoint.ends.eos, checkpoint.ends.opening[1:])
    weight = checkpoint.model.get_output_embeddings().weight
    mask = torch.full((weight.shape[0],), float("-inf"), device=weight.device)
    mask[sorted(free)] = 0.0
    return mask
