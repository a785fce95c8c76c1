"""Small forms: a few fields, as a page without files sends them."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from service.rest.pages.kit import PageRequest
from service.rest.problems import problem

_MOST_BYTES, _MOST_FIELDS = 10_000, 20
_URLENCODED = "application/x-www-form-urlencoded"


async def fields(request: PageRequest) -> Mapping[str, str]:
    """Return the fields of a small form, the last of each name.

    The framework's own parser takes forms of any size and encoding, and seconds for some of them.
    Raises the problem of what is larger, or no such form.
    """
    body = await request.body()
    sent, _, _ = request.headers.get("content-type", "").partition(";")
    if not body:
        return {}
    if sent.strip().lower() != _URLENCODED:
        raise problem("unsupported-media-type", f"{sent!r} is not {_URLENCODED}")
    if len(body) > _MOST_BYTES:
        raise problem("too-large", f"this form may have {_MOST_BYTES} bytes", limit=_MOST_BYTES)
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError as fault:
        raise problem("bad-request", f"this form cannot be read: {fault}") from fault
