from hypothesis import given
from hypothesis import strategies as st

from service.domain.brief import untiled_words
from service.domain.text import Article, text_sha256
from service.stages.segment import segment
from service.stages.surface import capitalised
from service.stages.trace import Trace, trace

TEXT = "The old bridge in Mostar fell on Tuesday. Lee, the mayor, blamed the 1990s repairs."


def article(text: str = TEXT) -> Article:
    sentences = segment(text, has_title=False, language="en", fits=lambda _: True)
    return Article(id="a", sha256=text_sha256(text), text=text, sentences=sentences)


def traced(written: str) -> Trace:
    source = article()
    return trace(written, source, source.sentences)


def test_words_of_one_sentence_are_traced_to_their_places() -> None:
    written = "The bridge in Mostar fell on Tuesday."
    found = traced(written)
    assert found.reason == ""
    assert untiled_words(written, found.pieces) == ""
    assert [TEXT[p.source_start : p.source_end] for p in found.pieces] == [
        "The",
        "bridge in Mostar fell on Tuesday.",
    ]


def test_words_that_join_may_be_added_and_name_no_source() -> None:
    found = traced("The old bridge that is in Mostar fell on Tuesday.")
    assert [p.document_id for p in found.pieces] == ["a", None, None, "a"]


def test_words_of_two_sentences_are_not_spliced() -> None:
    assert "'mayor'" in traced("The old bridge in Mostar fell and the mayor on Tuesday.").reason


def test_words_in_another_order_say_another_thing() -> None:
    assert "order" in traced("The old Mostar in bridge fell on Tuesday.").reason


def test_nothing_may_be_left_out_at_the_end() -> None:
    assert "breaks off" in traced("The old bridge in Mostar fell.").reason


def test_a_denial_or_number_of_the_source_may_not_be_left_out() -> None:
    source = article("Lee did not sell the 12 ships that his father owned.")
    found = trace("Lee did sell the ships that his father owned.", source, source.sentences)
    assert "'not'" in found.reason


def test_a_word_nobody_wrote_is_named() -> None:
    assert (
        "'new' is not in its source" in traced("The new bridge in Mostar fell on Tuesday.").reason
    )


def test_a_denial_is_never_a_word_the_service_may_add() -> None:
    assert "not" in traced("The old bridge in Mostar not fell.").reason


@given(st.lists(st.sampled_from(TEXT.split()), min_size=1, max_size=12))
def test_whatever_is_traced_is_tiled_by_equal_characters(chosen: list[str]) -> None:
    written = " ".join(chosen)
    found = traced(written)
    if found.reason:
        assert found.pieces == ()
        return
    assert untiled_words(written, found.pieces) == ""
    for p in found.pieces:
        if p.document_id:
            shown, source = written[p.start : p.end], TEXT[p.source_start : p.source_end]
            assert shown == source or capitalised(shown) == capitalised(source)
