"""The OpenAPI document and a page to read it with, all of it served from here."""

from pathlib import Path
from typing import Any

from litestar import MediaType, Request, Response, Router, get
from litestar.datastructures import State
from litestar.exceptions import NotFoundException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, OpenAPIRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme, Tag
from litestar.params import FromPath
from litestar.response import File
from swagger_ui_bundle import swagger_ui_path

from service import __version__
from service.rest.headers import NOTHING_ALLOWED
from service.rest.negotiation import accept_of, best_offer

PATH = "/schema"
_ASSETS = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "favicon-32x32.png": "image/png",
}
_POLICY = (
    f"{NOTHING_ALLOWED}; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'"
)
_PAGE = f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>wellsourced: the interface</title>
<link rel="stylesheet" href="{PATH}/assets/swagger-ui.css">
<link rel="icon" type="image/png" href="{PATH}/assets/favicon-32x32.png">
</head>
<body>
<div id="page"></div>
<script src="{PATH}/assets/swagger-ui-bundle.js"></script>
<script src="{PATH}/assets/start.js"></script>
</body>
</html>
"""
# `validatorUrl: null`: by default the page would send the document to a validator elsewhere.
_START = f"""window.onload = () => SwaggerUIBundle({{
  url: "{PATH}/openapi-3.0.json",
  dom_id: "#page",
  validatorUrl: null,
}});
"""


_KEY = SecurityScheme(
    type="http",
    scheme="bearer",
    description="An API key, made with `brief keys create`. As long as there never was one, the"
    " service needs none.",
)


class PagePlugin(OpenAPIRenderPlugin):
    """The page, and the files it needs."""

    def __init__(self) -> None:
        super().__init__(path="/ui", media_type=MediaType.HTML)

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        return _PAGE.encode()

    def receive_router(self, router: Router) -> None:
        router.register(asset)


class OlderJsonPlugin(JsonRenderPlugin):
    """The document in the words of OpenAPI 3.0, which is what the page can read."""

    def __init__(self) -> None:
        super().__init__(path="/openapi-3.0.json")

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        return super().render(request, in_3_0(openapi_schema) | {"openapi": "3.0.3"})


@get("/assets/{name:str}", include_in_schema=False, sync_to_thread=False)
def asset(name: FromPath[str]) -> File | Response[str]:
    """Return a script, style sheet or picture of the page."""
    if name == "start.js":
        return Response(_START, media_type="text/javascript")
    if name not in _ASSETS:
        raise NotFoundException
    return File(
        Path(swagger_ui_path) / name,
        media_type=_ASSETS[name],
        content_disposition_type="inline",
        headers={"Cache-Control": "public, max-age=86400"},
    )


def openapi_config() -> OpenAPIConfig:
    """Return the description of the interface, under `/schema`."""
    return OpenAPIConfig(
        title="wellsourced",
        version=__version__,
        summary="Many documents in, one attributed brief out.",
        path=PATH,
        use_handler_docstrings=True,
        components=Components(security_schemes={"key": _KEY}),
        # Or none, as long as there never was a key.
        security=[{"key": []}, {}],
        tags=[Tag(name="documents"), Tag(name="briefs"), Tag(name="operations")],
        render_plugins=[
            JsonRenderPlugin(path=["/", "/openapi.json"]),
            OlderJsonPlugin(),
            PagePlugin(),
        ],
        openapi_router=Router(
            PATH,
            route_handlers=[],
            include_in_schema=False,
            before_request=_send_readers_to_the_page,
            after_request=_add_policy,
        ),
    )


def in_3_0(part: dict[str, Any]) -> dict[str, Any]:
    """Rewrite a part of an OpenAPI 3.1 document for readers of 3.0: there `null` is no type."""
    made: dict[str, Any] = {}
    for key, value in part.items():
        if isinstance(value, dict):
            made[key] = in_3_0(value)
        elif isinstance(value, list):
            made[key] = [in_3_0(one) if isinstance(one, dict) else one for one in value]
        else:
            made[key] = value
    for key in ("oneOf", "anyOf"):
        if {"type": "null"} in (choices := made.get(key, [])):
            made[key] = [choice for choice in choices if choice != {"type": "null"}]
            made["nullable"] = True
    if isinstance(names := made.get("type"), list):
        told = [name for name in names if name != "null"]
        made |= {"type": told[0], "nullable": len(told) < len(names)}
    if "const" in made:
        made["enum"] = [made.pop("const")]
    return made


async def _send_readers_to_the_page(
    request: Request[None, None, State],
) -> Response[bytes] | None:
    if "path" in request.path_params:
        # The framework's own answer to an unknown path is a page, not a problem.
        raise NotFoundException
    at_root = request.url.path.rstrip("/") == PATH
    forms = (MediaType.JSON.value, MediaType.HTML.value)
    if at_root and best_offer(accept_of(request), forms) == MediaType.HTML.value:
        return Response(b"", status_code=302, headers={"Location": f"{PATH}/ui", "Vary": "Accept"})
    return None


async def _add_policy(response: Response[Any]) -> Response[Any]:
    if response.media_type == MediaType.HTML:
        response.headers["Content-Security-Policy"] = _POLICY
    return response
