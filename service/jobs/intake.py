"""Taking documents in: each is read on its own, so that a bad one harms no other."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from service.domain.brief import Dropped
from service.domain.errors import BadDocument, DocumentConflict, InputTooLarge
from service.domain.text import Document
from service.jobs.parts import Caller, Shop
from service.store.records import Filed
from service.telemetry.tracing import Attributes, span

# How much of a document that could not be used is shown with the reason, in code points.
_SHOWN = 200
# From this size on, in code points, documents are hashed in a thread.
_LARGE = 100_000

Became = TypeVar("Became")


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What became of documents. `filed` are those of `document_ids` that may be new."""

    document_ids: tuple[str, ...]
    filed: tuple[Filed, ...]
    dropped: tuple[Dropped, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A stored document, with its article as JSON. `new` is False where the very same was there.

    `changed` is True where another text stood under its id or URL before; `duplicate_of` is the
    first document that has its very text.
    """

    document_id: str
    article_json: str
    new: bool
    changed: bool
    duplicate_of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent:
    """A document with what is reckoned from all of its content: once, as that may be megabytes."""

    document: Document
    content_id: str
    bytes: int

    @property
    def id(self) -> str:
        return self.document.id or self.content_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Cleans, splits and stores documents. The reading is done by the shop's readers."""

    shop: Shop
    # One at a time: threads that hash side by side would crowd out the event loop.
    _hashing: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)

    async def store(self, caller: Caller, document: Document) -> Stored:
        """Store one document; the very same again changes nothing.

        Other content under a known id is a new version. Raises `BadDocument`, `InputTooLarge` and
        `NotReady`.
        """
        [sent] = await self._sent([document])
        [stored] = await self._compared(caller, [await self._store(caller, sent, frozenset())])
        return stored

    async def store_all(
        self, caller: Caller, documents: Sequence[Document]
    ) -> tuple[tuple[Stored, ...], tuple[Dropped, ...]]:
        """Store what can be stored; the rest comes back with its reasons.

        Raises `DocumentConflict` and `NotReady`.
        """
        unlike = _without_repeats(await self._sent(documents))
        together = frozenset(one.id for one in unlike)
        found = await self._each(unlike, lambda one: self._store(caller, one, together))
        stored = [one for one in found if isinstance(one, Stored)]
        return (
            await self._compared(caller, stored),
            tuple(one for one in found if isinstance(one, Dropped)),
        )

    async def read_all(self, caller: Caller, documents: Sequence[Document]) -> Read:
        """Read documents for a brief, storing nothing yet.

        Raises `DocumentConflict` and `NotReady`.
        """
        unlike = _without_repeats(await self._sent(documents))
        found = await self._each(unlike, lambda one: self._read(caller, one))
        usable = [
            one.id for one, what in zip(unlike, found, strict=True) if not isinstance(what, Dropped)
        ]
        return Read(
            document_ids=tuple(usable),
            filed=tuple(one for one in found if isinstance(one, Filed)),
            dropped=tuple(one for one in found if isinstance(one, Dropped)),
        )

    async def _each(
        self, sent: Sequence[_Sent], use: Callable[[_Sent], Awaitable[Became]]
    ) -> list[Became | Dropped]:
        """Use documents side by side, in order; those at fault become dropped ones.

        No more at once than the readers take: the others who wait for them get their turn between.
        """
        room = asyncio.Semaphore(self.shop.readers.width)

        async def used(one: _Sent) -> Became | Dropped:
            async with room:
                try:
                    return await use(one)
                except (BadDocument, InputTooLarge) as fault:
                    return _dropped(one, fault)

        tasks = []
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(used(one)) for one in sent]
        except BaseExceptionGroup as failures:
            # The first that ends them all, such as `NotReady`.
            raise failures.exceptions[0] from failures
        return [task.result() for task in tasks]

    async def _store(self, caller: Caller, sent: _Sent, together: frozenset[str]) -> Stored:
        filed = await self._read(caller, sent)
        new = changed = False
        if filed is not None:
            now = self.shop.surroundings.now()
            filing = await self.shop.store.documents.add(caller.tenant, filed, now, beside=together)
            new, changed = filing.new, filing.changed
            article_json = filed.article_json
        else:
            article_json = await self.shop.store.documents.article_json(caller.tenant, sent.id)
        return Stored(document_id=sent.id, article_json=article_json, new=new, changed=changed)

    async def _compared(self, caller: Caller, stored: Sequence[Stored]) -> tuple[Stored, ...]:
        """Return what was stored, with what it is a duplicate of now that all of it is there."""
        ids = [one.document_id for one in stored]
        first = await self.shop.store.documents.duplicates(caller.tenant, ids)
        return tuple(replace(one, duplicate_of=first.get(one.document_id)) for one in stored)

    async def _read(self, caller: Caller, sent: _Sent) -> Filed | None:
        """Return the document with its article, or None where the store has the very same."""
        told: Attributes = {"brief.document.bytes": sent.bytes}
        try:
            with span("read document", told):
                filed = await self._filed(caller, sent)
        except (BadDocument, InputTooLarge):
            self.shop.metrics.document("refused")
            raise
        self.shop.metrics.document("unchanged" if filed is None else "read")
        return filed

    async def _filed(self, caller: Caller, sent: _Sent) -> Filed | None:
        limit = self.shop.limits.bytes_per_document
        if sent.bytes > limit:
            raise InputTooLarge(f"document {sent.id!r}", sent.bytes, limit, "bytes")
        documents = self.shop.store.documents
        if await documents.matches(caller.tenant, sent.id, sent.content_id):
            return None
        return await self.shop.readers.read(caller.tenant, sent.document)

    async def _sent(self, documents: Sequence[Document]) -> list[_Sent]:
        if sum(len(document.content) for document in documents) < _LARGE:
            return _reckoned(documents)
        async with self._hashing:
            return await asyncio.to_thread(_reckoned, documents)


def _reckoned(documents: Sequence[Document]) -> list[_Sent]:
    return [
        _Sent(
            document=document,
            content_id=document.content_id,
            bytes=len(document.content.encode("utf-8", "surrogatepass")),
        )
        for document in documents
    ]


def _without_repeats(sent: Sequence[_Sent]) -> list[_Sent]:
    """Leave out documents given twice. Raises `DocumentConflict` for two of one id."""
    unlike: dict[str, _Sent] = {}
    for one in sent:
        if unlike.setdefault(one.id, one).content_id != one.content_id:
            raise DocumentConflict(one.id)
    return list(unlike.values())


def _dropped(sent: _Sent, fault: BadDocument | InputTooLarge) -> Dropped:
    document = sent.document
    named = document.title or document.origin
    shown = named or ("" if document.media_type == "application/pdf" else document.content)
    reason = fault.reason if isinstance(fault, BadDocument) else str(fault)
    return Dropped(text=shown[:_SHOWN], document_id=sent.id, reason=reason)
