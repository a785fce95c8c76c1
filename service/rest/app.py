"""The application: its parts come from outside, its lifetime is here."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from traceback import clear_frames

import structlog
from litestar import Litestar
from litestar.di import Provide
from litestar.middleware import ASGIMiddleware
from litestar.plugins.problem_details import (
    ProblemDetailsConfig,
    ProblemDetailsException,
    ProblemDetailsPlugin,
)
from litestar.types import Scope

from service.jobs.desk import Desk
from service.jobs.intake import Intake
from service.jobs.keys import Door, Prover
from service.jobs.parts import Background, Caller, Shop
from service.jobs.sharing import Sharing
from service.jobs.watching import Watcher
from service.rest.access import Access
from service.rest.admission import Admission
from service.rest.briefs import Briefs
from service.rest.changes import BriefChanges
from service.rest.cookies import Sessions
from service.rest.deliveries import Deliveries
from service.rest.documents import Documents
from service.rest.editions import Editions
from service.rest.events import BriefEvents, Streams
from service.rest.forms import Renderers
from service.rest.framing import Framed
from service.rest.headers import HostNames, add_security_headers
from service.rest.heads import Heads, add_allowed
from service.rest.idempotency import Idempotency, KeptAnswers
from service.rest.metrics import counted_refusals, figures
from service.rest.observing import Observed
from service.rest.operations import health, problem_type, readiness
from service.rest.pages import pages
from service.rest.problem_pages import problem_types
from service.rest.problems import problem_of
from service.rest.schema_pages import openapi_config
from service.rest.sending import Sending
from service.rest.sharing import Shares
from service.telemetry.loop_lag import LoopLag
from service.telemetry.places import where

_log = structlog.stdlib.get_logger(__name__)


Lifetime = Callable[[Litestar], AbstractAsyncContextManager[None]]
_HANDLERS = (
    Documents,
    Briefs,
    BriefChanges,
    BriefEvents,
    Shares,
    Deliveries,
    Editions,
    health,
    readiness,
    figures,
    problem_types,
    problem_type,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the application is made of.

    `background` begins, in its order, once the database is open, and ends before it is closed.
    `host_names` are the only ones answered to, besides addresses, None for any. Event streams show
    that they are alive every `heartbeat_s` seconds. Answers to an Idempotency-Key are kept for
    `answers_kept_s` seconds.
    """

    shop: Shop
    renderers: Renderers
    prover: Prover
    background: tuple[Background, ...] = ()
    host_names: frozenset[str] | None = None
    heartbeat_s: float = 15.0
    answers_kept_s: float = 86_400.0


class Service(Litestar):
    """The application, and the streams that whoever stops its server has to end first."""

    streams: Streams


def create_app(parts: Parts) -> Service:
    """Return the application; it opens its store when it starts."""
    shop = parts.shop
    intake = Intake(shop=shop)
    desk = Desk(shop=shop, intake=intake, watcher=Watcher(shop.store.briefs, shop.bell))
    door = Door(
        store=shop.store,
        prover=parts.prover,
        now=shop.surroundings.now,
        requests_per_minute=shop.limits.requests_per_minute,
    )
    streams = Streams(
        desk,
        limit=shop.limits.streams,
        heartbeat_s=parts.heartbeat_s,
        still_valid=door.still_valid,
    )
    sessions = Sessions(vault=shop.vault, now=shop.surroundings.now)
    loop_lag = LoopLag(metrics=shop.metrics, clock_s=shop.surroundings.clock_s)
    provided = {
        "shop": shop,
        "intake": intake,
        "desk": desk,
        "sharing": Sharing(shop=shop),
        "door": door,
        "sessions": sessions,
        "streams": streams,
        "loop_lag": loop_lag,
        "renderers": parts.renderers,
    }
    app = _assembled(
        parts, provided, _middleware(parts, door, sessions), _lifetime(parts, streams, loop_lag)
    )
    app.streams = streams
    refused = shop.metrics.refused
    sending = Sending(app=app.asgi_handler, limits=shop.limits, count_refused=refused)
    # Around everything, so that what matches no route is seen as well.
    observed = Observed(
        app=Framed(app=sending, count_refused=refused),
        metrics=shop.metrics,
        clock_s=shop.surroundings.clock_s,
        new_id=shop.surroundings.new_owner,
    )
    app.asgi_handler = Heads(app=observed)
    return app


def _assembled(
    parts: Parts,
    provided: Mapping[str, object],
    middleware: list[ASGIMiddleware],
    lifetime: Lifetime,
) -> Service:
    shop = parts.shop
    to_problem = partial(problem_of, limits=shop.limits)
    return Service(
        route_handlers=[*_HANDLERS, pages(to_problem)],
        dependencies={name: _given(value) for name, value in provided.items()}
        | {"caller": Provide(_caller, sync_to_thread=False)},
        lifespan=[lifetime],
        middleware=middleware,
        plugins=[
            ProblemDetailsPlugin(
                ProblemDetailsConfig(exception_to_problem_detail_map={Exception: to_problem})
            )
        ],
        before_send=[add_security_headers, add_allowed],
        after_exception=[
            partial(_log_defect, to_problem),
            counted_refusals(to_problem, shop.metrics),
            _let_go,
        ],
        openapi_config=openapi_config(),
        request_max_body_size=shop.limits.bytes_per_request,
        logging_config=None,
    )


def _middleware(parts: Parts, door: Door, sessions: Sessions) -> list[ASGIMiddleware]:
    """Return what every request passes, in this order, before its handler."""
    names = [HostNames(parts.host_names, door.is_locked)] if parts.host_names else []
    kept = KeptAnswers(
        answers=parts.shop.store.answers,
        surroundings=parts.shop.surroundings,
        kept_s=parts.answers_kept_s,
    )
    # Admission reads the body, for which it needs to know nothing but who may send one.
    admission = Admission(parts.shop.limits, parts.shop.readers)
    return [*names, Access(door, sessions), admission, Idempotency(kept)]


def _caller(scope: Scope) -> Caller:
    """Return who asks, as the middleware found out."""
    caller: Caller = scope["state"]["caller"]
    return caller


def _given(value: object) -> Provide:
    return Provide(lambda: value, sync_to_thread=False)


def _lifetime(parts: Parts, streams: Streams, loop_lag: LoopLag) -> Lifetime:
    @asynccontextmanager
    async def living(_: Litestar) -> AsyncIterator[None]:
        await parts.shop.store.database.open()
        running: list[Background] = [parts.shop.readers, loop_lag, *parts.background]
        try:
            for one in running:
                await one.start()
            yield
        finally:
            await streams.stop()
            for one in reversed(running):
                await one.stop()
            await parts.shop.store.database.close()

    return living


async def _let_go(error: Exception, _: Scope) -> None:
    """Free what the frames of an error hold, a body of megabytes perhaps, before the collector does."""
    clear_frames(error.__traceback__)


async def _log_defect(
    to_problem: Callable[[Exception], ProblemDetailsException], error: Exception, scope: Scope
) -> None:
    if isinstance(error, ProblemDetailsException):
        # Said on purpose: the line of the request tells its status.
        return
    told = to_problem(error)
    if told.status_code >= 500:
        _log.error(
            "request_failed",
            route=scope.get("path_template"),
            status=told.status_code,
            error=type(error).__name__,
            at=where(error),
        )
