"""Sharing a brief by a link, over HTTP."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from litestar import Controller, Request, Response, delete, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import OpenAPIMediaType, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIType
from litestar.params import FromPath
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from service.jobs.parts import Caller
from service.jobs.sharing import Sharing
from service.rest.answers import (
    JSON,
    KNOWN,
    PostOperation,
    TaggedOperation,
    described_post,
    described_read,
)
from service.rest.bodies import check_headers
from service.rest.lists import LISTED, PageCursor, PageLimit, page_answer, read_cursor
from service.rest.problems import invalid, problem
from service.rest.schemas import faults_of
from service.store.records import Share

MOST_DAYS = 366
_DAY_S = 86_400
LEAST_S, USUAL_S, MOST_S = 60, 30 * _DAY_S, MOST_DAYS * _DAY_S
Lasting = Annotated[int, Field(ge=LEAST_S, le=MOST_S)]


class ShareIn(BaseModel):
    """For how long a brief is to be shared, in seconds."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    expires_in_s: Lasting = USUAL_S


class ShareOut(BaseModel):
    """A share, without its link."""

    id: str = Field(examples=["shr_0f3a"])
    created_at: datetime
    expires_at: datetime


class NewShareOut(ShareOut):
    """A new share. `url` is told this once: whoever has it may read the brief."""

    url: str = Field(examples=["/shared/2Zk0"])


class SharesPage(BaseModel):
    """A page of a brief's shares. `next_cursor` begins the next one; null at the end."""

    shares: list[ShareOut]
    next_cursor: str | None


@dataclass
class SharePostOperation(PostOperation):
    """A POST whose body may be left out, which no type of a handler's says."""

    def __post_init__(self) -> None:
        super().__post_init__()
        lasting = Schema(
            type=OpenAPIType.INTEGER,
            minimum=LEAST_S,
            maximum=MOST_S,
            default=USUAL_S,
            description="For how many seconds the link is to work.",
        )
        schema = Schema(
            type=OpenAPIType.OBJECT,
            properties={"expires_in_s": lasting},
            additional_properties=False,
        )
        self.request_body = RequestBody(
            content={JSON: OpenAPIMediaType(schema=schema)}, required=False
        )


class Shares(Controller):
    """Showing one brief to whoever has a link."""

    path = "/v1/briefs/{brief_id:str}/shares"
    tags = ("shares",)

    @post(
        operation_id="shareBrief",
        summary="Share a brief by a link",
        status_code=201,
        operation_class=SharePostOperation,
        responses={
            201: ResponseSpec(
                NewShareOut, description="The link, told this once", generate_examples=False
            ),
            **described_post(
                "cross-site",
                "malformed-json",
                "unknown-brief",
                "wrong-status",
                "unsupported-media-type",
                "validation",
            ),
        },
    )
    async def share_brief(
        self,
        brief_id: FromPath[str],
        request: Request[None, None, State],
        sharing: NamedDependency[Sharing],
        caller: NamedDependency[Caller],
    ) -> Response[bytes]:
        """Make a link by which a brief that is done is read without a key.

        It shows this brief, and of its sources the passages it stands on with about 1,000 characters
        around each, and nothing else, until it expires, is ended, or the brief is deleted. Revoking
        the key that made it does not end it.
        """
        asked = await _asked(request)
        made = await sharing.share(caller, brief_id, timedelta(seconds=asked.expires_in_s))
        told = NewShareOut(**dict(_out(made.share)), url=f"/shared/{made.token}")
        headers = {"Cache-Control": "no-store"}
        body = told.model_dump_json().encode()
        return Response(body, media_type=JSON, status_code=201, headers=headers)

    @get(
        operation_id="listShares",
        summary="List a brief's shares",
        operation_class=TaggedOperation,
        responses={
            200: ResponseSpec(SharesPage, description="The newest first", generate_examples=False),
            304: KNOWN,
            **described_read("bad-cursor", "unknown-brief"),
        },
    )
    async def list_shares(
        self,
        brief_id: FromPath[str],
        request: Request[None, None, State],
        sharing: NamedDependency[Sharing],
        caller: NamedDependency[Caller],
        limit: PageLimit = LISTED,
        cursor: PageCursor = None,
    ) -> Response[bytes]:
        """Return a page of the shares that still work; their links are not told again."""
        page = await sharing.list(caller, brief_id, limit=limit, after=read_cursor(cursor))
        return page_answer(
            request,
            page,
            lambda found, following: SharesPage(
                shares=[_out(one) for one in found], next_cursor=following
            ),
        )

    @delete(
        "/{share_id:str}",
        operation_id="endShare",
        summary="End a share",
        responses=described_read("cross-site", "unknown-brief", "unknown-share"),
    )
    async def end_share(
        self,
        brief_id: FromPath[str],
        share_id: FromPath[str],
        sharing: NamedDependency[Sharing],
        caller: NamedDependency[Caller],
    ) -> None:
        """End a share: its link shows nothing from the next request on."""
        await sharing.end(caller, brief_id, share_id)


async def _asked(request: Request[None, None, State]) -> ShareIn:
    body = await request.body()
    if not body:
        return ShareIn()
    check_headers(request.headers)
    try:
        return ShareIn.model_validate_json(body)
    except ValidationError as fault:
        first = fault.errors(include_url=False, include_input=False, include_context=False)[0]
        if first["type"] == "json_invalid":
            raise problem("malformed-json", first["msg"]) from fault
        raise invalid(faults_of(fault)) from fault


def _out(share: Share) -> ShareOut:
    return ShareOut(id=share.id, created_at=share.created_at, expires_at=share.expires_at)
