"""What a model can take and how its decoder begins and ends, read from its configuration."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tokenizers import Tokenizer

from service.domain.errors import ModelRefused

# transformers gives these classes their attributes at run time, by architecture.
Config = Any
LoadedModel = Any
LoadedTokenizer = Any

# transformers writes 1e30 for "no limit known"; no encoder takes a million tokens.
_MOST_REAL_TOKENS = 1_000_000
_SOURCE_LIMITS = ("max_encoder_position_embeddings", "max_position_embeddings", "n_positions")
_TARGET_LIMITS = ("max_decoder_position_embeddings", "max_position_embeddings")
# These number positions from their padding id + 1, so the first rows of the table are never used.
_POSITIONS_AFTER_PADDING = frozenset({"camembert", "roberta", "xlm-roberta"})
_SEPARATOR = "<doc-sep>"
_PROBE = "word"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """The token ids a decoder begins and ends with.

    `opening` is its start token and, for some models, one that always follows it.
    """

    opening: tuple[int, ...]
    eos: tuple[int, ...]
    pad: int


def max_source(name: str, config: Config, tokenizer: LoadedTokenizer) -> int:
    """Return the smaller real limit of encoder and tokenizer, in tokens.

    Raises `ModelRefused` where neither states one.
    """
    encoder = _limit(getattr(config, "encoder", config), _SOURCE_LIMITS)
    if encoder is not None and (windows := getattr(config, "attention_window", None)):
        # Its encoder pads to whole windows, and the padding needs positions too.
        window = windows if isinstance(windows, int) else max(windows)
        encoder -= encoder % window
    real = [
        int(limit)
        for limit in (encoder, tokenizer.model_max_length)
        if limit is not None and 0 < limit <= _MOST_REAL_TOKENS
    ]
    if not real:
        raise ModelRefused(
            name, "neither its configuration nor its tokenizer states an input limit"
        )
    return min(real)


def max_target(name: str, config: Config, begins: Ends) -> int | None:
    """Return the decoder's limit in tokens, None where its positions are relative.

    Raises `ModelRefused` where the opening alone fills it.
    """
    limit = _limit(getattr(config, "decoder", config), _TARGET_LIMITS)
    if limit is not None and limit <= len(begins.opening):
        raise ModelRefused(name, "its decoder has no room for a text")
    return limit


def ends(name: str, model: LoadedModel, tokenizer: LoadedTokenizer) -> Ends:
    """Return a model's decoder ends; raises `ModelRefused` where start or end is not known."""
    stated, config = model.generation_config, model.config
    decoder = getattr(config, "decoder", config)
    start = _ids(stated.decoder_start_token_id, getattr(config, "decoder_start_token_id", None))
    if not start:
        raise ModelRefused(name, "it does not say which token its decoder starts with")
    eos = _ids(
        stated.eos_token_id,
        getattr(config, "eos_token_id", None),
        getattr(decoder, "eos_token_id", None),
        tokenizer.eos_token_id,
        tokenizer.sep_token_id,
    )
    if not eos:
        raise ModelRefused(name, "it does not say which token ends a text")
    pad = _ids(stated.pad_token_id, getattr(config, "pad_token_id", None), tokenizer.pad_token_id)
    found = Ends(
        opening=(start[0], *_ids(stated.forced_bos_token_id)), eos=eos, pad=(pad or eos)[0]
    )
    rows = model.get_output_embeddings().weight.shape[0]
    if outside := [i for i in (*found.opening, *found.eos, found.pad) if not 0 <= i < rows]:
        raise ModelRefused(name, f"its configuration names tokens it does not have: {outside}")
    return found


def frame(name: str, tokenizer: Tokenizer) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return what a tokenizer puts before and after a text; raises `ModelRefused` where unclear."""
    bare, whole = (
        tuple(tokenizer.encode(_PROBE, add_special_tokens=special).ids) for special in (False, True)
    )
    for at in range(len(whole)):
        if bare and whole[at : at + len(bare)] == bare:
            return whole[:at], whole[at + len(bare) :]
    raise ModelRefused(name, "what its tokenizer puts around a text is not understood")


def separator(tokenizer: Tokenizer) -> int | None:
    """Return the id of the token that goes between documents, None where there is none."""
    added = tokenizer.get_added_tokens_decoder()
    return next((i for i, token in added.items() if token.content == _SEPARATOR), None)


def check_rows(name: str, model: LoadedModel, tokenizer: Tokenizer) -> None:
    """Raise `ModelRefused` unless the model can read and write every token of its tokenizer."""
    highest = max(tokenizer.get_vocab(with_added_tokens=True).values())
    sides = (model.get_input_embeddings(), model.get_output_embeddings())
    rows = min(side.weight.shape[0] for side in sides)
    if highest >= rows:
        raise ModelRefused(
            name, f"its tokenizer numbers tokens up to {highest}, its embeddings have {rows} rows"
        )


def check_heads(name: str, config: Config, layer: int, heads: Iterable[int]) -> None:
    """Raise `ModelRefused` unless the decoder has that layer and those heads."""
    layers = getattr(config, "decoder_layers", getattr(config, "num_decoder_layers", 0))
    width = getattr(config, "decoder_attention_heads", getattr(config, "num_heads", 0))
    if layer >= layers or max(heads) >= width:
        raise ModelRefused(
            name, f"its profile points beyond its {layers} decoder layers of {width} heads"
        )


def _limit(config: Config, names: Sequence[str]) -> int | None:
    for name in names:
        limit = getattr(config, name, None)
        if isinstance(limit, int):
            unused = (getattr(config, "pad_token_id", None) or 0) + 1
            return limit - unused if config.model_type in _POSITIONS_AFTER_PADDING else limit
    return None


def _ids(*stated: int | Sequence[int] | None) -> tuple[int, ...]:
    """Return the first stated id or ids."""
    for ids in stated:
        if isinstance(ids, int):
            return (ids,)
        if ids:
            return tuple(ids)
    return ()
