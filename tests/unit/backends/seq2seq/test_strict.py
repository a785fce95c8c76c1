"""Strict drafts with engines that answer anything: the walk stays in the source, and ends."""

import math
from collections.abc import Callable, Sequence
from threading import Event

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models

from service.backends.seq2seq.chunks import EncodedChunk, Range
from service.backends.seq2seq.engine import Floats, Reading, Search, Written
from service.backends.seq2seq.facts import Facts, OpenModel
from service.backends.seq2seq.profile import Pointer, Profile
from service.backends.seq2seq.strict import Choice, choose
from service.backends.seq2seq.trie import MAX_READS
from service.domain.claims import DraftRequest
from service.domain.errors import ModelError
from service.domain.text import Span

ROWS = 24
BOS, EOS = 0, 1
# Gives a reading's logits (T + 1, V) and attention (T + 1, S).
Answer = Callable[[tuple[int, ...], tuple[int, ...]], tuple[Floats, Floats]]


class ScriptedEngine:
    """Answers by a rule of the source and target alone, and keeps what it was asked."""

    name = "scripted"

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.asked: list[tuple[int, ...]] = []

    def read(self, source: Sequence[int], target: Sequence[int] = ()) -> Reading:
        self.asked.append(tuple(target))
        logits, attention = self._answer(tuple(source), tuple(target))
        return Reading(logits=logits, attention=attention)

    def write(self, source: Sequence[int], search: Search, stop: Event) -> Written:
        raise AssertionError("a strict draft writes nothing")


def opened(answer: Answer, *, pointer: bool = False, max_target: int | None = None) -> OpenModel:
    facts = Facts(
        revision="0",
        model_type="t5",
        opening=(BOS,),
        eos=(EOS,),
        pad=BOS,
        unknown=None,
        first=(),
        last=(EOS,),
        control=(BOS, EOS),
        separator=None,
        rows=ROWS,
        max_source=512,
        max_target=max_target,
    )
    profile = Profile(
        family="t5", prompt="plain", pointer=Pointer(layer=0, heads=(0,)) if pointer else None
    )
    return OpenModel(
        name="m",
        facts=facts,
        profile=profile,
        tokenizer=Tokenizer(models.WordLevel({}, unk_token="?")),
        engine=ScriptedEngine(answer),
    )


def asked(model: OpenModel) -> list[tuple[int, ...]]:
    assert isinstance(model.engine, ScriptedEngine)
    return model.engine.asked


def chunk_of(
    sentences: Sequence[str], optional: Sequence[Span] = (), most: int = 3
) -> tuple[EncodedChunk, DraftRequest]:
    """Encode a token a letter, "a" as 2; a sentence that opens a text has its first token raised by one."""
    text, spans, ids, places = "", [], [], []
    for sentence in sentences:
        spans.append(Span(len(text), len(text) + max(1, len(sentence))))
        places.append((len(ids), len(ids) + len(sentence)))
        ids += [ord(c) - ord("a") + 2 for c in sentence]
        text += sentence or "?"
    start_of = {span.start: place[0] for span, place in zip(spans, places, strict=True)}
    ranges: list[Range | None] = []
    for cut in optional:
        begin = max(s for s in start_of if s <= cut.start)
        first = start_of[begin] + cut.start - begin
        ranges.append((first, first + cut.end - cut.start))
    chunk = EncodedChunk(
        ids=(*ids, EOS),
        sentences=tuple(places),
        optional=tuple(ranges),
        openings=tuple((ids[a] + 1, *ids[a + 1 : b]) if a < b else () for a, b in places),
    )
    request = DraftRequest(
        text=text, sentences=tuple(spans), max_sentences=most, optional=tuple(optional)
    )
    return chunk, request


def flat(source: tuple[int, ...], target: tuple[int, ...]) -> tuple[Floats, Floats]:
    steps = len(target) + 1
    attention = np.full((steps, len(source)), 1 / len(source), np.float32)
    return np.zeros((steps, ROWS), np.float32), attention


def silent(source: tuple[int, ...], target: tuple[int, ...]) -> tuple[Floats, Floats]:
    logits, attention = flat(source, target)
    return logits, attention * 0


def wants(token: int, strength: float = 50.0) -> Answer:
    def answer(source: tuple[int, ...], target: tuple[int, ...]) -> tuple[Floats, Floats]:
        logits, _ = flat(source, target)
        logits[:, token] = strength
        loved = np.array([1.0 if i == token else 0.0 for i in source], np.float32)
        return logits, np.tile(loved / max(1.0, loved.sum()), (len(target) + 1, 1))

    return answer


