"""Plain text to paragraphs."""

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.backends.extract import DocumentExtractor
from service.backends.extract.lines import paragraphs
from service.domain.errors import BadDocument
from service.domain.ports import Extracted
from service.domain.text import Document

FIRST = (
    "The old bridge was closed on Monday after a storm damaged two of its pillars, the city council"
    " said in a statement on its website. It will stay closed until the spring, and lorries will"
    " have to take the road along the river, which adds an hour to the journey."
)
SECOND = (
    "Repairs will take six weeks and cost two million euros, according to the engineer in charge of"
    " the works. A ferry runs every hour from Tuesday, and buses are free for everyone who lives on"
    " the northern bank."
)


def extract(content: str) -> Extracted:
    return DocumentExtractor().extract(Document(content=content))


@pytest.mark.parametrize("width", [50, 65, 72, 80, 100])
@pytest.mark.parametrize("between", ["\n\n", "\n"])
def test_hard_wrapped_paragraphs_are_joined_again(width: int, between: str) -> None:
    text = between.join(textwrap.fill(p, width) for p in (FIRST, SECOND))
    joined = paragraphs(text)
    if between == "\n\n":
        assert joined == (FIRST, SECOND)
    assert " ".join(joined) == f"{FIRST} {SECOND}"


def test_a_first_line_indent_starts_a_paragraph() -> None:
    text = "\n".join(textwrap.fill(p, 60, initial_indent="   ") for p in (FIRST, SECOND))
    assert paragraphs(text) == (FIRST, SECOND)


def test_lines_that_are_paragraphs_stay_so() -> None:
    assert paragraphs(f"{FIRST}\n{SECOND}\nA short one.") == (FIRST, SECOND, "A short one.")


@pytest.mark.parametrize(
    "lines",
    [
        ("Bridge closes after storm damaged two pillars and the road", "The council said so."),
        ("Apples", "Pears", "Plums and quinces"),
        ("The woods are lovely, dark and deep,", "But I have promises to keep,", "And miles to go"),
        ("Ferry to run every hour from Tuesday", "Buses free for all on Monday", "Mayor to resign"),
        ("From: Ann <ann@mail.example>", "To: Bob <bob@mail.example>", "Subject: The bridge"),
        ("1. Close the bridge to lorries and to buses", "2. Close it to everyone else as well"),
    ],
)
def test_short_lines_that_are_no_wrapping_stay_lines(lines: tuple[str, ...]) -> None:
    kept = paragraphs("\n".join(lines))
    assert kept == lines


def test_a_heading_above_wrapped_text_stays_alone() -> None:
    text = f"What next\n{textwrap.fill(FIRST, 72)}"
    assert paragraphs(text) == ("What next", FIRST)


def test_entries_of_a_list_lose_their_bullets_and_keep_their_lines() -> None:
    text = f"{textwrap.fill(FIRST, 72)}\n\n- ferry\n- bus\n• train"
    assert paragraphs(text) == (FIRST, "ferry", "bus", "train")


def test_a_hyphen_at_a_line_end_is_kept_in_plain_text() -> None:
    text = (
        "The council closed the old bridge on Monday, and with it the well-\n"
        "known road along the river, which had been repaired in the pre-\n"
        "and post-war years at a cost that nobody could remember any more.\n"
    )
    assert "the well-known road" in paragraphs(text)[0]
    assert "the pre- and post-war years" in paragraphs(text)[0]


def test_wrapped_han_text_is_joined_without_spaces() -> None:
    sentence = "周一一场风暴损坏了两根桥墩旧桥随后关闭市议会在网站上发表声明表示将维修" * 4 + "。"
    lines = [sentence[i : i + 40] for i in range(0, len(sentence), 40)]
    assert paragraphs("\n".join(lines)) == (sentence,)


def test_one_long_address_does_not_hide_the_wrapping() -> None:
    text = f"{textwrap.fill(FIRST, 72)}\nhttps://a.example/{'x' * 90}\n{textwrap.fill(SECOND, 72)}"
    assert FIRST in " ".join(paragraphs(text))
    assert len(paragraphs(text)) <= 3


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "empty"),
        (" \n\t\ufeff", "empty"),
        ("\u200b\u202e", "no text"),
        ("GIF89a\0\0\x01text", "binary"),
        ("\x01\x02\x03\x04ab", "binary"),
        ("<!DOCTYPE html><p>Hello", "text/html"),
        ("%PDF-1.7 and so on", "application/pdf"),
    ],
)
def test_what_is_no_plain_text_is_refused_with_the_reason(content: str, reason: str) -> None:
    with pytest.raises(BadDocument, match=reason):
        extract(content)


def test_invisible_characters_are_told() -> None:
    [removal] = extract("The bridge\u202e is closed.").removed
    assert (removal.reason, removal.text) == ("invisible characters", "U+202E")


def test_a_title_that_the_document_states_is_passed_on() -> None:
    document = Document(content=FIRST, title=" Bridge\ncloses ")
    assert DocumentExtractor().extract(document).title == "Bridge closes"


@settings(max_examples=80, deadline=None)
@given(st.text())
def test_no_paragraph_is_empty_or_holds_a_newline(content: str) -> None:
    try:
        found = extract(content).paragraphs
    except BadDocument:
        return
    assert found
    assert all(p == p.strip() and p and len(p.splitlines()) == 1 for p in found)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(alphabet="abc AB.,", min_size=1, max_size=90), max_size=12))
def test_no_letter_is_lost_or_made_up(lines: list[str]) -> None:
    letters = "".join(filter(str.isalpha, "".join(lines)))
    assert "".join(filter(str.isalpha, "".join(paragraphs("\n".join(lines))))) == letters
