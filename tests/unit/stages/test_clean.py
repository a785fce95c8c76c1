"""From extracted paragraphs to an article."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain.errors import BadDocument
from service.domain.ports import Extracted
from service.domain.text import Article, Document, Removal, text_sha256
from service.stages.clean import clean

RUNNING = "The old bridge was closed on Monday after a storm damaged two of its pillars."
MORE = "Repairs will take six weeks and cost two million euros, the engineer in charge said."


def article(*paragraphs: str, found: str | None = None, title: str | None = None) -> Article:
    document = Document(content="any", id="d1", title=title)
    return clean(document, Extracted(paragraphs=paragraphs, title=found))


def test_paragraphs_stand_one_a_line_below_the_title() -> None:
    assert article("Bridge closes", RUNNING).text == f"Bridge closes\n\n{RUNNING}"


def test_a_first_paragraph_that_reads_as_a_headline_is_the_title() -> None:
    assert article("Bridge closes after storm", RUNNING, MORE).title == "Bridge closes after storm"


@pytest.mark.parametrize("subtitle", ["Ferry to run every hour", "A subtitle of some length"])
def test_a_subtitle_may_stand_between_headline_and_text(subtitle: str) -> None:
    made = article("Bridge closes after storm", subtitle, RUNNING)
    assert made.title == "Bridge closes after storm"
    assert subtitle in made.text.split("\n\n")


@pytest.mark.parametrize(
    "opening",
    [
        RUNNING,
        "The bridge is closed.",
        "Dear readers,",
        "Two things are known so far:",
        "and so it began",
        "Two million euros " * 20,
    ],
)
def test_a_first_paragraph_of_running_text_is_no_title(opening: str) -> None:
    assert article(opening, MORE).title is None


def test_a_lone_line_is_text_and_no_title() -> None:
    made = article("Bridge closes after storm")
    assert (made.title, made.text) == (None, "Bridge closes after storm")


def test_the_title_the_client_states_wins() -> None:
    assert (
        article(RUNNING, found="From the page", title="From the client").title == "From the client"
    )


def test_a_title_is_brought_to_one_readable_line() -> None:
    assert article(RUNNING, title="Bridge\n closes\u202e").title == "Bridge closes"


def test_a_title_the_page_states_is_taken() -> None:
    assert article(RUNNING, found="Bridge closes").text.startswith("Bridge closes\n\nThe old")


def test_a_title_that_is_residue_is_not_taken() -> None:
    assert article(RUNNING, found="Subscribe to our newsletter").title is None


def test_the_name_of_the_site_behind_a_headline_is_no_part_of_it() -> None:
    made = article("Bridge closes", RUNNING, found="Bridge closes - The Daily")
    assert made.text == f"Bridge closes\n\n{RUNNING}"


@pytest.mark.parametrize("headline", ["Bridge “closes”", "BRIDGE “CLOSES”", 'Bridge "closes"'])
def test_a_body_that_begins_with_the_title_does_not_say_it_twice(headline: str) -> None:
    made = article(headline, RUNNING, title="Bridge “closes”")
    assert made.text == f"Bridge “closes”\n\n{RUNNING}"
    assert made.removed == ()


def test_a_paragraph_said_again_is_told_and_dropped() -> None:
    made = article(RUNNING, MORE, RUNNING)
    assert made.text == f"{RUNNING}\n\n{MORE}"
    assert made.removed == (Removal(reason="repeated paragraph", text=RUNNING),)


def test_sub_headings_stay_paragraphs_of_their_own() -> None:
    made = article("Bridge closes", RUNNING, "What next", MORE)
    assert made.text.split("\n\n") == ["Bridge closes", RUNNING, "What next", MORE]


def test_paragraphs_without_a_word_are_told_and_dropped() -> None:
    made = article(RUNNING, "* * *", MORE)
    assert made.removed == (Removal(reason="no words", text="* * *"),)


def test_a_byline_names_the_author() -> None:
    made = article("Bridge closes", "By Ann Example and Bob Sample, Staff Writers", RUNNING)
    assert made.author == "Ann Example and Bob Sample"
    assert "Ann Example" not in made.text


def test_the_author_the_client_states_wins_over_a_byline() -> None:
    document = Document(content="any", author="Carla Client")
    made = clean(document, Extracted(paragraphs=("By Ann Example", RUNNING)))
    assert made.author == "Carla Client"


def test_metadata_is_copied_and_only_found_where_nothing_is_stated() -> None:
    published = datetime(2024, 4, 1, tzinfo=UTC)
    document = Document(content="any", url="https://a.example/b", published_at=published)
    extracted = Extracted(paragraphs=(RUNNING,), publisher="The Daily", language="en")
    made = clean(document, extracted)
    assert (made.url, made.published_at) == ("https://a.example/b", published)
    assert (made.publisher, made.language) == ("The Daily", "en")


def test_what_extraction_removed_comes_first_among_the_removed() -> None:
    before = Removal(reason="script", text="x()")
    extracted = Extracted(paragraphs=(RUNNING, "COMMENTS"), removed=(before,))
    made = clean(Document(content="any"), extracted)
    assert [r.reason for r in made.removed] == ["script", "comment section"]


def test_a_document_without_an_id_is_called_by_its_content() -> None:
    document = Document(content="any")
    assert clean(document, Extracted(paragraphs=(RUNNING,))).id == document.content_id


@pytest.mark.parametrize("paragraphs", [(), ("  ",), ("\u200b",)])
def test_nothing_to_read_is_a_bad_document(paragraphs: tuple[str, ...]) -> None:
    with pytest.raises(BadDocument, match="empty"):
        article(*paragraphs)


def test_only_residue_is_a_bad_document_that_says_so() -> None:
    with pytest.raises(BadDocument, match="comment section, sharing prompt"):
        article("COMMENTS", "Share this article")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=6), st.none() | st.text(max_size=20))
def test_an_article_is_whole_paragraphs_with_its_title_first(
    paragraphs: list[str], title: str | None
) -> None:
    try:
        made = article(*paragraphs, title=title)
    except BadDocument:
        return
    lines = made.text.split("\n\n")
    assert all(line and line == " ".join(line.split()) for line in lines)
    assert made.title is None or lines[0] == made.title
    assert made.sha256 == text_sha256(made.text)
