import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.backends.fakes import FakeTokenCounter
from service.domain.errors import InputTooLarge
from service.stages.chunk import chunk
from service.stages.segment import segment


@given(st.lists(st.text(min_size=1), max_size=12), st.integers(4, 12))
def test_chunks_tile_the_sentences_and_fit_the_budget(paragraphs: list[str], limit: int) -> None:
    counter = FakeTokenCounter()
    text = "\n\n".join(paragraphs)
    sentences = segment(
        text, has_title=False, language="en", fits=lambda t: counter.count(t) <= limit
    )
    chunks = chunk(text, sentences, counter, limit)
    inside = [s.index for c in chunks for s in sentences if c.start <= s.start and s.end <= c.end]
    assert inside == [s.index for s in sentences]
    assert [c.index for c in chunks] == list(range(len(chunks)))
    for c in chunks:
        counted = sum(
            counter.count(text[s.start : s.end])
            for s in sentences
            if c.start <= s.start and s.end <= c.end
        )
        assert counted == c.tokens <= limit


def test_a_sentence_beyond_the_budget_is_refused_rather_than_cut() -> None:
    text = "One two three four five."
    sentences = segment(text, has_title=False, language="en", fits=lambda _: True)
    with pytest.raises(InputTooLarge, match="5 tokens, limit 4"):
        chunk(text, sentences, FakeTokenCounter(), 4)
