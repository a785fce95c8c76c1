"""Making one brief: in a thread, while the lease on it is renewed and its progress is told."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import timedelta

import structlog

from service.domain.brief import Brief, Progress
from service.domain.errors import (
    BriefError,
    Cancelled,
    NotReady,
    NoUsableDocument,
    Overloaded,
    StoreUnavailable,
)
from service.domain.ports import Models, Watch
from service.jobs.bell import Bell
from service.jobs.corrections import deleted
from service.jobs.parts import Codec, ModelShelf, Pipeline, Surroundings
from service.store import Store
from service.store.codec import load_article
from service.store.records import BriefRecord, Lease, Outcome
from service.telemetry.metrics import Metrics
from service.telemetry.places import where
from service.telemetry.tracing import context_of, past_span, span, stage_spans

# How long is waited before what may pass is tried again; after the last it is given up.
_AGAIN_S = (0.2, 0.5, 1.0, 2.0)
_LONGEST_WAIT_S = 5.0
# What is no fault of a brief, and may pass.
PASSING = (NotReady, Overloaded, StoreUnavailable)

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkShop:
    """Everything that making briefs takes; `bell` wakes those who wait in this process."""

    pipeline: Pipeline
    codec: Codec
    store: Store
    surroundings: Surroundings
    metrics: Metrics
    models: ModelShelf = field(default_factory=ModelShelf)
    bell: Bell = field(default_factory=Bell)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How the workers keep time. A lease is renewed every `tick_s`, and so outlives many ticks.

    A brief that `max_attempts` workers died over is handed out no more.
    """

    workers: int = 1
    poll_s: float = 0.2
    tick_s: float = 0.5
    lease_s: float = 8.0
    grace_s: float = 20.0
    stopping_s: float = 2.0
    max_attempts: int = 5


@dataclass(slots=True)
class Run:
    """One brief at work: what its thread tells, and what it is told. Each is a single write.

    `lost`: the lease is another's, or the brief is gone; how it ends is not this worker's to say.
    """

    brief_id: str
    owner: str
    progress: Progress | None = None
    stopped: bool = False
    lost: bool = False
    settled: bool = False

    def report(self, progress: Progress) -> None:
        """Take a report from the working thread; raises `Cancelled` to stop it."""
        self.progress = progress
        if self.stopped:
            raise Cancelled(f"brief {self.brief_id!r} was stopped")


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a brief is made of: the articles that are left of the documents it was accepted with."""

    article_jsons: Sequence[str]
    document_ids: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What a thread brings: how the brief ended, and the brief where it is done."""

    outcome: Outcome
    brief: Brief | None = None


