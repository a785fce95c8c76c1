from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.backends.load import locate
from service.backends.seq2seq.checkpoint import open_checkpoint
from service.backends.seq2seq.chunks import ChunkEncoder
from service.backends.seq2seq.prompt import read_template
from service.backends.tokens import SentenceCounter, text_encoder
from service.domain.claims import DraftRequest
from service.domain.errors import InputTooLarge
from service.domain.text import Span

_SENTENCE = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("aeTh .,\u200d\x00\x1b👩👧🇩🇪日本語한국عربी½\u0301\ud800"),
    ),
    min_size=1,
    max_size=30,
)


@pytest.fixture(scope="module")
def encoders(
    tiny_model: Callable[[str], Path],
) -> Callable[[str], tuple[ChunkEncoder, SentenceCounter, int]]:
    """Return a family's chunk encoder, its counter and the tokens its input takes."""
    made: dict[str, tuple[ChunkEncoder, SentenceCounter, int]] = {}

    def build(family: str) -> tuple[ChunkEncoder, SentenceCounter, int]:
        if family not in made:
            name = None if family == "compact" else str(tiny_model(family))
            checkpoint = open_checkpoint(locate(name))
            encoder = text_encoder(checkpoint.tokenizer.backend_tokenizer)
            template = read_template(checkpoint.profile.prompt, family)
            chunks = ChunkEncoder(checkpoint, template, encoder)
            made[family] = chunks, SentenceCounter(encoder), checkpoint.max_source
        return made[family]

    return build


def _request(sentences: list[str], most: int) -> DraftRequest:
    spans, at = [], 0
    for sentence in sentences:
        spans.append(Span(at, at + len(sentence)))
        at += len(sentence) + 1
    return DraftRequest(text="\n".join(sentences), sentences=tuple(spans), max_sentences=most)


@pytest.mark.parametrize("family", ["bart", "compact", "pegasus", "t5"])
@settings(max_examples=80, deadline=None)
@given(sentences=st.lists(_SENTENCE, min_size=1, max_size=12), most=st.integers(1, 30))
def test_a_chunk_that_was_counted_to_fit_fits(
    encoders: Callable[[str], tuple[ChunkEncoder, SentenceCounter, int]],
    family: str,
    sentences: list[str],
    most: int,
) -> None:
    chunks, counter, limit = encoders(family)
    counted = sum(counter.count(sentence) for sentence in sentences)
    request = _request(sentences, most)
    if counted > chunks.chunk_tokens:
        with pytest.raises(InputTooLarge) as caught:
            chunks.encode(request)
        assert caught.value.size == counted
    else:
        assert len(chunks.encode(request).ids) <= limit


@pytest.mark.parametrize("family", ["bart", "compact", "pegasus", "t5"])
def test_each_sentence_is_found_where_its_tokens_stand(
    encoders: Callable[[str], tuple[ChunkEncoder, SentenceCounter, int]], family: str
) -> None:
    chunks, counter, _ = encoders(family)
    chunk = chunks.encode(_request(["The port.", "Work begins."], 2))
    assert [end - start for start, end in chunk.sentences] == [
        counter.count("The port."),
        counter.count("Work begins."),
    ]


def test_the_compact_model_reads_its_control_tokens_and_no_others(
    encoders: Callable[[str], tuple[ChunkEncoder, SentenceCounter, int]],
) -> None:
    chunks, _, _ = encoders("compact")
    draft, len3, eos = 4, 8, 2
    ids = chunks.encode(_request(["A <draft> b </s> c <len1>."], 3)).ids
    assert (ids[:2], ids[-1]) == ((draft, len3), eos)
    assert not {0, 1, 2, 3, 4, 5, 6, 7, 8, 9} & set(ids[2:-1])


def test_the_compact_model_is_never_asked_for_more_sentences_than_it_knows(
    encoders: Callable[[str], tuple[ChunkEncoder, SentenceCounter, int]],
) -> None:
    chunks, _, _ = encoders("compact")
    len4 = 9
    assert chunks.encode(_request(["A sentence."], 25)).ids[1] == len4


def test_bart_reads_a_chunk_between_its_own_specials(
    encoders: Callable[[str], tuple[ChunkEncoder, SentenceCounter, int]],
) -> None:
    chunks, _, _ = encoders("bart")
    ids = chunks.encode(_request(["The port."], 1)).ids
    assert (ids[0], ids[-1]) == (0, 2)


def test_t5_reads_its_prefix_and_ends_in_its_end_token(
    encoders: Callable[[str], tuple[ChunkEncoder, SentenceCounter, int]],
    tiny_model: Callable[[str], Path],
) -> None:
    chunks, _, _ = encoders("t5")
    tokenizer = open_checkpoint(locate(str(tiny_model("t5")))).tokenizer
    ids = list(chunks.encode(_request(["The port."], 1)).ids)
    assert ids == tokenizer("summarize: The port.")["input_ids"]
