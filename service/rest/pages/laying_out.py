"""Laying out stored articles, which may be megabytes, for pages."""

import asyncio
from collections.abc import Callable
from typing import TypeVar, TypeVarTuple

from service.jobs.parts import Shop
from service.rest.pages.kit import PageRequest, caller_of
from service.rest.sending import expect_answer

Asked = TypeVarTuple("Asked")
Given = TypeVar("Given")

# In characters of JSON.
_LARGE = 500_000


async def laid_out(
    request: PageRequest,
    shop: Shop,
    article_json: str,
    function: Callable[[str, *Asked], Given],
    *args: *Asked,
) -> Given:
    """Return what a function of a module makes of an article's JSON, away from the event loop.

    Raises `Overloaded` where too many bytes of answers are held already, and for a large article
    what `Readers.compute` raises.
    """
    expect_answer(request.scope, len(article_json))
    if len(article_json) < _LARGE:
        return await asyncio.to_thread(function, article_json, *args)
    # In another process: parsing megabytes would keep every other thread waiting.
    tenant = caller_of(request).tenant
    return await shop.readers.compute(tenant, function, article_json, *args)
