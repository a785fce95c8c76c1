"""The process that converts one model to CTranslate2's format and checks what came of it.

Started by `convert`, which says in JSON what is wanted; the answer is a line of JSON, with the reason
where the model is refused.
"""

import json
import os
import shutil
import sys
from dataclasses import asdict
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
from ctranslate2.converters import TransformersConverter

from service.backends.seq2seq.bounds import LoadedModel
from service.backends.seq2seq.checkpoint import Checkpoint, open_checkpoint
from service.backends.seq2seq.closed import closed_ids
from service.backends.seq2seq.convert import (
    FACTS_FILE,
    MODEL_FOLDER,
    PARITY_FILE,
    TOKENIZER_FILE,
)
from service.backends.seq2seq.ct2_engine import CTranslate2Engine, never_written
from service.backends.seq2seq.facts import Facts, Source
from service.backends.seq2seq.parity import EXACT, ROUNDED, check, probes, reference
from service.backends.tokens import text_encoder
from service.domain.errors import ModelRefused

_EXACT_TYPE = "float32"

# What a loader of CTranslate2 returns; it declares no types.
Spec = Any


def export(source: Source, target: Path, compute_type: str) -> None:
    """Fill a folder with a model's conversion; raises `ModelRefused` where it is not faithful."""
    checkpoint = open_checkpoint(source)
    facts, pointer = checkpoint.facts, checkpoint.profile.pointer
    # Before any conversion: rounding the weights writes over those of the opened model.
    probed = [(p, reference(checkpoint.model, facts, pointer, p)) for p in probes(facts)]
    figures = {}
    for wanted in dict.fromkeys((_EXACT_TYPE, compute_type)):
        folder = target / MODEL_FOLDER
        write_model(checkpoint, source.folder, folder, wanted)
        engine = CTranslate2Engine(source.name, folder, facts, threads=1, compute_type=wanted)
        bound = EXACT if wanted == _EXACT_TYPE else ROUNDED
        figures[wanted] = asdict(check(source.name, engine, probed, bound))
    (target / FACTS_FILE).write_text(facts.model_dump_json())
    (target / PARITY_FILE).write_text(json.dumps(figures))
    checkpoint.tokenizer.backend_tokenizer.save(str(target / TOKENIZER_FILE))


def write_model(checkpoint: Checkpoint, source: Path, folder: Path, compute_type: str) -> None:
    """Write an opened model in CTranslate2's format, in place of what the folder holds."""
    shutil.rmtree(folder, ignore_errors=True)
    try:
        _Converter(source, checkpoint).convert(str(folder), quantization=compute_type)
    # The converter raises nearly anything for a model that it has no way to express.
    except Exception as error:
        reason = next(iter(str(error).splitlines()), "") or type(error).__name__
        raise ModelRefused(checkpoint.name, f"CTranslate2 cannot convert it: {reason}") from error
    facts = checkpoint.facts
    encoder = text_encoder(checkpoint.tokenizer.backend_tokenizer, facts.control)
    never = never_written(facts)
    always = sorted((closed_ids(encoder, facts) | set(facts.eos)) - never)
    # Each token maps to itself: a text may be written from its source and the first line.
    own = [f"{i}\t{i}" for i in range(facts.rows) if i not in never]
    lines = [f"\t{' '.join(map(str, always))}", *own]
    (folder / "vmap.txt").write_text("\n".join(lines) + "\n")


class _Ids:
    """Stands in for a tokenizer: each token is spelled as its id, so that no two are alike.

    The only special token it knows is the end: CTranslate2 lets those it is told of be written
    whatever the vocabulary mapping says.
    """

    def __init__(self, facts: Facts) -> None:
        self._rows = facts.rows
        self.eos_token = str(facts.eos[0])
        self.bos_token = self.pad_token = self.unk_token = self.eos_token

    def get_vocab(self) -> dict[str, int]:
        return {str(i): i for i in range(self._rows)}

    def convert_ids_to_tokens(self, index: int) -> str:
        return str(index)


class _Converter(TransformersConverter):  # type: ignore[misc]  # it declares no types
    """CTranslate2's converter, given a model that is already open, and told what it guesses wrong."""

    def __init__(self, folder: Path, checkpoint: Checkpoint) -> None:
        super().__init__(str(folder))
        self._checkpoint = checkpoint

    def load_model(self, *_: object, **__: object) -> LoadedModel:
        return adapted(self._checkpoint.model)

    def load_tokenizer(self, *_: object, **__: object) -> _Ids:
        return _Ids(self._checkpoint.facts)

    def _load(self) -> Spec:
        spec = super()._load()
        checkpoint, pointer = self._checkpoint, self._checkpoint.profile.pointer
        spec.config.bos_token = spec.config.eos_token
        spec.config.decoder_start_token = str(checkpoint.facts.opening[0])
        spec.config.layer_norm_epsilon = getattr(
            checkpoint.model.config, "layer_norm_epsilon", None
        )
        decoder = spec.decoder
        layer = pointer.layer if pointer else len(decoder.layer) - 1
        heads = len(pointer.heads) if pointer else int(decoder.num_heads)
        decoder.alignment_layer, decoder.alignment_heads = np.int16(layer), np.int16(heads)
        return spec


def adapted(model: LoadedModel) -> LoadedModel:
    """Return a model with the settings that CTranslate2's loaders read and transformers' does not.

    BART and PEGASUS differ in where they normalise, which transformers has in code alone. T5 scales
    its output where the embeddings were tied in training, mT5 never; both loaders look at whether
    they are tied now.
    """
    config = model.config
    match config.model_type:
        case "bart":
            config.normalize_before, config.normalize_embedding = False, True
        case "pegasus":
            config.normalize_before, config.normalize_embedding = True, False
        case "t5":
            config.tie_word_embeddings = config.scale_decoder_outputs
        case "mt5":
            config.tie_word_embeddings = False
    return model


def _end_with_parent() -> None:
    """Wait for the end of standard input, which the parent holds open, and go at once."""
    # Past Python's own buffer, whose lock must be free when the interpreter goes.
    os.read(0, 1)
    os._exit(1)


def main() -> None:
    """Do what the command line orders, and answer on standard output."""
    Thread(target=_end_with_parent, daemon=True).start()
    order = json.loads(sys.argv[1])
    source = Source(folder=Path(order["folder"]), name=order["name"], commit=order["commit"])
    answer = {}
    try:
        export(source, Path(order["target"]), order["compute_type"])
    except ModelRefused as error:
        answer["refused"] = error.reason
    sys.stdout.write(f"\n{json.dumps(answer)}\n")


if __name__ == "__main__":
    main()
