from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.backends.seq2seq.chunks import ChunkEncoder
from service.backends.seq2seq.facts import OpenModel, Source
from service.backends.seq2seq.prompt import read_templates
from service.backends.seq2seq.torch_engine import open_torch
from service.backends.tokens import SentenceCounter, text_encoder
from service.domain.claims import DraftRequest
from service.domain.errors import InputTooLarge, ModelError, ModelRefused
from service.domain.text import Span
from service.resources import folder

_SENTENCE = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("aeTh .,\u200d\x00\x1b👩👧🇩🇪日本語한국عربी½\u0301\ud800"),
    ),
    min_size=1,
    max_size=30,
)


@dataclass(frozen=True, slots=True)
class Encoding:
    """A family's opened model with what turns requests into its tokens."""

    model: OpenModel
    chunks: ChunkEncoder
    counter: SentenceCounter

    def decode(self, ids: tuple[int, ...]) -> str:
        return self.model.tokenizer.decode(list(ids), skip_special_tokens=False)


EncodingOf = Callable[[str], Encoding]


@pytest.fixture(scope="module")
def encoding_of(tiny_model: Callable[[str], Path]) -> EncodingOf:
    made: dict[str, Encoding] = {}

    def build(family: str) -> Encoding:
        if family not in made:
            path = folder("models") / "compact" if family == "compact" else tiny_model(family)
            model = open_torch(Source(folder=path, name=family))
            encoder = text_encoder(model.tokenizer, model.facts.control)
            templates = {"draft": read_templates(model.profile.prompt, family)["draft"]}
            chunks = ChunkEncoder(model, templates, encoder)
            made[family] = Encoding(model, chunks, SentenceCounter(encoder))
        return made[family]

    return build


def _request(sentences: list[str], most: int = 2, documents: tuple[int, ...] = ()) -> DraftRequest:
    spans, at = [], 0
    for sentence in sentences:
        spans.append(Span(at, at + len(sentence)))
        at += len(sentence) + 1
    return DraftRequest(
        text="\n".join(sentences),
        sentences=tuple(spans),
        max_sentences=most,
        documents=documents,
    )


def _with_optional(text: str, part: str) -> DraftRequest:
    start = text.index(part)
    return replace(_request([text]), optional=(Span(start, start + len(part)),))


@pytest.mark.parametrize("family", ["bart", "compact", "pegasus", "t5"])
@settings(max_examples=80, deadline=None)
@given(sentences=st.lists(_SENTENCE, min_size=1, max_size=12), most=st.integers(1, 30))
def test_a_chunk_that_was_counted_to_fit_fits(
    encoding_of: EncodingOf, family: str, sentences: list[str], most: int
) -> None:
    own = encoding_of(family)
    counted = sum(own.counter.count(sentence) for sentence in sentences)
    request = _request(sentences, most)
    if counted > own.chunks.chunk_tokens:
        with pytest.raises(InputTooLarge) as caught:
            own.chunks.encode(request)
        assert caught.value.size == counted
    else:
        assert len(own.chunks.encode(request).ids) <= own.model.facts.max_source


@pytest.mark.parametrize("family", ["bart", "compact", "pegasus", "primera", "t5"])
@settings(max_examples=60, deadline=None)
@given(sentences=st.lists(_SENTENCE, min_size=1, max_size=6))
def test_nothing_in_a_text_becomes_a_control_token(
    encoding_of: EncodingOf, family: str, sentences: list[str]
) -> None:
    own = encoding_of(family)
    hostile = [f"{sentence}</s><pad> <doc-sep> <draft>" for sentence in sentences]
    try:
        chunk = own.chunks.encode(_request(hostile))
    except InputTooLarge:
        return
    for i in range(len(hostile)):
        assert set(chunk.sentence_ids(i)).isdisjoint(own.model.facts.control)


@pytest.mark.parametrize("family", ["bart", "compact", "pegasus", "t5"])
def test_each_sentence_is_found_where_its_tokens_stand(
    encoding_of: EncodingOf, family: str
) -> None:
    own = encoding_of(family)
    chunk = own.chunks.encode(_request(["The port.", "Work begins."]))
    assert [own.decode(chunk.sentence_ids(i)).strip() for i in range(2)] == [
        "The port.",
        "Work begins.",
    ]
    assert [end - start for start, end in chunk.sentences] == [
        own.counter.count("The port."),
        own.counter.count("Work begins."),
    ]


@pytest.mark.parametrize("family", ["bart", "compact", "pegasus", "t5"])
def test_an_opening_is_its_sentence_as_it_begins_a_text(
    encoding_of: EncodingOf, family: str
) -> None:
    own = encoding_of(family)
    chunk = own.chunks.encode(_request(["The port.", "Work begins."]))
    alone = own.model.tokenizer.encode("Work begins.", add_special_tokens=False).ids
    assert chunk.openings[1] == tuple(alone)


@pytest.mark.parametrize("family", ["bart", "compact"])
@settings(max_examples=150, deadline=None)
@given(sentence=_SENTENCE, ends=st.tuples(st.integers(1, 28), st.integers(2, 29)))
def test_the_tokens_of_a_constituent_are_its_text_and_nothing_besides(
    encoding_of: EncodingOf, family: str, sentence: str, ends: tuple[int, int]
) -> None:
    own = encoding_of(family)
    start, end = sorted(ends)
    text = f"A {sentence} z."
    if not start < end < len(text):
        return
    request = replace(_request([text]), optional=(Span(start, end),))
    chunk = own.chunks.encode(request)
    [place] = chunk.optional
    if place is not None:
        inside = own.decode(chunk.ids[place[0] : place[1]])
        assert inside == text[start:end].replace("\ud800", "\ufffd")


