"""Where a request comes from, as the browser says that sends it.

Browsers send along what they hold for this service, whoever's page asks them to. Programs send
neither of the two headers, and nothing along that they were not told to.
"""

from litestar.datastructures import Headers
from litestar.types import HTTPScope

from service.rest.problems import problem

# Methods by which nothing is changed, so that it does not matter who asked for it.
READING = frozenset({"GET", "HEAD", "OPTIONS"})
# `none`: the user asked for it, by an address that was typed or a page that was loaded again.
_OWN = frozenset({"same-origin", "none"})
_PORTS = {"http": ":80", "https": ":443"}


def check_origin(scope: HTTPScope) -> None:
    """Refuse what would change something where a browser says that another site asks for it."""
    if scope["method"] in READING:
        return
    headers = Headers.from_scope(scope)
    sites, origins = headers.getall("sec-fetch-site", []), headers.getall("origin", [])
    # A browser that tells the one judges by it better than we could by the other: it knows what the
    # user sees as the address of the service, whatever stands in between.
    if sites:
        foreign = any(site not in _OWN for site in sites)
    else:
        foreign = any(origin != _own_origin(scope) for origin in origins)
    if foreign:
        raise problem("cross-site", "another site than this service asks for it")


def check_said(scope: HTTPScope) -> None:
    """Refuse what would change something unless a browser says that a page of ours asks for it.

    For requests with nothing to prove them but what a browser sends by itself.
    """
    if scope["method"] in READING:
        return
    headers = Headers.from_scope(scope)
    sites, origins = headers.getall("sec-fetch-site", []), headers.getall("origin", [])
    if sites != ["same-origin"] and origins != [_own_origin(scope)]:
        raise problem("cross-site", "nothing says that a page of this service asks for it")


def _own_origin(scope: HTTPScope) -> str:
    host, scheme = Headers.from_scope(scope).get("host", ""), scope["scheme"]
    return f"{scheme}://{host.lower().removesuffix(_PORTS.get(scheme, ''))}"
