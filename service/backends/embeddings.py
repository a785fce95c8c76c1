"""Sentence embeddings of any encoder that transformers opens, pooled as its folder says."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from service.domain.errors import ModelRefused
from service.domain.ports import Embedder, Vectors

if TYPE_CHECKING:
    from service.backends.pretrained import Pretrained
    from service.backends.seq2seq.facts import Source

Pooling = Literal["mean", "cls"]
_POOLING_FILE = "1_Pooling/config.json"
_MODES: dict[str, Pooling] = {
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_cls_token": "cls",
}
# What may stand in the list of a sentence-transformers model's steps and is done here as well.
_STEPS = frozenset({"Transformer", "Pooling", "Normalize"})


def load_embedder(name: str) -> Embedder:
    """Return the embeddings of a folder or hub name: the mean of a text's tokens, or its first token.

    The first token is taken where the folder's sentence-transformers configuration says so. Raises
    `ModelNotFound`, and `ModelRefused` for what is made in another way.
    """
    from transformers import AutoModel

    from service.backends.pretrained import describe, open_weights

    described = describe(name)
    if getattr(described.config, "is_encoder_decoder", False):
        raise ModelRefused(
            described.source.name, "it writes texts; embeddings need an encoder alone"
        )
    pooling = _pooling(described.source)
    # The pooler on top of some encoders is not used.
    return EncoderEmbedder(open_weights(described, AutoModel, may_lack=("pooler.",)), pooling)


class EncoderEmbedder:
    """Reads one text a call: without padding, a vector cannot depend on its batch mates."""

    def __init__(self, opened: "Pretrained", pooling: Pooling) -> None:
        self.name, self.revision = opened.name, opened.revision
        self._opened, self._pooling = opened, pooling

    def embed(self, texts: Sequence[str]) -> Vectors:
        width = int(self._opened.config.hidden_size)
        rows = [self._embedded(text) for text in texts]
        return np.stack(rows) if rows else np.zeros((0, width), dtype=np.float32)

    def _embedded(self, text: str) -> Vectors:
        """Return the vector of one text, (D,); of one too long, that of as much as fits."""
        import torch

        read = self._opened.encode(text).ids
        most = self._opened.max_tokens
        # What closes a text stays at its end.
        kept = read if len(read) <= most else [*read[: most - 1], read[-1]]
        with self._opened.running():
            ids = torch.tensor([kept], device=self._opened.device)  # (1, S)
            states = self._opened.model(
                input_ids=ids, attention_mask=torch.ones_like(ids)
            ).last_hidden_state[0]  # (S, D)
            pooled = states[0] if self._pooling == "cls" else states.mean(0)
            vector: Vectors = torch.nn.functional.normalize(pooled, dim=0).cpu().numpy()
            return vector


def _pooling(source: "Source") -> Pooling:
    """Return how a folder wants its tokens made one vector; the mean where it says nothing.

    Raises `ModelRefused` for a way that is not known here.
    """
    from service.backends.pretrained import read_json

    for step in _steps(source.folder):
        if step not in _STEPS:
            raise ModelRefused(source.name, f"its vectors go through a step not known here: {step}")
    declared = read_json(_pooling_folder(source), _POOLING_FILE)
    wanted = [
        mode for mode, on in sorted(declared.items()) if mode.startswith("pooling_mode_") and on
    ]
    if not wanted:
        return "mean"
    if len(wanted) > 1 or wanted[0] not in _MODES:
        raise ModelRefused(source.name, f"its pooling is not known here: {', '.join(wanted)}")
    return _MODES[wanted[0]]


def _steps(folder: Path) -> list[str]:
    """Return the names of the steps that a sentence-transformers model has, none where it is no such."""
    import json

    try:
        steps = json.loads((folder / "modules.json").read_text("utf-8"))
        return [str(step["type"]).rpartition(".")[2] for step in steps]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelRefused(folder.name, f"its modules.json cannot be read: {error}") from error


def _pooling_folder(source: "Source") -> Path:
    """Return the folder that holds the pooling's configuration, fetching that of a hub name.

    It lies in a folder of its own, which is not fetched with a model's other files. Raises
    `ModelRefused` where it is needed and out of reach: a guess would give other vectors.
    """
    if "Pooling" not in _steps(source.folder) or (source.folder / _POOLING_FILE).exists():
        return source.folder
    if not source.commit:
        raise ModelRefused(source.name, f"it has no {_POOLING_FILE}")
    from huggingface_hub import hf_hub_download

    try:
        found = hf_hub_download(source.name, _POOLING_FILE, revision=source.commit)
    # The network's errors, the hub's and the disk's have no one root.
    except Exception as error:
        raise ModelRefused(source.name, f"its {_POOLING_FILE} cannot be fetched") from error
    return Path(found).parents[1]
