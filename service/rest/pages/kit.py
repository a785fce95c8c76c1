"""What all pages share: templates, assets under addresses of their own content, and the policy."""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import Request, Response
from litestar.datastructures import Cookie, State

from service import __version__
from service.domain.brief import Status
from service.jobs.keys import allows
from service.jobs.parts import Caller
from service.render.outline import shortened, shown, web_url
from service.render.times import readable_day, rfc3339, utc
from service.rest.answers import HTML, JSON, tagged
from service.rest.negotiation import accept_of, best_offer
from service.rest.problems import MEDIA_TYPE
from service.store.records import Scope

PageRequest = Request[None, None, State]

SIGN_IN = "/sign-in"
STATUS_WORDS: Mapping[Status, str] = {
    "queued": "waiting",
    "running": "being made",
    "done": "done",
    "failed": "failed",
    "cancelled": "cancelled",
}

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""The Content-Security-Policy of every page: nothing inline, nothing from elsewhere."""

# Told to this service only: without it a browser does not say where a form was sent from.
_REFERRER = "same-origin"
_MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_VERSION_LENGTH = 12
_OK = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A script, style sheet or picture."""

    content: bytes
    media_type: str


@cache
def assets() -> Mapping[str, Asset]:
    """Return the assets by name."""
    found = {}
    for one in (resources.files("service.rest.pages") / "assets").iterdir():
        suffix = "." + one.name.rpartition(".")[2]
        found[one.name] = Asset(content=one.read_bytes(), media_type=_MEDIA_TYPES[suffix])
    return found


@cache
def assets_version() -> str:
    """Return a hash of all assets: one of them changes it, and so the addresses of all."""
    hashed = hashlib.sha256()
    for name, one in sorted(assets().items()):
        hashed.update(f"{name} {len(one.content)} ".encode() + one.content)
    return hashed.hexdigest()[:_VERSION_LENGTH]


def asset_url(name: str) -> str:
    """Return the address of an asset; what it imports beside it is of the same version."""
    if name not in assets():
        raise KeyError(name)
    return f"/assets/{assets_version()}/{name}"


async def page(
    request: PageRequest,
    template: str,
    *,
    status_code: int = 200,
    headers: Mapping[str, str] | None = None,
    **values: object,
) -> Response[bytes]:
    """Return a page made of a template, away from the event loop; a 304 to whoever has it already.

    Templates have the `caller`, and `may(scope)`, which says whether the caller's key allows that.
    """
    caller = caller_of(request)
    body = await asyncio.to_thread(rendered, template, caller, values)
    made = answer(body, status_code=status_code, headers=headers)
    if request.method != "GET" or status_code != _OK:
        return made
    return tagged(request, body, media_type=HTML, headers=dict(made.headers))


def answer(
    body: bytes, *, status_code: int = 200, headers: Mapping[str, str] | None = None
) -> Response[bytes]:
    """Return a page as it is sent."""
    told = {
        "Content-Security-Policy": POLICY,
        "Referrer-Policy": _REFERRER,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cache-Control": "private, no-cache",
        **(headers or {}),
    }
    return Response(body, media_type=HTML, status_code=status_code, headers=told)


def led_to(path: str, *cookies: Cookie) -> Response[bytes]:
    """Lead to another page, which is asked for by GET."""
    headers = {"Location": path, "Cache-Control": "no-store"}
    return Response(b"", status_code=303, headers=headers, cookies=cookies)


def wants_page(request: PageRequest) -> bool:
    """Say whether a page is wanted, and not a problem, as the scripts of the pages ask for."""
    return best_offer(accept_of(request), (HTML, MEDIA_TYPE, JSON)) == HTML


def rendered(template: str, caller: Caller, values: Mapping[str, object]) -> bytes:
    """Return a template with its values filled in."""

    def may(scope: Scope) -> bool:
        return allows(caller.scopes, scope)

    made: str = _environment().get_template(template).render(**values, caller=caller, may=may)
    return made.encode()


def day(at: date) -> str:
    """Write a date, or the day of a time in UTC, as 7 April 2025."""
    return readable_day(utc(at) if isinstance(at, datetime) else at)


def caller_of(request: Request[Any, Any, Any]) -> Caller:
    """Return who asks; where it is not known yet, somebody who may do nothing."""
    caller = request.scope["state"].get("caller")
    return caller if isinstance(caller, Caller) else Caller(tenant="", scopes=frozenset())


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("service.rest.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "shown": shown,
        "shortened": shortened,
        "web_url": web_url,
        "day": day,
        "moment": _moment,
        "rfc3339": rfc3339,
    }
    environment.globals |= {"asset": asset_url, "version": __version__}
    return environment


def _moment(at: datetime) -> str:
    in_utc = utc(at)
    return f"{readable_day(in_utc)}, {in_utc:%H:%M} UTC"
