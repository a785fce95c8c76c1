"""From a model's name to everything the pipeline calls; torch loads only when a model does."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from service.domain.errors import ModelNotFound
from service.domain.ports import Models
from service.resources import folder

if TYPE_CHECKING:
    from service.backends.seq2seq.checkpoint import Source
    from service.backends.seq2seq.drafter import Seq2SeqDrafter
    from service.backends.tokens import SentenceCounter

BOXED = "compact"
_HUB_NAME = re.compile(r"(?P<repository>[\w-][\w.-]*/[\w-][\w.-]*)(?:@(?P<revision>[\w./-]+))?")
# Top-level files only: variants of the weights and exports for other engines lie in folders.
_HUB_FILES = ["*.json", "*.model", "*.txt", "*.safetensors"]


def load_models(name: str | None, *, threads: int) -> Models:
    """Return the ports with a real model behind them: the one in the box, a folder's, or the hub's.

    `name` is None or "compact" for the box, a folder's path (read without the network), or
    `org/name` with or without `@revision`. Raises `ModelNotFound` or `ModelRefused`.
    """
    from service.backends.extract import DocumentExtractor
    from service.backends.language import Py3LangIdentifier

    drafter, tokens = load_drafter(name, threads=threads)
    return Models(
        extractor=DocumentExtractor(),
        tokens=tokens,
        drafter=drafter,
        languages=Py3LangIdentifier(),
    )


def load_drafter(name: str | None, *, threads: int) -> tuple["Seq2SeqDrafter", "SentenceCounter"]:
    """Return a model's drafter and its token counter; see `load_models`."""
    source = locate(name)
    from service.backends.seq2seq.checkpoint import open_checkpoint
    from service.backends.seq2seq.drafter import Seq2SeqDrafter
    from service.backends.tokens import SentenceCounter, text_encoder

    checkpoint = open_checkpoint(source)
    tokenizer = checkpoint.tokenizer
    control = set(tokenizer.all_special_ids) - {tokenizer.unk_token_id}
    encoder = text_encoder(tokenizer.backend_tokenizer, control)
    return Seq2SeqDrafter(checkpoint, encoder, threads=threads), SentenceCounter(encoder)


def locate(name: str | None) -> "Source":
    """Return where a model's files lie, fetching them only for a hub name that is not cached.

    Raises `ModelNotFound` with a plain reason.
    """
    from service.backends.seq2seq.checkpoint import Source

    if name is None or name == BOXED:
        return Source(folder=folder("models") / BOXED, name=BOXED)
    path = Path(name).expanduser()
    if path.is_dir():
        if not (path / "config.json").is_file():
            raise ModelNotFound(name, "the folder holds no config.json")
        return Source(folder=path, name=path.resolve().name)
    match = _HUB_NAME.fullmatch(name)
    if match is None:
        raise ModelNotFound(name, "there is no such folder, and it is no hub name (org/name)")
    return _from_hub(name, match["repository"], match["revision"])


def _from_hub(name: str, repository: str, revision: str | None) -> "Source":
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import (
        HfHubHTTPError,
        HFValidationError,
        LocalEntryNotFoundError,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    from service.backends.seq2seq.checkpoint import Source

    try:
        files = snapshot_download(
            repository, revision=revision, allow_patterns=_HUB_FILES, ignore_patterns=["*/*"]
        )
    except RevisionNotFoundError as error:
        raise ModelNotFound(name, f"the hub has no revision {revision!r} of it") from error
    except RepositoryNotFoundError as error:
        raise ModelNotFound(name, "the hub has no such model, or it is private") from error
    except LocalEntryNotFoundError as error:
        raise ModelNotFound(name, "the hub cannot be reached, and no copy is cached") from error
    except (HfHubHTTPError, HFValidationError, OSError) as error:
        raise ModelNotFound(name, f"the hub gave no model: {error}") from error
    path = Path(files)
    return Source(folder=path, name=repository, commit=path.name)
