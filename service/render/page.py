"""A brief as one self-contained HTML page: no script, no outside host, its own style only."""

import base64
import hashlib
from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from service.domain.brief import Brief
from service.render.outline import outline, shortened
from service.render.pieces import Words, sentence_of
from service.render.reports import reports

_STYLE = (resources.files("service.render") / "templates" / "brief.css").read_text("utf-8")
_STYLE_SHA256 = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

HTML_CSP = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_SHA256}'; base-uri 'none'; form-action 'none'"
)
"""The Content-Security-Policy under which a page of `render_html` loses nothing."""


def render_html(brief: Brief) -> str:
    """Return the brief as an HTML page that may be sent with `HTML_CSP`."""
    told = outline(brief)
    by_report = [
        [told.entries[marker - 1] for marker in report] for report in reports(brief.sources)
    ]
    sentences = [sentence_of(one) for one in brief.all_statements()]
    return _template().render(
        brief=told,
        reports=by_report,
        sentences=sentences,
        adds=any(_is_added(words) for sentence in sentences for words in sentence.words),
    )


def _is_added(words: Words) -> bool:
    """Say whether the service added the words itself."""
    return words.piece is not None and words.marker is None


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
    environment.tests["added"] = _is_added
    environment.globals["style"] = _STYLE
    return environment.get_template("brief.html.j2")
