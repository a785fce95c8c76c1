"""What whoever runs the service asks of it, and the pages that explain its problems."""

from litestar import MediaType, Response, get
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import FromPath

from service.jobs.parts import Shop
from service.rest.problems import KINDS, described, problem
from service.rest.schemas import Health

_HEALTH = ResponseSpec(Health, description="It is", generate_examples=False)


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
    responses={200: _HEALTH, **described("bad-request", "misdirected", "not-ready")},
)
async def readiness(shop: NamedDependency[Shop]) -> Health:
    """Answer well once the models are loaded and the database can be reached."""
    shop.models.get()
    await shop.store.database.ping()
    return Health(status="ok")


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
