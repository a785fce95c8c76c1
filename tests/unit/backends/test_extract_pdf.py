"""PDF to paragraphs. The PDFs are drawn by the tests themselves."""

import base64
import ctypes
import io
import sys
from collections.abc import Sequence

import pypdfium2 as pdfium
import pytest
from pypdfium2 import raw

from service.backends.extract import DocumentExtractor
from service.backends.extract.layout import Page, PlacedLine, paragraphs_of, without_furniture
from service.domain.errors import BadDocument
from service.domain.ports import Extracted
from service.domain.text import Document

Placed = tuple[str, float, float, float]
HEADLINE: Placed = ("Bridge closes after storm", 72, 740, 18)
BODY: tuple[Placed, ...] = (
    ("The old bridge was closed on Monday after a storm dam-", 72, 700, 11),
    ("aged two pillars, the city council said. It will stay", 72, 686, 11),
    ("closed.", 72, 672, 11),
    ("Repairs will take six weeks and cost two million euros,", 72, 648, 11),
    ("the engineer in charge of the works said on Tuesday.", 72, 634, 11),
)
PARAGRAPHS = (
    "Bridge closes after storm",
    "The old bridge was closed on Monday after a storm damaged two pillars, the city council said."
    " It will stay closed.",
    "Repairs will take six weeks and cost two million euros, the engineer in charge of the works"
    " said on Tuesday.",
)


def draw(pages: Sequence[Sequence[Placed]]) -> bytes:
    document = pdfium.PdfDocument.new()
    font = raw.FPDFText_LoadStandardFont(document, b"Helvetica")
    for lines in pages:
        page = document.new_page(595, 842)
        for text, x, y, size in lines:
            placed = raw.FPDFPageObj_CreateTextObj(document, font, size)
            letters = ctypes.create_string_buffer((text + "\0").encode("utf-16-le"))
            raw.FPDFText_SetText(placed, ctypes.cast(letters, ctypes.POINTER(ctypes.c_ushort)))
            raw.FPDFPageObj_Transform(placed, 1, 0, 0, 1, x, y)
            raw.FPDFPage_InsertObject(page, placed)
        raw.FPDFPage_GenerateContent(page)
    drawn = io.BytesIO()
    document.save(drawn)
    document.close()
    return drawn.getvalue()


def extract(content: bytes | str) -> Extracted:
    coded = content if isinstance(content, str) else base64.b64encode(content).decode()
    return DocumentExtractor().extract(Document(content=coded, media_type="application/pdf"))


def test_lines_become_paragraphs_and_parted_words_whole() -> None:
    assert extract(draw([[HEADLINE, *BODY]])).paragraphs == PARAGRAPHS


def test_heads_feet_and_page_numbers_are_taken_out_and_told() -> None:
    pages = [
        [("The Daily", 72, 810, 9), *BODY[:3], (f"Page {n} of 3", 280, 30, 9)] for n in (1, 2, 3)
    ]
    found = extract(draw(pages))
    assert set(found.paragraphs) == {PARAGRAPHS[1]}
    assert {(r.reason, r.text) for r in found.removed} == {
        ("page header or footer", text)
        for text in ("The Daily", "Page 1 of 3", "Page 2 of 3", "Page 3 of 3")
    }


def test_a_paragraph_runs_on_over_a_page_break() -> None:
    found = extract(draw([[HEADLINE, *BODY[:2]], [("closed.", 72, 740, 11)]]))
    assert found.paragraphs == PARAGRAPHS[:2]


def test_base64_may_be_broken_into_lines() -> None:
    coded = base64.encodebytes(draw([BODY])).decode()
    assert extract(coded).paragraphs == PARAGRAPHS[1:]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("not base64!", "base64"),
        ("abc", "base64"),
        (b"hello world", "broken"),
        (b"%PDF-1.7\ntruncated", "broken"),
        ("   ", "empty"),
    ],
)
def test_what_is_no_pdf_is_refused_with_the_reason(content: bytes | str, reason: str) -> None:
    with pytest.raises(BadDocument, match=reason):
        extract(content)


def test_a_pdf_without_text_is_refused() -> None:
    with pytest.raises(BadDocument, match="no text; it may be a scan"):
        extract(draw([[]]))


def test_an_encrypted_pdf_is_refused() -> None:
    plain = draw([BODY])
    locked = b"<</Filter/Standard/V 1/R 2/P -4/O<" + b"41" * 32 + b">/U<" + b"42" * 32 + b">>>"
    content = plain.replace(b"trailer\r\n<<", b"trailer\r\n<</Encrypt " + locked, 1)
    assert content != plain
    identified = content.replace(b"/Encrypt", b"/ID[<00><00>]/Encrypt", 1)
    with pytest.raises(BadDocument, match="encrypted"):
        extract(identified)


def test_without_the_extra_the_reason_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    with pytest.raises(BadDocument, match=r"wellsourced\[pdf\]"):
        extract(b"%PDF-1.7")


def line(text: str, *, left: float = 72, right: float = 500, bottom: float = 700) -> PlacedLine:
    return PlacedLine(text, left, right, bottom, 12)


def test_an_indented_line_after_a_full_stop_starts_a_paragraph() -> None:
    lines = (line("One sentence ends."), line("Another begins", left=90, bottom=686))
    assert paragraphs_of([Page(lines, 842)]) == ("One sentence ends.", "Another begins")


def test_a_hyphen_of_the_words_own_is_kept() -> None:
    lines = (
        line("A well-known ferry and a well-"),
        line("known bridge are out of", bottom=686),
        line("service.", bottom=672),
    )
    [paragraph] = paragraphs_of([Page(lines, 842)])
    assert paragraph == "A well-known ferry and a well-known bridge are out of service."


def test_a_line_that_repeats_inside_the_page_is_no_furniture() -> None:
    pages = [Page((line("Refrain", bottom=400),), 842)] * 3
    assert without_furniture(pages) == (pages, ())