@dataclass(slots=True, kw_only=True)
class Maker:
    """Makes briefs that were claimed, each in a thread of `pool`, and writes how they ended."""

    shop: WorkShop
    pace: Pace
    pool: Executor
    _threads: set[asyncio.Future[Made]] = field(default_factory=set, init=False)

    @property
    def busy(self) -> bool:
        """Say whether a thread is still at work, heeded or not."""
        return any(not thread.done() for thread in self._threads)

    async def make(self, record: BriefRecord, run: Run, models: Models) -> None:
        """Make a brief and settle it, unless it is stopped or lost on the way."""
        # The trace of the request that asked for it goes on here, in another process.
        with span(
            "make brief",
            {"brief.id": record.id, "brief.attempt": record.attempts},
            parent=context_of(record.traceparent),
        ):
            await self._make(record, run, models)

    async def _make(self, record: BriefRecord, run: Run, models: Models) -> None:
        if record.attempts > self.pace.max_attempts:
            died = f"set aside: {self.pace.max_attempts} workers died while making it"
            await self._settle(run, Made(outcome=self._failed(died)))
            return
        self._count(record)
        _log.info("brief_begun", brief_id=record.id, attempt=record.attempts)
        made = await self._made(record, run, models)
        if made is not None and not run.lost:
            await self._settle(run, made)

    async def put_back(self, run: Run) -> bool:
        """Give a brief back to the queue, as if it had not been begun.

        Returns False where the database did not take it: when its lease ends it is handed out again
        all the same, as if this worker had died.
        """
        try:
            await self.shop.store.briefs.requeue(run.brief_id, run.owner)
        except StoreUnavailable as failure:
            _log.error("brief_not_put_back", brief_id=run.brief_id, error=str(failure))
            return False
        return True

    def lease(self, owner: str) -> Lease:
        until = self.shop.surroundings.now() + timedelta(seconds=self.pace.lease_s)
        return Lease(owner=owner, until=until)

    async def _made(self, record: BriefRecord, run: Run, models: Models) -> Made | None:
        """Return what becomes of the brief, None where it was stopped.

        What may pass, a database that does not answer or an engine that is not there, is tried again
        a few times; raises one of `PASSING` where it does not pass.
        """
        for wait_s in (*_AGAIN_S, None):
            try:
                return await self._attempt(record, run, models)
            except Cancelled:
                return None
            except PASSING as failure:
                if wait_s is None or run.stopped:
                    raise
                _log.warning("brief_tried_again", brief_id=record.id, error=str(failure))
                await asyncio.sleep(wait_s)
        return None

    async def _attempt(self, record: BriefRecord, run: Run, models: Models) -> Made:
        store = self.shop.store
        given = Given(
            article_jsons=await store.documents.article_jsons_of(record.id),
            document_ids=await store.briefs.document_ids(record.tenant, record.id),
        )
        thread = asyncio.get_running_loop().run_in_executor(
            self.pool, self._in_thread, record, given, models, run
        )
        self._threads.add(thread)
        thread.add_done_callback(self._threads.discard)
        await self._attend(thread, run)
        return await thread

    async def _attend(self, thread: asyncio.Future[Made], run: Run) -> None:
        """Write progress and renew the lease until the thread is done; stop it if it lost both."""
        while not (await asyncio.wait({thread}, timeout=self.pace.tick_s))[0]:
            try:
                held = await self.shop.store.briefs.renew(
                    run.brief_id, self.lease(run.owner), run.progress
                )
            except StoreUnavailable as failure:
                # Nobody else can take it either; whose it is then, settling it will tell.
                _log.error("lease_not_renewed", brief_id=run.brief_id, error=str(failure))
            else:
                run.lost = run.lost or not held
                run.stopped = run.stopped or not held

    def _in_thread(self, record: BriefRecord, given: Given, models: Models, run: Run) -> Made:
        """Make the brief. Raises `Cancelled` where it was stopped, and what is `PASSING`."""
        try:
            return self._done(self._summarized(record, given, models, run))
        except (Cancelled, *PASSING):
            raise
        except BriefError as failure:
            return Made(outcome=self._failed(str(failure)))
        except Exception as failure:
            _log.error(
                "brief_broke",
                brief_id=record.id,
                error=type(failure).__name__,
                at=where(failure),
            )
            told = "an internal error; the service's log has the place"
            return Made(outcome=self._failed(told))

    def _summarized(self, record: BriefRecord, given: Given, models: Models, run: Run) -> Brief:
        articles = [load_article(text) for text in given.article_jsons]
        left = {article.id for article in articles}
        gone = deleted(one for one in given.document_ids if one not in left)
        dropped = (*record.dropped, *gone)
        if not articles:
            raise NoUsableDocument([(one.document_id or one.text, one.reason) for one in dropped])
        brief = self.shop.pipeline.summarize(
            articles,
            models,
            record.options,
            brief_id=record.id,
            created_at=record.created_at,
            dropped=dropped,
            warnings=record.warnings,
            watch=Watch(clock_s=self.shop.surroundings.clock_s, on_progress=run.report),
        )
        return replace(brief, rebuild_of=record.rebuild_of)

    def _done(self, brief: Brief) -> Made:
        now = self.shop.surroundings.now()
        finished = replace(brief, finished_at=now)
        outcome = Outcome(
            status="done",
            finished_at=now,
            body=self.shop.codec.dump(finished),
            headline=None if brief.headline is None else brief.headline.text,
        )
        return Made(outcome=outcome, brief=finished)

    def _failed(self, reason: str) -> Outcome:
        return Outcome(status="failed", finished_at=self.shop.surroundings.now(), error=reason)

    def _count(self, record: BriefRecord) -> None:
        if record.attempts > 1:
            self.shop.metrics.takeover()
            return
        now = self.shop.surroundings.now()
        self.shop.metrics.brief_claimed((now - record.created_at).total_seconds())
        asked = context_of(record.traceparent)
        past_span("wait in queue", record.created_at, now, {"brief.id": record.id}, parent=asked)

    async def _settle(self, run: Run, made: Made) -> None:
        """Write how the brief ended, as often as it takes: a full disk must not lose the work."""
        outcome, wait_s = made.outcome, self.pace.poll_s
        while True:
            try:
                kept = await self.shop.store.briefs.settle(run.brief_id, run.owner, outcome)
                break
            except StoreUnavailable as failure:
                _log.error("brief_not_settled", brief_id=run.brief_id, error=str(failure))
                await asyncio.sleep(wait_s)
                wait_s = min(2 * wait_s, _LONGEST_WAIT_S)
        run.settled = True
        _log.info("brief_ended", brief_id=run.brief_id, status=outcome.status, kept=kept)
        if kept:
            self._count_end(made)
        self.shop.bell.ring_for_end(run.brief_id)

    def _count_end(self, made: Made) -> None:
        status = made.outcome.status
        if status in ("done", "failed"):
            self.shop.metrics.brief_ended(status)
        if made.brief is not None and made.brief.run is not None:
            self.shop.metrics.brief_timed(made.brief.run.timings_s)
            stage_spans(made.brief.run.timings_s, made.outcome.finished_at)
