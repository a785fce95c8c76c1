"""Tiny models of real architectures, with random weights, saved as folders like any other."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import torch
import transformers
from tokenizers import Tokenizer

from service.backends.seq2seq.checkpoint import Checkpoint, open_checkpoint
from service.backends.seq2seq.facts import Source
from service.backends.tokens import SentenceCounter, TextEncoder, text_encoder
from service.domain.claims import DraftRequest, Provenance
from service.domain.text import Span
from service.resources import folder

if TYPE_CHECKING:
    from service.backends.seq2seq.drafter import Seq2SeqDrafter

TEXT = (
    "Council approves the harbour plan. The port authority said on Tuesday that the new harbour would"
    " cost 45 million euros. Fishermen object to it. Work begins in May, and the first quay opens a year"
    " later. A second vote is not planned."
)
_SMALL: dict[str, Any] = {
    "d_model": 16,
    "encoder_layers": 2,
    "decoder_layers": 2,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 2,
    "encoder_ffn_dim": 32,
    "decoder_ffn_dim": 32,
}
_SMALL_T5: dict[str, Any] = {
    "d_model": 16,
    "d_kv": 8,
    "d_ff": 32,
    "num_layers": 2,
    "num_heads": 2,
    "decoder_start_token_id": 0,
}
# As flan-T5 and mT5 are, unlike the first T5.
_GATED: dict[str, Any] = {"feed_forward_proj": "gated-gelu", "tie_word_embeddings": False}


def _unigram_pieces() -> list[tuple[str, float]]:
    """Return a SentencePiece-like vocabulary; as in real ones, control tokens are pieces too."""
    letters = sorted({*map(chr, range(0x21, 0x7F)), *"éü“”’€日本"})
    words = sorted(set(re.findall(r"[A-Za-z]+", TEXT)))
    return [
        ("<pad>", 0.0),
        ("</s>", 0.0),
        ("<unk>", 0.0),
        ("▁", -2.0),
        *((letter, -4.0) for letter in letters),
        *((f"▁{word}", -6.0) for word in words),
    ]


def _byte_pair_tokenizer() -> transformers.PreTrainedTokenizerBase:
    declared = json.loads((folder("models") / "compact" / "tokenizer.json").read_text())["model"]
    merges = [tuple(pair) for pair in declared["merges"]]
    return transformers.BartTokenizer(vocab=declared["vocab"], merges=merges)


def _bart() -> tuple[Any, Any]:
    tokenizer = _byte_pair_tokenizer()
    config = transformers.BartConfig(
        vocab_size=len(tokenizer), max_position_embeddings=96, **_SMALL
    )
    model = transformers.BartForConditionalGeneration(config)
    # As every BART that was trained to summarize has it: its opening is two tokens long.
    model.generation_config.forced_bos_token_id = 0
    return model, tokenizer


def _led() -> tuple[Any, Any]:
    return _led_of(_byte_pair_tokenizer())


def _primera() -> tuple[Any, Any]:
    tokenizer = _byte_pair_tokenizer()
    tokenizer.add_special_tokens({"additional_special_tokens": ["<doc-sep>"]})
    return _led_of(tokenizer)


def _led_of(tokenizer: transformers.PreTrainedTokenizerBase) -> tuple[Any, Any]:
    config = transformers.LEDConfig(
        vocab_size=len(tokenizer),
        max_encoder_position_embeddings=128,
        max_decoder_position_embeddings=48,
        attention_window=16,
        **_SMALL,
    )
    return transformers.LEDForConditionalGeneration(config), tokenizer


def _t5() -> tuple[Any, Any]:
    tokenizer = transformers.T5Tokenizer(vocab=_unigram_pieces(), model_max_length=256)
    config = transformers.T5Config(vocab_size=len(tokenizer), **_SMALL_T5)
    return transformers.T5ForConditionalGeneration(config), tokenizer


def _flan_t5() -> tuple[Any, Any]:
    tokenizer = transformers.T5Tokenizer(vocab=_unigram_pieces(), model_max_length=256)
    config = transformers.T5Config(vocab_size=len(tokenizer), **_GATED, **_SMALL_T5)
    return transformers.T5ForConditionalGeneration(config), tokenizer


def _mt5() -> tuple[Any, Any]:
    tokenizer = transformers.T5Tokenizer(vocab=_unigram_pieces(), model_max_length=256)
    config = transformers.MT5Config(vocab_size=len(tokenizer), **_GATED, **_SMALL_T5)
    return transformers.MT5ForConditionalGeneration(config), tokenizer


def _pegasus() -> tuple[Any, Any]:
    tokenizer = transformers.PegasusTokenizer(vocab=_unigram_pieces(), model_max_length=512)
    config = transformers.PegasusConfig(
        vocab_size=len(tokenizer), max_position_embeddings=192, **_SMALL
    )
    return transformers.PegasusForConditionalGeneration(config), tokenizer


def _encoder_decoder() -> tuple[Any, Any]:
    tokenizer = _byte_pair_tokenizer()
    half = {
        "vocab_size": len(tokenizer),
        "hidden_size": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 32,
        "max_position_embeddings": 96,
    }
    config = transformers.EncoderDecoderConfig.from_encoder_decoder_configs(
        transformers.BertConfig(**half), transformers.BertConfig(**half)
    )
    config.decoder_start_token_id, config.eos_token_id, config.pad_token_id = 0, 2, 1
    return transformers.EncoderDecoderModel(config), tokenizer


_BUILDERS: dict[str, Callable[[], tuple[Any, Any]]] = {
    "bart": _bart,
    "encoder-decoder": _encoder_decoder,
    "flan-t5": _flan_t5,
    "led": _led,
    "mt5": _mt5,
    "pegasus": _pegasus,
    "primera": _primera,
    "t5": _t5,
}


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return the folder of a tiny model of a family, made once a session."""
    made: dict[str, Path] = {}

    def build(family: str) -> Path:
        if family not in made:
            torch.manual_seed(7)
            model, tokenizer = _BUILDERS[family]()
            # Random weights of the usual size give nearly flat scores, which would hide mistakes.
            for weights in model.parameters():
                weights.data.mul_(8)
            made[family] = tmp_path_factory.mktemp("models") / family
            model.save_pretrained(made[family])
            tokenizer.save_pretrained(made[family])
        return made[family]

    return build


