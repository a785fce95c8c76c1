"""Making the briefs that wait, in threads of their own, one at a time each."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import timedelta

import structlog

from service.domain.brief import Progress
from service.domain.errors import BriefError, Cancelled, NotReady, StoreUnavailable
from service.domain.ports import Models, Watch
from service.jobs.parts import Shop
from service.jobs.trace import where
from service.store.codec import load_article
from service.store.records import BriefRecord, Lease, Outcome

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How the workers keep time. A lease is renewed every `tick_s`, and so outlives many ticks."""

    workers: int = 1
    poll_s: float = 1.0
    tick_s: float = 0.5
    lease_s: float = 15.0
    grace_s: float = 20.0
    stopping_s: float = 2.0
    max_attempts: int = 3


@dataclass(slots=True)
class Run:
    """One brief at work: what its thread tells, and what it is told. Both are single writes."""

    brief_id: str
    owner: str
    progress: Progress | None = None
    stopped: bool = False

    def report(self, progress: Progress) -> None:
        """Take a report from the working thread; raises `Cancelled` to stop it."""
        self.progress = progress
        if self.stopped:
            raise Cancelled(f"brief {self.brief_id!r} was stopped")


@dataclass(slots=True, kw_only=True)
class Workers:
    """Takes briefs in their turn until told to stop. `pool` needs one thread a worker."""

    shop: Shop
    pace: Pace
    pool: Executor
    _stopping: bool = field(default=False, init=False)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list, init=False)
    _runs: dict[str, Run] = field(default_factory=dict, init=False)

    def start(self) -> None:
        """Begin; what a process that died left queued or running is taken up in its turn."""
        self._tasks = [asyncio.create_task(self._work()) for _ in range(self.pace.workers)]

    async def stop(self) -> None:
        """Finish what is at work, or put it back in the queue when the grace is over."""
        self._stopping = True
        self.shop.bell.ring_for_work()
        if await self._still_at_work(self.pace.grace_s):
            for run in self._runs.values():
                run.stopped = True
            await self._still_at_work(self.pace.stopping_s)
        for run in list(self._runs.values()):
            # Its thread does not listen; whatever it still makes will be refused by the store.
            await self._put_back(run)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _still_at_work(self, timeout_s: float) -> bool:
        if not self._tasks:
            return False
        _, pending = await asyncio.wait(self._tasks, timeout=timeout_s)
        return bool(pending)

    async def _work(self) -> None:
        while not self._stopping:
            if not await self._take_turn():
                await self.shop.bell.work(self.pace.poll_s)
        # Workers share one bell: the next must not sleep through its call to stop.
        self.shop.bell.ring_for_work()

    async def _take_turn(self) -> bool:
        """Make one brief; return False where there is none, or nothing to make it with."""
        try:
            models = self.shop.models.get()
            owner = self.shop.surroundings.new_owner()
            now = self.shop.surroundings.now()
            record = await self.shop.store.briefs.claim(self._lease(owner), now)
            if record is None:
                return False
            run = self._runs[owner] = Run(record.id, owner)
            try:
                await self._make(record, run, models)
            finally:
                del self._runs[owner]
        except NotReady:
            return False
        except StoreUnavailable as failure:
            _log.error("store_unavailable", error=str(failure), at=where(failure))
            return False
        except Exception as failure:
            # The worker must live on; the brief is handed out again when its lease ends.
            _log.error("worker_failed", error=type(failure).__name__, at=where(failure))
            return False
        return True

    async def _make(self, record: BriefRecord, run: Run, models: Models) -> None:
        if record.attempts > self.pace.max_attempts:
            reason = f"the service stopped {self.pace.max_attempts} times while making it"
            await self._settle(run, self._failed(reason))
            return
        _log.info("brief_begun", brief_id=record.id, attempt=record.attempts)
        articles = await self.shop.store.documents.article_jsons_of(record.id)
        made = asyncio.get_running_loop().run_in_executor(
            self.pool, self._outcome, record, articles, models, run
        )
        await self._attend(made, run)
        outcome = await made
        if outcome is not None:
            await self._settle(run, outcome)
        elif self._stopping:
            await self._put_back(run)

    async def _attend(self, made: asyncio.Future[Outcome | None], run: Run) -> None:
        """Write progress and renew the lease until the thread is done; stop it if it lost both."""
        while not (await asyncio.wait({made}, timeout=self.pace.tick_s))[0]:
            try:
                held = await self.shop.store.briefs.renew(
                    run.brief_id, self._lease(run.owner), run.progress
                )
            except StoreUnavailable as failure:
                _log.error("lease_not_renewed", brief_id=run.brief_id, error=str(failure))
            else:
                run.stopped = run.stopped or not held

    def _outcome(
        self, record: BriefRecord, article_jsons: Sequence[str], models: Models, run: Run
    ) -> Outcome | None:
        """Make the brief, in a thread; None where it was stopped, or the models were."""
        try:
            brief = self.shop.pipeline.summarize(
                [load_article(text) for text in article_jsons],
                models,
                record.options,
                brief_id=record.id,
                created_at=record.created_at,
                dropped=record.dropped,
                watch=Watch(clock_s=self.shop.surroundings.clock_s, on_progress=run.report),
            )
            finished_at = self.shop.surroundings.now()
            body = self.shop.codec.dump(replace(brief, finished_at=finished_at))
        except (Cancelled, NotReady):
            return None
        except BriefError as failure:
            return self._failed(str(failure))
        except Exception as failure:
            _log.error(
                "brief_broke",
                brief_id=record.id,
                error=type(failure).__name__,
                at=where(failure),
            )
            return self._failed("an internal error; the service's log has the place")
        return Outcome(status="done", finished_at=finished_at, body=body)

    async def _settle(self, run: Run, outcome: Outcome) -> None:
        """Write how the brief ended, as often as it takes: a full disk must not lose the work."""
        while True:
            try:
                kept = await self.shop.store.briefs.settle(run.brief_id, run.owner, outcome)
                break
            except StoreUnavailable as failure:
                _log.error("brief_not_settled", brief_id=run.brief_id, error=str(failure))
                await asyncio.sleep(self.pace.poll_s)
        _log.info("brief_ended", brief_id=run.brief_id, status=outcome.status, kept=kept)
        self.shop.bell.ring_for_end(run.brief_id)

    async def _put_back(self, run: Run) -> None:
        try:
            await self.shop.store.briefs.requeue(run.brief_id, run.owner)
        except StoreUnavailable as failure:
            # Its lease will end, and then it is handed out all the same.
            _log.error("brief_not_put_back", brief_id=run.brief_id, error=str(failure))

    def _lease(self, owner: str) -> Lease:
        until = self.shop.surroundings.now() + timedelta(seconds=self.pace.lease_s)
        return Lease(owner=owner, until=until)

    def _failed(self, reason: str) -> Outcome:
        return Outcome(status="failed", finished_at=self.shop.surroundings.now(), error=reason)
