"""A brief as a file to keep, under a name that tells what it is."""

import re
import unicodedata
from datetime import datetime
from typing import Annotated
from urllib.parse import quote

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from service.domain.errors import WrongStatus
from service.jobs.desk import Desk
from service.jobs.parts import Caller, Shop
from service.render.outline import shortened
from service.render.times import utc
from service.rest.answers import HTML, JSON, MARKDOWN, TEXT, tagged
from service.rest.forms import Renderers, formed
from service.rest.pages.kit import PageRequest
from service.rest.problems import problem
from service.store.records import BriefRecord

_FORMS = {
    "markdown": (MARKDOWN, ".md"),
    "html": (HTML, ".html"),
    "json": (JSON, ".json"),
    "text": (TEXT, ".txt"),
}
# In code points: four bytes each still fit the 255 that file systems allow, with day and ending.
_HEADLINE_LENGTH = 50
_APOSTROPHE = re.compile("['\u2019](?=\\w)")

Form = Annotated[str, QueryParameter(name="as")]


@get("/briefs/{brief_id:str}/download")
async def download(
    brief_id: FromPath[str],
    request: PageRequest,
    desk: NamedDependency[Desk],
    renderers: NamedDependency[Renderers],
    caller: NamedDependency[Caller],
    form: Form = "markdown",
) -> Response[bytes]:
    """Return a brief as a file in the form that `as` names."""
    record = await desk.get(caller, brief_id)
    return await downloaded(request, desk.shop, record, renderers, form)


async def downloaded(
    request: PageRequest, shop: Shop, record: BriefRecord, renderers: Renderers, form: str
) -> Response[bytes]:
    """Return a finished brief as a file, as it stands now.

    Raises `WrongStatus` where it is not done, and a problem where there is no such form.
    """
    if form not in _FORMS:
        offered = ", ".join(_FORMS)
        raise problem("bad-request", f"as: a brief is had as {offered}, and not as {form!r}")
    if record.body is None:
        raise WrongStatus(record.id, record.status, "done")
    media_type, ending = _FORMS[form]
    body, headers = await formed(record, media_type, shop, renderers)
    headers["Content-Disposition"] = attachment(record.created_at, record.headline or "", ending)
    return tagged(request, body, media_type=media_type, headers=headers)


def attachment(made: datetime, headline: str, ending: str) -> str:
    """Return the Content-Disposition of a file named after its day, in UTC, and its headline.

    As RFC 6266 has it: a plain name for everybody, and the very name for who reads RFC 8187.
    """
    day, words = f"{utc(made):%Y-%m-%d}", _words(headline)
    plain = _words(unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode())
    name, fallback = (f"{day}-{said or 'brief'}{ending}" for said in (words, plain))
    return f"attachment; filename=\"{fallback}\"; filename*=UTF-8''{quote(name, safe='')}"


def _words(text: str) -> str:
    """Return the first words of a text with hyphens between: letters, marks and digits only."""
    whole = _APOSTROPHE.sub("", unicodedata.normalize("NFC", text))
    kept = "".join(one if unicodedata.category(one)[0] in "LMN" else " " for one in whole)
    cut = shortened(" ".join(kept.split()), _HEADLINE_LENGTH).removesuffix("…")
    return cut.strip().replace(" ", "-")


HANDLERS = (download,)
