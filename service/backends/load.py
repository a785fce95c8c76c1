"""From a model's name to everything the pipeline calls; torch loads only where it runs the model."""

import errno
import os
import re
import stat
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from service.backends.registry import BOXED, Registered, Registry, check_pinned
from service.backends.weights import check_files, told
from service.domain.errors import ModelNotFound, ModelRefused
from service.domain.ports import Models
from service.resources import cache_folder, data_folder, folder

if TYPE_CHECKING:
    from service.backends.seq2seq.drafter import Seq2SeqDrafter
    from service.backends.seq2seq.facts import OpenModel, Source
    from service.backends.seq2seq.turns import Turn
    from service.backends.tokens import SentenceCounter

EngineChoice = Literal["auto", "ctranslate2", "torch"]
_HUB_NAME = re.compile(r"(?P<repository>[\w-][\w.-]*/[\w-][\w.-]*)(?:@(?P<revision>[\w./-]+))?")
_NOTHING_THERE = (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG)
_COMMIT = re.compile(r"[0-9a-f]{40}")
# Top-level files only: variants of the weights and exports for other engines lie in folders.
_HUB_FILES = ["*.json", "*.model", "*.txt", "*.safetensors", "README.md"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """What runs a model, and where converted and named models are kept.

    `compute_type` is CTranslate2's, "auto" for int8 where the processor has it. A worker thread takes
    at most `batch_rows` chunks and `batch_tokens` tokens of one caller at a turn.
    """

    engine: EngineChoice = "auto"
    compute_type: str = "auto"
    cache: Path = field(default_factory=lambda: cache_folder() / "engines")
    models: Path = field(default_factory=lambda: data_folder() / "models")
    threads: int = field(default_factory=lambda: os.cpu_count() or 1)
    batch_rows: int = 2
    batch_tokens: int = 4096


def load_models(
    name: str | None, *, runtime: Runtime, on_turn: Callable[["Turn"], None] | None = None
) -> Models:
    """Return the ports with a real model behind them.

    `name` is None or "compact" for the box, a name that was added, a folder's path (read without
    the network), or `org/name` with or without `@revision`. `on_turn` is told of every turn of the
    model's threads, and must not raise. Raises `ModelNotFound` or `ModelRefused`.
    """
    from service.backends.extract import DocumentExtractor
    from service.backends.language import Py3LangIdentifier

    drafter, tokens = load_drafter(name, runtime=runtime)
    if on_turn is not None:
        drafter.watch(on_turn)
    return Models(
        extractor=DocumentExtractor(),
        tokens=tokens,
        drafter=drafter,
        languages=Py3LangIdentifier(),
    )


def load_drafter(
    name: str | None, *, threads: int | None = None, runtime: Runtime | None = None
) -> tuple["Seq2SeqDrafter", "SentenceCounter"]:
    """Return a model's drafter and its token counter; `threads` are those of the runtime if None."""
    runtime = runtime or Runtime()
    runtime = runtime if threads is None else replace(runtime, threads=threads)
    return drafter_of(open_model(locate(name, models=runtime.models), runtime), runtime)


def drafter_of(model: "OpenModel", runtime: Runtime) -> tuple["Seq2SeqDrafter", "SentenceCounter"]:
    """Return an opened model's drafter and its token counter.

    Raises `ModelRefused` where the model has too little room for chunks.
    """
    from service.backends.seq2seq.drafter import Seq2SeqDrafter
    from service.backends.seq2seq.profile import LEAST_CHUNK_TOKENS
    from service.backends.tokens import SentenceCounter, text_encoder

    encoder = text_encoder(model.tokenizer, control=model.facts.control)
    drafter = Seq2SeqDrafter(
        model,
        encoder,
        threads=runtime.threads,
        batch_rows=runtime.batch_rows,
        batch_tokens=runtime.batch_tokens,
    )
    if drafter.chunk_tokens < LEAST_CHUNK_TOKENS:
        drafter.close(drain=False)
        raise ModelRefused(
            model.name,
            f"its input of {model.facts.max_source} tokens leaves {drafter.chunk_tokens} for a chunk"
            f" beside the prompt, least {LEAST_CHUNK_TOKENS}",
        )
    return drafter, SentenceCounter(encoder)


def open_model(source: "Source", runtime: Runtime) -> "OpenModel":
    """Return a model on the engine that is wanted; see `wanted_engine`.

    Under "auto", what CTranslate2 cannot convert runs on torch, and notes so. Raises `ModelRefused`,
    also where torch would compute with other numbers than those asked for.
    """
    check_files(source.name, source.folder)
    if wanted_engine(runtime) == "torch":
        return _in_type(_on_torch(source), runtime.compute_type)
    try:
        return _on_ctranslate2(source, runtime)
    except ModelRefused as refusal:
        if runtime.engine == "ctranslate2":
            raise
        # What is wrong with the model itself, torch will refuse as well, in its own words.
        model = _in_type(_on_torch(source), runtime.compute_type, refusal.reason)
        note = f"{model.name} runs on torch, as CTranslate2 does not take it: {refusal.reason}"
        return replace(model, notes=(*model.notes, note))


def prepare(source: "Source", runtime: Runtime) -> None:
    """Make the conversion that opening a model would wait for, where it needs one and can have it.

    Raises `ModelRefused` for files that no engine could open.
    """
    check_files(source.name, source.folder)
    if wanted_engine(runtime) == "ctranslate2":
        from service.backends.seq2seq.convert import converted

        with suppress(ModelRefused):
            converted(source, cache=runtime.cache, compute_type=_compute_type(runtime))


def wanted_engine(
    runtime: Runtime, gpus: Callable[[], int] | None = None
) -> Literal["ctranslate2", "torch"]:
    """Return the engine to try first: "auto" is torch where it can use a GPU, else CTranslate2."""
    if runtime.engine != "auto":
        return runtime.engine
    usable = gpus() if gpus is not None else _gpus()
    return "torch" if usable else "ctranslate2"


def locate(name: str | None, *, models: Path | None = None) -> "Source":
    """Return where a model's files lie, fetching them only for a hub name that is not cached.

    A name in the registry at `models` comes before a folder of that name. Raises `ModelNotFound`
    with a plain reason, and `ModelRefused` where a named model's weights have changed.
    """
    from service.backends.seq2seq.facts import Source

    if name is None or name == BOXED:
        return Source(folder=folder("models") / BOXED, name=BOXED)
    registry = Registry(Runtime().models if models is None else models)
    if entry := registry.find(name):
        return _registered(entry)
    try:
        return locate_files(name)
    except ModelNotFound as error:
        if not name or "/" in name or _is_path(name):
            raise
        raise ModelNotFound(name, f"no such model was added; {error.reason}") from error


def locate_files(name: str, *, revision: str | None = None, cached: bool = True) -> "Source":
    """Return where the files of a folder or hub name lie; unless `cached`, a commit is fetched again.

    Only what cannot be a path is asked of the hub. Raises `ModelNotFound`, and `ModelRefused` for a
    place that may not be looked into.
    """
    if not name:
        raise ModelNotFound(name, "no name was given")
    place, kind = _place(name)
    if kind == "folder":
        if revision is not None:
            raise ModelNotFound(name, "a folder has no revisions")
        return _in_folder(name, place)
    if kind == "file":
        raise ModelNotFound(name, "it is a file, not a folder")
    if _is_path(name):
        raise ModelNotFound(name, "there is no such folder")
    match = _HUB_NAME.fullmatch(name if revision is None else f"{name}@{revision}")
    if match is None:
        reason = "there is no such folder, and it is no hub name (org/name)"
        raise ModelNotFound(name, reason)
    try:
        return _from_hub(name, match["repository"], match["revision"], cached=cached)
    except ModelNotFound as error:
        raise ModelNotFound(name, f"there is no such folder; {error.reason}") from error


def _place(name: str) -> tuple[Path, Literal["folder", "file"] | None]:
    """Return a name as a path, and what lies there; raises `ModelRefused` where that is not told."""
    path = Path(name)
    try:
        path = path.expanduser()
        mode = path.stat().st_mode
    # No such user's home; no path at all.
    except (RuntimeError, ValueError):
        return path, None
    except OSError as error:
        if error.errno in _NOTHING_THERE:
            return path, None
        raise ModelRefused(name, f"it cannot be read: {told(error)}") from error
    return path, "folder" if stat.S_ISDIR(mode) else "file"


def _is_path(name: str) -> bool:
    """Say whether a name is written as only paths are."""
    repository = name.partition("@")[0]
    return name.startswith((".", "~")) or Path(name).is_absolute() or repository.count("/") > 1


def _on_torch(source: "Source") -> "OpenModel":
    from service.backends.seq2seq.torch_engine import open_torch

    return open_torch(source)


def _in_type(model: "OpenModel", compute_type: str, unconverted: str | None = None) -> "OpenModel":
    """Return a model on torch, or refuse it where other numbers were asked for than it runs in.

    `unconverted` is why CTranslate2, which might have had them, does not run it.
    """
    _, _, runs_in = model.engine.name.rpartition(" ")
    if compute_type in ("auto", runs_in):
        return model
    before = "" if unconverted is None else f"CTranslate2 does not take it ({unconverted}), and "
    reason = f"{before}torch runs it in {runs_in}, not in {compute_type}, which was asked for"
    raise ModelRefused(model.name, reason)


def _on_ctranslate2(source: "Source", runtime: Runtime) -> "OpenModel":
    from service.backends.seq2seq.ct2_engine import open_ctranslate2

    return open_ctranslate2(
        source,
        cache=runtime.cache,
        threads=runtime.threads,
        compute_type=_compute_type(runtime),
    )


def _compute_type(runtime: Runtime) -> str:
    """Return the type that is wanted; "auto" is int8 wherever the processor has it."""
    import ctranslate2

    if runtime.compute_type != "auto":
        return runtime.compute_type
    return "int8" if "int8" in ctranslate2.get_supported_compute_types("cpu") else "float32"


def _gpus() -> int:
    """Return how many GPUs torch could use, without importing it."""
    import ctranslate2

    try:
        # The build for CPUs says so in its version, and would leave a GPU idle.
        without = version("torch").endswith("+cpu")
    except PackageNotFoundError:
        without = True
    try:
        return 0 if without else int(ctranslate2.get_cuda_device_count())
    # A driver that is there and broken.
    except RuntimeError:
        return 0


def _registered(entry: Registered) -> "Source":
    if entry.folder is not None:
        source = _in_folder(entry.name, Path(entry.folder))
        check_pinned(entry)
        return source
    if entry.repository is None:
        raise ModelRefused(entry.name, "its entry names no place")
    return _from_hub(entry.name, entry.repository, entry.commit)


def _in_folder(name: str, path: Path) -> "Source":
    from service.backends.seq2seq.facts import Source

    try:
        path.joinpath("config.json").stat()
    except OSError as error:
        if error.errno not in _NOTHING_THERE:
            raise ModelRefused(name, f"its folder cannot be read: {told(error)}") from error
        missing = "holds no config.json" if path.is_dir() else "is no longer there"
        raise ModelNotFound(name, f"the folder {missing}") from error
    return Source(folder=path, name=path.resolve().name)


def _from_hub(name: str, repository: str, revision: str | None, *, cached: bool = True) -> "Source":
    """Return a repository's files at a revision; those of a commit need the network only once."""
    from huggingface_hub.errors import LocalEntryNotFoundError

    if cached and revision is not None and _COMMIT.fullmatch(revision):
        try:
            return _snapshot(repository, revision, local_files_only=True)
        except LocalEntryNotFoundError:
            pass
    return _fetched(name, repository, revision)


def _fetched(name: str, repository: str, revision: str | None) -> "Source":
    from huggingface_hub.errors import (
        HfHubHTTPError,
        HFValidationError,
        LocalEntryNotFoundError,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    try:
        return _snapshot(repository, revision)
    except RevisionNotFoundError as error:
        raise ModelNotFound(name, f"the hub has no revision {revision!r} of it") from error
    except RepositoryNotFoundError as error:
        raise ModelNotFound(name, "the hub has no such model, or it is private") from error
    except LocalEntryNotFoundError as error:
        raise ModelNotFound(name, "the hub cannot be reached, and no copy is cached") from error
    except (HfHubHTTPError, HFValidationError, OSError) as error:
        raise ModelNotFound(name, f"the hub gave no model: {error}") from error


def _snapshot(repository: str, revision: str | None, *, local_files_only: bool = False) -> "Source":
    from huggingface_hub import snapshot_download

    from service.backends.seq2seq.facts import Source

    files = snapshot_download(
        repository,
        revision=revision,
        allow_patterns=_HUB_FILES,
        ignore_patterns=["*/*"],
        local_files_only=local_files_only,
    )
    path = Path(files)
    return Source(folder=path, name=repository, commit=path.name)
