"""Reading documents in processes of their own, which can be stopped and whose end harms nobody."""

import asyncio
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar, TypeVarTuple

import structlog

from service.domain.errors import BadDocument, InputTooLarge, NotReady
from service.domain.text import Document
from service.jobs.parts import FailedCheck
from service.jobs.reading import inside
from service.jobs.reading.inside import TOO_MUCH_MEMORY, Fault, Line
from service.jobs.reading.slots import Died, NeverBegan, Slot, Slots
from service.store.records import Filed

Asked = TypeVarTuple("Asked")
Given = TypeVar("Given")

BROKE = "reading it broke the reader"
_AGAIN_S = 5.0
_DESCRIBING_S = 600.0
# A check reads up to a hundred articles, and may load a model for it.
_RECHECK_FACTOR = 4.0
# A hostile body keeps one busy for seconds; they are small.
_COMPUTERS = 2

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How many processes read, and what one document may take of time and memory."""

    width: int
    timeout_s: float
    memory_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """Whose turn a task takes, how long it may take, and what is told to be at fault."""

    tenant: str
    timeout_s: float
    name: str = ""


class ProcessReaders:
    """Reads each document in one of a few processes, none of which reads two at once.

    `opener` is called in every process, and must be picklable. `judges` says that checking a brief
    may load a model of its own: one process more then does all the checks. `preloaded` are modules
    of the functions that will be computed.
    """

    def __init__(
        self,
        opener: Callable[[], Line],
        bounds: Bounds,
        *,
        default_model: str | None = None,
        judges: bool = False,
        preloaded: tuple[str, ...] = (),
    ) -> None:
        self._bounds, self._default_model, self._preloaded = bounds, default_model, preloaded
        reading = partial(inside.begin, opener, bounds.memory_bytes)
        computing = partial(inside.begin, None, bounds.memory_bytes)
        self._readers = Slots([Slot(reading) for _ in range(bounds.width)])
        self._judges = Slots([Slot(reading)]) if judges else self._readers
        # Apart from the readers, so that no request's shape waits for another's documents.
        self._computers = Slots([Slot(computing) for _ in range(_COMPUTERS)])
        self._names: frozenset[str] | None = None
        self._reason = "they are being loaded"
        self._warming: list[asyncio.Task[None]] = []

    @property
    def width(self) -> int:
        return self._bounds.width

    async def start(self) -> None:
        """Start the processes; the names of the model are known once the first has opened it."""
        self._warming = [asyncio.create_task(self._warm(slot)) for slot in self._readers.all]
        computers = (self._warm_computer(slot) for slot in self._computers.all)
        self._warming.extend(map(asyncio.create_task, computers))

    async def stop(self) -> None:
        for task in self._warming:
            task.cancel()
        await asyncio.gather(*self._warming, return_exceptions=True)
        slots = (self._readers, self._judges, self._computers)
        await asyncio.gather(*(one.stop() for one in slots))

    async def read(self, tenant: str, document: Document) -> Filed:
        """Return the document with its article, whose sentences are in `article_json` alone.

        Raises `BadDocument`, `InputTooLarge`, `Overloaded` and `NotReady`.
        """
        seconds = self._bounds.timeout_s
        try:
            task = _Task(tenant=tenant, timeout_s=seconds)
            read = await self._bounded(self._readers, task, inside.read, document)
            if isinstance(read, Fault):
                raise _error_of(read)
        except BadDocument as fault:
            raise BadDocument(await _name_of(document), fault.reason) from fault
        return Filed(
            document=document,
            article=read.article,
            article_json=read.article_json,
            content_id=read.content_id,
        )

    async def recheck(
        self, tenant: str, body: str, article_jsons: Sequence[str]
    ) -> Sequence[FailedCheck]:
        """Return what of a brief does not hold.

        Raises `BadDocument`, `Overloaded` and `NotReady`.
        """
        task = _Task(
            tenant=tenant, timeout_s=_RECHECK_FACTOR * self._bounds.timeout_s, name="brief"
        )
        found = await self._bounded(self._judges, task, inside.recheck, body, tuple(article_jsons))
        if isinstance(found, Fault):
            raise _error_of(found, task.name)
        return found

    async def compute(
        self, tenant: str, function: Callable[[*Asked], Given], *args: *Asked
    ) -> Given:
        """Return what a function of a module gives, apart from the readers and within their bounds.

        It should return what may go wrong: only errors that can be pickled are raised here again.
        Raises `BadDocument` where it exceeds the bounds, `Overloaded` and `NotReady`.
        """
        task = _Task(tenant=tenant, timeout_s=self._bounds.timeout_s, name="request")
        return await self._bounded(self._computers, task, function, *args)

    def model_names(self) -> frozenset[str]:
        if self._names is None:
            raise NotReady(self._reason)
        return self._names

    async def _bounded(
        self,
        slots: Slots,
        task: _Task,
        function: Callable[[*Asked], Given],
        *args: *Asked,
    ) -> Given:
        try:
            async with slots.one(task.tenant) as slot:
                return await slot.call(task.timeout_s, function, *args)
        except TimeoutError as failure:
            reason = f"reading it took longer than {task.timeout_s:g} s"
            raise BadDocument(task.name, reason) from failure
        except MemoryError as failure:
            raise BadDocument(task.name, TOO_MUCH_MEMORY) from failure
        except Died as death:
            _log.error("reader_died", exit_code=death.exit_code)
            # The system kills what takes more memory than there is.
            killed = death.exit_code == -signal.SIGKILL
            raise BadDocument(task.name, TOO_MUCH_MEMORY if killed else BROKE) from death
        except NeverBegan as failure:
            raise NotReady("no process to read in could be started") from failure

    async def _warm(self, slot: Slot) -> None:
        """Have a process open its line, as often as it takes, and note what it is called."""
        while True:
            try:
                found = await slot.call(_DESCRIBING_S, inside.describe)
            except (TimeoutError, Died, NeverBegan) as failure:
                found = Fault(kind="models", reason=f"a reader does not start ({failure})")
            if isinstance(found, str):
                self._names = frozenset(filter(None, (found, self._default_model)))
                return
            if found.reason != self._reason:
                _log.error("reader_not_ready", reason=found.reason)
            self._reason = found.reason
            await asyncio.sleep(_AGAIN_S)

    async def _warm_computer(self, slot: Slot) -> None:
        try:
            await slot.call(_DESCRIBING_S, inside.preload, self._preloaded)
        except (TimeoutError, Died, NeverBegan) as failure:
            _log.error("reader_not_ready", reason=str(failure))


async def _name_of(document: Document) -> str:
    if document.id is not None:
        return document.id
    # It may hash megabytes, which is nothing for the event loop.
    return await asyncio.to_thread(lambda: document.content_id)


def _error_of(fault: Fault, name: str = "") -> BadDocument | InputTooLarge | NotReady:
    if fault.kind == "models":
        return NotReady(fault.reason)
    if fault.kind == "size":
        return InputTooLarge(fault.reason, fault.size, fault.limit, fault.unit)
    return BadDocument(name, fault.reason)