@pytest.fixture(scope="session")
def tiny_checkpoint(tiny_model: Callable[[str], Path]) -> Callable[[str], Checkpoint]:
    """Return a tiny model opened with transformers, once a session."""
    opened: dict[str, Checkpoint] = {}

    def open_(family: str) -> Checkpoint:
        if family not in opened:
            opened[family] = open_checkpoint(Source(folder=tiny_model(family), name=family))
        return opened[family]

    return open_


@pytest.fixture(scope="session")
def tiny_drafter(
    tiny_model: Callable[[str], Path],
) -> Callable[[str], tuple["Seq2SeqDrafter", SentenceCounter]]:
    """Return a tiny model's drafter and counter, loaded once a session."""
    from service.backends.load import load_drafter

    loaded: dict[str, tuple[Seq2SeqDrafter, SentenceCounter]] = {}

    def load(family: str) -> tuple["Seq2SeqDrafter", SentenceCounter]:
        if family not in loaded:
            loaded[family] = load_drafter(str(tiny_model(family)), threads=2)
        return loaded[family]

    return load


@pytest.fixture(scope="session")
def compact() -> tuple["Seq2SeqDrafter", SentenceCounter]:
    from service.backends.load import load_drafter

    return load_drafter(None, threads=2)


@pytest.fixture(scope="session")
def boxed_tokenizer() -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(folder("models") / "compact" / "tokenizer.json"))
    tokenizer.encode_special_tokens = True
    return tokenizer


@pytest.fixture(scope="session")
def boxed_encoder(boxed_tokenizer: Tokenizer) -> TextEncoder:
    return text_encoder(boxed_tokenizer)


@pytest.fixture(scope="session")
def tiny_tokenizer(tiny_model: Callable[[str], Path]) -> Callable[[str], Tokenizer]:
    def read(family: str) -> Tokenizer:
        return Tokenizer.from_file(str(tiny_model(family) / "tokenizer.json"))

    return read


@pytest.fixture(scope="session")
def request_for() -> Callable[..., DraftRequest]:
    """Return a request over a text, one sentence up to each full stop that ends one."""

    def make(
        text: str = TEXT, most: int = 2, provenance: Provenance = "strict", seed: int = 0
    ) -> DraftRequest:
        ends = re.finditer(r"\S.*?(?:[.](?=\s)|$)", text, re.DOTALL)
        spans = tuple(Span(m.start(), m.end()) for m in ends)
        return DraftRequest(
            text=text, sentences=spans, max_sentences=most, provenance=provenance, seed=seed
        )

    return make
