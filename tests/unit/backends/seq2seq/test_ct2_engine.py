"""What the CTranslate2 engine promises, against transformers on tiny models with sharp scores."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from service.backends.seq2seq.checkpoint import Checkpoint
from service.backends.seq2seq.closed import closed_ids
from service.backends.seq2seq.ct2_engine import CTranslate2Engine
from service.backends.seq2seq.engine import Search, Written
from service.backends.seq2seq.facts import OpenModel
from service.backends.seq2seq.torch_engine import TorchEngine
from service.backends.tokens import text_encoder
from service.domain.errors import InputTooLarge, ModelError

FAMILIES = ["bart", "pegasus", "t5", "flan-t5", "mt5"]
SOURCE = tuple(20 + (7 * k * k) % 61 for k in range(24))
TARGET = SOURCE[5:9]

EngineMaker = Callable[..., CTranslate2Engine]
Opener = Callable[[str], Checkpoint]


def search(
    most: int = 8,
    *,
    least: int = 0,
    beams: int = 1,
    no_repeat: int = 0,
    only: frozenset[int] | None = None,
) -> Search:
    return Search(max_tokens=most, min_tokens=least, beams=beams, no_repeat=no_repeat, only=only)


def write(engine: CTranslate2Engine, wanted: Search, source: Sequence[int] = SOURCE) -> Written:
    return engine.write(source, wanted, Event())


def logprobs(logits: np.ndarray, allowed: Sequence[int]) -> dict[int, float]:
    rows = logits.astype(np.float64)[list(allowed)]
    total = np.log(np.exp(rows - rows.max()).sum()) + rows.max()
    return {token: float(row - total) for token, row in zip(allowed, rows, strict=True)}


class Late(Event):
    """An event that is set when it has been asked for often enough."""

    def __init__(self, asked: int) -> None:
        super().__init__()
        self._left = asked

    def is_set(self) -> bool:
        self._left -= 1
        return self._left < 0


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("target", [(), TARGET])
def test_float32_reads_as_torch_does(
    tiny_engine: EngineMaker, tiny_checkpoint: Opener, family: str, target: tuple[int, ...]
) -> None:
    ours = tiny_engine(family).read(SOURCE, target)
    theirs = TorchEngine(tiny_checkpoint(family)).read(SOURCE, target)
    np.testing.assert_allclose(ours.logits, theirs.logits, rtol=1e-3, atol=2e-3)
    np.testing.assert_allclose(ours.attention, theirs.attention, atol=2e-3)


@pytest.mark.parametrize("family", FAMILIES)
def test_float32_writes_what_transformers_finds_greedily(
    tiny_engine: EngineMaker, tiny_checkpoint: Opener, family: str
) -> None:
    checkpoint = tiny_checkpoint(family)
    facts = checkpoint.facts
    never = {*facts.control, *facts.opening, facts.pad, facts.unknown} - {*facts.eos, None}
    made = checkpoint.model.generate(
        torch.tensor([SOURCE]),
        decoder_input_ids=torch.tensor([facts.opening]),
        max_new_tokens=9,
        suppress_tokens=sorted(never),
        do_sample=False,
        decoder_start_token_id=facts.opening[0],
        eos_token_id=list(facts.eos),
        pad_token_id=facts.pad,
    )[0].tolist()[len(facts.opening) :]
    ended = next((i for i, token in enumerate(made) if token in facts.eos), 8)
    assert write(tiny_engine(family), search(8)).ids == tuple(made[:ended])


@pytest.mark.parametrize("family", FAMILIES)
def test_only_leaves_the_same_choice_as_torch_has(
    tiny_engine: EngineMaker, tiny_checkpoint: Opener, family: str
) -> None:
    wanted = search(6, only=frozenset(SOURCE[:9]))
    ours = write(tiny_engine(family), wanted)
    theirs = TorchEngine(tiny_checkpoint(family)).write(SOURCE, wanted, Event())
    assert (ours.ids, ours.finish) == (theirs.ids, theirs.finish)
    np.testing.assert_allclose(ours.attention, theirs.attention, atol=2e-3)


@pytest.mark.parametrize("family", FAMILIES)
def test_all_of_the_source_and_the_closed_words_leave_the_same_choice_as_torch_has(
    tiny_engine: EngineMaker, tiny_checkpoint: Opener, family: str
) -> None:
    checkpoint = tiny_checkpoint(family)
    encoder = text_encoder(checkpoint.tokenizer.backend_tokenizer, checkpoint.facts.control)
    wanted = search(6, only=closed_ids(encoder, checkpoint.facts).union(SOURCE))
    ours = write(tiny_engine(family), wanted)
    theirs = TorchEngine(checkpoint).write(SOURCE, wanted, Event())
    assert (ours.ids, ours.finish) == (theirs.ids, theirs.finish)


@settings(deadline=None, max_examples=40)
@given(
    family=st.sampled_from(["bart", "t5"]),
    picked=st.sets(st.sampled_from(SOURCE)),
    free=st.booleans(),
    most=st.integers(0, 12),
    least=st.integers(0, 12),
    beams=st.integers(1, 3),
    no_repeat=st.integers(0, 3),
)
def test_a_text_keeps_to_what_was_asked(
    tiny_engine: EngineMaker,
    tiny_checkpoint: Opener,
    family: str,
    picked: set[int],
    free: bool,
    most: int,
    least: int,
    beams: int,
    no_repeat: int,
) -> None:
    facts = tiny_checkpoint(family).facts
    only = None if free else frozenset(picked)
    wanted = search(most, least=least, beams=beams, no_repeat=no_repeat, only=only)
    made = write(tiny_engine(family), wanted)
    assert len(made.ids) <= most
    assert made.finish == "stop" or len(made.ids) == most
    assert only is None or only.issuperset(made.ids)
    assert not {*facts.control, *facts.eos, facts.pad, facts.unknown}.intersection(made.ids)
    runs = [made.ids[i : i + no_repeat] for i in range(len(made.ids) - no_repeat + 1)]
    assert not no_repeat or len(set(runs)) == len(runs)
    assert (made.mean_logprob is None) == (not made.ids)
    assert made.attention.shape == (len(SOURCE),)
    assert made.attention.sum() == pytest.approx(1, abs=1e-5)


def test_a_text_may_end_with_its_last_allowed_token(tiny_engine: EngineMaker) -> None:
    plain = write(tiny_engine("pegasus"), search(3)).ids
    assert len(set(plain)) == 3
    made = write(tiny_engine("pegasus", eos=(1, plain[2])), search(2))
    assert (made.ids, made.finish) == (plain[:2], "stop")


def test_a_text_is_not_ended_before_its_least_length(tiny_engine: EngineMaker) -> None:
    plain = write(tiny_engine("pegasus"), search(3)).ids
    ended = tiny_engine("pegasus", eos=(1, plain[1]))
    assert write(ended, search(8, least=1)).ids == plain[:1]
    assert len(write(ended, search(8, least=2)).ids) >= 2


@pytest.mark.parametrize("beams", [1, 3])
def test_the_mean_counts_the_end_and_only_what_could_be_chosen(
    tiny_engine: EngineMaker, beams: int
) -> None:
    plain = write(tiny_engine("pegasus"), search(3)).ids
    engine, end = tiny_engine("pegasus", eos=(plain[2],)), plain[2]
    source, only = (*SOURCE, *plain), frozenset({*SOURCE[:12], *plain[:2]}) - {end}
    made = engine.write(source, search(12, beams=beams, only=only), Event())
    assert made.finish == "stop"
    assert made.ids
    allowed = sorted({*only, end})
    steps = zip(engine.read(source, made.ids).logits, (*made.ids, end), strict=True)
    scores = [logprobs(logits, allowed)[token] for logits, token in steps]
    assert made.mean_logprob == pytest.approx(np.mean(scores), abs=1e-4)


def test_the_opening_does_not_count_in_the_mean(
    tiny_engine: EngineMaker, tiny_checkpoint: Opener
) -> None:
    engine = tiny_engine("bart")
    assert len(tiny_checkpoint("bart").facts.opening) == 2
    ids = write(engine, search(1)).ids
    logits = engine.read(SOURCE, ids).logits
    most = [max(logprobs(row, range(len(row))).values()) for row in logits]
    assert write(engine, search(1)).mean_logprob == pytest.approx(np.mean(most), abs=1e-4)


def test_a_text_that_ends_at_once_is_empty(tiny_engine: EngineMaker) -> None:
    [first] = write(tiny_engine("t5"), search(1)).ids
    made = write(tiny_engine("t5", eos=(1, first)), search(8))
    assert (made.ids, made.finish, made.mean_logprob) == ((), "stop", None)
    assert made.attention.sum() == pytest.approx(1, abs=1e-5)


def test_beams_find_a_text_at_least_as_likely(compact_int8: OpenModel) -> None:
    source = tuple(range(300, 400))
    greedy, beams = (
        compact_int8.engine.write(source, search(20, least=20, beams=n), Event()) for n in (1, 4)
    )
    assert greedy.mean_logprob is not None
    assert beams.mean_logprob is not None
    assert beams.mean_logprob > greedy.mean_logprob
    assert beams.ids != greedy.ids


def test_a_search_ends_soon_after_its_caller_has_gone(tiny_engine: EngineMaker) -> None:
    engine = tiny_engine("bart")
    whole = write(engine, search(40, least=40))
    made = engine.write(SOURCE, search(40, least=40), Late(6))
    assert 0 < len(made.ids) < 10
    assert made.ids == whole.ids[: len(made.ids)]


def test_a_caller_who_has_gone_before_gets_nothing(tiny_engine: EngineMaker) -> None:
    gone = Event()
    gone.set()
    assert tiny_engine("bart").write(SOURCE, search(), gone).ids == ()


def test_nothing_is_written_from_nothing(tiny_engine: EngineMaker) -> None:
    made = write(tiny_engine("bart"), search(), ())
    assert (made.ids, made.attention.shape) == ((), (0,))


def test_nothing_can_be_read_from_nothing(tiny_engine: EngineMaker) -> None:
    with pytest.raises(ModelError, match="no source"):
        tiny_engine("bart").read(())


def test_a_source_is_never_cut(tiny_engine: EngineMaker) -> None:
    engine = tiny_engine("bart")
    full = (SOURCE * 4)[:96]
    assert engine.read(full).attention.shape == (1, 96)
    with pytest.raises(InputTooLarge, match="source: 97 tokens, limit 96"):
        engine.read((*full, 20))
    with pytest.raises(InputTooLarge):
        write(engine, search(), (*full, 20))


def test_a_target_is_never_cut(tiny_engine: EngineMaker) -> None:
    engine = tiny_engine("bart")
    assert engine.read(SOURCE, (20,) * 94).logits.shape[0] == 95
    with pytest.raises(InputTooLarge, match="target: 95 tokens, limit 94"):
        engine.read(SOURCE, (20,) * 95)


def test_no_text_is_longer_than_the_decoder(tiny_engine: EngineMaker) -> None:
    made = write(tiny_engine("bart"), search(1000, least=1000))
    assert (len(made.ids), made.finish) == (94, "length")


def test_only_must_be_of_the_source_or_closed(tiny_engine: EngineMaker) -> None:
    with pytest.raises(ValueError, match=r"neither of the source nor closed words: \[9000\]"):
        write(tiny_engine("bart"), search(only=frozenset({9000, SOURCE[0]})))


def test_ids_the_model_does_not_have_are_refused(tiny_engine: EngineMaker) -> None:
    with pytest.raises(ValueError, match="need ids in"):
        tiny_engine("t5").read((5, 100_000))


def test_a_failure_of_the_library_is_the_models(tiny_engine: EngineMaker) -> None:
    # Told of a longer decoder than there is, the engine runs beyond its table of positions.
    with pytest.raises(ModelError, match="drafting failed"):
        tiny_engine("bart", max_target=500).read(SOURCE, (20,) * 300)


def test_int8_gives_the_same_on_two_threads_at_once_and_again(compact_int8: OpenModel) -> None:
    sources = [tuple(range(300 + 11 * n, 340 + 13 * n)) for n in range(8)]
    engine, facts = compact_int8.engine, compact_int8.facts
    closed = closed_ids(text_encoder(compact_int8.tokenizer, facts.control), facts)

    def run(source: tuple[int, ...]) -> tuple[Written, bytes]:
        made = engine.write(source, search(12, no_repeat=3, only=closed.union(source)), Event())
        engine.write(source, search(6, only=frozenset(source)), Event())
        return made, engine.read(source, made.ids[:3]).logits.tobytes()

    alone = [run(source) for source in sources]
    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(run, sources))
    for (one, one_logits), (other, other_logits) in zip(alone, together, strict=True):
        assert (one.ids, one.mean_logprob) == (other.ids, other.mean_logprob)
        assert one.attention.tobytes() == other.attention.tobytes()
        assert one_logits == other_logits


def test_an_engine_says_what_runs_it(compact_int8: OpenModel) -> None:
    assert compact_int8.engine.name.startswith("ctranslate2 4.")
    assert compact_int8.engine.name.endswith(" cpu int8")


@pytest.mark.parametrize("family", ["bart", "pegasus", "t5", "flan-t5", "mt5"])
def test_words_of_the_source_are_searched_as_greedily_as_they_are_read(
    tiny_engine: EngineMaker, family: str
) -> None:
    engine = tiny_engine(family)
    facts = engine._facts
    special = {*facts.control, *facts.eos, *facts.opening, facts.pad, facts.unknown}
    plain = [i for i in range(facts.rows) if i not in special]
    search = Search(max_tokens=12, min_tokens=8, beams=1, no_repeat=0, only=frozenset())
    for seed in range(40):
        source = tuple(plain[(k * k + 17 * seed + 5 * k) % len(plain)] for k in range(9 + seed))
        only = frozenset(source) | engine._always.difference(facts.eos)
        written = engine.write(source, replace(search, only=only), Event())
        assert written.ids == greedily(engine, source, replace(search, only=only)), seed


def greedily(engine: CTranslate2Engine, source: tuple[int, ...], search: Search) -> tuple[int, ...]:
    """Return what a search must find that takes the likeliest allowed token at each step."""
    ends, ids = engine._facts.eos, list[int]()
    while len(ids) < search.max_tokens:
        allowed = sorted({*(search.only or ()), *(ends if len(ids) >= search.min_tokens else ())})
        logits = engine.read(source, ids).logits[-1]
        best = max(allowed, key=lambda i: logits[i])
        if best in ends:
            break
        ids.append(best)
    return tuple(ids)
