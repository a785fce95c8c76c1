"""The engine over transformers: any model they can open, on the GPU where there is one."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, local
from typing import Any, cast

import torch
from torch import BoolTensor, FloatTensor, LongTensor, Tensor
from transformers import (
    GenerationConfig,
    LogitsProcessor,
    LogitsProcessorList,
    StoppingCriteria,
    StoppingCriteriaList,
)
from transformers.modeling_outputs import BaseModelOutput

from service.backends.seq2seq.checkpoint import Checkpoint, open_checkpoint
from service.backends.seq2seq.engine import Reading, Search, Written
from service.backends.seq2seq.facts import OpenModel, Source
from service.domain.errors import InputTooLarge, ModelError, ModelRefused


def open_torch(source: Source) -> OpenModel:
    """Open a model from its folder to run on torch; raises `ModelRefused` with the reason."""
    checkpoint = open_checkpoint(source)
    engine = TorchEngine(checkpoint)
    try:
        # Once before any thread calls: the first call that asks for attention alters the model.
        engine.read(checkpoint.facts.eos[:1])
    except ModelError as error:
        raise ModelRefused(source.name, error.reason) from error
    return OpenModel(
        name=checkpoint.name,
        facts=checkpoint.facts,
        profile=checkpoint.profile,
        tokenizer=checkpoint.tokenizer.backend_tokenizer,
        engine=engine,
    )


@dataclass(frozen=True, slots=True)
class _Memory:
    """The encoder's states of one source, (1, S, D), and their attention mask, (1, S)."""

    states: Tensor
    mask: Tensor

    def outputs(self) -> BaseModelOutput:
        # Anew for each use: a search widens the one it is given to its beams.
        return BaseModelOutput(last_hidden_state=self.states)


class _Latest(local):
    """What a thread read last: several questions in a row are about one source."""

    source: tuple[int, ...] = ()
    memory: _Memory | None = None


