"""The wiring of the service: store, readers, jobs and pages behind one server."""

import asyncio
import ipaddress
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import structlog
import uvicorn

from service.bootstrap.connections import BoundedConnection
from service.bootstrap.keys import may_bind
from service.bootstrap.making import (
    CODEC,
    PIPELINE,
    Pools,
    Word,
    attendance_of,
    chance,
    pace_of,
    surroundings,
    word_of,
    work_shop,
    workers_of,
)
from service.bootstrap.readers import process_readers
from service.bootstrap.secret import ServerSecret, server_secret
from service.bootstrap.stopping import StoppingServer
from service.bootstrap.supervisor import (
    HOPELESS,
    Supervisor,
    worker_command,
    worker_environment,
)
from service.bootstrap.webhooks import deliveries
from service.domain.errors import BadSettings, StoreUnavailable
from service.domain.ports import Models
from service.jobs.bell import Bell
from service.jobs.chores import (
    Chores,
    forget_answers,
    forget_deliveries,
    forget_shares,
    forget_workers,
)
from service.jobs.limits import Limits
from service.jobs.parts import Background, Readers, Shop, Surroundings
from service.jobs.reading.threads import ThreadReaders
from service.render import HTML_CSP, render_html, render_markdown, render_text
from service.rest.answers import HTML, MARKDOWN, TEXT
from service.rest.app import Parts, Service, create_app
from service.rest.forms import Renderers
from service.settings import Settings
from service.store import Store
from service.telemetry.metrics import Metrics
from service.telemetry.shared import process_ended

_LOCALHOST = "localhost"

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One service being put together: what all its parts share."""

    settings: Settings
    around: Surroundings
    store: Store
    metrics: Metrics
    bell: Bell
    secret: ServerSecret
    word: Word


def build_app(
    settings: Settings,
    *,
    models: Models | None = None,
    workers: int = 1,
    beside: tuple[Background, ...] = (),
    any_key: bool = False,
) -> Service:
    """Return the REST service.

    With `models`, which stay the caller's to close, it reads documents and makes briefs itself,
    `workers` at once. Without, documents are read by processes of its own, and briefs are made by
    worker processes elsewhere. `beside` lives as long as the service. Where there is `any_key`, it
    answers to any host name. Raises `BadSettings`.
    """
    site = _site(settings)
    if models is None:
        readers: Readers = process_readers(settings)
        making: tuple[Background, ...] = ()
    else:
        readers, making = _made_here(site, models, workers)
    shop = _shop(site, readers)
    chores = Chores(
        chores=(
            forget_workers(site.store, site.around),
            forget_answers(site.store, site.around, settings.idempotency_s),
            forget_deliveries(site.store, site.around),
            forget_shares(site.store, site.around),
        ),
        jitter=chance(),
    )
    return create_app(
        Parts(
            shop=shop,
            renderers=Renderers(
                by_media_type={MARKDOWN: render_markdown, HTML: render_html, TEXT: render_text},
                # A header may say who may frame the page; the page itself may not.
                html_policy=f"{HTML_CSP}; frame-ancestors 'none'",
            ),
            prover=site.secret,
            answers_kept_s=settings.idempotency_s,
            background=(
                *site.word.background,
                *making,
                *beside,
                deliveries(settings, shop),
                chores,
            ),
            host_names=None if any_key else frozenset({_LOCALHOST, *settings.own_names}),
        )
    )


def run_server(settings: Settings, host: str, port: int, workers: int) -> int:
    """Serve until told to stop, with so many worker processes beside; return the exit status.

    Raises `BadSettings` for an address that is taken, or not loopback where there is no key and the
    settings do not allow it, and for a database that cannot be opened, all before anything is
    served. The workers load the model while the service is alive already, as its first conversion
    takes long; where there is none, they say so, and the service stops with their status.
    """
    any_key = asyncio.run(_check_database(settings.database_url))
    _check_host(settings, host, any_key)
    _check_address(host, port)
    hopeless: list[int] = []

    def give_up() -> None:
        hopeless.append(HOPELESS)
        server.should_exit = True

    app = build_app(
        settings,
        beside=(_supervisor(settings, workers, give_up),) if workers else (),
        any_key=any_key,
    )
    server = StoppingServer(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            http=BoundedConnection,
            ws="none",
            server_header=False,
            access_log=False,
            log_config=None,
            timeout_graceful_shutdown=max(1, round(settings.grace_s)),
        ),
        app.streams,
    )
    server.run()
    return hopeless[0] if hopeless else 0


def is_loopback(host: str) -> bool:
    """Say whether a server bound to this host is reached from this machine only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        # Another name may resolve to anything, now or later.
        return host == "localhost"


