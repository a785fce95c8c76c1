"""A model's files opened with transformers, on the one device that is used.

Only safetensors weights are read, and no code from a model's folder is ever run.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import torch
from transformers import AutoConfig, AutoModelForSeq2SeqLM, AutoTokenizer, GenerationConfig
from transformers.utils import logging

from service.backends.seq2seq.bounds import (
    Ends,
    LoadedModel,
    LoadedTokenizer,
    check_heads,
    ends,
    max_source,
    max_target,
)
from service.backends.seq2seq.profile import Profile, read_profile
from service.domain.errors import ModelRefused

_LOCAL = {"local_files_only": True, "trust_remote_code": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a model lies and what it is called; without a `commit` its weights give the revision."""

    folder: Path
    name: str
    commit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """An opened model. `max_source` and `max_target` are in tokens, specials included.

    `max_target` is None where the decoder's positions are relative.
    """

    name: str
    revision: str
    profile: Profile
    model: LoadedModel
    tokenizer: LoadedTokenizer
    ends: Ends
    max_source: int
    max_target: int | None

    @property
    def engine(self) -> str:
        version = torch.__version__.partition("+")[0]
        dtype = str(self.model.dtype).removeprefix("torch.")
        return f"torch {version} {self.model.device.type} {dtype}"


def open_checkpoint(source: Source) -> Checkpoint:
    """Open a model from its folder, without the network; raises `ModelRefused` with the reason."""
    _quieten()
    try:
        config = AutoConfig.from_pretrained(source.folder, **_LOCAL)
        profile = read_profile(source.folder, source.name, config.model_type)
        tokenizer = AutoTokenizer.from_pretrained(source.folder, **_LOCAL)
        model = _open_weights(source, profile)
    except ModelRefused:
        raise
    # A broken folder makes the libraries raise nearly anything, bare Exception included.
    except Exception as error:
        reason = next(iter(str(error).splitlines()), "") or type(error).__name__
        raise ModelRefused(source.name, reason) from error
    if not getattr(tokenizer, "is_fast", False):
        raise ModelRefused(source.name, "its tokenizer cannot be read as a tokenizer.json")
    return _checked(source, profile, model, tokenizer)


def _quieten() -> None:
    """Keep transformers' advice and progress bars off the service's own output."""
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # it declares no types
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # it declares no types


def weights_sha256(folder: Path) -> str:
    """Return the hex SHA-256 of a folder's safetensors files, read in order of their names."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.safetensors")):
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def _open_weights(source: Source, profile: Profile) -> LoadedModel:
    """Load the weights; one that the files lack would be filled at random, so that is refused."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model, told = AutoModelForSeq2SeqLM.from_pretrained(
        source.folder,
        use_safetensors=True,
        dtype=torch.bfloat16 if device.type == "cuda" else torch.float32,
        # Only the plain implementation gives attention weights back.
        attn_implementation="eager" if profile.pointer else None,
        output_loading_info=True,
        **_LOCAL,
    )
    if missing := sorted(told["missing_keys"]):
        raise ModelRefused(
            source.name, f"its files lack {len(missing)} weights, {missing[0]!r} among them"
        )
    return model.eval().requires_grad_(False).to(device)


def _checked(
    source: Source, profile: Profile, model: LoadedModel, tokenizer: LoadedTokenizer
) -> Checkpoint:
    """Establish the limits and ids of an opened model, or refuse it."""
    rows = model.get_input_embeddings().weight.shape[0]
    if len(tokenizer) > rows:
        raise ModelRefused(
            source.name, f"its tokenizer has {len(tokenizer)} tokens, its embeddings {rows} rows"
        )
    if profile.pointer:
        check_heads(source.name, model.config, profile.pointer.layer, profile.pointer.heads)
    checkpoint = Checkpoint(
        name=source.name,
        revision=source.commit or weights_sha256(source.folder)[:16],
        profile=profile,
        model=model,
        tokenizer=tokenizer,
        ends=ends(source.name, model, tokenizer),
        max_source=max_source(source.name, model.config, tokenizer),
        max_target=max_target(model.config),
    )
    # generate() fills what a call leaves open from here: a folder's own settings must not remain.
    model.generation_config = GenerationConfig()  # type: ignore[no-untyped-call]  # it declares no types
    return checkpoint
