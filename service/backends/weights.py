"""What a model's files are, told from their bytes alone."""

import hashlib
from pathlib import Path


def file_sha256(path: Path) -> str:
    """Return the hex SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def weights_sha256(folder: Path) -> str:
    """Return the hex SHA-256 of a folder's safetensors file, or of such hashes where it has several."""
    hashes = [file_sha256(path) for path in sorted(folder.glob("*.safetensors"))]
    return hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()


def weights_bytes(folder: Path) -> int:
    """Return the size of a folder's safetensors files."""
    return sum(path.stat().st_size for path in folder.glob("*.safetensors"))
