"""Markdown to paragraphs."""

import pytest

from service.backends.extract import DocumentExtractor
from service.domain.errors import BadDocument
from service.domain.ports import Extracted
from service.domain.text import Document


def extract(content: str) -> Extracted:
    return DocumentExtractor().extract(Document(content=content, media_type="text/markdown"))


def test_headings_are_paragraphs_and_the_first_of_rank_one_is_the_title() -> None:
    found = extract("# Bridge *closes*\n\nText.\n\n## What next\n\nMore.\n\n# Other")
    assert found.paragraphs == ("Bridge closes", "Text.", "What next", "More.", "Other")
    assert found.title == "Bridge closes"


def test_without_such_a_heading_there_is_no_title() -> None:
    assert extract("## What next\n\nMore.").title is None


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("See [the report](https://a.example).", "See the report."),
        ("A ![picture](a.png) here", "A here"),
        ("Soft\nbreaks are\nspaces", "Soft breaks are spaces"),
        ("`code` and **bold**", "code and bold"),
        ("> quoted text", "quoted text"),
        ("A\u00a0b &amp; c &#8203;d", "A b & c d"),
    ],
)
def test_marks_are_dropped_and_their_text_is_kept(content: str, text: str) -> None:
    assert extract(content).paragraphs == (text,)


def test_entries_hard_breaks_and_rows_are_paragraphs() -> None:
    found = extract("- one\n- two\n\na  \nb\n\n| x | y |\n|---|---|\n| 1 | 2 |")
    assert found.paragraphs == ("one", "two", "a", "b", "x; y", "1; 2")


def test_a_block_of_html_is_dropped_and_told() -> None:
    found = extract("Text.\n\n<div onclick='x()'>\nhidden\n</div>\n\nMore.")
    assert found.paragraphs == ("Text.", "More.")
    assert [(r.reason, r.text) for r in found.removed] == [
        ("markup", "<div onclick='x()'> hidden </div>")
    ]


def test_a_script_inside_a_line_does_not_reach_the_text() -> None:
    assert extract("Before <script>stolen()</script> after").paragraphs == ("Before after",)


def test_front_matter_is_told_and_not_read() -> None:
    found = extract("---\ntitle: Bridge\ntags:\n  - a\n---\n\nText.")
    assert found.paragraphs == ("Text.",)
    assert [r.reason for r in found.removed] == ["front matter"]


def test_a_text_between_rules_is_no_front_matter() -> None:
    assert "Some words here" in extract("---\nSome words here\n\n---\n\nText.").paragraphs


def test_markdown_that_is_only_html_is_refused() -> None:
    with pytest.raises(BadDocument, match="no text"):
        extract("<div>\nhidden\n</div>")


def test_brackets_that_would_stall_the_parser_are_refused() -> None:
    with pytest.raises(BadDocument, match="500 brackets"):
        extract("![" * 10_000)


def test_a_long_list_of_links_is_read() -> None:
    content = "\n".join(["- [one](https://a.example)"] * 1_000)
    assert set(extract(content).paragraphs) == {"one"}
