"""The folder through which the processes of one service share their counts."""

import os
import shutil
import struct
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import structlog
from filelock import FileLock, Timeout

# Read by the metrics library when it is imported, and never again.
SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_PREFIX = "brief-counts-"
_LOCK = "in-use"
# All counts here only grow, so those of processes that ended can stand in one file together.
_KINDS = ("counter", "histogram")
_ENDED = "ended"
# While the counts of a process are added to the others they stand in two files.
_adding = threading.Lock()
# A file may be gone by the time it is read, or be there and still be empty.
_TRIES = 5
_AGAIN_S = 0.02

Read = TypeVar("Read")

_log = structlog.stdlib.get_logger(__name__)


@contextmanager
def shared_counts() -> Iterator[None]:
    """Let this process and its children share their counts; a folder that is set is emptied of them.

    Must be entered before the metrics library is imported. A folder made here is removed at the end,
    or by the next service where this process is killed.
    """
    given = os.environ.get(SHARED_FOLDER)
    if given:
        folder = Path(given)
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.glob("*.db"):
            left.unlink(missing_ok=True)
        yield
        return
    place = _in_memory() or Path(tempfile.gettempdir())
    _remove_abandoned(place)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=place))
    os.environ[SHARED_FOLDER] = str(folder)
    try:
        # Held until this process ends, however it does.
        with FileLock(folder / _LOCK):
            yield
    finally:
        del os.environ[SHARED_FOLDER]
        shutil.rmtree(folder, ignore_errors=True)


def process_ended(pid: int) -> None:
    """Add the counts of a process that ended to those of the others that did.

    Every process leaves files; without this a worker that keeps dying would leave ever more of them.
    A file that cannot be read, as one that its process was killed over, is removed: figures could
    not be told with it.
    """
    given = os.environ.get(SHARED_FOLDER)
    if not given:
        return
    for kind in _KINDS:
        left = Path(given) / f"{kind}_{pid}.db"
        if not left.exists():
            continue
        with _adding:
            try:
                _add(left, left.with_name(f"{kind}_{_ENDED}.db"))
            except Exception as failure:
                # The library has no errors of its own: what a broken file brings may be any.
                _log.error("counts_lost", pid=pid, kind=kind, error=type(failure).__name__)
            left.unlink(missing_ok=True)


def _add(left: Path, ended: Path) -> None:
    from prometheus_client.mmap_dict import MmapedDict

    # All of it first: of a broken file nothing is added.
    counts = list(MmapedDict.read_all_values_from_file(str(left)))  # type: ignore[no-untyped-call]
    together = MmapedDict(str(ended))  # type: ignore[no-untyped-call]
    for key, value, _, _ in counts:
        before, _ = together.read_value(key)  # type: ignore[no-untyped-call]
        together.write_value(key, before + value, 0.0)  # type: ignore[no-untyped-call]
    together.close()  # type: ignore[no-untyped-call]


def reading_shared(read: Callable[[], Read]) -> Read:
    """Return what is read of the folder, while processes begin and end; may wait a little."""
    for _ in range(_TRIES - 1):
        with suppress(FileNotFoundError, struct.error), _adding:
            return read()
        time.sleep(_AGAIN_S)
    with _adding:
        return read()


def _remove_abandoned(place: Path) -> None:
    """Remove the folders of services that were killed: nobody holds their locks any more."""
    for lock in place.glob(f"{_PREFIX}*/{_LOCK}"):
        try:
            with FileLock(lock, blocking=False):
                shutil.rmtree(lock.parent, ignore_errors=True)
        except (Timeout, OSError):
            # In use, or another user's.
            continue


def _in_memory() -> Path | None:
    """Return a folder that is no disk's, where there is one.

    The counts are mapped into memory: a process whose file finds no room on a disk is killed.
    """
    folder = Path("/", "dev", "shm")
    return folder if os.access(folder, os.W_OK | os.X_OK) else None
