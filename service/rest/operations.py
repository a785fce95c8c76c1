"""What whoever runs the service asks of it, and the pages that explain its problems."""

from litestar import MediaType, Response, get
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import FromPath

from service.jobs.health import Check, examine
from service.jobs.parts import Shop
from service.rest.problem_kinds import KINDS
from service.rest.problems import RETRY_AFTER_S, described, problem
from service.rest.schemas import Health, Readiness

_HEALTH = ResponseSpec(Health, description="It is", generate_examples=False)
_READY = ResponseSpec(Readiness, description="They can, if perhaps late", generate_examples=False)


@get(
    "/healthz",
    operation_id="getHealth",
    summary="Is the process alive",
    tags=["operations"],
    responses={200: _HEALTH, **described("bad-request", "misdirected")},
)
async def health() -> Health:
    """Answer as long as the process can."""
    return Health(status="ok")


@get(
    "/readyz",
    operation_id="getReadiness",
    summary="Can briefs be made",
    tags=["operations"],
    responses={200: _READY, **described("bad-request", "misdirected", "not-ready")},
)
async def readiness(shop: NamedDependency[Shop]) -> Response[dict[str, object]]:
    """Say of everything the service needs whether it is there: database, workers, readers, queue."""
    found = await examine(shop)
    checks = {check.name: _told(check) for check in found.checks}
    if found.status == "unavailable":
        wanting = [one for one in found.checks if one.status == "unavailable"]
        raise problem(
            "not-ready",
            "; ".join(f"{one.name}: {one.reason}" for one in wanting),
            headers={"Retry-After": str(RETRY_AFTER_S)},
            checks=checks,
        )
    return Response({"status": found.status, "checks": checks}, media_type=MediaType.JSON)


def _told(check: Check) -> dict[str, str]:
    reason = {} if check.reason is None else {"reason": check.reason}
    return {"status": check.status, **reason}


@get(
    "/errors/{slug:str}",
    operation_id="getProblemType",
    summary="What a type of problem means",
    media_type=MediaType.TEXT,
    tags=["operations"],
    responses={
        200: ResponseSpec(
            str, description="A short text", media_type=MediaType.TEXT, generate_examples=False
        ),
        **described("bad-request", "not-found", "misdirected"),
    },
)
async def problem_type(slug: FromPath[str]) -> Response[str]:
    """Explain a problem's `type`."""
    kind = KINDS.get(slug)
    if kind is None:
        raise problem("not-found", f"no problem has the type /errors/{slug}")
    text = f"{kind.title}\n\n{kind.meaning}\n\nHTTP status: {kind.status}\n"
    return Response(text, media_type=MediaType.TEXT)
