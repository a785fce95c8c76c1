"""What runs inside a reader process: one document at a time, within bounds that the kernel keeps.

It imports little on purpose: every reader process pays for it in memory and in its start.
"""

import ctypes
import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from multiprocessing import parent_process
from multiprocessing.connection import wait
from typing import Literal

import structlog
from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError

from service.domain.errors import BadDocument, InputTooLarge, ModelError, NotReady
from service.domain.text import Article, Document
from service.telemetry.places import where

# A sentence takes some 60 bytes beside its text: a text of single letters would grow thirtyfold.
MOST_SENTENCES = 100_000
TOO_MUCH_MEMORY = "reading it took too much memory"
UNREADABLE = "it could not be read"
# From this size on, in code points, what a document took is given back to the system at once.
_LARGE = 1_000_000
_ARTICLE = TypeAdapter(Article)
_PR_SET_PDEATHSIG = 1
# As much as workers beside a server.
_NICE = 5

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """One statement of a brief that does not hold."""

    statement_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What a reader process is given to work with. `recheck` takes a brief and articles as JSON."""

    model_name: str
    prepare: Callable[[Document], Article]
    recheck: Callable[[str, Sequence[str]], Sequence[Broken]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A document read. `article` is without sentences and chunks, which `article_json` has."""

    article: Article
    article_json: str
    content_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why there is no result; errors themselves do not travel between processes unharmed."""

    kind: Literal["document", "size", "models"]
    reason: str
    size: int = 0
    limit: int = 0
    unit: str = ""


@dataclass(slots=True)
class _Process:
    """What this process has: how to open its line, and the line once that worked."""

    opener: Callable[[], Line] | None = None
    line: Line | None = None

    def opened(self) -> Line:
        if self.opener is None:
            raise NotReady("this process reads nothing")
        if self.line is None:
            self.line = self.opener()
        return self.line


_own = _Process()


def begin(opener: Callable[[], Line] | None, memory_bytes: int) -> None:
    """Prepare this process: it ends with its parent, and may take so much more memory than now.

    A line that cannot be opened is tried again at the first task, which then tells why. `opener` is
    None for a process that only computes.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # At once, even in the middle of a parser that lets no Python run.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _end_with_parent()
    # On few cores the process that answers comes first.
    os.nice(_NICE)
    _own.opener = opener
    if opener is not None:
        try:
            _own.opened()
        except (ModelError, NotReady):
            _own.line = None
    bound_memory(memory_bytes)


def describe() -> str | Fault:
    """Return the name of the model that documents are read for."""
    try:
        return _own.opened().model_name
    except (ModelError, NotReady) as failure:
        return _unready(failure)


def read(document: Document) -> Prepared | Fault:
    """Return a document as an article, or why it is none."""
    try:
        line = _own.opened()
    except (ModelError, NotReady) as failure:
        return _unready(failure)
    try:
        return _prepared(document, line.prepare(document))
    except BadDocument as fault:
        return Fault(kind="document", reason=fault.reason)
    except InputTooLarge as fault:
        return Fault(
            kind="size", reason=fault.what, size=fault.size, limit=fault.limit, unit=fault.unit
        )
    except MemoryError:
        return Fault(kind="document", reason=TOO_MUCH_MEMORY)
    except Exception as failure:
        # A parser may break in its own way on a hostile page; that is the page's fault here.
        _log.error(
            "document_broke_a_reader",
            error=type(failure).__name__,
            at=where(failure),
        )
        return Fault(kind="document", reason=UNREADABLE)
    finally:
        if len(document.content) >= _LARGE:
            _give_back()


def recheck(body: str, article_jsons: Sequence[str]) -> tuple[Broken, ...] | Fault:
    """Return what of a brief does not hold; both as JSON."""
    try:
        return tuple(_own.opened().recheck(body, article_jsons))
    except (ModelError, NotReady) as failure:
        return _unready(failure)
    except MemoryError:
        return Fault(kind="document", reason=TOO_MUCH_MEMORY)
    finally:
        _give_back()


def preload(modules: Sequence[str]) -> None:
    """Import modules, so that the first who needs them does not wait."""
    for name in modules:
        import_module(name)


def bound_memory(more_bytes: int) -> None:
    """Let this process take so many bytes more than it has now; where that cannot be told, all."""
    if sys.platform != "linux":
        return
    import resource

    with open("/proc/self/statm", encoding="ascii") as told:
        now = int(told.read().split()[0]) * resource.getpagesize()
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = now + more_bytes
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))


def lift_memory() -> None:
    """Let this process take what it wants, until it is bounded again."""
    if sys.platform == "linux":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


def _prepared(document: Document, article: Article) -> Prepared:
    if len(article.sentences) > MOST_SENTENCES:
        reason = f"it has {len(article.sentences)} sentences, limit {MOST_SENTENCES}"
        raise BadDocument(article.id, reason)
    try:
        written = _ARTICLE.dump_json(article).decode()
    except PydanticSerializationError as failure:
        raise BadDocument(article.id, "its text is not valid Unicode") from failure
    return Prepared(
        article=replace(article, sentences=(), chunks=(), removed=()),
        article_json=written,
        content_id=document.content_id,
    )


def _unready(failure: ModelError | NotReady) -> Fault:
    reason = failure.reason if isinstance(failure, NotReady) else str(failure)
    return Fault(kind="models", reason=reason)


def _give_back() -> None:
    """Return freed memory to the system, where the C library can."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)


def _end_with_parent() -> None:
    """End as soon as the parent is gone, however it went.

    The kernel sees to it on Linux, even in the middle of a parser; a thread does elsewhere.
    """
    parent = parent_process()
    if parent is None:
        return
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    threading.Thread(target=_watch, args=(parent.sentinel,), daemon=True).start()


def _watch(sentinel: int) -> None:
    wait([sentinel])
    os._exit(0)
