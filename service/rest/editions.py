"""Editions over HTTP: which days have one, and what it tells."""

import asyncio
from datetime import date as calendar_day

from litestar import Controller, Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import FromPath
from pydantic import BaseModel, TypeAdapter

from service.domain.edition import Day, Edition
from service.domain.errors import UnknownEdition
from service.jobs.parts import Caller, Shop
from service.render.codec import json_line
from service.rest.answers import JSON, KNOWN, TaggedOperation, described_read, tagged
from service.rest.lists import LISTED, PageCursor, PageLimit, page_answer, read_cursor
from service.store.records import EditionSummary

_EDITION = TypeAdapter(Edition)


class EditionsPage(BaseModel):
    """A page of the editions. `next_cursor` begins the next one; null at the end."""

    editions: list[EditionSummary]
    next_cursor: str | None


class Editions(Controller):
    """Reading the editions that the daily job made."""

    path = "/v1/editions"
    tags = ("editions",)

    @get(
        operation_id="listEditions",
        summary="List the editions",
        operation_class=TaggedOperation,
        responses={
            200: ResponseSpec(
                EditionsPage, description="The latest days first", generate_examples=False
            ),
            304: KNOWN,
            **described_read("bad-cursor"),
        },
    )
    async def list_editions(
        self,
        request: Request[None, None, State],
        shop: NamedDependency[Shop],
        caller: NamedDependency[Caller],
        limit: PageLimit = LISTED,
        cursor: PageCursor = None,
    ) -> Response[bytes]:
        """Return a page of the editions, without their stories."""
        page = await shop.store.editions.list(caller.tenant, limit=limit, after=read_cursor(cursor))
        return page_answer(
            request,
            page,
            lambda found, following: EditionsPage(editions=list(found), next_cursor=following),
        )

    @get(
        "/{date:str}",
        operation_id="getEdition",
        summary="Read the edition of a day",
        operation_class=TaggedOperation,
        responses={
            200: ResponseSpec(
                Edition, description="The edition as it stands", generate_examples=False
            ),
            304: KNOWN,
            **described_read("unknown-edition"),
        },
    )
    async def get_edition(
        self,
        date: FromPath[str],
        request: Request[None, None, State],
        shop: NamedDependency[Shop],
        caller: NamedDependency[Caller],
    ) -> Response[bytes]:
        """Return the stories of a day (YYYY-MM-DD), each with its brief's id, headline and sources.

        It is made again when the day's documents change, and keeps what it tells of a brief that
        was deleted since.
        """
        edition = await shop.store.editions.get(caller.tenant, read_day(date))
        # Away from the event loop, which a long edition would hold up.
        body = await asyncio.to_thread(_dump, edition)
        return tagged(request, body, media_type=JSON, headers={})


def read_day(sent: str) -> Day:
    """Return the day of an address, or raise `UnknownEdition`: what is no day has no edition."""
    try:
        day = calendar_day.fromisoformat(sent)
    except ValueError as failure:
        raise UnknownEdition(sent) from failure
    # Weeks and dates without dashes are days as well; one day has one address.
    if day.isoformat() != sent:
        raise UnknownEdition(sent)
    return day


def _dump(edition: Edition) -> bytes:
    return json_line(_EDITION.dump_python(edition, mode="json")).encode()
