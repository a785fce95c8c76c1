"""A brief in the forms that clients may ask for."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from litestar.openapi import ResponseSpec
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIResponse, Schema
from litestar.openapi.spec.enums import OpenAPIType

from service.domain.brief import Brief
from service.domain.errors import WrongStatus
from service.jobs.corrections import Corrections
from service.jobs.parts import Shop
from service.rest.answers import HTML, JSON, MARKDOWN, TEXT, TaggedOperation
from service.store.records import BriefRecord

OFFERS = (JSON, MARKDOWN, HTML, TEXT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Renderers:
    """A finished brief as text, by media type. Under `html_policy` its page loses nothing."""

    by_media_type: Mapping[str, Callable[[Brief], str]]
    html_policy: str


@dataclass
class RenderedOperation(TaggedOperation):
    """Says that a finished brief is also had as text: a handler's types name one form only."""

    def __post_init__(self) -> None:
        super().__post_init__()
        answer = (self.responses or {}).get("200")
        if isinstance(answer, OpenAPIResponse) and answer.content is not None:
            for media_type in OFFERS[1:]:
                text = OpenAPIMediaType(schema=Schema(type=OpenAPIType.STRING))
                answer.content[media_type] = text


def brief_spec(description: str) -> ResponseSpec:
    """Return the description of an answer that is a brief."""
    return ResponseSpec(Brief, description=description, generate_examples=False)


async def json_body(record: BriefRecord, shop: Shop) -> bytes:
    """Return a brief as JSON, as it stands now."""
    return (await Corrections(shop=shop).json_of(record)).encode()


async def formed(
    record: BriefRecord, media_type: str, shop: Shop, renderers: Renderers
) -> tuple[bytes, dict[str, str]]:
    """Return a brief in a form, and the headers of that form.

    Raises `WrongStatus` for text of one that is not done.
    """
    if media_type == JSON:
        return await json_body(record, shop), {}
    if record.body is None:
        raise WrongStatus(record.id, record.status, "done")
    brief = await Corrections(shop=shop).brief_of(record)
    # Away from the event loop, which a long brief would hold up.
    text = await asyncio.to_thread(renderers.by_media_type[media_type], brief)
    policy = {"Content-Security-Policy": renderers.html_policy} if media_type == HTML else {}
    return text.encode(), policy
