"""The figures of the service over HTTP, and the count of what it refused."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.plugins.problem_details import ProblemDetailsException
from litestar.types import Scope

from service.domain.errors import StoreUnavailable
from service.jobs.parts import Shop
from service.jobs.work.presence import readiness
from service.rest.problem_kinds import KINDS
from service.rest.problems import described
from service.telemetry.loop_lag import LoopLag
from service.telemetry.metrics import MEDIA_TYPE, Level, Metrics

_DATABASE_S = 2.0
_SLUGS = {kind.type: slug for slug, kind in KINDS.items()}


@get(
    "/metrics",
    operation_id="getMetrics",
    summary="The figures of the service, as Prometheus reads them",
    media_type=MEDIA_TYPE,
    tags=["operations"],
    opt={"scope": "admin"},
    responses={
        200: ResponseSpec(
            str, description="One figure a line", media_type=MEDIA_TYPE, generate_examples=False
        ),
        **described("bad-request", "unauthorized", "forbidden", "misdirected", "rate-limited"),
    },
)
async def figures(
    shop: NamedDependency[Shop], loop_lag: NamedDependency[LoopLag]
) -> Response[bytes]:
    """Tell every figure; what the database does not answer in time is left out."""
    level = await _level(shop, loop_lag)
    told = await asyncio.to_thread(shop.metrics.render, level)
    # As a header: to a media type of text the framework would add the charset a second time.
    return Response(told, media_type=MEDIA_TYPE, headers={"Content-Type": MEDIA_TYPE})


async def _level(shop: Shop, loop_lag: LoopLag) -> Level:
    loop = Level(
        loop_lag_max_s=loop_lag.lag.seconds(), loop_blocked_max_s=loop_lag.blocked.seconds()
    )
    try:
        async with asyncio.timeout(_DATABASE_S):
            backlog = await shop.store.briefs.backlog()
            presence = await readiness(shop)
            pending = await shop.store.deliveries.pending()
    except (StoreUnavailable, TimeoutError):
        return loop
    oldest_s = 0.0
    if backlog.oldest is not None:
        oldest_s = max(0.0, (shop.surroundings.now() - backlog.oldest).total_seconds())
    return replace(
        loop,
        queue_depth=backlog.queued,
        running=backlog.running,
        oldest_s=oldest_s,
        workers_ready=sum(worker.ready for worker in presence.workers),
        deliveries_pending=pending,
    )


def counted_refusals(
    to_problem: Callable[[Exception], ProblemDetailsException], metrics: Metrics
) -> Callable[[Exception, Scope], Awaitable[None]]:
    """Return what is to be called with every error that a request ended in."""
    return partial(_count, to_problem, metrics)


async def _count(
    to_problem: Callable[[Exception], ProblemDetailsException],
    metrics: Metrics,
    error: Exception,
    _: Scope,
) -> None:
    metrics.refused(_SLUGS.get(to_problem(error).type_ or "", "internal"))
