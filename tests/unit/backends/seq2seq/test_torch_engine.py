from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import ArrayLike
from transformers.modeling_outputs import Seq2SeqLMOutput

from service.backends.seq2seq.checkpoint import Checkpoint, open_checkpoint
from service.backends.seq2seq.engine import Reading, Search
from service.backends.seq2seq.facts import Source
from service.backends.seq2seq.profile import Pointer
from service.backends.seq2seq.torch_engine import TorchEngine, open_torch
from service.domain.errors import InputTooLarge, ModelError, ModelRefused

FAMILIES = ["bart", "encoder-decoder", "flan-t5", "led", "mt5", "pegasus", "primera", "t5"]
SOURCE = [5, 40, 41, 42, 43, 44, 45, 46, 47, 2]
TARGET = [50, 41, 52, 44]
Open = Callable[[str], Checkpoint]
GREEDY = Search(max_tokens=12, min_tokens=0, beams=1, no_repeat=0)


@pytest.fixture(scope="module")
def engine_of(tiny_checkpoint: Open) -> Callable[[str], TorchEngine]:
    made: dict[str, TorchEngine] = {}

    def engine(family: str) -> TorchEngine:
        if family not in made:
            made[family] = TorchEngine(tiny_checkpoint(family))
        return made[family]

    return engine


def _same(found: ArrayLike, expected: ArrayLike) -> None:
    """Compare numbers to five digits of the largest: tiny models' logits reach several hundred."""
    largest = float(np.abs(np.asarray(expected)).max())
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5 * largest)


def _forward(
    checkpoint: Checkpoint,
    source: Sequence[int],
    decoder: Sequence[int],
    marks: Sequence[int] = (0,),
) -> Seq2SeqLMOutput:
    """Return a plain forward pass of transformers, encoder included."""
    ids = torch.tensor([source])
    more = {}
    if checkpoint.facts.model_type == "led":
        more["global_attention_mask"] = torch.zeros_like(ids).index_fill_(1, torch.tensor(marks), 1)
    with torch.inference_mode():
        out: Seq2SeqLMOutput = checkpoint.model(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            decoder_input_ids=torch.tensor([decoder]),
            output_attentions=True,
            use_cache=False,
            **more,
        )
    return out


@pytest.mark.parametrize("family", FAMILIES)
def test_reading_gives_the_numbers_of_a_plain_forward_pass(
    tiny_checkpoint: Open, engine_of: Callable[[str], TorchEngine], family: str
) -> None:
    checkpoint = tiny_checkpoint(family)
    opening = checkpoint.facts.opening
    plain = _forward(checkpoint, SOURCE, [*opening, *TARGET])
    read = engine_of(family).read(SOURCE, TARGET)
    last = plain.cross_attentions[-1][0].mean(0)
    assert read.logits.shape == (len(TARGET) + 1, checkpoint.facts.rows)
    assert read.logits.dtype == read.attention.dtype == np.float32
    _same(read.logits, plain.logits[0, len(opening) - 1 :])
    _same(read.attention, last[len(opening) - 1 :])
    np.testing.assert_allclose(read.attention.sum(-1), 1, rtol=1e-5)


def test_a_pointer_is_the_mean_of_its_heads_alone(tiny_checkpoint: Open) -> None:
    checkpoint = tiny_checkpoint("bart")
    profile = checkpoint.profile.model_copy(update={"pointer": Pointer(layer=0, heads=(1,))})
    read = TorchEngine(replace(checkpoint, profile=profile)).read(SOURCE, TARGET)
    plain = _forward(checkpoint, SOURCE, [*checkpoint.facts.opening, *TARGET])
    own = plain.cross_attentions[0][0, 1, len(checkpoint.facts.opening) - 1 :]
    _same(read.attention, own)


@pytest.mark.parametrize("family", FAMILIES)
def test_what_comes_later_in_a_target_changes_nothing_before_it(
    engine_of: Callable[[str], TorchEngine], family: str
) -> None:
    engine = engine_of(family)
    nothing, whole = engine.read(SOURCE), engine.read(SOURCE, TARGET)
    _same(nothing.logits[0], whole.logits[0])
    _same(nothing.attention[0], whole.attention[0])


@pytest.mark.parametrize("family", FAMILIES)
def test_greedy_writing_takes_the_likeliest_token_of_each_reading(
    engine_of: Callable[[str], TorchEngine], tiny_checkpoint: Open, family: str
) -> None:
    engine, facts = engine_of(family), tiny_checkpoint(family).facts
    written = engine.write(SOURCE, GREEDY, Event())
    read = engine.read(SOURCE, written.ids)
    likeliest = read.logits.argmax(-1).tolist()
    assert likeliest[: len(written.ids)] == list(written.ids)
    assert (likeliest[-1] in facts.eos) == (written.finish == "stop") or len(written.ids) == 12


