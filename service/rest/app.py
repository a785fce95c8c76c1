"""The application: its parts come from outside, its lifetime is here."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

import structlog
from litestar import Litestar
from litestar.di import Provide
from litestar.plugins.problem_details import (
    ProblemDetailsConfig,
    ProblemDetailsException,
    ProblemDetailsPlugin,
)
from litestar.types import Scope

from service.domain.errors import BriefError
from service.domain.ports import Models
from service.jobs.desk import Desk
from service.jobs.intake import Intake
from service.jobs.parts import Shop
from service.jobs.trace import where
from service.jobs.workers import Pace, Workers
from service.rest.briefs import Briefs, Renderers
from service.rest.documents import Documents
from service.rest.headers import LoopbackNames, add_security_headers
from service.rest.operations import health, problem_type, readiness
from service.rest.problems import problem_of
from service.rest.schema_pages import front, openapi_config

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the application is made of.

    `load` may take long; until it returns the service is alive and not ready. `host_names` are the
    only ones answered to, None for any. `readers` is how many threads read documents.
    """

    shop: Shop
    renderers: Renderers
    load: Callable[[], Models]
    pace: Pace = field(default_factory=Pace)
    readers: int = 1
    host_names: frozenset[str] | None = None


def create_app(parts: Parts) -> Litestar:
    """Return the application; it opens its store when it starts."""
    reading = ThreadPoolExecutor(parts.readers, thread_name_prefix="read")
    making = ThreadPoolExecutor(parts.pace.workers, thread_name_prefix="make")
    intake = Intake(shop=parts.shop, pool=reading)
    desk = Desk(shop=parts.shop, intake=intake, pool=reading)
    workers = Workers(shop=parts.shop, pace=parts.pace, pool=making)
    to_problem = partial(problem_of, limits=parts.shop.limits)
    provided = {
        "shop": parts.shop,
        "intake": intake,
        "desk": desk,
        "renderers": parts.renderers,
    }
    return Litestar(
        route_handlers=[front, Documents, Briefs, health, readiness, problem_type],
        dependencies={name: _given(value) for name, value in provided.items()},
        lifespan=[_lifetime(parts, workers, (reading, making))],
        middleware=[LoopbackNames(parts.host_names)] if parts.host_names else [],
        plugins=[
            ProblemDetailsPlugin(
                ProblemDetailsConfig(exception_to_problem_detail_map={Exception: to_problem})
            )
        ],
        before_send=[add_security_headers],
        after_exception=[partial(_log_defect, to_problem)],
        openapi_config=openapi_config(),
        request_max_body_size=parts.shop.limits.bytes_per_request,
        logging_config=None,
    )


def _given(value: object) -> Provide:
    return Provide(lambda: value, sync_to_thread=False)


def _lifetime(
    parts: Parts, workers: Workers, pools: tuple[ThreadPoolExecutor, ...]
) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def living(_: Litestar) -> AsyncIterator[None]:
        await parts.shop.store.database.open()
        loading = asyncio.create_task(_load(parts))
        workers.start()
        try:
            yield
        finally:
            loading.cancel()
            await workers.stop()
            for pool in pools:
                pool.shutdown(wait=False, cancel_futures=True)
            await parts.shop.store.database.close()

    return living


async def _load(parts: Parts) -> None:
    shelf = parts.shop.models
    try:
        shelf.put(await asyncio.to_thread(parts.load))
    except BriefError as failure:
        _log.error("models_not_loaded", error=str(failure))
        shelf.fail(str(failure))
    except Exception as failure:
        _log.error("models_not_loaded", error=type(failure).__name__, at=where(failure))
        shelf.fail("loading them failed")
    else:
        parts.shop.bell.ring_for_work()


async def _log_defect(
    to_problem: Callable[[Exception], ProblemDetailsException], error: Exception, scope: Scope
) -> None:
    told = to_problem(error)
    if told.status_code >= 500:
        _log.error(
            "request_failed",
            path=scope["path"],
            status=told.status_code,
            error=type(error).__name__,
            at=where(error),
        )
