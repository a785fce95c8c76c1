"""A judge's model opened with transformers: from a folder or hub name, with whole weights only.

Only safetensors weights are read, and no code from a model's folder is ever run.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import torch
from tokenizers import Encoding, Tokenizer
from transformers import AutoConfig, AutoTokenizer
from transformers.utils import logging

from service.backends.load import locate_files
from service.backends.seq2seq.bounds import Config, LoadedModel, max_source
from service.backends.seq2seq.facts import Source
from service.backends.weights import check_files, weights_sha256
from service.domain.errors import ModelError, ModelRefused

_LOCAL = {"local_files_only": True, "trust_remote_code": False}
_REVISION_LETTERS = 16
# What a text may hold, and a tokenizer takes for no text.
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
# One of transformers' classes of classes, which declares no types.
_AutoModel: TypeAlias = Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What a model's files say of it, before its weights are read.

    `architecture` is the class it was saved as, "" where it does not say. `revision` is that of the
    weights, the same wherever they lie. `config` is what transformers made of its config.json.
    """

    source: Source
    revision: str
    architecture: str
    config: Config


@dataclass(frozen=True, slots=True, kw_only=True)
class Pretrained:
    """A model with its tokenizer on the one device that is used; `max_tokens` counts specials too.

    The tokenizer reads control tokens in a text as plain text, pads nothing and cuts nothing.
    """

    name: str
    revision: str
    config: Config
    model: LoadedModel
    tokenizer: Tokenizer
    eos: str
    max_tokens: int

    @property
    def device(self) -> torch.device:
        device: torch.device = self.model.device
        return device

    def encode(self, text: str, pair: str | None = None, *, specials: bool = True) -> Encoding:
        """Return the tokens of a text, or of two as the model reads a pair, specials around them if wanted."""
        first = _LONE_SURROGATE.sub("\ufffd", text)
        second = None if pair is None else _LONE_SURROGATE.sub("\ufffd", pair)
        found: Encoding = self.tokenizer.encode(first, second, add_special_tokens=specials)
        return found

    @contextmanager
    def running(self) -> Iterator[None]:
        """Keep torch to one thread for this caller, and make its errors the domain's.

        Results then do not depend on how many cores there are, and workers do not fight for them.
        """
        if self.device.type == "cpu":
            torch.set_num_threads(1)
        try:
            with torch.inference_mode():
                yield
        except (RuntimeError, IndexError) as error:
            raise ModelError(self.name, f"it failed: {first_line(error)}") from error


def describe(name: str) -> Described:
    """Read what a model's files say, fetching those of a hub name that is not cached.

    Raises `ModelNotFound` and `ModelRefused`.
    """
    source = locate_files(name)
    check_files(source.name, source.folder)
    try:
        config = AutoConfig.from_pretrained(source.folder, **_LOCAL)
        revision = weights_sha256(source.folder)[:_REVISION_LETTERS]
    # A broken folder makes the libraries raise nearly anything, bare Exception included.
    except Exception as error:
        raise ModelRefused(source.name, first_line(error)) from error
    architectures = getattr(config, "architectures", None) or [""]
    return Described(
        source=source, revision=revision, architecture=str(architectures[0]), config=config
    )


def open_weights(
    described: Described, auto: _AutoModel, *, may_lack: tuple[str, ...] = ()
) -> Pretrained:
    """Load a model as one of transformers' auto classes.

    A weight that the files lack would be filled at random, so that is refused, unless its name
    begins with one of `may_lack`, which the caller does not use. Raises `ModelRefused`.
    """
    source = described.source
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # it declares no types
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # it declares no types
    try:
        tokenizer = AutoTokenizer.from_pretrained(source.folder, **_LOCAL)
        model, told = auto.from_pretrained(
            source.folder,
            use_safetensors=True,
            # Half the digits move a score by more than some sentences differ.
            dtype=torch.float32,
            output_loading_info=True,
            **_LOCAL,
        )
    except Exception as error:
        raise ModelRefused(source.name, first_line(error)) from error
    if missing := sorted(key for key in told["missing_keys"] if not key.startswith(may_lack)):
        raise ModelRefused(
            source.name, f"its files lack {len(missing)} weights, {missing[0]!r} among them"
        )
    if not getattr(tokenizer, "is_fast", False):
        raise ModelRefused(source.name, "its tokenizer cannot be read as a tokenizer.json")
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return Pretrained(
        name=source.name,
        revision=described.revision,
        config=model.config,
        model=model.eval().requires_grad_(False).to(device),
        tokenizer=_plain(tokenizer.backend_tokenizer),
        eos=str(tokenizer.eos_token or ""),
        max_tokens=max_source(source.name, model.config, tokenizer),
    )


def read_json(folder: Path, name: str) -> dict[str, Any]:
    """Return a JSON object of a model's folder, {} where there is no such file.

    Raises `ModelRefused` for one that cannot be read.
    """
    try:
        found = json.loads((folder / name).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ModelRefused(folder.name, f"its {name} cannot be read: {error}") from error
    return found if isinstance(found, dict) else {}


def first_line(error: Exception) -> str:
    """Return the first line of what a library says went wrong."""
    return next(iter(str(error).splitlines()), "") or type(error).__name__


def _plain(tokenizer: Tokenizer) -> Tokenizer:
    """Return a copy that reads every text as plain text, whatever it spells."""
    copy: Tokenizer = Tokenizer.from_str(tokenizer.to_str())
    copy.no_padding()
    copy.no_truncation()
    copy.encode_special_tokens = True
    return copy