@pytest.mark.parametrize("beams", [1, 3])
@pytest.mark.parametrize("family", FAMILIES)
def test_only_what_may_be_written_is(
    engine_of: Callable[[str], TorchEngine], family: str, beams: int
) -> None:
    only = frozenset({41, 44, 46})
    search = replace(GREEDY, only=only, beams=beams, min_tokens=5)
    written = engine_of(family).write(SOURCE, search, Event())
    assert len(written.ids) >= 5
    assert only.issuperset(written.ids)


@pytest.mark.parametrize("beams", [1, 3])
@pytest.mark.parametrize("family", FAMILIES)
def test_writing_stays_within_its_budget(
    engine_of: Callable[[str], TorchEngine], family: str, beams: int
) -> None:
    search = replace(GREEDY, max_tokens=4, min_tokens=4, beams=beams)
    assert len(engine_of(family).write(SOURCE, search, Event()).ids) == 4


def test_writing_never_outgrows_the_decoder(
    engine_of: Callable[[str], TorchEngine], tiny_checkpoint: Open
) -> None:
    facts = tiny_checkpoint("led").facts
    search = replace(GREEDY, max_tokens=1000, min_tokens=1000)
    written = engine_of("led").write(SOURCE, search, Event())
    assert len(written.ids) == (facts.max_target or 0) - len(facts.opening)
    assert written.finish == "length"


@pytest.mark.parametrize("beams", [1, 3])
def test_no_run_of_tokens_is_written_twice(
    engine_of: Callable[[str], TorchEngine], beams: int
) -> None:
    search = Search(
        max_tokens=30, min_tokens=10, beams=beams, no_repeat=2, only=frozenset(range(40, 47))
    )
    ids = engine_of("t5").write(SOURCE, search, Event()).ids
    pairs = list(pairwise(ids))
    assert len(ids) >= 10
    assert len(set(pairs)) == len(pairs)


def test_a_text_ends_where_nothing_may_follow(engine_of: Callable[[str], TorchEngine]) -> None:
    # One token, never the same one twice: after it even the end is forbidden by the minimum.
    search = Search(max_tokens=9, min_tokens=9, beams=1, no_repeat=1, only=frozenset({41}))
    written = engine_of("t5").write(SOURCE, search, Event())
    assert (written.ids, written.finish) == ((41,), "stop")


def test_a_text_that_ends_at_its_budget_is_not_cut_short(
    engine_of: Callable[[str], TorchEngine],
) -> None:
    search = Search(max_tokens=1, min_tokens=1, beams=1, no_repeat=1, only=frozenset({41}))
    written = engine_of("t5").write(SOURCE, search, Event())
    assert (written.ids, written.finish) == ((41,), "stop")


@pytest.mark.parametrize("family", FAMILIES)
def test_a_text_is_scored_and_looked_up_over_its_steps(
    engine_of: Callable[[str], TorchEngine], tiny_checkpoint: Open, family: str
) -> None:
    engine, facts = engine_of(family), tiny_checkpoint(family).facts
    only = frozenset({41, 44, 46})
    written = engine.write(SOURCE, replace(GREEDY, only=only, min_tokens=2), Event())
    read = engine.read(SOURCE, written.ids)
    steps = [*written.ids, *(facts.eos[:1] if written.finish == "stop" else ())]
    allowed = sorted(only | set(facts.eos))
    logits = torch.tensor(read.logits[: len(steps)][:, allowed]).log_softmax(-1)
    chosen = [logits[i, allowed.index(token)].item() for i, token in enumerate(steps)]
    assert written.mean_logprob == pytest.approx(sum(chosen) / len(chosen), rel=1e-5)
    _same(written.attention, read.attention[: len(steps)].mean(0))


def test_nothing_written_has_no_score_and_the_attention_of_the_first_step(
    engine_of: Callable[[str], TorchEngine],
) -> None:
    engine = engine_of("t5")
    written = engine.write(SOURCE, replace(GREEDY, only=frozenset()), Event())
    assert (written.ids, written.finish, written.mean_logprob) == ((), "stop", None)
    _same(written.attention, engine.read(SOURCE).attention[0])


