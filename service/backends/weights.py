"""What a model's files are, told from their bytes alone, and whether they can be read at all."""

import hashlib
from pathlib import Path

from service.domain.errors import ModelRefused

_WEIGHTS = ".safetensors"
_PICKLED = frozenset({".bin", ".ckpt", ".h5", ".msgpack", ".pkl", ".pt", ".pth"})
_VOCABULARIES = ("tokenizer.json", "vocab.json", "vocab.txt", "a *.model")
_NEEDED = frozenset({"config.json", "tokenizer.json"})
_READ = frozenset({".json", ".model", ".txt"})


def file_sha256(path: Path) -> str:
    """Return the hex SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def weights_sha256(folder: Path) -> str:
    """Return the hex SHA-256 of a folder's safetensors file, or of such hashes where it has several.

    Raises `OSError`, also for a folder that cannot be listed.
    """
    hashes = [file_sha256(path) for path in _weights(folder)]
    return hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()


def weights_bytes(folder: Path) -> int:
    """Return the size of a folder's safetensors files."""
    return sum(path.stat().st_size for path in _weights(folder))


def check_files(name: str, folder: Path) -> None:
    """Raise `ModelRefused` unless a model's files can be read, with whole weights and a tokenizer.

    What they hold is not looked at beyond the head of each weights file.
    """
    try:
        files = sorted(folder.iterdir())
    except OSError as error:
        raise ModelRefused(name, f"its folder cannot be read: {told(error)}") from error
    weights = [path for path in files if path.suffix == _WEIGHTS]
    for path in files:
        # Other folders are left alone, whatever they are called.
        if path.name in _NEEDED or path.suffix == _WEIGHTS or _is_read(path):
            _check_readable(name, path)
    if not weights:
        raise ModelRefused(name, _without_weights(files))
    for path in weights:
        _check_whole(name, path)
    if not any(path.name in _VOCABULARIES or path.suffix == ".model" for path in files):
        raise ModelRefused(name, f"it has no tokenizer: none of {', '.join(_VOCABULARIES)}")


def _is_read(path: Path) -> bool:
    return path.suffix in _READ and not path.is_dir()


def told(error: OSError) -> str:
    """Return the system's reason alone: its number and path are said elsewhere or not at all."""
    return error.strerror or type(error).__name__


def _weights(folder: Path) -> list[Path]:
    # Not `glob`, which finds nothing in a folder that cannot be listed, and says nothing.
    return sorted(path for path in folder.iterdir() if path.suffix == _WEIGHTS)


def _check_readable(name: str, path: Path) -> None:
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        raise ModelRefused(name, f"its {path.name} cannot be read: {told(error)}") from error


def _check_whole(name: str, path: Path) -> None:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="np"):
            pass
    except (SafetensorError, OSError) as error:
        raise ModelRefused(name, f"its {path.name} is cut short or damaged: {error}") from error


def _without_weights(files: list[Path]) -> str:
    pickled = [path.name for path in files if path.suffix in _PICKLED]
    if pickled:
        return f"it has only pickled weights, which are never read: {pickled[0]}; no *{_WEIGHTS}"
    return f"it has no weights: no *{_WEIGHTS}"
