"""Documents of every media type to plain paragraphs."""

import base64
import binascii
from dataclasses import replace

from service.backends.extract.html import UnreadablePage, extract_html
from service.backends.extract.markdown import UnreadableMarkdown, extract_markdown
from service.backends.extract.pdf import UnreadablePdf, extract_pdf
from service.backends.extract.plain import extract_plain, mistaken_format
from service.domain.errors import BadDocument
from service.domain.ports import Extracted
from service.domain.text import Document, Removal
from service.stages.characters import invisible_in, looks_binary, one_line, readable

INVISIBLE = "invisible characters"


class DocumentExtractor:
    """Reads plain text, HTML, Markdown and PDF."""

    def extract(self, document: Document) -> Extracted:
        """Return the document's paragraphs; a title that the document states wins over a found one.

        Raises `BadDocument` when it is empty, binary, broken or of another format than it says.
        """
        name = document.id or document.content_id
        if not document.content.strip().strip("\ufeff"):
            raise BadDocument(name, "it is empty")
        try:
            if document.media_type == "application/pdf":
                extracted = extract_pdf(_decoded(document.content))
            else:
                extracted = _extract_text(document)
        except (UnreadablePage, UnreadableMarkdown, UnreadablePdf, _Unreadable) as error:
            raise BadDocument(name, str(error)) from error
        if not extracted.paragraphs:
            raise BadDocument(name, "no text was found in it")
        title = one_line(document.title or "") or extracted.title
        return replace(extracted, title=title)


class _Unreadable(ValueError):
    """The content is not what its media type says."""


def _extract_text(document: Document) -> Extracted:
    if looks_binary(document.content):
        raise _Unreadable("it is binary, not text")
    text = readable(document.content)
    if document.media_type == "text/html":
        extracted = extract_html(text)
    elif document.media_type == "text/markdown":
        extracted = extract_markdown(text)
    else:
        if mistaken := mistaken_format(text):
            raise _Unreadable(mistaken)
        extracted = extract_plain(text)
    if invisible := invisible_in(document.content):
        told = Removal(reason=INVISIBLE, text=" ".join(invisible))
        extracted = replace(extracted, removed=(*extracted.removed, told))
    return extracted


def _decoded(content: str) -> bytes:
    """Return the bytes of a base64 text; line breaks in it are allowed, other characters not."""
    try:
        return base64.b64decode("".join(content.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise _Unreadable(f"its base64 is broken ({error})") from error
