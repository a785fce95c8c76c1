from hypothesis import given
from hypothesis import strategies as st

from service.domain.brief import untiled_words
from service.domain.text import Article, Sentence, Span, text_sha256
from service.stages.surface import capitalised, prefixed, surface


def article(text: str) -> Article:
    return Article(id="a", sha256=text_sha256(text), text=text)


@given(st.text(min_size=1), st.data())
def test_every_piece_is_its_sources_own_characters(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), min_size=2, max_size=6)))
    spans = [Span(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    made, pieces = surface(article(text), spans)
    assert untiled_words(made, pieces) == ""
    for piece in pieces:
        source = text[piece.source_start : piece.source_end]
        shown = made[piece.start : piece.end]
        assert shown == source or shown == capitalised(source)


def test_runs_are_joined_by_one_space_and_open_with_a_capital() -> None:
    made, pieces = surface(article("However, rain (heavy) fell."), [Span(9, 13), Span(22, 27)])
    assert made == "Rain fell."
    assert [(p.start, p.end) for p in pieces] == [(0, 4), (5, 10)]


def test_a_letter_whose_capital_is_longer_is_left_alone() -> None:
    assert capitalised("ßa") == "ßa"


def test_added_words_name_no_document_and_shift_the_rest() -> None:
    made, pieces = surface(article("Rain fell."), [Span(0, 10)])
    text, moved = prefixed("Earlier: ", made, pieces)
    assert text == "Earlier: Rain fell."
    assert (moved[0].document_id, text[moved[0].start : moved[0].end]) == (None, "Earlier:")
    assert text[moved[1].start : moved[1].end] == "Rain fell."


def test_a_sentence_that_opens_in_lower_case_stays_as_it_is() -> None:
    text = "iPhone sales fell."
    whole = Article(
        id="a",
        sha256=text_sha256(text),
        text=text,
        sentences=(Sentence(index=0, start=0, end=len(text)),),
    )
    assert surface(whole, [Span(0, len(text))])[0] == text
