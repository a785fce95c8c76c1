from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.text import Article, Chunk, Removal, Sentence, text_sha256
from service.render.article import PartSize, Section, article_view
from tests.attacks.payloads import TERMINAL, assert_plain

LETTERS = "aZ .\n\n\u00a0שلe\u0301🚢👩\u200d👧🇩🇪\u0940漢"


def article(
    text: str,
    *,
    sentences: Sequence[tuple[int, int]] = (),
    chunks: Sequence[tuple[int, int]] = (),
    **metadata: object,
) -> Article:
    return Article(
        id="d",
        sha256=text_sha256(text),
        text=text,
        sentences=tuple(
            Sentence(index=index, start=a, end=b) for index, (a, b) in enumerate(sentences)
        ),
        chunks=tuple(
            Chunk(index=index, start=a, end=b, tokens=7) for index, (a, b) in enumerate(chunks)
        ),
        **metadata,  # type: ignore[arg-type]
    )


def text_of(sections: Sequence[Section]) -> str:
    return "".join(stretch.text for section in sections for stretch in section.stretches)


def labels(made: Article) -> list[str]:
    return [section.label for section in article_view(made).sections]


@st.composite
def articles(draw: st.DrawFn) -> Article:
    """Articles whose sentences and chunks overlap, leave gaps and come in any order."""
    text = draw(st.text(LETTERS, min_size=1, max_size=60))
    span = st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))
    spans = st.lists(span.map(sorted).filter(lambda s: s[0] < s[1]).map(tuple), max_size=8)
    return article(text, sentences=draw(spans), chunks=draw(spans))  # type: ignore[arg-type]


SIZES = st.builds(PartSize, characters=st.integers(1, 30), sentences=st.integers(1, 5)) | st.just(
    PartSize()
)


@given(articles(), SIZES)
def test_the_parts_one_after_another_are_the_text(made: Article, size: PartSize) -> None:
    read, at = "", 0
    while True:
        view = article_view(made, at, size)
        assert view.part.start == at
        read += text_of(view.sections)
        if view.part.following is None:
            break
        assert view.part.following == view.part.end
        at = view.part.following
    assert read == made.text


@given(articles(), SIZES)
def test_parts_lead_back_to_the_ones_before_them(made: Article, size: PartSize) -> None:
    view = article_view(made, 0, size)
    assert (view.part.number, view.part.previous) == (1, None)
    while view.part.following is not None:
        after = article_view(made, view.part.following, size)
        assert after.part.previous == view.part.start
        assert after.part.number == view.part.number + 1
        view = after
    assert view.part.number == view.part.count


@given(articles(), SIZES, st.integers(0, 80))
def test_no_part_is_larger_than_it_may_be(made: Article, size: PartSize, at: int) -> None:
    part = article_view(made, at, size).part
    begin = {sentence.start for sentence in made.sentences}
    assert part.end - part.start <= size.characters
    assert sum(part.start < start < part.end for start in begin) < size.sentences


@given(articles(), st.integers(0, 80))
def test_any_offset_finds_the_part_it_lies_in(made: Article, at: int) -> None:
    part = article_view(made, at, PartSize(characters=9)).part
    assert part.start <= min(at, len(made.text) - 1) < part.end


@given(articles())
def test_a_section_is_of_every_chunk_that_holds_it_and_of_no_other(made: Article) -> None:
    for section in article_view(made).sections:
        for at in range(section.start, section.end):
            assert section.chunks == tuple(c for c in made.chunks if c.start <= at < c.end)


def test_sections_are_named_after_their_chunks() -> None:
    text = "One. Two. Three."
    assert labels(article(text, chunks=[(0, 4), (5, 16)])) == ["Chunk 1", "", "Chunk 2"]


def test_text_of_two_chunks_says_so() -> None:
    made = article("One. Two. Three.", chunks=[(0, 9), (5, 16)])
    assert labels(made) == ["Chunk 1", "Chunks 1 and 2 overlap", "Chunk 2, continued"]


def test_text_in_no_chunk_is_there_without_a_name() -> None:
    [gap, _] = article_view(article("One. Two.", chunks=[(5, 9)])).sections
    assert (gap.label, gap.blank, text_of([gap])) == ("", False, "One. ")


def test_a_gap_of_white_space_is_blank() -> None:
    [_, gap, _] = article_view(article("One.\n\nTwo.", chunks=[(0, 4), (6, 10)])).sections
    assert gap.blank


def test_a_chunk_goes_on_in_the_next_part() -> None:
    made = article("One. Two.", sentences=[(0, 4), (5, 9)], chunks=[(0, 9)])
    [section] = article_view(made, 5, PartSize(characters=5)).sections
    assert (section.label, section.beginning) == ("Chunk 1, continued", ())


def test_sentences_and_what_is_between_them_are_told_apart() -> None:
    made = article("One.\n\nTwo.", sentences=[(0, 4), (6, 10)], chunks=[(0, 10)])
    [section] = article_view(made).sections
    assert [(s.text, s.kind) for s in section.stretches] == [
        ("One.", "body"),
        ("\n\n", None),
        ("Two.", "body"),
    ]


@pytest.mark.parametrize("control", TERMINAL)
def test_characters_that_nobody_sees_are_not_shown(control: str) -> None:
    hostile = f"a{control}b"
    made = article(
        hostile.replace("\r", ""),
        title=hostile,
        publisher=hostile,
        author=hostile,
        url=hostile,
        removed=(Removal(reason=hostile, text=hostile),),
    )
    view = article_view(made)
    [group] = view.removed
    for text in (
        view.name, view.publisher, view.author, view.address, group.reason, *group.texts,
        text_of(view.sections),
    ):  # fmt: skip
        assert_plain(text)


def test_spaces_and_line_breaks_stay() -> None:
    text = " One  two\n\n\tthree "
    assert text_of(article_view(article(text)).sections) == text


def test_an_article_without_a_title_goes_by_its_opening_words() -> None:
    view = article_view(article("Rain fell\non Monday. " * 20))
    assert view.name.startswith("Rain fell on Monday. Rain")
    assert len(view.name) <= 80


def test_only_a_web_address_is_one_to_follow() -> None:
    followed = article_view(article("One.", url="https://ledger.example/a"))
    script = article_view(article("One.", url="javascript:alert(1)"))
    assert (followed.url, script.url) == ("https://ledger.example/a", None)
    assert script.address == "javascript:alert(1)"


def test_what_was_removed_is_grouped_by_its_reason() -> None:
    removed = [("byline", "By Ana"), ("caption", "A ship"), ("byline", "By Karl")]
    made = article("One.", removed=tuple(Removal(reason=why, text=text) for why, text in removed))
    assert [(group.reason, group.count, group.texts) for group in article_view(made).removed] == [
        ("Byline", 2, ("By Ana", "By Karl")),
        ("Caption", 1, ("A ship",)),
    ]


def test_of_many_removed_texts_the_others_are_counted() -> None:
    many = tuple(Removal(reason="caption", text=f"Ship {number}") for number in range(130))
    [group] = article_view(article("One.", removed=many)).removed
    assert (group.count, len(group.texts), group.unshown) == (130, 100, 30)


def test_totals_are_those_of_the_whole_article() -> None:
    made = article(
        "One 🚢. Two.",
        sentences=[(0, 6), (7, 11)],
        chunks=[(0, 6), (7, 11)],
        published_at=datetime(2025, 4, 17, tzinfo=UTC),
    )
    totals = article_view(made, 0, PartSize(characters=7)).totals
    assert (totals.characters, totals.sentences, totals.chunks, totals.tokens) == (11, 2, 2, 14)
