"""Signing in with a key, and out again."""

import re

from litestar import Response, get, post
from litestar.di import NamedDependency

from service.domain.errors import NoKey
from service.jobs.keys import Door
from service.rest.access import OPEN
from service.rest.cookies import LASTING, Sessions
from service.rest.pages.fields import fields
from service.rest.pages.kit import SIGN_IN, PageRequest, led_to, page

_START = "/"
_SIGN_OUT = "/sign-out"
# Visible ASCII without a backslash, which browsers take for a slash; `//` would begin a host's name.
_OWN_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]{0,2000}")
_HOURS = int(LASTING.total_seconds()) // 3600


@get(SIGN_IN, opt={OPEN: True})
async def sign_in_form(request: PageRequest, door: NamedDependency[Door]) -> Response[bytes]:
    """Ask for a key, where one is needed at all."""
    if not await door.is_locked():
        return led_to(_START)
    return await _form(request, own_path(request.query_params.get("next", "")))


@post(SIGN_IN, opt={OPEN: True})
async def sign_in(
    request: PageRequest, door: NamedDependency[Door], sessions: NamedDependency[Sessions]
) -> Response[bytes]:
    """Begin a session with a key, and lead to where it was asked for."""
    if not await door.is_locked():
        return led_to(_START)
    form = await fields(request)
    token, following = form.get("key", "").strip(), own_path(form.get("next", ""))
    try:
        caller = await door.identify(token)
    except NoKey:
        return await _form(request, following, refused=True)
    # Counted as any request of the key; whatever its scopes, it may look.
    await door.admit(caller, "read")
    return led_to(following, sessions.begun(request.scope, token))


@post(_SIGN_OUT, opt={OPEN: True})
async def sign_out(request: PageRequest, sessions: NamedDependency[Sessions]) -> Response[bytes]:
    """End the session of this browser, whether or not its key still opens anything."""
    left = led_to(SIGN_IN, sessions.ended(request.scope))
    # Or "Back" would show what was read before.
    left.headers["Clear-Site-Data"] = '"cache"'
    return left


def own_path(sent: str) -> str:
    """Return a path of this service that was sent, and the start for anything else."""
    path = sent.partition("?")[0].partition("#")[0]
    if not _OWN_PATH.fullmatch(sent) or path in (SIGN_IN, _SIGN_OUT):
        return _START
    return sent


async def _form(request: PageRequest, following: str, *, refused: bool = False) -> Response[bytes]:
    return await page(
        request,
        "sign_in.html.j2",
        status_code=401 if refused else 200,
        headers={"WWW-Authenticate": "Bearer"} if refused else {},
        next=following,
        refused=refused,
        hours=_HOURS,
    )


HANDLERS = (sign_in_form, sign_in, sign_out)
