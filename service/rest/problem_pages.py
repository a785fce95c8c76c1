"""The list of all that may go wrong, for people and programs."""

from litestar import get
from litestar.openapi import ResponseSpec
from pydantic import BaseModel

from service.rest.problem_kinds import KINDS
from service.rest.problems import described


class ProblemType(BaseModel):
    """One sort of problem."""

    type: str
    status: int
    title: str
    meaning: str


class ProblemTypes(BaseModel):
    """Every sort of problem that an answer may be."""

    types: list[ProblemType]


@get(
    "/errors",
    operation_id="listProblemTypes",
    summary="Every type of problem",
    tags=["operations"],
    responses={
        200: ResponseSpec(
            ProblemTypes, description="In the order of their statuses", generate_examples=False
        ),
        **described("bad-request", "misdirected"),
    },
)
async def problem_types() -> ProblemTypes:
    """List the types of problems; each has a page of its own under its `type`."""
    return ProblemTypes(
        types=[
            ProblemType(type=one.type, status=one.status, title=one.title, meaning=one.meaning)
            for one in KINDS.values()
        ]
    )
