"""The scripts, styles and pictures of the pages."""

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from service.rest.answers import tagged
from service.rest.pages.kit import PageRequest, assets, assets_version

_FOREVER = "public, max-age=31536000, immutable"


@get("/assets/{version:str}/{name:str}", sync_to_thread=False)
def asset_file(
    version: FromPath[str], name: FromPath[str], request: PageRequest
) -> Response[bytes]:
    """Return an asset; under the version of all of them it never changes.

    A page of a process of another version has it as it is here.
    """
    found = assets().get(name)
    if found is None:
        raise NotFoundException
    if version == assets_version():
        headers = {"Cache-Control": _FOREVER}
        return Response(found.content, media_type=found.media_type, headers=headers)
    return tagged(request, found.content, media_type=found.media_type, headers={})


HANDLERS = (asset_file,)
