"""Services to test against: the real application over SQLite, with fakes behind it."""

import itertools
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

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
from service.render import (
    HTML_CSP,
    dump_brief,
    load_brief,
    render_html,
    render_markdown,
    render_text,
)
from service.rest.app import Parts, create_app
from service.rest.briefs import HTML, MARKDOWN, TEXT, Renderers

Client = TestClient[Litestar]
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
class Services:
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
        host_names: frozenset[str] | None = None,
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
            Parts(
                shop=shop,
                renderers=renderers,
                load=load or (lambda: loaded),
                pace=pace,
                host_names=host_names,
            )
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
