"""Where the files that travel with the code lie: the prompts, and the model in the box."""

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
