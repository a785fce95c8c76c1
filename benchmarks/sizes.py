"""The models that are measured: the one in the box, and two well-known sizes with random weights.

Weights do not change what a step costs; with random ones a model never ends early, so that every
search runs to its limit, for us and for what we are compared with alike.
"""

from dataclasses import dataclass
from pathlib import Path

import torch
from transformers import AutoTokenizer, BartConfig, BartForConditionalGeneration

from service.resources import folder

BOXED = "compact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """A BART's shape, and how much of the work its measurement takes."""

    width: int
    encoder_layers: int
    decoder_layers: int
    rows: int
    articles: int
    rounds: int


SIZES = {
    BOXED: Size(width=384, encoder_layers=6, decoder_layers=3, rows=16384, articles=64, rounds=3),
    # sshleifer/distilbart-cnn-6-6 and facebook/bart-large-cnn, by their published configurations.
    "distilbart": Size(
        width=1024, encoder_layers=6, decoder_layers=6, rows=50264, articles=3, rounds=3
    ),
    "bart-large": Size(
        width=1024, encoder_layers=12, decoder_layers=12, rows=50264, articles=2, rounds=2
    ),
}


def folder_of(name: str, root: Path) -> Path:
    """Return the model's folder, made under `root` unless it is the one in the box."""
    boxed = folder("models") / BOXED
    if name == BOXED:
        return boxed
    size, path = SIZES[name], root / name
    if not path.is_dir():
        torch.manual_seed(0)
        config = BartConfig(
            vocab_size=size.rows,
            d_model=size.width,
            encoder_layers=size.encoder_layers,
            decoder_layers=size.decoder_layers,
            encoder_attention_heads=16,
            decoder_attention_heads=16,
            encoder_ffn_dim=4 * size.width,
            decoder_ffn_dim=4 * size.width,
            max_position_embeddings=1024,
            pad_token_id=1,
            bos_token_id=0,
            eos_token_id=2,
            decoder_start_token_id=2,
        )
        model = BartForConditionalGeneration(config)
        # Both published models always begin with it.
        model.generation_config.forced_bos_token_id = 0
        model.save_pretrained(path)
        AutoTokenizer.from_pretrained(boxed).save_pretrained(path)
    return path