@pytest.mark.parametrize("beams", [1, 3])
@pytest.mark.parametrize("family", FAMILIES)
def test_a_search_ends_soon_after_it_is_told_to(
    engine_of: Callable[[str], TorchEngine], family: str, beams: int
) -> None:
    stop = Event()
    stop.set()
    search = replace(GREEDY, max_tokens=40, min_tokens=40, beams=beams)
    assert len(engine_of(family).write(SOURCE, search, stop).ids) <= 1


@pytest.mark.parametrize("family", FAMILIES)
def test_threads_at_once_get_what_one_gets(
    engine_of: Callable[[str], TorchEngine], family: str
) -> None:
    engine = engine_of(family)
    sources = [[*SOURCE[: 3 + i % 7], 2] for i in range(12)]

    def ask(source: list[int]) -> tuple[Reading, tuple[int, ...]]:
        return engine.read(source, TARGET), engine.write(source, GREEDY, Event()).ids

    alone = [ask(source) for source in sources]
    with ThreadPoolExecutor(3) as workers:
        together = list(workers.map(ask, sources))
    for (read, ids), (read_too, ids_too) in zip(alone, together, strict=True):
        assert ids == ids_too
        np.testing.assert_array_equal(read.logits, read_too.logits)
        np.testing.assert_array_equal(read.attention, read_too.attention)


def test_each_calling_thread_runs_on_one_torch_thread(
    engine_of: Callable[[str], TorchEngine],
) -> None:
    engine = engine_of("bart")

    def threads_after_a_call() -> int:
        torch.set_num_threads(2)
        engine.read(SOURCE)
        return torch.get_num_threads()

    with ThreadPoolExecutor(1) as workers:
        assert workers.submit(threads_after_a_call).result() == 1


def test_what_is_longer_than_the_model_takes_is_an_error(
    engine_of: Callable[[str], TorchEngine],
) -> None:
    with pytest.raises(InputTooLarge, match="source: 97 tokens, limit 96"):
        engine_of("bart").read([40] * 97)
    with pytest.raises(InputTooLarge, match="target: 48 tokens"):
        engine_of("led").read(SOURCE, [40] * 48)


@pytest.mark.parametrize("family", ["bart", "t5"])
def test_a_token_the_model_does_not_have_is_an_error(
    engine_of: Callable[[str], TorchEngine], family: str
) -> None:
    with pytest.raises(ModelError, match="drafting failed: index out of range"):
        engine_of(family).read([10**6])


@pytest.fixture
def numberless(tiny_model: Callable[[str], Path], tmp_path: Path) -> Source:
    """Return a model whose weights are no numbers."""
    checkpoint = open_checkpoint(Source(folder=tiny_model("bart"), name="bart"))
    for weights in checkpoint.model.get_decoder().parameters():
        weights.data.fill_(float("nan"))
    checkpoint.model.save_pretrained(tmp_path)
    checkpoint.tokenizer.save_pretrained(tmp_path)
    return Source(folder=tmp_path, name="numberless")


def test_scores_that_are_no_numbers_are_an_error(numberless: Source) -> None:
    engine = TorchEngine(open_checkpoint(numberless))
    with pytest.raises(ModelError, match="drafting failed: its scores are not finite numbers"):
        engine.read(SOURCE)
    with pytest.raises(ModelError, match="drafting failed: its scores are not finite numbers"):
        engine.write(SOURCE, GREEDY, Event())


def test_a_model_that_gives_no_numbers_is_refused(numberless: Source) -> None:
    with pytest.raises(ModelRefused, match="not finite numbers"):
        open_torch(numberless)


@pytest.mark.parametrize("family", FAMILIES)
def test_an_opened_model_tells_what_runs_it(
    tiny_model: Callable[[str], Path], tiny_checkpoint: Open, family: str
) -> None:
    opened = open_torch(Source(folder=tiny_model(family), name=family))
    version = torch.__version__.partition("+")[0]
    assert opened.facts == tiny_checkpoint(family).facts
    assert opened.name == family
    if not torch.cuda.is_available():
        assert opened.engine.name == f"torch {version} cpu float32"


def test_writing_does_not_depend_on_what_the_folder_says_of_generation(
    tiny_model: Callable[[str], Path], engine_of: Callable[[str], TorchEngine], tmp_path: Path
) -> None:
    checkpoint = open_checkpoint(Source(folder=tiny_model("t5"), name="t5"))
    stated = checkpoint.model.generation_config
    stated.max_length, stated.num_beams, stated.length_penalty = 3, 4, 9.0
    stated.no_repeat_ngram_size, stated.min_length = 1, 3
    stated.decoder_start_token_id, stated.eos_token_id, stated.pad_token_id = 0, 1, 0
    checkpoint.model.save_pretrained(tmp_path)
    checkpoint.tokenizer.save_pretrained(tmp_path)
    own = TorchEngine(open_checkpoint(Source(folder=tmp_path, name="t5")))
    assert (
        own.write(SOURCE, GREEDY, Event()).ids == engine_of("t5").write(SOURCE, GREEDY, Event()).ids
    )


