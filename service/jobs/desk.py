"""What callers do with briefs: ask for one, look at it, wait for it, end it, check it, renew it."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime

from service.domain.brief import Brief, Dropped, Options, Status
from service.domain.errors import (
    InputTooLarge,
    NoUsableDocument,
    UnknownDocument,
    WrongStatus,
)
from service.domain.text import Document
from service.jobs.corrections import gone_of, standing
from service.jobs.intake import Intake, Read
from service.jobs.parts import Caller, FailedCheck, Shop
from service.jobs.watching import Watcher
from service.store.records import BriefRecord, BriefSummary, Cursor, Hook, NewBrief, Page
from service.telemetry.tracing import current_traceparent, span


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """Where the events of a brief are to be sent, and the secret that signs them."""

    url: str
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a brief is asked to be made of, and how.

    `dropped` is what was sent and never became a document, `warnings` what else its run should tell.
    """

    documents: tuple[Document, ...] = ()
    document_ids: tuple[str, ...] = ()
    options: Options
    dropped: tuple[Dropped, ...] = ()
    warnings: tuple[str, ...] = ()
    webhook: Webhook | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """A brief checked again: every failure, in the order found; none means that it holds."""

    brief: Brief
    failures: tuple[FailedCheck, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Accepts briefs and answers for them. No caller sees more than its own tenant's."""

    shop: Shop
    intake: Intake
    watcher: Watcher

    async def accept(
        self, caller: Caller, order: Order, idempotency_key: str | None = None
    ) -> BriefRecord:
        """Store an order and all it needs, so that it outlives this process, and return it.

        Under an `idempotency_key` that came before, that brief is returned. Raises `InputTooLarge`,
        `QueueFull`, `UnknownDocument`, `DocumentConflict`, `NoUsableDocument` and `NotReady`.
        """
        # First: what was refused meanwhile must not refuse a brief that is there already.
        known = await self._known(caller, idempotency_key)
        if known is not None:
            return known
        limits = self.shop.limits
        given = len(order.documents) + len(order.document_ids)
        if given > limits.documents_per_brief:
            raise InputTooLarge("one brief", given, limits.documents_per_brief, "documents")
        # Asked again in the transaction; here so that a full queue costs no reading.
        async with self.shop.turnstile.passing(self._queued, limits.queued_briefs):
            missing = await self.shop.store.documents.missing(caller.tenant, order.document_ids)
            if missing:
                raise UnknownDocument(missing[0])
            read = await self.intake.read_all(caller, order.documents)
            new = self._new(read, order, idempotency_key)
            return await self._accepted(caller, new)

    async def _queued(self) -> int:
        return (await self.shop.store.briefs.backlog()).queued

    async def _known(self, caller: Caller, idempotency_key: str | None) -> BriefRecord | None:
        if idempotency_key is None:
            return None
        record = await self.shop.store.briefs.find_by_key(caller.tenant, idempotency_key)
        if record is not None and record.status == "queued":
            # Whoever accepted it may have died before it told of it.
            await self.shop.dispatch.announce(record.id, record.attempts)
        return record

    def _new(self, read: Read, order: Order, idempotency_key: str | None) -> NewBrief:
        document_ids = tuple(dict.fromkeys((*read.document_ids, *order.document_ids)))
        dropped = (*order.dropped, *read.dropped)
        if not document_ids:
            raise NoUsableDocument([(d.document_id or d.text, d.reason) for d in dropped])
        return NewBrief(
            id=self.shop.surroundings.new_brief_id(),
            created_at=self.shop.surroundings.now(),
            options=order.options,
            document_ids=document_ids,
            filed=read.filed,
            dropped=dropped,
            warnings=order.warnings,
            idempotency_key=idempotency_key,
            traceparent=current_traceparent(),
            hook=None if order.webhook is None else self._sealed(order.webhook),
        )

    def _sealed(self, webhook: Webhook) -> Hook:
        return Hook(url=webhook.url, sealed_secret=self.shop.vault.seal(webhook.secret))

    async def _accepted(self, caller: Caller, new: NewBrief) -> BriefRecord:
        limit = self.shop.limits.queued_briefs
        with span("accept brief", {"brief.id": new.id, "brief.documents": len(new.document_ids)}):
            record = await self.shop.store.briefs.accept(caller.tenant, new, limit)
            await self.shop.dispatch.announce(record.id, record.attempts)
        return record

    async def get(self, caller: Caller, brief_id: str) -> BriefRecord:
        """Return a brief as it stands, or raise `UnknownBrief`."""
        return await self.shop.store.briefs.get(caller.tenant, brief_id)

    async def list(
        self,
        caller: Caller,
        *,
        limit: int,
        after: Cursor | None,
        status: Status | None = None,
        since: datetime | None = None,
    ) -> Page[BriefSummary]:
        """Return briefs, the newest first; those that were asked for at `since` or later."""
        return await self.shop.store.briefs.list(
            caller.tenant, limit=limit, after=after, status=status, since=since
        )

    async def wait(self, caller: Caller, brief_id: str, timeout_s: float) -> BriefRecord:
        """Return the brief once it has ended, or as it stands when the time is over."""
        clock_s = asyncio.get_running_loop().time
        until_s = clock_s() + timeout_s
        with self.watcher.watching(brief_id) as watch:
            while True:
                record = await self.get(caller, brief_id)
                watch.saw(record.revision)
                if record.finished or self.watcher.stopped:
                    return record
                if not await watch.change(until_s - clock_s()):
                    return record

    async def cancel(self, caller: Caller, brief_id: str) -> BriefRecord:
        """Cancel a brief for good; one that is running is stopped as soon as its stage allows.

        Raises `UnknownBrief`, and `WrongStatus` where it is done or failed.
        """
        now = self.shop.surroundings.now()
        record = await self.shop.store.briefs.cancel(caller.tenant, brief_id, now)
        if record.finished_at == now:
            # Not where it was cancelled before.
            self.shop.metrics.brief_ended("cancelled")
        self.shop.bell.ring_for_end(brief_id)
        return record

    async def delete(self, caller: Caller, brief_id: str) -> None:
        """Delete a brief and all that was kept for it; one that is running is stopped.

        Raises `UnknownBrief`.
        """
        await self.shop.store.briefs.delete(caller.tenant, brief_id)
        self.shop.bell.ring_for_end(brief_id)

    async def rebuild(
        self, caller: Caller, old: BriefRecord, idempotency_key: str | None = None
    ) -> BriefRecord:
        """Ask for a brief anew: the same options, of what stands now of the same documents.

        Under an `idempotency_key` that came before, that brief is returned. Raises `WrongStatus`
        unless the old one has ended, `NoUsableDocument` where all of its documents were deleted, and
        `QueueFull`.
        """
        known = await self._known(caller, idempotency_key)
        if known is not None:
            return known
        if not old.finished:
            raise WrongStatus(old.id, old.status, "done, failed or cancelled")
        outdated = await self.shop.store.briefs.outdated(caller.tenant, old.id)
        used = await self.shop.store.briefs.document_ids(caller.tenant, old.id)
        now = standing(used, outdated)
        if not now.document_ids:
            raise NoUsableDocument([(one.document_id or "", one.reason) for one in now.dropped()])
        dropped = (*old.dropped, *now.dropped())
        order = Order(document_ids=now.document_ids, options=old.options, dropped=dropped)
        new = self._new(Read(document_ids=(), filed=(), dropped=()), order, idempotency_key)
        return await self._accepted(caller, replace(new, rebuild_of=old.id, hook=old.hook))

    async def verify(self, caller: Caller, brief_id: str) -> Verification:
        """Check a finished brief against the versions of the documents that it was made of.

        Raises `UnknownBrief`, `NotReady`, and `WrongStatus` where it is not done.
        """
        record = await self.get(caller, brief_id)
        if record.body is None:
            raise WrongStatus(brief_id, record.status, "done")
        articles = await self.shop.store.documents.articles_of(caller.tenant, brief_id)
        outdated = await self.shop.store.briefs.outdated(caller.tenant, brief_id)
        found = await self.shop.readers.recheck(caller.tenant, record.body, articles)
        brief = await asyncio.to_thread(self.shop.codec.load, record.body)
        gone = await asyncio.to_thread(gone_of, brief, outdated, articles)
        return Verification(brief=brief, failures=(*found, *gone))
