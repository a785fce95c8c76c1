"""The wiring of the service: store, jobs, pages and models behind one server."""

import asyncio
import ipaddress
import secrets
import socket
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import structlog
import uvicorn
from litestar import Litestar

from service.bootstrap.models import load
from service.domain.brief import Brief
from service.domain.errors import BadSettings, ModelError, NotReady, StoreUnavailable
from service.domain.ports import Models
from service.domain.text import Article
from service.jobs.limits import Limits
from service.jobs.parts import Codec, Pipeline, Shop, Store, Surroundings
from service.jobs.workers import Pace
from service.pipeline import prepare, summarize_articles
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
from service.settings import Settings
from service.stages.verify import Failure, recheck
from service.store.database import Database

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
_ID_BYTES = 16

_log = structlog.stdlib.get_logger(__name__)


def build_app(
    settings: Settings,
    *,
    models: Models | None = None,
    loader: Callable[[Settings], Models] = load,
    workers: int = 1,
) -> Litestar:
    """Return the REST service. Without `models` it loads its own while it is already alive.

    Models that are given stay the caller's to close. `workers` is how many briefs are made at once.
    """
    keeper = Keeper(lambda: loader(settings), models)
    app = create_app(
        Parts(
            shop=_shop(settings, keeper.recheck),
            renderers=Renderers(
                by_media_type={MARKDOWN: render_markdown, HTML: render_html, TEXT: render_text},
                # A header may say who may frame the page; the page itself may not.
                html_policy=f"{HTML_CSP}; frame-ancestors 'none'",
            ),
            load=keeper.load,
            pace=Pace(workers=workers, lease_s=settings.lease_s, grace_s=settings.grace_s),
            readers=settings.threads,
            host_names=None if settings.allow_remote else LOOPBACK_NAMES,
        )
    )
    # Called when the workers have stopped: by then nobody waits for what is still drafted.
    app.on_shutdown.append(keeper.close)
    return app


class Keeper:
    """Gives the service its models: those it was given, or its own, warmed up and closed again."""

    def __init__(self, loader: Callable[[], Models], given: Models | None) -> None:
        self._loader, self._given = loader, given
        self._own: Models | None = None

    def recheck(self, brief: Brief, articles: Mapping[str, Article]) -> tuple[Failure, ...]:
        """Check a brief again; raises `NotReady` where the model that it needs is not loaded yet."""
        models = self._given or self._own
        if models is None and brief.run is not None and brief.run.models.get("entailment"):
            raise NotReady("they are being loaded")
        return recheck(brief, articles, models.scorer if models is not None else None)

    def load(self) -> Models:
        if self._given is not None:
            return self._given
        self._own = self._loader()
        self._own.drafter.warm_up()
        return self._own

    def close(self) -> None:
        if self._own is not None:
            self._own.drafter.close(drain=False)


def run_server(settings: Settings, host: str, port: int, workers: int) -> None:
    """Serve until told to stop. `workers` is how many briefs are made at once.

    Raises `BadSettings` for an address that is taken, or not loopback unless the settings allow it,
    and for a database that cannot be opened, all before anything is served. The model is loaded while
    the service is alive already, as its first conversion takes long; raises `ModelError` once it has
    stopped because there is none.
    """
    _log_to_stderr()
    if not is_loopback(host):
        if not settings.allow_remote:
            reason = f"{host!r} is not a loopback address; BRIEF_ALLOW_REMOTE=true would allow it"
            raise BadSettings([("host", reason)])
        _log.warning(
            "no_keys", host=host, meaning="whoever reaches this address may read and write"
        )
    # Before the models are loaded, which takes long; the server's own complaint is a traceback.
    _check_address(host, port)
    asyncio.run(_check_database(settings.database_url))
    failures: list[ModelError] = []

    def loader(wanted: Settings) -> Models:
        try:
            return load(wanted)
        except ModelError as failure:
            failures.append(failure)
            server.should_exit = True
            raise

    server = uvicorn.Server(
        uvicorn.Config(
            build_app(settings, loader=loader, workers=workers),
            host=host,
            port=port,
            server_header=False,
            access_log=False,
            timeout_graceful_shutdown=max(1, round(settings.grace_s)),
        )
    )
    server.run()
    if failures:
        raise failures[0]


def is_loopback(host: str) -> bool:
    """Say whether a server bound to this host is reached from this machine only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        # Another name may resolve to anything, now or later.
        return host == "localhost"


def _check_address(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        reason = f"{host} port {port} cannot be listened on: {error.strerror or error}"
        raise BadSettings([("port", reason)]) from error


async def _check_database(url: str) -> None:
    database = Database(url)
    try:
        await database.open()
    except StoreUnavailable as error:
        raise BadSettings([("database_url", str(error))]) from error
    finally:
        await database.close()


def _shop(
    settings: Settings, check: Callable[[Brief, Mapping[str, Article]], tuple[Failure, ...]]
) -> Shop:
    return Shop(
        pipeline=Pipeline(prepare=prepare, summarize=summarize_articles, recheck=check),
        codec=Codec(dump=dump_brief, load=load_brief),
        store=Store.at(settings.database_url),
        limits=Limits(
            documents_per_brief=settings.documents_per_brief,
            bytes_per_document=settings.bytes_per_document,
            bytes_per_request=settings.bytes_per_request,
            min_words=settings.min_words,
            max_words=settings.max_words,
            queued_briefs=settings.queue_limit,
        ),
        surroundings=Surroundings(
            now=lambda: datetime.now(UTC),
            clock_s=time.perf_counter,
            new_brief_id=lambda: "brf_" + secrets.token_urlsafe(_ID_BYTES),
            new_owner=lambda: secrets.token_hex(_ID_BYTES),
        ),
        default_model=settings.model,
    )


def _log_to_stderr() -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
