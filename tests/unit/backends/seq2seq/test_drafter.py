from collections.abc import Sequence
from dataclasses import replace
from threading import Event, Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.backends.load import load_drafter
from service.backends.seq2seq.drafter import Seq2SeqDrafter
from service.backends.seq2seq.engine import Reading, Search, Written
from service.backends.seq2seq.facts import OpenModel
from service.backends.tokens import SentenceCounter
from service.domain.claims import PROVENANCES, Draft, DraftRequest, Provenance, Task
from service.domain.errors import Cancelled, InputTooLarge, ModelError, NotReady
from service.domain.text import Span
from tests.unit.backends.seq2seq.fake_model import (
    WORDS,
    FakeEngine,
    encoder_of,
    fake_model,
    request_of,
)

Loaded = tuple[Seq2SeqDrafter, SentenceCounter]
WAIT_S = 20
RAIN, RIVER, PORT = "rain fell on monday .", "the river rose .", "the port opened again ."


def drafter_of(
    model: OpenModel | None = None,
    *,
    threads: int = 1,
    batch_rows: int = 8,
    batch_tokens: int = 4096,
) -> Seq2SeqDrafter:
    model = model or fake_model()
    return Seq2SeqDrafter(
        model,
        encoder_of(model),
        threads=threads,
        batch_rows=batch_rows,
        batch_tokens=batch_tokens,
    )


def test_a_strict_draft_picks_its_most_salient_sentences() -> None:
    [draft] = drafter_of().draft([request_of(RAIN, RIVER, PORT, most=2)])
    ranked = sorted(range(3), key=lambda i: (-draft.salience[i], i))
    assert draft.picks == tuple(ranked[:2])
    assert draft.text == ""
    assert 0 < sum(draft.salience) < 1


def test_a_strict_drafts_signals_speak_of_what_it_picked() -> None:
    [draft] = drafter_of().draft([request_of(RAIN, RIVER, most=1)])
    picked = len((RAIN, RIVER)[draft.picks[0]].split())
    assert draft.signals.compression == pytest.approx(9 / picked, abs=1e-6)
    assert draft.signals.mean_logprob is not None
    assert draft.signals.mean_logprob < 0


def test_what_is_cut_out_of_a_pick_is_not_counted_as_said() -> None:
    sentence = "the port ( on monday ) opened again ."
    request = request_of(sentence)
    part = Span(sentence.index(" ("), sentence.index(" opened"))
    whole, cut = drafter_of().draft([request, replace(request, optional=(part,))])
    assert (whole.cuts, whole.signals.compression) == ((), 1)
    assert (cut.cuts, cut.signals.compression) == ((part,), 9 / 5)


@pytest.mark.parametrize("provenance", ["lexical", "open"])
def test_a_free_draft_is_a_text_with_a_salience_a_sentence(provenance: Provenance) -> None:
    [draft] = drafter_of().draft([request_of(RAIN, RIVER, provenance=provenance)])
    assert draft.picks == ()
    assert draft.text
    assert len(draft.salience) == 2


@pytest.mark.parametrize("task", ["headline", "merge"])
@pytest.mark.parametrize("provenance", PROVENANCES)
def test_a_headline_or_merge_is_picked_under_strict_and_written_otherwise(
    task: Task, provenance: Provenance
) -> None:
    [draft] = drafter_of().draft([request_of(RAIN, RIVER, provenance=provenance, task=task)])
    assert len(draft.picks) == (provenance == "strict")
    assert bool(draft.text) == (provenance != "strict")


def test_a_task_that_the_model_has_no_prompt_for_is_an_error() -> None:
    model = fake_model()
    plain = replace(model, profile=model.profile.model_copy(update={"prompt": "plain"}))
    drafter = drafter_of(plain)
    assert set(drafter.prompts) == {"draft"}
    with pytest.raises(ModelError, match="no prompt for the task 'merge'"):
        drafter.draft([request_of(RAIN, task="merge")])


def test_a_request_without_sentences_gives_an_empty_draft() -> None:
    [draft] = drafter_of().draft([DraftRequest(text="x", sentences=(), max_sentences=1)])
    assert draft == Draft(salience=())


def test_no_requests_give_no_drafts() -> None:
    assert drafter_of().draft([]) == []


def test_a_chunk_that_is_too_long_is_refused_before_any_work() -> None:
    engine = FakeEngine(rows=99)
    drafter = drafter_of(fake_model(engine))
    with pytest.raises(InputTooLarge) as caught:
        drafter.draft([request_of(RAIN), request_of("rain " * 300)])
    assert caught.value.limit == drafter.chunk_tokens
    assert engine.reads == 0


def test_the_run_record_can_name_the_model_and_its_prompts() -> None:
    drafter = drafter_of()
    assert (drafter.name, drafter.revision, drafter.engine) == ("fake", "r1", "fake 1")
    assert (drafter.languages, drafter.notes) == (("en",), ("it is fake",))
    assert {len(sha) for sha in drafter.prompts.values()} == {64}


def test_progress_counts_every_request_once() -> None:
    told: list[int] = []
    drafter_of(threads=2).draft([request_of(RAIN)] * 9, told.append)
    assert sum(told) == 9


