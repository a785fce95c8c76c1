"""Services to test against: the real application over SQLite, with fakes behind it."""

import asyncio
import itertools
import secrets
import threading
import time
import warnings
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

with warnings.catch_warnings():
    # Where advanced-alchemy happens to be installed the framework imports it, and it warns.
    warnings.simplefilter("ignore", DeprecationWarning)
    from litestar import Litestar
from litestar.testing import TestClient

from service.backends.fakes import FakeDrafter, fake_models
from service.bootstrap.secret import ServerSecret
from service.domain.claims import Draft, DraftRequest
from service.domain.errors import BriefError
from service.domain.ports import Models
from service.jobs.bell import Bell
from service.jobs.fakes import fake_pipeline
from service.jobs.keys import KeyMaker, MadeKey, Prover
from service.jobs.limits import Limits
from service.jobs.parts import (
    Background,
    Codec,
    ModelShelf,
    Pipeline,
    Shop,
    Surroundings,
)
from service.jobs.reading.threads import ThreadReaders
from service.jobs.work.dispatch import BellCalls, InDatabase
from service.jobs.work.making import Maker, Pace, WorkShop
from service.jobs.work.presence import Attendance, Process
from service.jobs.work.workers import Workers
from service.render import (
    HTML_CSP,
    dump_brief,
    load_brief,
    render_html,
    render_markdown,
    render_text,
)
from service.rest.answers import HTML, MARKDOWN, TEXT
from service.rest.app import Parts, Service, create_app
from service.rest.forms import Renderers
from service.store import Store
from service.store.records import Scope
from service.telemetry.metrics import Metrics

Client = TestClient[Litestar]
Told = TypeVar("Told")
QUICK = Pace(poll_s=0.05, tick_s=0.02, grace_s=5.0, stopping_s=1.0)
SECRET = ServerSecret(("of the tests, and of nobody else.",))


class HeldDrafter(FakeDrafter):
    """Drafts only when let; `busy` is set while it holds a thread."""

    def __init__(self) -> None:
        super().__init__()
        self.busy, self.let = threading.Event(), threading.Event()
        self.calls = 0

    def draft(
        self, requests: Sequence[DraftRequest], advance: Callable[[int], None] = lambda _: None
    ) -> list[Draft]:
        self.calls += 1
        self.busy.set()
        assert self.let.wait(20)
        return super().draft(requests, advance)


@dataclass
class Time:
    now: datetime = datetime(2026, 11, 21, 12, tzinfo=UTC)

    def read(self) -> datetime:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class OpenVault:
    """Seals so that a test can see what was sealed, and nobody else needs to."""

    def seal(self, secret: str) -> str:
        return f"sealed {secret[::-1]}"

    def unseal(self, sealed: str) -> str:
        return sealed.removeprefix("sealed ")[::-1]


@dataclass
class Loading:
    """Loads the models of a process beside its requests, and tells the others when it has."""

    load: Callable[[], Models]
    shelf: ModelShelf
    attendance: Attendance
    bell: Bell
    task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self.task = asyncio.create_task(self._load())

    async def stop(self) -> None:
        if self.task is not None:
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)

    async def _load(self) -> None:
        try:
            self.shelf.put(await asyncio.to_thread(self.load))
        except BriefError as failure:
            self.shelf.fail(str(failure))
        await self.attendance.tell()
        self.bell.ring_for_work()


@dataclass
class Pools:
    """The threads of a process, which end with it."""

    pools: tuple[ThreadPoolExecutor, ...]

    async def start(self) -> None:
        """Need nothing: threads begin when there is work for them."""

    async def stop(self) -> None:
        for pool in self.pools:
            pool.shutdown(wait=False, cancel_futures=True)


