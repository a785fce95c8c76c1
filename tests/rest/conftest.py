import itertools
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

with warnings.catch_warnings():
    # Where advanced-alchemy happens to be installed the framework imports it, and it warns.
    warnings.simplefilter("ignore", DeprecationWarning)
    from litestar import Litestar
from litestar.testing import TestClient

from service.backends.fakes import FakeDrafter, fake_models
from service.domain.claims import Draft, DraftRequest
from service.domain.ports import Models
from service.jobs.fakes import fake_pipeline
from service.jobs.limits import Limits
from service.jobs.parts import Codec, Pipeline, Shop, Store, Surroundings
from service.jobs.workers import Pace
from service.render import HTML_CSP, dump_brief, load_brief
from service.render import render_html, render_markdown, render_text
from service.rest.app import Parts, create_app
from service.rest.briefs import HTML, MARKDOWN, TEXT, Renderers

QUICK = Pace(poll_s=0.05, tick_s=0.02, grace_s=5.0, stopping_s=1.0)


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


@dataclass(kw_only=True)
class Desk:
    """Opens services over one database, each with fakes for what is behind it."""

    folder: Path
    stack: ExitStack
    time: Time = field(default_factory=Time)
    ids: Iterator[int] = field(default_factory=itertools.count)

    def app(
        self,
        *,
        models: Models | None = None,
        load: Callable[[], Models] | None = None,
        limits: Limits | None = None,
        pace: Pace = QUICK,
        pipeline: Pipeline | None = None,
        **parts: Any,
    ) -> Litestar:
        surroundings = Surroundings(
            now=self.time.read,
            clock_s=lambda: 0.0,
            new_brief_id=lambda: f"brf_{next(self.ids)}",
            new_owner=lambda: f"owner_{next(self.ids)}",
        )
        shop = Shop(
            pipeline=pipeline or fake_pipeline(),
            codec=Codec(dump=dump_brief, load=load_brief),
            store=Store.at(f"sqlite+aiosqlite:///{self.folder / 'brief.db'}"),
            limits=limits or Limits(),
            surroundings=surroundings,
        )
        renderers = Renderers(
            by_media_type={MARKDOWN: render_markdown, HTML: render_html, TEXT: render_text},
            html_policy=HTML_CSP,
        )
        loaded = models or fake_models()
        return create_app(
            Parts(shop=shop, renderers=renderers, load=load or (lambda: loaded), pace=pace, **parts)
        )

    def open(self, *, ready: bool = True, **parts: Any) -> TestClient[Litestar]:
        client = self.stack.enter_context(
            TestClient(self.app(**parts), raise_server_exceptions=False)
        )
        while ready and client.get("/readyz").status_code != 200:
            pass
        return client


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with ExitStack() as stack:
        yield Desk(folder=tmp_path, stack=stack)


@pytest.fixture
def client(desk: Desk) -> TestClient[Litestar]:
    return desk.open()


@pytest.fixture
def held() -> Iterator[HeldDrafter]:
    drafter = HeldDrafter()
    yield drafter
    drafter.let.set()


@pytest.fixture
def held_models(held: HeldDrafter) -> Models:
    return replace(fake_models(), drafter=held)


@pytest.fixture
def quick() -> Pace:
    return QUICK
