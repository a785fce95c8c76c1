"""The wiring of what makes briefs, in a worker process or inside another program."""

import os
import platform
import secrets
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import UTC, datetime

from service import __version__
from service.jobs.bell import Bell
from service.jobs.parts import Background, Codec, Dispatch, ModelShelf, Pipeline, Surroundings
from service.jobs.work.dispatch import BellCalls, InDatabase, Reconciler
from service.jobs.work.making import Maker, Pace, WorkShop
from service.jobs.work.presence import Attendance, Process
from service.jobs.work.workers import Calls, Workers
from service.pipeline import prepare, summarize_articles
from service.render import dump_brief, load_brief
from service.settings import Settings
from service.stages.verify import recheck
from service.store import Store
from service.telemetry.metrics import Metrics

_ID_BYTES = 16

CODEC = Codec(dump=dump_brief, load=load_brief)
PIPELINE = Pipeline(prepare=prepare, summarize=summarize_articles, recheck=recheck)


@dataclass(frozen=True, slots=True)
class Pools:
    """Thread pools that end with the service; a thread that does not listen is not waited for."""

    pools: tuple[Executor, ...]

    async def start(self) -> None:
        """Need nothing: threads start when they are needed."""

    async def stop(self) -> None:
        for pool in self.pools:
            pool.shutdown(wait=False, cancel_futures=True)


def surroundings() -> Surroundings:
    """Return the time of this machine, and ids that cannot be guessed."""
    return Surroundings(
        now=lambda: datetime.now(UTC),
        clock_s=time.perf_counter,
        new_brief_id=lambda: "brf_" + secrets.token_urlsafe(_ID_BYTES),
        new_owner=lambda: secrets.token_hex(_ID_BYTES),
    )


def pace_of(settings: Settings, workers: int) -> Pace:
    """Return the pace that the settings say, of so many workers."""
    return Pace(
        workers=workers,
        lease_s=settings.lease_s,
        grace_s=settings.grace_s,
        max_attempts=settings.max_attempts,
    )


def chance() -> Callable[[], float]:
    """Return what gives numbers in [0, 1), other ones in every process."""
    return secrets.SystemRandom().random


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """How word of waiting briefs goes around: who is told, and where workers hear of it.

    `background` keeps it going; it begins and ends with the process.
    """

    dispatch: Dispatch
    calls: Calls
    background: tuple[Background, ...] = ()


def word_of(settings: Settings, store: Store, around: Surroundings, bell: Bell) -> Word:
    """Return the shared queue that the settings name, else the database itself.

    Raises `BadSettings` for an address that cannot be used.
    """
    if settings.queue_url is None:
        return Word(dispatch=InDatabase(bell), calls=BellCalls(bell=bell, poll_s=Pace().poll_s))
    from service.jobs.work.saq_queue import shared_queue

    queue = shared_queue(settings.queue_url, around.clock_s)
    reconciler = Reconciler(store=store, dispatch=queue, surroundings=around, jitter=chance())
    return Word(dispatch=queue, calls=queue, background=(queue, reconciler))


def work_shop(
    store: Store, around: Surroundings, metrics: Metrics, bell: Bell | None = None
) -> WorkShop:
    """Return what briefs are made with; its models are still to be put on its shelf."""
    return WorkShop(
        pipeline=PIPELINE,
        codec=CODEC,
        store=store,
        surroundings=around,
        metrics=metrics,
        bell=bell or Bell(),
    )


def workers_of(shop: WorkShop, pace: Pace, calls: Calls, pool: Executor) -> Workers:
    """Return workers that make briefs in a pool, which needs a thread for each."""
    return Workers(maker=Maker(shop=shop, pace=pace, pool=pool), calls=calls)


def attendance_of(store: Store, around: Surroundings, models: ModelShelf) -> Attendance:
    """Return what tells the others of this process."""
    process = Process(
        id=around.new_owner(),
        host=platform.node() or "unknown",
        pid=os.getpid(),
        version=__version__,
        started_at=around.now(),
    )
    return Attendance(store=store, surroundings=around, models=models, process=process)
