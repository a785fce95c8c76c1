"""A seq2seq model asked whether a document supports a claim, as MiniCheck asks its T5.

Tang, Laban and Durrett (EMNLP 2024): the encoder reads the prefix, the document, the end-of-text token
and the claim; the decoder's first token is "1" for support and "0" for none.
"""

from collections.abc import Sequence

import torch
from transformers import AutoModelForSeq2SeqLM

from service.backends.entailment.passages import parts
from service.backends.pretrained import Described, Pretrained, open_weights
from service.domain.errors import ModelRefused

_PREFIX = "predict: "
_SUPPORT, _NONE = "1", "0"
# Finer differences are those of machines, not of texts.
_DIGITS = 4


def open_minicheck(described: Described) -> "MiniCheck":
    """Open a seq2seq model to be asked so; raises `ModelRefused` with the reason."""
    return MiniCheck(open_weights(described, AutoModelForSeq2SeqLM))


class MiniCheck:
    """Asks about one pair a call: without padding, a score cannot depend on its batch mates."""

    def __init__(self, opened: Pretrained) -> None:
        self.name, self.revision = opened.name, opened.revision
        self._opened = opened
        stated = opened.model.generation_config.decoder_start_token_id
        self._start = opened.config.decoder_start_token_id if stated is None else stated
        end = opened.tokenizer.token_to_id(opened.eos)
        if self._start is None or end is None:
            raise ModelRefused(self.name, "it does not say how its texts begin and end")
        self._end: int = end
        self._answers = [self._answer(word) for word in (_NONE, _SUPPORT)]
        if self._answers[0] == self._answers[1]:
            raise ModelRefused(self.name, f"it cannot write {_NONE!r} and {_SUPPORT!r}")

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        return [self._score(passage, claim) for passage, claim in pairs]

    def _score(self, passage: str, claim: str) -> float:
        said = [self._end, *self._ids(claim), self._end]
        room = self._opened.max_tokens - len(said)
        asked = (
            self._ids(_PREFIX + part) for part in parts(passage, lambda t: self._fits(t, room))
        )
        return max((self._probability([*read, *said]) for read in asked), default=0.0)

    def _fits(self, part: str, room: int) -> bool:
        return len(self._ids(_PREFIX + part)) <= room

    def _probability(self, ids: list[int]) -> float:
        with self._opened.running():
            device = self._opened.device
            source = torch.tensor([ids], device=device)  # (1, S)
            first = torch.tensor([[self._start]], device=device)
            out = self._opened.model(
                input_ids=source,
                attention_mask=torch.ones_like(source),
                decoder_input_ids=first,
                use_cache=False,
            )
            answers = out.logits[0, 0, self._answers].float().softmax(-1)
            return round(float(answers[1]), _DIGITS)

    def _answer(self, word: str) -> int:
        """Return the first token of an answer: T5 writes "0" in two."""
        return self._ids(word)[0]

    def _ids(self, text: str) -> list[int]:
        ids: list[int] = self._opened.encode(text, specials=False).ids
        return ids