@dataclass(kw_only=True)
class Services:
    """Opens services over one database, each with fakes for what is behind it."""

    folder: Path
    stack: ExitStack
    time: Time = field(default_factory=Time)
    ids: Iterator[int] = field(default_factory=itertools.count)
    apps: list[Service] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"sqlite+aiosqlite:///{self.folder / 'brief.db'}"

    def app(
        self,
        *,
        models: Models | None = None,
        load: Callable[[], Models] | None = None,
        limits: Limits | None = None,
        pace: Pace = QUICK,
        pipeline: Pipeline | None = None,
        host_names: frozenset[str] | None = None,
        heartbeat_s: float = 15.0,
        background: Callable[[Shop], tuple[Background, ...]] = lambda _: (),
        prover: Prover = SECRET,
    ) -> Service:
        """Return an application that makes briefs itself unless `pace` has no workers.

        `background` makes what else is to go on beside it.
        """
        bell, shelf = Bell(), ModelShelf()
        threads = Pools((ThreadPoolExecutor(1), ThreadPoolExecutor(max(1, pace.workers))))
        making = WorkShop(
            pipeline=pipeline or fake_pipeline(),
            codec=Codec(dump=dump_brief, load=load_brief),
            store=Store.at(self.url),
            surroundings=self.surroundings(),
            metrics=Metrics(),
            models=shelf,
            bell=bell,
        )
        shop = self._shop(making, threads.pools[0], limits or Limits())
        workers = Workers(
            maker=Maker(shop=making, pace=pace, pool=threads.pools[1]),
            calls=BellCalls(bell=bell, poll_s=pace.poll_s),
        )
        attendance = self._attendance(making)
        loaded = models or fake_models()
        loading = Loading(load or (lambda: loaded), shelf, attendance, bell)
        renderers = Renderers(
            by_media_type={MARKDOWN: render_markdown, HTML: render_html, TEXT: render_text},
            html_policy=HTML_CSP,
        )
        app = create_app(
            Parts(
                shop=shop,
                renderers=renderers,
                prover=prover,
                background=(threads, attendance, loading, workers, *background(shop)),
                host_names=host_names,
                heartbeat_s=heartbeat_s,
            )
        )
        self.apps.append(app)
        return app

    def streams_open(self) -> int:
        """Return how many clients are being told of briefs."""
        return sum(app.streams.open for app in self.apps)

    def watched(self) -> int:
        """Return how many look at briefs, streams and those that wait for an answer."""
        return sum(app.streams.watcher.watched for app in self.apps)

    def key(self, tenant: str, *scopes: Scope, prover: Prover = SECRET) -> MadeKey:
        """Make a key of a tenant, to read and write where no scope is given."""

        async def making(store: Store) -> MadeKey:
            maker = KeyMaker(
                keys=store.keys, prover=prover, now=self.time.read, choose=secrets.choice
            )
            return await maker.make(f"{tenant}'s", tenant, frozenset(scopes or ("read", "write")))

        return self.with_store(making)

    def revoke(self, key_id: str) -> None:
        assert self.with_store(lambda store: store.keys.revoke(key_id, self.time.now))

    def with_store(self, ask: Callable[[Store], Awaitable[Told]]) -> Told:
        """Ask the database that the services share, beside them."""

        async def asking() -> Told:
            store = Store.at(self.url)
            try:
                await store.database.open()
                return await ask(store)
            finally:
                await store.database.close()

        return asyncio.run(asking())

    def surroundings(self) -> Surroundings:
        return Surroundings(
            now=self.time.read,
            clock_s=lambda: 0.0,
            new_brief_id=lambda: f"brf_{next(self.ids)}",
            new_owner=lambda: f"owner_{next(self.ids)}",
        )

    def _shop(self, making: WorkShop, pool: Executor, limits: Limits) -> Shop:
        return Shop(
            codec=making.codec,
            store=making.store,
            limits=limits,
            surroundings=making.surroundings,
            readers=ThreadReaders(
                pipeline=making.pipeline, codec=making.codec, shelf=making.models, pool=pool
            ),
            dispatch=InDatabase(making.bell),
            vault=OpenVault(),
            metrics=making.metrics,
            bell=making.bell,
        )

    def _attendance(self, making: WorkShop) -> Attendance:
        process = Process(
            id=f"process_{next(self.ids)}",
            host="here",
            pid=1,
            version="test",
            started_at=self.time.now,
        )
        return Attendance(
            store=making.store,
            surroundings=making.surroundings,
            models=making.models,
            process=process,
        )

    def open(self, app: Litestar | None = None, *, ready: bool = True) -> Client:
        """Start a service, closed when the test ends, and wait until it is ready."""
        made = app or self.app()
        client = self.stack.enter_context(TestClient(made, raise_server_exceptions=False))
        until(lambda: not ready or client.get("/readyz").status_code == 200)
        return client


def until(holds: Callable[[], bool]) -> None:
    """Wait for what another thread does; give up after long enough."""
    for _ in range(2000):
        if holds():
            return
        time.sleep(0.01)
    raise TimeoutError("it never came to be")


def ended(client: Client, url: str) -> dict[str, Any]:
    """Return a brief once it has ended."""
    until(lambda: client.get(url).json()["status"] not in ("queued", "running"))
    brief: dict[str, Any] = client.get(url).json()
    return brief


def done(client: Client, sent: dict[str, Any]) -> str:
    """Return the address of a brief that is done."""
    answer = client.post("/v1/briefs", json=sent, headers={"Prefer": "wait=20"})
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"])
