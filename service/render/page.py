"""A brief as one self-contained HTML page: no script, no outside host, its own style only."""

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from service.domain.brief import Brief
from service.render.outline import Entry, outline, shortened

_STYLE = (resources.files("service.render") / "templates" / "brief.css").read_text("utf-8")
_STYLE_SHA256 = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

HTML_CSP = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_SHA256}'; base-uri 'none'; form-action 'none'"
)
"""The Content-Security-Policy under which a page of `render_html` loses nothing."""


def render_html(brief: Brief) -> str:
    """Return the brief as an HTML page that may be sent with `HTML_CSP`."""
    told = outline(brief)
    return _template().render(brief=told, reports=_reports(told.entries))


def _reports(entries: Sequence[Entry]) -> list[tuple[Entry, list[Entry]]]:
    """Return the first source of each independent group, with the others of its group."""
    by_marker = {entry.marker: entry for entry in entries}
    return [
        (entry, [by_marker[marker] for marker in entry.copies])
        for entry in entries
        if all(entry.marker < marker for marker in entry.copies)
    ]


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("service.render"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["shortened"] = shortened
    environment.globals["style"] = _STYLE
    return environment.get_template("brief.html.j2")
