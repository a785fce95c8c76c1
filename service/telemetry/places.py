"""Telling where an error came from without telling what it says."""

import traceback

_FRAMES = 8


def where(error: BaseException) -> list[str]:
    """Return the innermost frames of an error as `file:line function`.

    The message is left out: foreign errors quote the text they failed on, and logs hold no text.
    """
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
