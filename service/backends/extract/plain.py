"""Plain text to paragraphs."""

import re

from service.backends.extract.lines import paragraphs
from service.domain.ports import Extracted

_OTHER_FORMATS = (
    (re.compile(r"\s*(?:<!doctype html|<html[\s>])", re.IGNORECASE), "HTML", "text/html"),
    (re.compile(r"\s*%PDF-\d"), "a PDF", "application/pdf, in base64"),
)


def extract_plain(text: str) -> Extracted:
    """Return the paragraphs of readable text, hard-wrapped lines joined."""
    return Extracted(paragraphs=paragraphs(text))


def mistaken_format(text: str) -> str | None:
    """Return why text sent as plain is not, or None: its markup would be taken for words."""
    for opening, name, media_type in _OTHER_FORMATS:
        if opening.match(text):
            return f"it is {name}, not plain text; send it as {media_type}"
    return None