def test_a_source_is_encoded_once_for_questions_in_a_row(tiny_checkpoint: Open) -> None:
    engine = TorchEngine(tiny_checkpoint("led"))
    with _Spied(tiny_checkpoint("led")) as spied:
        for source in ([5, 40, 2], [5, 40, 2], [5, 41, 2], [5, 40, 2]):
            engine.read(source, TARGET)
            engine.write(source, GREEDY, Event())
    assert len(spied.seen) == 3


@pytest.mark.parametrize("beams", [1, 3])
@pytest.mark.parametrize("family", FAMILIES)
def test_no_answer_depends_on_what_was_asked_before(
    tiny_checkpoint: Open, family: str, beams: int
) -> None:
    search = replace(GREEDY, beams=beams)
    asked, fresh = (TorchEngine(tiny_checkpoint(family)) for _ in range(2))
    asked.read([5, 41, 2])
    asked.write(SOURCE, search, Event())
    again, alone = asked.read(SOURCE, TARGET), fresh.read(SOURCE, TARGET)
    np.testing.assert_array_equal(again.logits, alone.logits)
    np.testing.assert_array_equal(again.attention, alone.attention)


class _Spied:
    """Collects the masks of global attention that reach a LED's encoder."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.seen: list[list[int]] = []
        self._handle = checkpoint.model.get_encoder().register_forward_pre_hook(
            self._look, with_kwargs=True
        )

    def _look(self, module: object, args: object, kwargs: dict[str, Any]) -> None:
        self.seen.append(kwargs["global_attention_mask"][0].tolist())

    def __enter__(self) -> "_Spied":
        return self

    def __exit__(self, *error: object) -> None:
        self._handle.remove()


def test_led_looks_far_from_its_first_token_alone(tiny_checkpoint: Open) -> None:
    with _Spied(tiny_checkpoint("led")) as spied:
        engine = TorchEngine(tiny_checkpoint("led"))
        engine.read([41])
        engine.write(SOURCE, GREEDY, Event())
    assert spied.seen == [[1], [1, 0, 0, 0, 0, 0, 0, 0, 0, 0]]


def test_primera_looks_far_from_its_separators_too(tiny_checkpoint: Open) -> None:
    between = tiny_checkpoint("primera").facts.separator
    assert between is not None
    source = [0, 40, 41, between, 42, between, 43, 44, 2]
    with _Spied(tiny_checkpoint("primera")) as spied:
        TorchEngine(tiny_checkpoint("primera")).read(source)
    assert spied.seen == [[1, 0, 0, 1, 0, 1, 0, 0, 0]]


@pytest.mark.parametrize("length", [15, 16, 17, 40, 127, 128])
def test_led_reads_more_than_one_window_as_a_plain_forward_pass_does(
    tiny_checkpoint: Open, engine_of: Callable[[str], TorchEngine], length: int
) -> None:
    checkpoint = tiny_checkpoint("led")
    source = [0, *(40 + i % 60 for i in range(length - 2)), 2]
    plain = _forward(checkpoint, source, checkpoint.facts.opening)
    read = engine_of("led").read(source)
    assert read.attention.shape == (1, length)
    _same(read.logits[0], plain.logits[0, -1])


@pytest.mark.parametrize("length", [15, 16, 17, 40, 127, 128])
def test_primera_reads_as_a_plain_forward_pass_that_marks_its_separators(
    tiny_checkpoint: Open, engine_of: Callable[[str], TorchEngine], length: int
) -> None:
    checkpoint = tiny_checkpoint("primera")
    facts = checkpoint.facts
    assert facts.separator is not None
    source = [0, *(40 + i % 60 for i in range(length - 2)), 2]
    source[length // 2] = facts.separator
    read = engine_of("primera").read(source)
    marked = _forward(checkpoint, source, facts.opening, marks=[0, length // 2])
    unmarked = _forward(checkpoint, source, facts.opening)
    _same(read.logits[0], marked.logits[0, -1])
    assert np.abs(read.logits[0] - unmarked.logits[0, -1].numpy()).max() > 0.01