def looks_at(*places: int) -> Answer:
    """Look at one place of the source a step, and at the last one from then on."""

    def answer(source: tuple[int, ...], target: tuple[int, ...]) -> tuple[Floats, Floats]:
        logits, attention = flat(source, target)
        attention = np.zeros_like(attention)
        for step in range(len(target) + 1):
            attention[step, places[min(step, len(places) - 1)]] = 1.0
        return logits, attention

    return answer


def noise(seed: int, scale: float) -> Answer:
    def answer(source: tuple[int, ...], target: tuple[int, ...]) -> tuple[Floats, Floats]:
        drawn = np.random.default_rng([seed, *target])
        steps = len(target) + 1
        logits = (drawn.standard_normal((steps, ROWS)) * scale).astype(np.float32)
        attention = drawn.random((steps, len(source)), np.float32)
        return logits, attention / attention.sum(1, keepdims=True)

    return answer


ADVERSARIES = st.one_of(
    st.builds(noise, st.integers(0, 2**32 - 1), st.sampled_from([1.0, 1e3, 1e30])),
    st.sampled_from([flat, silent, wants(ROWS - 1), wants(EOS), wants(3), wants(2, 3e38)]),
)


@st.composite
def chunks(draw: st.DrawFn) -> tuple[EncodedChunk, DraftRequest]:
    texts = draw(st.lists(st.text("abcd", max_size=24), min_size=1, max_size=8))
    cuts, at = [], 0
    for text in texts:
        if len(text) > 5 and draw(st.booleans()):
            cuts.append(Span(at + 1, at + 3))
            if len(text) > 7:
                cuts.append(Span(at + 4, at + 6))
        at += max(1, len(text))
    return chunk_of(texts, cuts, draw(st.integers(1, 4)))


@given(chunks(), ADVERSARIES, st.booleans(), st.sampled_from([None, 3, 8]))
def test_whatever_the_model_wants_the_choice_is_of_the_source(
    case: tuple[EncodedChunk, DraftRequest], answer: Answer, pointer: bool, max_target: int | None
) -> None:
    chunk, request = case
    model = opened(answer, pointer=pointer, max_target=max_target)
    choice = choose(model, chunk, request)
    able = [i for i in range(len(chunk.sentences)) if chunk.sentence_ids(i)]
    texts = [request.text[request.sentences[i].start : request.sentences[i].end] for i in able]
    assert len(choice.picks) == min(request.max_sentences, len(set(texts)))
    assert len(set(choice.picks)) == len(choice.picks)
    assert set(choice.picks) <= set(able)
    picked = [request.sentences[i] for i in choice.picks]
    assert set(choice.cuts) <= set(request.optional)
    assert all(any(s.start < c.start and c.end < s.end for s in picked) for c in choice.cuts)
    assert all(0 <= s <= 1 for s in choice.salience)
    assert sum(choice.salience) <= 1
    assert len(asked(model)) <= MAX_READS + request.max_sentences
    longest = max(map(len, asked(model)), default=0)
    assert max_target is None or longest + len(model.facts.opening) <= max_target
    assert (choice.mean_logprob is None) == (not any(choice.salience))


@given(chunks(), ADVERSARIES, st.booleans())
def test_a_choice_does_not_depend_on_what_was_asked_before(
    case: tuple[EncodedChunk, DraftRequest], answer: Answer, pointer: bool
) -> None:
    used = opened(answer, pointer=pointer)
    choose(used, *chunk_of(["dab", "cab", "dad"]))
    assert choose(used, *case) == choose(opened(answer, pointer=pointer), *case)


@pytest.mark.parametrize("pointer", [True, False])
@pytest.mark.parametrize("broken", [math.nan, math.inf])
def test_numbers_that_are_not_finite_are_the_models_error(pointer: bool, broken: float) -> None:
    def answer(source: tuple[int, ...], target: tuple[int, ...]) -> tuple[Floats, Floats]:
        logits, attention = flat(source, target)
        return logits + np.float32(broken), attention + np.float32(broken)

    with pytest.raises(ModelError, match="finite"):
        choose(opened(answer, pointer=pointer), *chunk_of(["ab", "ba"]))


def test_the_pointer_ranks_sentences_by_the_attention_on_their_first_tokens() -> None:
    choice = choose(opened(looks_at(5), pointer=True), *chunk_of(["abc", "bcd", "cde"], most=1))
    assert choice == Choice(salience=(0.0, 0.999999, 0.0), picks=(1,), cuts=(), mean_logprob=0.0)


