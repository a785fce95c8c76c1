"""What callers do with briefs: ask for one, look at it, wait for it, cancel it, check it."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

from service.domain.brief import Brief, Options
from service.domain.errors import (
    InputTooLarge,
    NoUsableDocument,
    QueueFull,
    UnknownDocument,
    WrongStatus,
)
from service.domain.text import Document
from service.jobs.intake import Intake
from service.jobs.parts import FailedCheck, Shop
from service.store.codec import load_article
from service.store.records import BriefRecord, NewBrief


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a brief is asked to be made of, and how."""

    documents: tuple[Document, ...] = ()
    document_ids: tuple[str, ...] = ()
    options: Options


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """A brief checked again: every failure, in the order found; none means that it holds."""

    brief: Brief
    failures: tuple[FailedCheck, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Accepts briefs and answers for them. `pool` does what takes long, off the event loop."""

    shop: Shop
    intake: Intake
    pool: Executor

    async def accept(self, order: Order) -> BriefRecord:
        """Store an order and all it needs, so that it outlives this process, and return it.

        Raises `InputTooLarge`, `QueueFull`, `UnknownDocument`, `DocumentConflict`,
        `NoUsableDocument` and `NotReady`.
        """
        await self._check(order)
        read = await self.intake.read_all(order.documents)
        document_ids = tuple(dict.fromkeys((*read.document_ids, *order.document_ids)))
        if not document_ids:
            raise NoUsableDocument([(d.document_id or "", d.reason) for d in read.dropped])
        brief = NewBrief(
            id=self.shop.surroundings.new_brief_id(),
            created_at=self.shop.surroundings.now(),
            options=order.options,
            document_ids=document_ids,
            filed=read.filed,
            dropped=read.dropped,
        )
        await self.shop.store.briefs.accept(brief, self.shop.limits.queued_briefs)
        self.shop.bell.ring_for_work()
        return await self.shop.store.briefs.get(brief.id)

    async def _check(self, order: Order) -> None:
        limits = self.shop.limits
        given = len(order.documents) + len(order.document_ids)
        if given > limits.documents_per_brief:
            raise InputTooLarge("one brief", given, limits.documents_per_brief, "documents")
        # Asked again in the transaction; here so that a full queue costs no reading.
        waiting = await self.shop.store.briefs.waiting()
        if waiting >= limits.queued_briefs:
            raise QueueFull(waiting, limits.queued_briefs)
        for document_id in await self.shop.store.documents.missing(order.document_ids):
            raise UnknownDocument(document_id)

    async def get(self, brief_id: str) -> BriefRecord:
        """Return a brief as it stands, or raise `UnknownBrief`."""
        return await self.shop.store.briefs.get(brief_id)

    async def wait(self, brief_id: str, timeout_s: float) -> BriefRecord:
        """Return the brief once it has ended, or as it stands when the time is over."""
        with self.shop.bell.end_of(brief_id) as ended:
            record = await self.get(brief_id)
            if record.finished:
                return record
            try:
                async with asyncio.timeout(timeout_s):
                    await ended.wait()
            except TimeoutError:
                return record
        return await self.get(brief_id)

    async def cancel(self, brief_id: str) -> BriefRecord:
        """Cancel a brief for good; one that is running is stopped as soon as its stage allows.

        Raises `UnknownBrief`, and `WrongStatus` where it is done or failed.
        """
        record = await self.shop.store.briefs.cancel(brief_id, self.shop.surroundings.now())
        self.shop.bell.ring_for_end(brief_id)
        return record

    async def verify(self, brief_id: str) -> Verification:
        """Check a finished brief against the stored articles.

        Raises `UnknownBrief`, and `WrongStatus` where it is not done.
        """
        record = await self.get(brief_id)
        if record.body is None:
            raise WrongStatus(brief_id, record.status, "done")
        articles = await self.shop.store.documents.article_jsons_of(brief_id)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.pool, self._recheck, record.body, articles)

    def _recheck(self, body: str, article_jsons: Sequence[str]) -> Verification:
        brief = self.shop.codec.load(body)
        articles = {a.id: a for a in map(load_article, article_jsons)}
        return Verification(
            brief=brief, failures=tuple(self.shop.pipeline.recheck(brief, articles))
        )


def as_brief(record: BriefRecord) -> Brief:
    """Return the brief that a record without a body stands for."""
    status = record.status
    if status == "done":
        raise ValueError(f"brief {record.id!r} is done, and its body says all")
    return Brief(
        id=record.id,
        status=status,
        created_at=record.created_at,
        finished_at=record.finished_at,
        progress=record.progress,
        error=record.error,
        dropped=record.dropped,
    )