class Stuck(FakeEngine):
    """Writes until its caller has gone."""

    def write(self, source: object, search: Search, stop: Event) -> Written:
        assert stop.wait(WAIT_S)
        return Written(ids=(), finish="stop", mean_logprob=None, attention=None)  # type: ignore[arg-type]


def test_what_progress_raises_ends_what_is_being_written() -> None:
    drafter = drafter_of(fake_model(Stuck(rows=99)))

    def refuse(_: int) -> None:
        raise Cancelled("enough")

    # The longer one is first, and ends at once.
    requests = [request_of(RAIN, RIVER), request_of(RAIN, provenance="open")]
    with pytest.raises(Cancelled, match="enough"):
        drafter.draft(requests, refuse)
    assert drafter.draft([request_of(RAIN)])[0].picks


class Broken(FakeEngine):
    def read(self, source: object, target: object = ()) -> Reading:
        raise ModelError("fake", "drafting failed: it is broken")


def test_a_model_that_fails_is_an_error_not_a_draft() -> None:
    with pytest.raises(ModelError, match="it is broken"):
        drafter_of(fake_model(Broken(rows=99))).draft([request_of(RAIN)])


def test_warming_up_goes_the_whole_way_once_a_worker() -> None:
    engine = FakeEngine(rows=99)
    drafter = drafter_of(fake_model(engine), threads=2)
    drafter.warm_up()
    assert engine.reads == 2


def test_a_closed_drafter_takes_no_request_and_has_nothing_to_do() -> None:
    drafter = drafter_of()
    drafter.draft([request_of(RAIN)])
    drafter.close()
    with pytest.raises(NotReady):
        drafter.draft([request_of(RAIN)])
    assert (drafter.load().waiting, drafter.load().running, drafter.load().callers) == (0, 0, 0)


def flooded(drafter: Seq2SeqDrafter, requests: list[DraftRequest]) -> list[Draft]:
    """Draft while another caller has many requests in."""
    many = [request_of(PORT, RIVER, provenance=p) for p in PROVENANCES for _ in range(20)]
    flood = Thread(target=drafter.draft, args=(many,))
    flood.start()
    drafts = drafter.draft(requests)
    flood.join(WAIT_S)
    return drafts


_SENTENCE = st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join)
_REQUEST = st.builds(
    lambda sentences, most, provenance: request_of(*sentences, most=most, provenance=provenance),
    st.lists(_SENTENCE, min_size=1, max_size=4),
    st.integers(1, 3),
    st.sampled_from(PROVENANCES),
)


@settings(max_examples=15)
@given(requests=st.lists(_REQUEST, min_size=1, max_size=12), tokens=st.integers(1, 400))
def test_drafts_depend_on_neither_batches_nor_threads_nor_order_nor_company(
    requests: list[DraftRequest], tokens: int
) -> None:
    expected = [drafter_of().draft([request])[0] for request in requests]
    for rows in (1, 4, 16):
        for threads in (1, 2):
            drafter = drafter_of(threads=threads, batch_rows=rows, batch_tokens=tokens)
            assert drafter.draft(requests) == expected
            assert flooded(drafter, requests[::-1]) == expected[::-1]
            drafter.close()


STORY = (
    "Click here to see our pictures of the week.",
    "The European Central Bank raised its main interest rate by half a point on Thursday, its largest"
    " rise in ten years.",
    "It rained a little.",
)


def test_the_model_in_the_box_points_at_what_a_story_is_about(compact: Loaded) -> None:
    [draft] = compact[0].draft([request_of(*STORY)])
    assert draft.picks == (1,)


def test_the_model_in_the_box_writes_the_same_alone_and_in_company(compact: Loaded) -> None:
    requests = [
        request_of(*STORY[i:], provenance=p) for i in range(len(STORY)) for p in PROVENANCES
    ]
    alone, _ = load_drafter(None, threads=1)
    expected = [alone.draft([request])[0] for request in requests]
    assert flooded(compact[0], requests[::-1]) == expected[::-1]
    alone.close()


class HeldEngine(FakeEngine):
    """Waits in its first reading until it is let go."""

    def __init__(self, rows: int) -> None:
        super().__init__(rows)
        self.begun, self.let_go = Event(), Event()

    def read(self, source: Sequence[int], target: Sequence[int] = ()) -> Reading:
        self.begun.set()
        assert self.let_go.wait(WAIT_S)
        return FakeEngine.read(self, source, target)


def test_a_strict_draft_reads_no_more_once_its_caller_has_gone() -> None:
    model = fake_model()
    engine = HeldEngine(model.facts.rows)
    plain = model.profile.model_copy(update={"pointer": None})
    drafter = drafter_of(replace(model, engine=engine, profile=plain))
    # Three sentences that begin alike: telling them apart takes more than one reading.
    request = request_of(RIVER, "the river fell .", "the port rose .")
    ended: list[BaseException] = []

    def call() -> None:
        try:
            drafter.draft([request])
        except Cancelled as error:
            ended.append(error)

    caller = Thread(target=call)
    caller.start()
    assert engine.begun.wait(WAIT_S)
    closer = Thread(target=drafter.close, kwargs={"drain": False})
    closer.start()
    caller.join(WAIT_S)
    assert len(ended) == 1
    engine.let_go.set()
    closer.join(WAIT_S)
    assert engine.reads == 1