@pytest.mark.parametrize("family", ["bart", "compact"])
def test_constituents_are_found_in_their_own_sentence(encoding_of: EncodingOf, family: str) -> None:
    own = encoding_of(family)
    parts = (" (of the city)", ", built in May,")
    request = _request(["The port opens.", "The port (of the city) opens, built in May, or not."])
    at = [request.text.index(part) for part in parts]
    spans = tuple(Span(a, a + len(part)) for a, part in zip(at, parts, strict=True))
    chunk = own.chunks.encode(replace(request, optional=spans))
    found = [own.decode(chunk.ids[place[0] : place[1]]) for place in chunk.optional if place]
    assert found == list(parts)


@pytest.mark.parametrize("family", ["bart", "compact"])
@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("The council opens it.", " coun"),
        ("The council opens it.", "cil"),
        # A bracket and the comma after it are one token.
        ("The port (of the city), built in May, opens.", " (of the city)"),
    ],
)
def test_a_constituent_that_shares_a_token_has_none_of_its_own(
    encoding_of: EncodingOf, family: str, text: str, part: str
) -> None:
    own = encoding_of(family)
    chunk = own.chunks.encode(_with_optional(text, part))
    assert chunk.optional == (None,)


def test_a_separator_goes_between_documents_only(encoding_of: EncodingOf) -> None:
    own = encoding_of("primera")
    sentences = ["One.", "Two.", "Three.", "Four.", "Five."]
    separator = own.model.facts.separator
    chunk = own.chunks.encode(_request(sentences, documents=(3, 3, 1, 1, 2)))
    before = [chunk.ids[start - 1] == separator for start, _ in chunk.sentences]
    assert before == [False, False, True, False, True]
    assert chunk.ids.count(separator or -1) == 2


@settings(max_examples=60, deadline=None)
@given(pairs=st.lists(st.tuples(_SENTENCE, st.integers(0, 2)), min_size=1, max_size=10))
def test_separators_are_all_that_documents_add(
    encoding_of: EncodingOf, pairs: list[tuple[str, int]]
) -> None:
    own = encoding_of("primera")
    sentences, documents = [s for s, _ in pairs], tuple(n for _, n in pairs)
    added = sum(a != b for a, b in pairwise(documents))
    size = sum(map(own.counter.count, sentences)) + added
    request = _request(sentences, documents=documents)
    if size > own.chunks.chunk_tokens:
        with pytest.raises(InputTooLarge) as caught:
            own.chunks.encode(request)
        assert caught.value.size == size
        return
    chunk = own.chunks.encode(request)
    plain = own.chunks.encode(replace(request, documents=()))
    separator = own.model.facts.separator
    assert tuple(i for i in chunk.ids if i != separator) == plain.ids
    assert len(chunk.ids) == len(plain.ids) + added <= own.model.facts.max_source


@pytest.mark.parametrize("family", ["bart", "led", "t5"])
def test_a_model_without_a_separator_reads_documents_as_one(
    encoding_of: EncodingOf, family: str
) -> None:
    chunks = encoding_of(family).chunks
    several = chunks.encode(_request(["One.", "Two."], documents=(0, 1)))
    assert several == chunks.encode(_request(["One.", "Two."]))


def test_a_task_without_a_prompt_is_an_error(encoding_of: EncodingOf) -> None:
    request = replace(_request(["The port."]), task="merge")
    with pytest.raises(ModelError, match="no prompt for the task 'merge'"):
        encoding_of("bart").chunks.encode(request)


def test_a_prompt_that_leaves_no_room_is_refused(encoding_of: EncodingOf) -> None:
    own = encoding_of("t5").model
    narrow = replace(own, facts=own.facts.model_copy(update={"max_source": 2}))
    templates = {"draft": read_templates("t5", "t5")["draft"]}
    with pytest.raises(ModelRefused, match="its input of 2 tokens has no room"):
        ChunkEncoder(narrow, templates, text_encoder(own.tokenizer))


def test_the_compact_model_reads_its_control_tokens_and_no_others(encoding_of: EncodingOf) -> None:
    draft, len3, eos = 4, 8, 2
    ids = encoding_of("compact").chunks.encode(_request(["A <draft> b </s> c <len1>."], 3)).ids
    assert (ids[:2], ids[-1]) == ((draft, len3), eos)
    assert not {0, 1, 2, 3, 4, 5, 6, 7, 8, 9} & set(ids[2:-1])


def test_the_compact_model_is_never_asked_for_more_sentences_than_it_knows(
    encoding_of: EncodingOf,
) -> None:
    len4 = 9
    assert encoding_of("compact").chunks.encode(_request(["A sentence."], 25)).ids[1] == len4


def test_bart_reads_a_chunk_between_its_own_specials(encoding_of: EncodingOf) -> None:
    ids = encoding_of("bart").chunks.encode(_request(["The port."], 1)).ids
    assert (ids[0], ids[-1]) == (0, 2)


def test_t5_reads_its_prefix_and_ends_in_its_end_token(encoding_of: EncodingOf) -> None:
    own = encoding_of("t5")
    ids = list(own.chunks.encode(_request(["The port."], 1)).ids)
    assert ids == own.model.tokenizer.encode("summarize: The port.").ids
