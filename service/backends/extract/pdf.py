"""PDF to placed lines, by pypdfium2; `service.backends.extract.layout` makes paragraphs of them."""

import re
from collections.abc import Iterator
from importlib import import_module
from threading import Lock
from types import ModuleType
from typing import TYPE_CHECKING

from service.backends.extract.layout import Page, PlacedLine, paragraphs_of, without_furniture
from service.domain.ports import Extracted
from service.stages.characters import looks_binary, one_line, readable, squeeze

if TYPE_CHECKING:
    from pypdfium2 import PdfPage, PdfTextPage

# PDFium keeps state of the whole process: two threads in it at once corrupt memory.
_PDFIUM = Lock()
# What PDFium gives for a hyphen that parts a word at a line's end, without any line break.
_LINE_END_HYPHEN = "\x02"
_BREAKS = frozenset("\r\n")
_LETTERS = re.compile(r"[^\W_]+")
_PASSWORD_NEEDED = 4


class UnreadablePdf(ValueError):
    """The PDF is broken, locked or holds no text, or nothing here can read it."""


def extract_pdf(content: bytes) -> Extracted:
    """Return the paragraphs of a PDF, less what its pages repeat at their edges.

    The title in its metadata counts only if the first page shows it. Raises `UnreadablePdf`.
    """
    with _PDFIUM:
        pages, stated = _read(content)
    if not any(page.lines for page in pages):
        raise UnreadablePdf("the PDF holds no text; it may be a scan")
    kept, removed = without_furniture(pages)
    paragraphs = tuple(filter(None, paragraphs_of(kept)))
    if looks_binary("\n".join(paragraphs)):
        raise UnreadablePdf("the letters of the PDF's fonts have no known meaning")
    shown = _bare(" ".join(line.text for line in pages[0].lines))
    title = stated if stated and _bare(stated) in shown else None
    return Extracted(paragraphs=paragraphs, title=title, removed=removed)


def _read(content: bytes) -> tuple[list[Page], str]:
    """Return the pages and the title that the metadata states, "" for none."""
    pdfium = _pdfium()
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        if error.err_code == _PASSWORD_NEEDED:
            raise UnreadablePdf("the PDF is encrypted and needs a password") from error
        raise UnreadablePdf("it is no PDF, or a broken one") from error
    try:
        pages = [_page(pdfium.raw, document[number]) for number in range(len(document))]
        return pages, one_line(document.get_metadata_value("Title") or "")
    except pdfium.PdfiumError as error:
        raise UnreadablePdf(f"the PDF is broken ({error})") from error
    finally:
        document.close()


def _pdfium() -> ModuleType:
    try:
        return import_module("pypdfium2")
    except ImportError as error:
        raise UnreadablePdf(
            "reading PDF needs the extra: pip install 'wellsourced[pdf]'"
        ) from error


def _page(raw: ModuleType, page: "PdfPage") -> Page:
    characters = page.get_textpage()
    lines = []
    for first, last, text in _runs(raw, characters):
        left, bottom, _, top = characters.get_charbox(first, loose=True)
        right = characters.get_charbox(last, loose=True)[2]
        lines.append(PlacedLine(text, left, max(left, right), bottom, max(top - bottom, 1.0)))
    return Page(tuple(lines), page.get_height())


def _runs(raw: ModuleType, characters: "PdfTextPage") -> Iterator[tuple[int, int, str]]:
    """Yield each line's text with the indices of its first and last visible characters."""
    line: list[str] = []
    visible: list[int] = []
    count = characters.count_chars()
    for index in range(count + 1):
        char = chr(raw.FPDFText_GetUnicode(characters, index)) if index < count else "\n"
        if char == _LINE_END_HYPHEN:
            line.append("-")
            visible.append(index)
        elif not char.isspace():
            line.append(char)
            visible.append(index)
            continue
        elif char not in _BREAKS:
            line.append(char)
            continue
        if text := squeeze(readable(_whole("".join(line))).replace("\n", " ")):
            yield visible[0], visible[-1], text
        line.clear()
        visible.clear()


def _whole(text: str) -> str:
    """Return text whose rarer characters PDFium gave in two halves with each as one."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _bare(text: str) -> str:
    return " ".join(_LETTERS.findall(text.lower()))
