"""A classifier of sentence pairs: premise and hypothesis in, entailment or not out."""

from collections.abc import Sequence

import torch
from transformers import AutoModelForSequenceClassification

from service.backends.entailment.passages import parts
from service.backends.pretrained import Described, Pretrained, open_weights
from service.backends.seq2seq.bounds import Config
from service.domain.errors import ModelRefused

_ENTAILMENT = "entailment"
_DIGITS = 4


def open_cross_encoder(described: Described) -> "CrossEncoder":
    """Open a classifier; raises `ModelRefused` where none of its outputs says that a claim follows."""
    # Asked first: the files of a model for another task need not be loaded.
    label = entailment_label(described.source.name, described.config)
    return CrossEncoder(open_weights(described, AutoModelForSequenceClassification), label)


def entailment_label(name: str, config: Config) -> int | None:
    """Return the index of the label for entailment, None for a single output that is itself a score.

    Raises `ModelRefused` where there is neither.
    """
    labels = {int(i): str(label) for i, label in (config.id2label or {}).items()}
    if len(labels) == 1:
        return None
    found = [i for i, label in sorted(labels.items()) if label.lower() == _ENTAILMENT]
    if len(found) == 1:
        return found[0]
    told = ", ".join(repr(label) for _, label in sorted(labels.items())[:6])
    raise ModelRefused(name, f"none of its labels is {_ENTAILMENT!r}: {told}")


class CrossEncoder:
    """Reads one pair a call: without padding, a score cannot depend on its batch mates."""

    def __init__(self, opened: Pretrained, label: int | None) -> None:
        self.name, self.revision = opened.name, opened.revision
        self._opened, self._label = opened, label

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        return [self._score(passage, claim) for passage, claim in pairs]

    def _score(self, passage: str, claim: str) -> float:
        found = parts(passage, lambda part: self._fits(part, claim))
        return max((self._probability(part, claim) for part in found), default=0.0)

    def _fits(self, part: str, claim: str) -> bool:
        return len(self._opened.encode(part, claim).ids) <= self._opened.max_tokens

    def _probability(self, passage: str, claim: str) -> float:
        read = self._opened.encode(passage, claim)
        with self._opened.running():
            device = self._opened.device
            ids = torch.tensor([read.ids], device=device)  # (1, S)
            inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
            # Two kinds of segment, where the model was trained to tell them apart.
            if getattr(self._opened.config, "type_vocab_size", 0) > 1:
                inputs["token_type_ids"] = torch.tensor([read.type_ids], device=device)
            logits = self._opened.model(**inputs).logits[0].float()  # (labels,)
            if self._label is None:
                return round(float(logits[0].sigmoid()), _DIGITS)
            return round(float(logits.softmax(-1)[self._label]), _DIGITS)
