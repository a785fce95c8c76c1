"""Messages to webhooks over HTTP: which are waiting, delivered or dead, and sending one again."""

from datetime import datetime
from typing import Annotated

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, QueryParameter
from pydantic import BaseModel, Field

from service.jobs.parts import Caller, Shop
from service.rest.answers import (
    JSON,
    KNOWN,
    PostOperation,
    TaggedOperation,
    described_post,
    described_read,
    tagged,
)
from service.rest.lists import (
    LISTED,
    PageCursor,
    PageLimit,
    page_answer,
    read_cursor,
)
from service.store.records import Delivery, DeliveryStatus, Event

WithStatus = Annotated[
    DeliveryStatus | None,
    QueryParameter(description="Only messages in this status."),
]


class DeliveryOut(BaseModel):
    """A message to a webhook; its `id` is what the receiver gets as `webhook-id`.

    `dead` is what was given up. `next_at` is when the next attempt is due, null where there is none.
    """

    id: str = Field(examples=["msg_0f3a"])
    brief_id: str
    event: Event
    url: str
    status: DeliveryStatus
    attempts: int
    next_at: datetime | None
    last_error: str | None = Field(examples=["it answered 503"])
    created_at: datetime
    finished_at: datetime | None


class DeliveriesPage(BaseModel):
    """A page of the messages. `next_cursor` begins the next one; null at the end."""

    deliveries: list[DeliveryOut]
    next_cursor: str | None


class Deliveries(Controller):
    """Reading what became of messages to webhooks, and having one sent again."""

    path = "/v1/webhooks/deliveries"
    tags = ("webhooks",)

    @get(
        operation_id="listDeliveries",
        summary="List the messages to webhooks",
        operation_class=TaggedOperation,
        responses={
            200: ResponseSpec(
                DeliveriesPage, description="The newest first", generate_examples=False
            ),
            304: KNOWN,
            **described_read("bad-cursor"),
        },
    )
    async def list_deliveries(
        self,
        request: Request[None, None, State],
        shop: NamedDependency[Shop],
        caller: NamedDependency[Caller],
        limit: PageLimit = LISTED,
        cursor: PageCursor = None,
        status: WithStatus = None,
    ) -> Response[bytes]:
        """Return a page of the messages; with `status=dead` those that never arrived."""
        page = await shop.store.deliveries.list(
            caller.tenant, limit=limit, after=read_cursor(cursor), status=status
        )
        return page_answer(
            request,
            page,
            lambda found, following: DeliveriesPage(
                deliveries=[_out(one) for one in found], next_cursor=following
            ),
        )

    @get(
        "/{delivery_id:str}",
        operation_id="getDelivery",
        summary="Look at a message to a webhook",
        operation_class=TaggedOperation,
        responses={
            200: ResponseSpec(
                DeliveryOut, description="The message as it stands", generate_examples=False
            ),
            304: KNOWN,
            **described_read("unknown-delivery"),
        },
    )
    async def get_delivery(
        self,
        delivery_id: FromPath[str],
        request: Request[None, None, State],
        shop: NamedDependency[Shop],
        caller: NamedDependency[Caller],
    ) -> Response[bytes]:
        """Return what is known of a message: never its secret, nor what the webhook answered."""
        found = await shop.store.deliveries.get(caller.tenant, delivery_id)
        return tagged(request, _body(found), media_type=JSON, headers={})

    @post(
        "/{delivery_id:str}/redeliver",
        operation_id="redeliver",
        summary="Send a message again",
        operation_class=PostOperation,
        status_code=202,
        responses={
            202: ResponseSpec(
                DeliveryOut, description="It is sent as soon as may be", generate_examples=False
            ),
            **described_post("unknown-delivery"),
        },
    )
    async def redeliver(
        self,
        delivery_id: FromPath[str],
        shop: NamedDependency[Shop],
        caller: NamedDependency[Caller],
    ) -> Response[bytes]:
        """Have a message sent again under the same id, whatever became of it before."""
        now = shop.surroundings.now()
        found = await shop.store.deliveries.redeliver(caller.tenant, delivery_id, now)
        return Response(_body(found), media_type=JSON, status_code=202)


def _body(delivery: Delivery) -> bytes:
    return _out(delivery).model_dump_json().encode()


def _out(delivery: Delivery) -> DeliveryOut:
    return DeliveryOut(
        id=delivery.id,
        brief_id=delivery.brief_id,
        event=delivery.event,
        url=delivery.hook.url,
        status=delivery.status,
        attempts=delivery.attempts,
        next_at=delivery.next_at if delivery.status == "pending" else None,
        last_error=delivery.last_error,
        created_at=delivery.created_at,
        finished_at=delivery.finished_at,
    )