class TorchEngine:
    """Runs a checkpoint on one torch thread a calling thread; no row is ever padded or batched."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self._name, self._facts = checkpoint.name, checkpoint.facts
        self._model: Any = checkpoint.model
        self._pointer = checkpoint.profile.pointer
        self._latest = _Latest()
        self._device: torch.device = checkpoint.model.device
        version = torch.__version__.partition("+")[0]
        dtype = str(checkpoint.model.dtype).removeprefix("torch.")
        self.name = f"torch {version} {self._device.type} {dtype}"
        # -inf but at the ends of a text: what every mask over the output starts from.
        self._ends_only = torch.full((self._facts.rows,), float("-inf"), device=self._device)
        self._ends_only[list(self._facts.eos)] = 0.0

    def read(self, source: Sequence[int], target: Sequence[int] = ()) -> Reading:
        with self._running():
            logits, attention = self._decode(self._remembered(source), target)
            return Reading(logits.cpu().numpy(), attention.cpu().numpy())

    def write(self, source: Sequence[int], search: Search, stop: Event) -> Written:
        with self._running():
            memory = self._remembered(source)
            mask = self._mask(search)
            steps = self._search(memory, search, mask, stop)
            ended = bool(steps) and steps[-1] in self._facts.eos
            ids = steps[:-1] if ended else steps
            logits, attention = self._decode(memory, ids)
            return Written(
                ids=tuple(ids),
                finish="stop" if ended else "length",
                mean_logprob=_mean_logprob(logits, mask, steps) if ids else None,
                attention=attention[: max(1, len(steps))].mean(0).cpu().numpy(),
            )

    @contextmanager
    def _running(self) -> Iterator[None]:
        """Keep torch to one thread for this caller, and make its errors the domain's."""
        if self._device.type == "cpu":
            # torch counts its threads per calling thread: one each, or workers fight for the cores.
            torch.set_num_threads(1)
        try:
            with torch.inference_mode():
                yield
        except (RuntimeError, IndexError) as error:
            reason = next(iter(str(error).splitlines()), "") or type(error).__name__
            raise ModelError(self._name, f"drafting failed: {reason}") from error

    def _remembered(self, source: Sequence[int]) -> _Memory:
        latest, key = self._latest, tuple(source)
        if latest.memory is None or latest.source != key:
            latest.memory = None  # Let go of the old before the new takes as much again.
            latest.memory, latest.source = self._encode(source), key
        return latest.memory

    def _encode(self, source: Sequence[int]) -> _Memory:
        """Run the encoder over one source, alone."""
        if not source:
            raise ModelError(self._name, "drafting failed: there is no source to read")
        if len(source) > self._facts.max_source:
            raise InputTooLarge("source", len(source), self._facts.max_source, "tokens")
        ids = torch.tensor([list(source)], device=self._device)
        mask = torch.ones_like(ids)
        more = {}
        if self._facts.model_type == "led":
            more["global_attention_mask"] = self._global(ids)
        encoded = self._model.get_encoder()(input_ids=ids, attention_mask=mask, **more)
        return _Memory(encoded.last_hidden_state, mask)

    def _global(self, ids: Tensor) -> Tensor:
        """Return 1 where LED looks at and is seen by the whole source, (1, S).

        Its authors mark the first token, those of PRIMERA the separators too.
        """
        marked = torch.zeros_like(ids)
        marked[:, 0] = 1
        if self._facts.separator is not None:
            marked[ids == self._facts.separator] = 1
        return marked

    def _decode(self, memory: _Memory, target: Sequence[int]) -> tuple[Tensor, Tensor]:
        """Return logits, (T + 1, V), and attention, (T + 1, S), of a decoder that is told its target."""
        opening, most = self._facts.opening, self._facts.max_target
        if most is not None and len(opening) + len(target) > most:
            raise InputTooLarge("target", len(target), most - len(opening), "tokens")
        out = self._model(
            encoder_outputs=memory.outputs(),
            attention_mask=memory.mask,
            decoder_input_ids=torch.tensor([[*opening, *target]], device=self._device),
            output_attentions=True,
            use_cache=False,
        )
        # An encoder-decoder of two models in one may be told to give no attention.
        if not out.cross_attentions:
            raise ModelError(self._name, "drafting failed: it gives no cross-attention")
        logits = out.logits[0, len(opening) - 1 :].float()
        heads = out.cross_attentions[self._pointer.layer if self._pointer else -1][0]  # (H, T, S)
        if self._pointer:
            heads = heads[list(self._pointer.heads)]
        attention = heads[:, len(opening) - 1 :].float().mean(0)
        totals = attention.sum(-1, keepdim=True)
        # The largest is no number where any is none; a single -inf only forbids a token.
        if not (logits.amax(-1).isfinite().all() and totals.isfinite().all()):
            raise ModelError(self._name, "drafting failed: its scores are not finite numbers")
        # In bfloat16 a row's sum is off by as much as a hundredth.
        return logits, attention / totals

    def _mask(self, search: Search) -> Tensor | None:
        """Return 0 at the tokens that may be written and -inf elsewhere, (V,), None for all."""
        if search.only is None:
            return None
        allowed = torch.tensor(sorted(search.only), dtype=torch.long, device=self._device)
        return self._ends_only.index_fill(0, allowed, 0.0)

    def _search(
        self, memory: _Memory, search: Search, mask: Tensor | None, stop: Event
    ) -> list[int]:
        """Return the ids written, their end included where they have one."""
        opening = self._facts.opening
        room = (self._facts.max_target or self._facts.max_source) - len(opening)
        most = min(search.max_tokens, room)
        rules = LogitsProcessorList()
        if mask is not None:
            rules.append(_OnlyTokens(mask, self._facts.eos[0]))
        made = self._model.generate(
            encoder_outputs=memory.outputs(),
            attention_mask=memory.mask,
            decoder_input_ids=torch.tensor([opening], device=self._device),
            generation_config=self._generation(search, most),
            logits_processor=rules,
            stopping_criteria=StoppingCriteriaList([_Stopped(stop)]),
        )
        ids: list[int] = made[0].tolist()[len(opening) :]
        end = next((i for i, token in enumerate(ids) if token in self._facts.eos), None)
        return ids[:most] if end is None else ids[: end + 1]

    def _generation(self, search: Search, most: int) -> GenerationConfig:
        return GenerationConfig(  # type: ignore[no-untyped-call]  # it declares no types
            do_sample=False,
            num_beams=search.beams,
            # One more, for the end.
            max_new_tokens=most + 1,
            min_new_tokens=min(search.min_tokens, most),
            no_repeat_ngram_size=search.no_repeat,
            decoder_start_token_id=self._facts.opening[0],
            eos_token_id=list(self._facts.eos),
            pad_token_id=self._facts.pad,
        )


class _OnlyTokens(LogitsProcessor):
    """Forbids the tokens at -inf in `mask`, (V,); where none is left, the text ends."""

    def __init__(self, mask: Tensor, eos: int) -> None:
        self._mask, self._eos = mask, eos

    def __call__(self, input_ids: LongTensor, scores: FloatTensor) -> FloatTensor:
        allowed = scores + self._mask
        stuck = allowed.isneginf().all(dim=-1)  # (B,)
        allowed[stuck, self._eos] = 0.0
        return cast(FloatTensor, allowed)


class _Stopped(StoppingCriteria):
    """Ends a search when its caller has gone."""

    def __init__(self, stop: Event) -> None:
        self._stop = stop

    def __call__(self, input_ids: LongTensor, scores: FloatTensor, **kwargs: object) -> BoolTensor:
        stopped = torch.full((len(input_ids),), self._stop.is_set(), device=input_ids.device)
        return cast(BoolTensor, stopped)


def _mean_logprob(logits: Tensor, mask: Tensor | None, steps: Sequence[int]) -> float:
    """Return the mean log-probability of the steps in nats, among the tokens that `mask` allows."""
    rows = logits[: len(steps)] if mask is None else logits[: len(steps)] + mask
    return float(rows.log_softmax(-1)[range(len(steps)), steps].mean())
