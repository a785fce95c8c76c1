"""Taking documents in: each is read on its own, so that a bad one harms no other."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import structlog

from service.domain.brief import Dropped
from service.domain.errors import BadDocument, BriefError, DocumentConflict, InputTooLarge
from service.domain.ports import Models
from service.domain.text import Document
from service.jobs.parts import Shop
from service.jobs.trace import where
from service.store.codec import dump_article
from service.store.records import Filed

# How much of a document that could not be used is shown with the reason, in code points.
_SHOWN = 200

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What became of documents. `filed` are those of `document_ids` that may be new."""

    document_ids: tuple[str, ...]
    filed: tuple[Filed, ...]
    dropped: tuple[Dropped, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A document out, as JSON; `new` is False where the very same was there already."""

    article_json: str
    new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Cleans, splits and stores documents. The reading is done in `pool`, off the event loop."""

    shop: Shop
    pool: Executor

    async def store(self, document: Document) -> Stored:
        """Store one document; the very same again changes nothing.

        Raises `BadDocument`, `InputTooLarge`, `DocumentConflict` and `NotReady`.
        """
        filed = await self._read(document)
        new = filed is not None and await self.shop.store.documents.add(
            filed, self.shop.surroundings.now()
        )
        article_json = await self.shop.store.documents.article_json(_id_of(document))
        return Stored(article_json=article_json, new=new)

    async def store_all(
        self, documents: Sequence[Document]
    ) -> tuple[tuple[Stored, ...], tuple[Dropped, ...]]:
        """Store what can be stored; the rest comes back with its reasons."""
        unlike = _without_repeats(documents)
        found = await asyncio.gather(*(self._stored_or_dropped(one) for one in unlike))
        return (
            tuple(one for one in found if isinstance(one, Stored)),
            tuple(one for one in found if isinstance(one, Dropped)),
        )

    async def read_all(self, documents: Sequence[Document]) -> Read:
        """Read documents for a brief, storing nothing yet.

        Raises `DocumentConflict` and `NotReady`.
        """
        unlike = _without_repeats(documents)
        found = await asyncio.gather(*(self._read_or_dropped(one) for one in unlike))
        usable = [
            _id_of(one)
            for one, what in zip(unlike, found, strict=True)
            if not isinstance(what, Dropped)
        ]
        return Read(
            document_ids=tuple(usable),
            filed=tuple(one for one in found if isinstance(one, Filed)),
            dropped=tuple(one for one in found if isinstance(one, Dropped)),
        )

    async def _stored_or_dropped(self, document: Document) -> Stored | Dropped:
        try:
            return await self.store(document)
        except (BadDocument, InputTooLarge, DocumentConflict) as fault:
            return _dropped(document, fault)

    async def _read_or_dropped(self, document: Document) -> Filed | Dropped | None:
        try:
            return await self._read(document)
        except (BadDocument, InputTooLarge) as fault:
            return _dropped(document, fault)

    async def _read(self, document: Document) -> Filed | None:
        """Return the document with its article, or None where the store has the very same."""
        size = len(document.content.encode("utf-8", "surrogatepass"))
        limit = self.shop.limits.bytes_per_document
        if size > limit:
            raise InputTooLarge(f"document {_id_of(document)!r}", size, limit, "bytes")
        if await self.shop.store.documents.matches(_id_of(document), document.content_id):
            return None
        models = self.shop.models.get()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.pool, self._prepare, document, models)

    def _prepare(self, document: Document, models: Models) -> Filed:
        try:
            article = self.shop.pipeline.prepare(document, models)
        except BriefError:
            raise
        except Exception as failure:
            # A parser may break in its own way on a hostile page; that is the page's fault here.
            _log.error(
                "document_broke_a_reader",
                document_id=_id_of(document),
                error=type(failure).__name__,
                at=where(failure),
            )
            raise BadDocument(_id_of(document), "it could not be read") from failure
        return Filed(document=document, article=article, article_json=dump_article(article))


def _id_of(document: Document) -> str:
    return document.id or document.content_id


def _without_repeats(documents: Sequence[Document]) -> list[Document]:
    """Leave out documents given twice. Raises `DocumentConflict` for two of one id."""
    unlike: dict[str, Document] = {}
    for document in documents:
        if unlike.setdefault(_id_of(document), document).content_id != document.content_id:
            raise DocumentConflict(_id_of(document))
    return list(unlike.values())


def _dropped(document: Document, fault: BadDocument | InputTooLarge | DocumentConflict) -> Dropped:
    shown = document.title or ("" if document.media_type == "application/pdf" else document.content)
    reason = fault.reason if isinstance(fault, BadDocument) else str(fault)
    return Dropped(text=shown[:_SHOWN], document_id=_id_of(document), reason=reason)