def _check_host(settings: Settings, host: str, any_key: bool) -> None:
    loopback = is_loopback(host)
    if not may_bind(loopback=loopback, any_key=any_key, allow_remote=settings.allow_remote):
        reason = (
            f"{host!r} is not a loopback address, and there is no key: make one by `brief keys"
            " create`; BRIEF_ALLOW_REMOTE=true would allow it without"
        )
        raise BadSettings([("host", reason)])
    if not (loopback or any_key):
        _log.warning(
            "no_keys", host=host, meaning="whoever reaches this address may read and write"
        )


def _check_address(host: str, port: int) -> None:
    """Find out before anything is started: the server's own complaint is a traceback."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        reason = f"{host} port {port} cannot be listened on: {error.strerror or error}"
        raise BadSettings([("port", reason)]) from error


async def _check_database(url: str) -> bool:
    """Open the database, bring it up to date, and return whether there ever was a key."""
    store = Store.at(url)
    try:
        await store.database.open()
        return await store.keys.any_ever()
    except StoreUnavailable as error:
        raise BadSettings([("database_url", str(error))]) from error
    finally:
        await store.database.close()


def _supervisor(settings: Settings, workers: int, give_up: Callable[[], None]) -> Supervisor:
    return Supervisor(
        command=worker_command(),
        environment=worker_environment(settings.threads, workers),
        count=workers,
        grace_s=settings.grace_s,
        clock_s=time.monotonic,
        on_hopeless=give_up,
        on_end=process_ended,
    )


def _site(settings: Settings) -> Site:
    around, store, bell = surroundings(), Store.at(settings.database_url), Bell()
    return Site(
        settings=settings,
        around=around,
        store=store,
        metrics=Metrics(),
        bell=bell,
        secret=server_secret(settings),
        word=word_of(settings, store, around, bell),
    )


def _made_here(
    site: Site, models: Models, workers: int
) -> tuple[ThreadReaders, tuple[Background, ...]]:
    """Return readers and workers in threads of this process."""
    shop = work_shop(site.store, site.around, site.metrics, site.bell)
    shop.models.put(models)
    width = site.settings.threads
    readers = ThreadReaders(
        pipeline=PIPELINE,
        codec=CODEC,
        shelf=shop.models,
        pool=ThreadPoolExecutor(width, thread_name_prefix="read"),
        default_model=site.settings.model,
        width=width,
    )
    pool = ThreadPoolExecutor(workers, thread_name_prefix="make")
    making = workers_of(shop, pace_of(site.settings, workers), site.word.calls, pool)
    # The pools first: what uses them ends before them.
    pools = Pools((pool, readers.pool))
    return readers, (pools, attendance_of(site.store, site.around, shop.models), making)


def _shop(site: Site, readers: Readers) -> Shop:
    settings = site.settings
    return Shop(
        codec=CODEC,
        store=site.store,
        limits=Limits(
            documents_per_brief=settings.documents_per_brief,
            bytes_per_document=settings.bytes_per_document,
            bytes_per_request=settings.bytes_per_request,
            min_words=settings.min_words,
            max_words=settings.max_words,
            queued_briefs=settings.queue_limit,
            requests_at_once=settings.requests_at_once,
            body_timeout_s=settings.body_timeout_s,
            streams=settings.streams,
            requests_per_minute=settings.requests_per_minute,
            webhook_private=settings.webhook_private,
        ),
        surroundings=site.around,
        readers=readers,
        dispatch=site.word.dispatch,
        vault=site.secret,
        metrics=site.metrics,
        bell=site.bell,
    )
