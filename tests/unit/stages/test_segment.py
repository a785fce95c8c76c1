import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.stages.segment import segment


def sentences(text: str, *, has_title: bool = False, language: str = "en") -> list[str]:
    found = segment(text, has_title=has_title, language=language, fits=lambda _: True)
    return [text[s.start : s.end] for s in found]


@pytest.mark.parametrize(
    "text",
    [
        "Power fell after the U.S. military left in 2021.",
        "Dr. Smith of Acme Inc. said Gov. Lee would come.",
        "Author J. K. Rowling spoke first.",
        "The price rose to $3.5 million in Jan. 2020.",
        "It began at 5 p.m. Monday in the hall.",
        "The No. 1 team won.",
        "U.S. Sen. Bob Corker (R-Tenn.) spoke.",
        "He said: “I will not go. We must act. It is time,” and left.",
        '"We must go. It is time," he said.',
        "“Is it so?” she asked.",
        "Wait… what is that?",
    ],
)
def test_one_sentence_stays_one(text: str) -> None:
    assert sentences(text) == [text]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("He lives in the U.S. The bill failed.", 2),
        ("He said no. U.S. Sen. Lee said yes.", 2),
        ("They left... She stayed.", 2),
        ("“I will not go.” Then she left.", 2),
        ("Thousands died in World War I. The Cenotaph was built in London.", 2),
        ("Shares rose. eBay fell.", 2),
        ("The court will sit in May. Rain is forecast.", 2),
        ("他来了。我走了。", 2),
        ("مرحبا. كيف حالك؟ نعم.", 3),
        ("Wow 🎉! It works. 👍🏽 Good.", 3),
    ],
)
def test_separate_sentences_are_separated(text: str, count: int) -> None:
    assert len(sentences(text)) == count


def test_a_title_is_one_sentence_of_its_own_kind() -> None:
    text = "Who won? Nobody did. Again\n\nNobody won the vote."
    found = segment(text, has_title=True, language="en", fits=lambda _: True)
    assert [s.kind for s in found] == ["title", "body"]
    assert text[found[0].start : found[0].end] == "Who won? Nobody did. Again"


def test_a_short_line_without_a_full_stop_is_a_heading() -> None:
    text = "Rain fell.\n\nWhat comes next\n\nMore rain fell."
    found = segment(text, has_title=False, language="en", fits=lambda _: True)
    assert [s.kind for s in found] == ["body", "heading", "body"]


def test_a_sentence_too_long_for_the_model_becomes_fragments_that_fit() -> None:
    text = "word " * 50 + "end."
    found = segment(text, has_title=False, language="en", fits=lambda t: len(t) <= 40)
    assert {s.kind for s in found} == {"fragment"}
    assert all(s.end - s.start <= 40 for s in found)
    assert "".join(text[s.start : s.end] for s in found) == text.replace(" ", "") or (
        " ".join(text[s.start : s.end] for s in found) == text
    )


def test_text_without_any_space_is_cut_rather_than_lost() -> None:
    text = "x" * 95
    found = segment(text, has_title=False, language="en", fits=lambda t: len(t) <= 30)
    assert "".join(text[s.start : s.end] for s in found) == text


@given(st.text(), st.booleans(), st.sampled_from(["en", "de", "ar", "zh", "xx"]))
def test_sentences_are_exact_ordered_and_cover_all_but_white_space(
    text: str, has_title: bool, language: str
) -> None:
    found = segment(text, has_title=has_title, language=language, fits=lambda t: len(t) <= 20)
    at = 0
    for index, s in enumerate(found):
        assert s.index == index
        assert not text[at : s.start].strip()
        assert text[s.start : s.end] == text[s.start : s.end].strip()
        at = s.end
    assert not text[at:].strip()
