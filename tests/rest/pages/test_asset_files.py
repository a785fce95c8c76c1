import re

import pytest

from service.rest.pages.kit import asset_url, assets, assets_version
from tests.rest.services import Client

FOREVER = "public, max-age=31536000, immutable"
_IMPORT = re.compile(r"""(?:from|import)\s*["'](\.[^"']+)["']""")


def test_an_asset_under_the_version_of_all_is_kept_for_good(client: Client) -> None:
    answer = client.get(asset_url("pages.css"))
    assert answer.headers["cache-control"] == FOREVER
    assert answer.headers["content-type"].startswith("text/css")
    assert answer.content == assets()["pages.css"].content


def test_what_a_script_imports_is_of_the_same_version(client: Client) -> None:
    imported = {
        client.base_url.join(asset_url(name)).join(found)
        for name, one in assets().items()
        if name.endswith(".js")
        for found in _IMPORT.findall(one.content.decode())
    }
    assert imported
    for address in imported:
        assert client.get(str(address)).headers["cache-control"] == FOREVER


def test_a_page_of_another_version_has_its_asset_as_it_is_here(client: Client) -> None:
    path = "/assets/000000000000/pages.css"
    first = client.get(path)
    assert (first.content, first.headers["cache-control"]) == (
        assets()["pages.css"].content,
        "private, no-cache",
    )
    again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("name", ["nothing.js", "..", "pages.css/x"])
def test_there_are_no_other_assets(client: Client, name: str) -> None:
    assert client.get(f"/assets/{assets_version()}/{name}").status_code == 404
