"""The scripts, styles and pictures of the pages."""

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from service.rest.answers import tagged
from service.rest.pages.kit import PageRequest, assets

_FOREVER = "public, max-age=31536000, immutable"


@get("/assets/{name:str}", sync_to_thread=False)
def asset_file(name: FromPath[str], request: PageRequest) -> Response[bytes]:
    """Return an asset; under the address of its very content it never changes."""
    found = assets().get(name)
    if found is None:
        raise NotFoundException
    if request.query_params.get("v") == found.version:
        headers = {"Cache-Control": _FOREVER}
        return Response(found.content, media_type=found.media_type, headers=headers)
    return tagged(request, found.content, media_type=found.media_type, headers={})


HANDLERS = (asset_file,)
