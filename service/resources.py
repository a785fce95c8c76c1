"""Where files lie: those that travel with the code, and those made for this user."""

import os
import sys
from pathlib import Path

_PACKAGE = Path(__file__).parent


def folder(name: str) -> Path:
    """Return the folder of that name: inside the package once installed, beside it in a checkout.

    Raises `FileNotFoundError` when it is in neither, which means a broken installation.
    """
    for place in (_PACKAGE / name, _PACKAGE.parent / name):
        if place.is_dir():
            return place
    raise FileNotFoundError(f"{name}/ is neither in {_PACKAGE} nor beside it")


def data_folder() -> Path:
    """Return the folder in which this user's programs keep what they make."""
    if sys.platform == "win32":
        return _local_folder() / "wellsourced"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "wellsourced"
    named = os.environ.get("XDG_DATA_HOME")
    return (Path(named) if named else Path.home() / ".local" / "share") / "wellsourced"


def cache_folder() -> Path:
    """Return the folder for what this user's programs could make again."""
    if sys.platform == "win32":
        return _local_folder() / "wellsourced" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "wellsourced"
    named = os.environ.get("XDG_CACHE_HOME")
    return (Path(named) if named else Path.home() / ".cache") / "wellsourced"


def _local_folder() -> Path:
    return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
