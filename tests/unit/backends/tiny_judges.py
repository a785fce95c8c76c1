"""Tiny entailment models and encoders of real architectures, with random weights, as folders."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import transformers

WORDS = (
    "the a council port bridge closed opened on monday tuesday in of to and was not new old ships"
    " harbour mayor said voted plan storm 0 1 12 . , predict :"
).split()
_SMALL: dict[str, Any] = {
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 32,
}
_LABELS = {0: "contradiction", 1: "ENTAILMENT", 2: "neutral"}


def _word_pieces() -> transformers.PreTrainedTokenizerBase:
    letters = "abcdefghijklmnopqrstuvwxyz"
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]
    pieces += [*letters, *(f"##{c}" for c in letters)]
    vocabulary = {piece: i for i, piece in enumerate(dict.fromkeys(pieces))}
    return transformers.BertTokenizer(vocab=vocabulary, model_max_length=48)


def _bytes() -> transformers.PreTrainedTokenizerBase:
    letters = {c: i for i, c in enumerate(["<s>", "<pad>", "</s>", "<unk>", "<mask>"])}
    shown = [chr(c) for c in range(0x21, 0x7F)] + ["Ġ"]
    vocabulary = letters | {c: i + len(letters) for i, c in enumerate(shown)}
    return transformers.RobertaTokenizer(vocab=vocabulary, merges=[], model_max_length=200)


def _unigrams() -> transformers.PreTrainedTokenizerBase:
    letters = sorted(set(map(chr, range(0x21, 0x7F))))
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0)]
    pieces += [(letter, -4.0) for letter in letters]
    # As T5's own: "1" is a piece that opens a word, "0" is not.
    pieces += [(f"▁{word}", -6.0) for word in WORDS if re.fullmatch(r"[a-z]+|1", word)]
    return transformers.T5Tokenizer(vocab=pieces, model_max_length=128)


def _minicheck() -> tuple[Any, Any]:
    tokenizer = _unigrams()
    config = transformers.T5Config(
        vocab_size=len(tokenizer),
        d_model=16,
        d_kv=8,
        d_ff=32,
        num_layers=2,
        num_heads=2,
        decoder_start_token_id=0,
        feed_forward_proj="gated-gelu",
        tie_word_embeddings=False,
    )
    return transformers.T5ForConditionalGeneration(config), tokenizer


def _cross_encoder() -> tuple[Any, Any]:
    tokenizer = _word_pieces()
    config = transformers.BertConfig(
        vocab_size=len(tokenizer), max_position_embeddings=64, id2label=_LABELS, **_SMALL
    )
    return transformers.BertForSequenceClassification(config), tokenizer


def _consistency() -> tuple[Any, Any]:
    tokenizer = _bytes()
    config = transformers.RobertaConfig(
        vocab_size=len(tokenizer),
        max_position_embeddings=202,
        num_labels=1,
        type_vocab_size=1,
        pad_token_id=1,
        bos_token_id=0,
        eos_token_id=2,
        **_SMALL,
    )
    return transformers.RobertaForSequenceClassification(config), tokenizer


def _sentiment() -> tuple[Any, Any]:
    tokenizer = _word_pieces()
    labels = {0: "negative", 1: "positive"}
    config = transformers.BertConfig(
        vocab_size=len(tokenizer), max_position_embeddings=64, id2label=labels, **_SMALL
    )
    return transformers.BertForSequenceClassification(config), tokenizer


def _encoder() -> tuple[Any, Any]:
    tokenizer = _word_pieces()
    config = transformers.DistilBertConfig(
        vocab_size=len(tokenizer), max_position_embeddings=32, dim=16, n_layers=2, n_heads=2
    )
    return transformers.DistilBertModel(config), tokenizer


def _mapped_encoder() -> tuple[Any, Any]:
    tokenizer = _word_pieces()
    config = transformers.BertConfig(
        vocab_size=len(tokenizer), max_position_embeddings=64, **_SMALL
    )
    return transformers.BertModel(config, add_pooling_layer=False), tokenizer


BUILDERS: dict[str, Callable[[], tuple[Any, Any]]] = {
    "minicheck": _minicheck,
    "cross-encoder": _cross_encoder,
    "consistency": _consistency,
    "sentiment": _sentiment,
    "encoder": _encoder,
    "encoder without a pooler": _mapped_encoder,
}


def build(kind: str, folder: Path) -> Path:
    """Save a tiny model of a kind, and return its folder."""
    torch.manual_seed(11)
    model, tokenizer = BUILDERS[kind]()
    # Random weights of the usual size give nearly flat scores, which would hide mistakes.
    for weights in model.parameters():
        weights.data.mul_(8)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def pool(folder: Path, mode: str, steps: tuple[str, ...] = ("Transformer", "Pooling")) -> Path:
    """Say in a folder, as sentence-transformers does, how a text's tokens become one vector."""
    listed = [{"idx": i, "type": f"sentence_transformers.models.{s}"} for i, s in enumerate(steps)]
    (folder / "modules.json").write_text(json.dumps(listed))
    (folder / "1_Pooling").mkdir(exist_ok=True)
    (folder / "1_Pooling" / "config.json").write_text(json.dumps({mode: True}))
    return folder