def test_attention_far_inside_a_sentence_is_no_vote_for_it() -> None:
    choice = choose(opened(looks_at(3), pointer=True), *chunk_of(["abcd", "bcd", "cde"]))
    assert choice.salience == (0.0, 0.0, 0.0)
    assert choice.mean_logprob is None


def test_probabilities_multiply_where_sentences_part() -> None:
    # "aab" and "aac" part after two tokens, "bbb" at once: 1/2 of 1/2 each, and 1/2.
    chunk, request = chunk_of(["aab", "aac", "bbb"])
    alone = EncodedChunk(
        ids=chunk.ids, sentences=chunk.sentences, optional=(), openings=((), (), ())
    )
    model = opened(flat)
    choice = choose(model, alone, request)
    assert choice.salience == (0.249999, 0.249999, 0.499999)
    assert choice.picks == (2, 0, 1)
    # One reading tells both places.
    assert asked(model) == [(2, 2)]


def test_a_sentence_is_as_probable_as_its_two_forms_together() -> None:
    choice = choose(opened(wants(3, math.log(9))), *chunk_of(["ab", "cd", "dc"], most=1))
    # Of the tokens 2, 3 (= 2 raised), 4, 5, 5, 6 the third weighs 9; "cd" raised and "dc" share 5.
    assert choice.picks == (0,)
    assert choice.salience[0] == pytest.approx(10 / 13, abs=1e-5)


def test_a_sentence_that_another_begins_with_has_half_of_their_mass() -> None:
    chunk, request = chunk_of(["ab", "abc", "dd"])
    choice = choose(opened(wants(4)), chunk, request)
    assert choice.salience[0] == choice.salience[1]


def test_a_text_said_twice_is_one_origin() -> None:
    choice = choose(opened(flat, pointer=True), *chunk_of(["abc", "dcb", "abc"]))
    assert choice.picks == (0, 1)
    assert choice.salience[2] == 0
    assert choice.salience[0] == pytest.approx(2 * choice.salience[1], abs=2e-6)


def test_a_short_chunk_looks_no_more_certain_than_a_full_one() -> None:
    choice = choose(opened(looks_at(0), pointer=True), *chunk_of(["abc"]))
    assert choice.salience == (0.333333,)


def test_a_chunk_that_branches_without_end_is_asked_a_bounded_number_of_times() -> None:
    tree = [f"{i:06b}".replace("0", "a").replace("1", "b") for i in range(64)]
    model = opened(flat)
    choice = choose(model, *chunk_of(tree))
    assert len(asked(model)) == MAX_READS
    assert sum(choice.salience) == pytest.approx(1, abs=1e-3)


PART = Span(2, 4)


def test_a_constituent_that_the_model_would_pass_over_is_left_out() -> None:
    # After "ab" it wants what follows "cd": the "e".
    choice = choose(opened(wants(6)), *chunk_of(["abcdef", "bbb"], [PART]))
    assert choice.cuts == (PART,)


def test_a_constituent_that_the_model_would_go_on_with_stays() -> None:
    choice = choose(opened(wants(4)), *chunk_of(["abcdef", "bbb"], [PART]))
    assert choice.cuts == ()


def test_a_model_that_does_not_mind_leaves_nothing_out() -> None:
    choice = choose(opened(flat), *chunk_of(["abcdef", "bbb"], [PART]))
    assert choice.cuts == ()


@pytest.mark.parametrize(("place", "cuts"), [(4, (PART,)), (3, ())])
def test_the_pointer_tells_what_to_leave_out_at_the_constituents_start(
    place: int, cuts: tuple[Span, ...]
) -> None:
    model = opened(looks_at(0, 0, place), pointer=True)
    assert choose(model, *chunk_of(["abcdef", "bbb"], [PART])).cuts == cuts


def test_a_constituent_without_tokens_of_its_own_is_never_left_out() -> None:
    chunk, request = chunk_of(["abcdef", "bbb"], [PART])
    unplaced = EncodedChunk(
        ids=chunk.ids, sentences=chunk.sentences, optional=(None,), openings=chunk.openings
    )
    assert choose(opened(wants(6)), unplaced, request).cuts == ()


def test_what_is_not_picked_is_not_cut() -> None:
    choice = choose(
        opened(looks_at(6, 6, 4), pointer=True), *chunk_of(["abcdef", "bbb"], [PART], most=1)
    )
    assert (choice.picks, choice.cuts) == ((1,), ())
