"""A model's files opened with transformers, and what they say of it.

Only safetensors weights are read, and no code from a model's folder is ever run.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from transformers import AutoConfig, AutoModelForSeq2SeqLM, AutoTokenizer, GenerationConfig
from transformers.utils import logging

from service.backends.seq2seq.bounds import (
    LoadedModel,
    LoadedTokenizer,
    check_heads,
    check_rows,
    ends,
    frame,
    max_source,
    max_target,
    separator,
)
from service.backends.seq2seq.facts import Facts, Source
from service.backends.seq2seq.profile import Profile, read_profile
from service.backends.tokens import control_ids
from service.backends.weights import check_files, weights_sha256
from service.domain.errors import ModelRefused

_LOCAL = {"local_files_only": True, "trust_remote_code": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """An opened model with its tokenizer, on the one device that is used."""

    name: str
    profile: Profile
    model: LoadedModel
    tokenizer: LoadedTokenizer
    facts: Facts


def open_checkpoint(source: Source) -> Checkpoint:
    """Open a model from its folder, without the network; raises `ModelRefused` with the reason."""
    check_files(source.name, source.folder)
    _quieten()
    try:
        config = AutoConfig.from_pretrained(source.folder, **_LOCAL)
        profile = read_profile(source.folder, source.name, config.model_type)
        tokenizer = AutoTokenizer.from_pretrained(source.folder, **_LOCAL)
        model = _open_weights(source)
    except ModelRefused:
        raise
    # A broken folder makes the libraries raise nearly anything, bare Exception included.
    except Exception as error:
        reason = next(iter(str(error).splitlines()), "") or type(error).__name__
        raise ModelRefused(source.name, reason) from error
    if not getattr(tokenizer, "is_fast", False):
        raise ModelRefused(source.name, "its tokenizer cannot be read as a tokenizer.json")
    # A tokenizer.json may carry its maker's own padding and cutting.
    tokenizer.backend_tokenizer.no_padding()
    tokenizer.backend_tokenizer.no_truncation()
    if profile.pointer:
        check_heads(source.name, model.config, profile.pointer.layer, profile.pointer.heads)
    facts = _facts(source, model, tokenizer)
    # generate() fills what a call leaves open from here: a folder's own settings must not remain.
    model.generation_config = GenerationConfig()  # type: ignore[no-untyped-call]  # it declares no types
    return Checkpoint(
        name=source.name, profile=profile, model=model, tokenizer=tokenizer, facts=facts
    )


def _quieten() -> None:
    """Keep transformers' advice and progress bars off the service's own output."""
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # it declares no types
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # it declares no types


def _open_weights(source: Source) -> LoadedModel:
    """Load the weights; one that the files lack would be filled at random, so that is refused.

    So is one of another shape than the configuration gives it.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model, told = AutoModelForSeq2SeqLM.from_pretrained(
        source.folder,
        use_safetensors=True,
        dtype=torch.bfloat16 if device.type == "cuda" else torch.float32,
        # Only the plain implementation gives attention weights back.
        attn_implementation="eager",
        # What does not fit is refused below, with the shapes, which transformers' own error leaves out.
        ignore_mismatched_sizes=True,
        output_loading_info=True,
        **_LOCAL,
    )
    if missing := sorted(told["missing_keys"]):
        raise ModelRefused(
            source.name, f"its files lack {len(missing)} weights, {missing[0]!r} among them"
        )
    if unfit := sorted(told["mismatched_keys"]):
        key, found, expected = unfit[0]
        more = f", and {len(unfit) - 1} more do not fit" if unfit[1:] else ""
        raise ModelRefused(
            source.name,
            f"its weight {key!r} is {_shape(found)}, and by its config.json"
            f" would be {_shape(expected)}{more}",
        )
    return model.eval().requires_grad_(False).to(device)


def _shape(sizes: Iterable[int]) -> str:
    return " x ".join(map(str, sizes))


def _facts(source: Source, model: LoadedModel, tokenizer: LoadedTokenizer) -> Facts:
    """Establish the limits and ids of an opened model, or refuse it."""
    name, plain = source.name, tokenizer.backend_tokenizer
    unknown = tokenizer.unk_token_id
    check_rows(name, model, plain)
    first, last = frame(name, plain)
    begins = ends(name, model, tokenizer)
    between = separator(plain)
    control = {*tokenizer.all_special_ids, *control_ids(plain)} - {unknown}
    return Facts(
        revision=source.commit or weights_sha256(source.folder)[:16],
        model_type=model.config.model_type,
        opening=begins.opening,
        eos=begins.eos,
        pad=begins.pad,
        unknown=unknown,
        first=first,
        last=last,
        # A separator may be declared as ordinary text, and must not come out of a text all the same.
        control=tuple(sorted(control if between is None else control | {between})),
        separator=between,
        rows=model.get_output_embeddings().weight.shape[0],
        max_source=max_source(name, model.config, tokenizer),
        max_target=max_target(name, model.config, begins),
    )
