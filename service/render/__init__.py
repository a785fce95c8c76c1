"""Briefs as text for people and programs: values in, text out."""

from typing import Literal, get_args

from service.domain.brief import Brief
from service.render.codec import dump_brief, json_line, load_brief
from service.render.markdown import render_markdown
from service.render.outline import shown
from service.render.page import HTML_CSP, render_html
from service.render.plain import render_text

Format = Literal["markdown", "json", "html", "text"]
FORMATS: tuple[Format, ...] = get_args(Format)

__all__ = [
    "FORMATS",
    "HTML_CSP",
    "Format",
    "dump_brief",
    "json_line",
    "load_brief",
    "render",
    "render_html",
    "render_markdown",
    "render_text",
    "shown",
]


def render(brief: Brief, format: Format) -> str:
    """Return the brief in a format; the markers of its sources are the same in each."""
    match format:
        case "json":
            return dump_brief(brief)
        case "html":
            return render_html(brief)
        case "text":
            return render_text(brief)
        case "markdown":
            return render_markdown(brief)
