"""Small PDF files that ask a reader for far more than their size."""

import base64
import zlib
from collections.abc import Mapping


def pdf_of(objects: Mapping[int, bytes]) -> str:
    """Return a PDF of numbered objects, the first of which is the catalog, in base64."""
    out = b"%PDF-1.7\n"
    places: dict[int, int] = {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    size = max(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        out += b"%010d 00000 n \n" % places.get(number, 0)
    out += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (size, start)
    return base64.b64encode(out).decode()


def _page(parent: int, contents: int) -> bytes:
    font = b"/Font<</F 9 0 R>>"
    return b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 600 800]/Contents %d 0 R/Resources<<%s>>>>" % (
        parent,
        contents,
        font,
    )


def _stream(content: bytes) -> bytes:
    packed = zlib.compress(content, 9)
    return b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed)


_FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
_CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"


def deflated(content: bytes) -> str:
    """Return a page whose content takes a thousandth of its size in the file."""
    return pdf_of(
        {
            1: _CATALOG,
            2: b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
            3: _page(2, 4),
            4: _stream(content),
            9: _FONT,
        }
    )


def many_pages(count: int) -> str:
    """Return a document that shows one page so many times."""
    text = b"BT /F 12 Tf 72 700 Td (Rain fell on Monday in the town of Bell.) Tj ET"
    kids = b" ".join([b"3 0 R"] * count)
    return pdf_of(
        {
            1: _CATALOG,
            2: b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, kids),
            3: _page(2, 4),
            4: _stream(text),
            9: _FONT,
        }
    )


def endless_tree() -> str:
    """Return a document whose pages contain themselves."""
    return pdf_of({1: _CATALOG, 2: b"<</Type/Pages/Count 2147483647/Kids[2 0 R 2 0 R]>>", 9: _FONT})
