"""Conversions to CTranslate2's format, made once and kept in a cache.

An entry is a folder whose name has the hash of all that it is made from. It holds the converted
`model/`, its facts, its tokenizer, the figures of the parity check, and a list of its own files with
their hashes: an entry that does not fit its list, however that came about, is made anew.
"""

import hashlib
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from filelock import FileLock

from service.backends.seq2seq.facts import Source
from service.backends.seq2seq.profile import read_profile
from service.backends.weights import file_sha256
from service.domain.errors import ModelRefused

FACTS_FILE = "facts.json"
MODEL_FOLDER = "model"
PARITY_FILE = "parity.json"
TOKENIZER_FILE = "tokenizer.json"
_LIST_FILE = "files.json"

# What a conversion is made by, under `service/backends`: with other code it may be another.
_CODE = (
    "seq2seq/bounds.py",
    "seq2seq/checkpoint.py",
    "seq2seq/closed.py",
    "seq2seq/export.py",
    "seq2seq/facts.py",
    "seq2seq/parity.py",
    "tokens.py",
)
# Those whose conversion has been compared with transformers; CTranslate2 also reads others, some wrong.
_FAMILIES = ("bart", "mt5", "pegasus", "t5")


def converted(source: Source, *, cache: Path, compute_type: str) -> Path:
    """Return the folder of a model's conversion, making it in a process of its own if need be.

    Processes that want the same one wait for the first. Raises `ModelRefused` where the model cannot
    be converted, fails the parity check, or the cache cannot be written.
    """
    _check_convertible(source, compute_type)
    try:
        entry = cache / f"{_plain(source.name)}-{_key(source, compute_type)}"
        # Entries appear whole, so one that is there needs no lock, and no right to write.
        if _is_whole(entry):
            return entry
        cache.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{entry}.lock"):
            if not _is_whole(entry):
                _make(source, entry, compute_type)
    except OSError as error:
        raise ModelRefused(source.name, f"its conversion cannot be kept: {error}") from error
    return entry


def described_in(source: Source, *, cache: Path, compute_types: Iterable[str]) -> Path | None:
    """Return the first conversion to one of some types whose facts and tokenizer are as they were made.

    None where the cache has none. CTranslate2 is not asked, so the model itself may be refused yet.
    """
    for compute_type in compute_types:
        try:
            entry = cache / f"{_plain(source.name)}-{_key(source, compute_type)}"
            listed = json.loads((entry / _LIST_FILE).read_bytes())
            needed = _hashes(entry / name for name in (FACTS_FILE, TOKENIZER_FILE))
        except (OSError, ValueError):
            continue
        if isinstance(listed, dict) and needed.items() <= listed.items():
            return entry
    return None


def _check_convertible(source: Source, compute_type: str) -> None:
    """Refuse, before anything is loaded, what conversion would get wrong or has no way to keep."""
    try:
        import ctranslate2
    except ImportError as error:
        raise ModelRefused(source.name, "CTranslate2 is not installed") from error
    if compute_type not in (known := sorted(ctranslate2.get_supported_compute_types("cpu"))):
        raise ModelRefused(
            source.name, f"this processor has no {compute_type!r}, only {', '.join(known)}"
        )
    try:
        model_type = json.loads((source.folder / "config.json").read_bytes())["model_type"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelRefused(source.name, "its config.json names no model_type") from error
    if model_type not in _FAMILIES:
        raise ModelRefused(
            source.name,
            f"of type {model_type!r}; CTranslate2 runs only {', '.join(_FAMILIES)} here",
        )
    pointer = read_profile(source.folder, source.name, model_type).pointer
    if pointer and sorted(pointer.heads) != list(range(len(pointer.heads))):
        raise ModelRefused(
            source.name, f"CTranslate2 shows only the first heads of a layer, not {pointer.heads}"
        )


def _plain(name: str) -> str:
    return re.sub(r"[^\w.-]+", "-", name)


def _key(source: Source, compute_type: str) -> str:
    """Return the hash of all that decides what a conversion holds."""
    described = [
        path for ending in ("json", "model", "txt") for path in source.folder.glob(f"*.{ending}")
    ]
    weights = [] if source.commit else source.folder.glob("*.safetensors")
    made_from = {
        "code": _hashes(Path(__file__).resolve().parents[1] / path for path in _CODE),
        "commit": source.commit,
        "compute_type": compute_type,
        "ctranslate2": importlib.metadata.version("ctranslate2"),
        "files": _hashes([*described, *weights]),
    }
    return hashlib.sha256(json.dumps(made_from, sort_keys=True).encode()).hexdigest()[:16]


def _hashes(paths: Iterable[Path]) -> dict[str, str]:
    """Return the SHA-256 of files by their names."""
    return {path.name: file_sha256(path) for path in paths}


def _files(entry: Path) -> list[Path]:
    """Return an entry's files, in both of its folders, besides the list of them."""
    found = [*entry.iterdir(), *(entry / MODEL_FOLDER).iterdir()]
    return [path for path in found if path.is_file() and path.name != _LIST_FILE]


def _is_whole(entry: Path) -> bool:
    """Say whether an entry is there, complete and as it was made."""
    try:
        listed = json.loads((entry / _LIST_FILE).read_bytes())
        return bool(listed == _hashes(_files(entry)))
    except (OSError, ValueError):
        return False


def _make(source: Source, entry: Path, compute_type: str) -> None:
    """Make an entry beside its place and move it there; the caller holds the entry's lock."""
    for left in entry.parent.glob(f"{entry.name}.*.partial"):
        shutil.rmtree(left, ignore_errors=True)
    partial = entry.with_name(f"{entry.name}.{os.getpid()}.partial")
    partial.mkdir()
    try:
        _export(source, partial, compute_type)
        (partial / _LIST_FILE).write_text(json.dumps(_hashes(_files(partial))))
        if entry.exists():
            shutil.rmtree(entry)
        partial.replace(entry)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _export(source: Source, folder: Path, compute_type: str) -> None:
    """Have another process fill a folder: torch and the weights are gone when it ends."""
    order = {
        "folder": str(source.folder.resolve()),
        "name": source.name,
        "commit": source.commit,
        "target": str(folder.resolve()),
        "compute_type": compute_type,
    }
    # Closed when this process ends, however it does: the other one then ends as well.
    theirs, ours = os.pipe()
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "service.backends.seq2seq.export", json.dumps(order)],
            env=_environment(os.environ),
            stdin=theirs,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        os.close(theirs)
        os.close(ours)
    # The answer is the last line: a library may have written others.
    answer = done.stdout.strip().rpartition("\n")[2]
    if done.returncode != 0 or not answer.startswith("{"):
        told = done.stderr.strip().rpartition("\n")[2]
        raise ModelRefused(
            source.name, f"its conversion ended with status {done.returncode}: {told}"
        )
    if refused := json.loads(answer).get("refused"):
        raise ModelRefused(source.name, refused)


def _environment(ours: Mapping[str, str]) -> dict[str, str]:
    """Return an environment with this very code first, and no GPU: there it would not be float32."""
    here = str(Path(__file__).resolve().parents[3])
    return {
        **ours,
        "CUDA_VISIBLE_DEVICES": "",
        "PYTHONPATH": os.pathsep.join([here, *(path for path in sys.path if path)]),
    }
