import subprocess
import sys
import threading
from collections.abc import Callable
from threading import Event, Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.backends.seq2seq import batcher as batcher_module
from service.backends.seq2seq.batcher import Batcher, Load
from service.backends.seq2seq.turns import BatchLimits, Line, Turns
from service.domain.errors import Cancelled, NotReady, Overloaded

WAIT_S = 20
SIZES = st.lists(st.integers(1, 60), max_size=30)


def limits(rows: int = 4, tokens: int = 100, window: int = 64, workers: int = 1) -> BatchLimits:
    return BatchLimits(rows=rows, tokens=tokens, window=window, workers=workers)


def drawn_limits() -> st.SearchStrategy[BatchLimits]:
    few = st.integers(1, 9)
    return st.builds(
        BatchLimits, rows=few, tokens=st.integers(1, 120), window=few, workers=st.integers(1, 3)
    )


def batches(line: Line) -> list[tuple[int, ...]]:
    """Return the batches of a line alone, each finished before the next is taken."""
    taken = []
    while line.ready:
        taken.append(line.take())
        for _ in taken[-1]:
            line.finish()
    return taken


def doubled(work: int, stop: Event) -> int:
    return 2 * work


@given(sizes=SIZES, given_limits=drawn_limits())
def test_a_batch_fits_its_limits_and_no_piece_is_lost_or_run_twice(
    sizes: list[int], given_limits: BatchLimits
) -> None:
    made = batches(Line(sizes, given_limits))
    assert sorted(i for batch in made for i in batch) == list(range(len(sizes)))
    for batch in made:
        assert 1 <= len(batch) <= given_limits.rows
        assert len(batch) == 1 or sum(sizes[i] for i in batch) <= given_limits.tokens


def test_a_piece_larger_than_a_batch_goes_alone() -> None:
    assert batches(Line([5, 500, 5], limits(tokens=10))) == [(1,), (0, 2)]


def test_the_longest_pieces_of_a_caller_go_first_and_equal_ones_in_order() -> None:
    assert batches(Line([3, 9, 3, 5], limits(rows=1))) == [(1,), (3,), (0,), (2,)]


def test_a_piece_beyond_the_window_waits_for_room_in_it() -> None:
    assert batches(Line([1, 2, 9], limits(rows=1, window=2))) == [(1,), (2,), (0,)]


def test_a_piece_that_runs_takes_up_the_window() -> None:
    line = Line([1, 1, 1], limits(rows=1, window=2))
    line.take()
    line.take()
    assert not line.ready
    line.finish()
    assert line.ready


def test_a_batch_leaves_the_other_workers_their_share() -> None:
    assert [len(b) for b in batches(Line([1] * 8, limits(rows=8, workers=2)))] == [4, 2, 1, 1]


@given(
    others=st.lists(SIZES.filter(bool), min_size=1, max_size=5),
    before=st.integers(0, 8),
    given_limits=drawn_limits(),
)
def test_a_caller_that_joins_waits_for_at_most_one_batch_of_each_other(
    others: list[list[int]], before: int, given_limits: BatchLimits
) -> None:
    turns, small = Turns(), Line([1], given_limits)
    for sizes in others:
        turns.join(Line(sizes, given_limits))

    def serve() -> Line | None:
        taken = turns.take()
        if taken is None:
            return None
        line, batch = taken
        for _ in batch:
            line.finish()
        turns.join(line)
        return line

    for _ in range(before):
        serve()
    turns.join(small)
    waited = 0
    while (served := serve()) is not small:
        assert served is not None
        waited += 1
    assert waited <= len(others)


@pytest.mark.parametrize("name", ["rows", "tokens", "window", "workers"])
def test_a_limit_below_one_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name}=0"):
        limits(**{name: 0})


@settings(max_examples=30)
@given(callers=st.lists(SIZES, min_size=1, max_size=4), given_limits=drawn_limits())
def test_results_depend_on_neither_limits_nor_company_and_keep_their_order(
    callers: list[list[int]], given_limits: BatchLimits
) -> None:
    batcher = Batcher(doubled, given_limits)
    made: dict[int, list[int]] = {}

    def call(number: int, works: list[int]) -> None:
        made[number] = batcher.map(works, works)

    threads = [Thread(target=call, args=given) for given in enumerate(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_S)
    batcher.close()
    assert made == {number: [2 * work for work in works] for number, works in enumerate(callers)}


def test_progress_is_told_in_the_callers_thread_and_counts_every_piece_once() -> None:
    told: list[tuple[int, int]] = []
    batcher = Batcher(doubled, limits(workers=2))
    batcher.map([1] * 9, [1] * 9, lambda n: told.append((n, threading.get_ident())))
    batcher.close()
    assert sum(n for n, _ in told) == 9
    assert {ident for _, ident in told} == {threading.get_ident()}
    assert all(n > 0 for n, _ in told)


def test_works_without_their_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="2 works and 1 sizes"):
        Batcher(doubled, limits()).map([1, 2], [1])


class Held:
    """Runs "quick" at once; "held" until its caller has gone. Tells what was run."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.held = Event()

    def __call__(self, work: str, stop: Event) -> str:
        self.ran.append(work)
        if work == "held":
            self.held.set()
            assert stop.wait(WAIT_S)
        return work.upper()


@pytest.mark.parametrize("raised", [Cancelled("enough"), KeyboardInterrupt()])
def test_what_progress_raises_drops_what_is_queued_and_stops_what_runs(
    raised: BaseException,
) -> None:
    run = Held()
    batcher = Batcher(run, limits(rows=2))

    def refuse(_: int) -> None:
        assert run.held.wait(WAIT_S)
        raise raised

    with pytest.raises(type(raised)):
        batcher.map(["quick", "held", *["late"] * 5], [9, 8, *[1] * 5], refuse)
    assert batcher.map(["quick"], [1]) == ["QUICK"]
    batcher.close()
    assert run.ran == ["quick", "held", "quick"]


def test_an_error_of_one_piece_fails_its_caller_and_no_other() -> None:
    bad_runs, good_runs, failed = Event(), Event(), Event()

    def run(work: str, stop: Event) -> str:
        if work == "bad":
            bad_runs.set()
            assert good_runs.wait(WAIT_S)
            raise OSError("this piece is bad")
        good_runs.set()
        assert failed.wait(WAIT_S)
        return work.upper()

    batcher = Batcher(run, limits(rows=1, workers=2))

    def fail() -> None:
        with pytest.raises(OSError, match="this piece is bad"):
            batcher.map(["bad"], [1])
        failed.set()

    thread = Thread(target=fail)
    thread.start()
    assert bad_runs.wait(WAIT_S)
    assert batcher.map(["good"] * 3, [1] * 3) == ["GOOD"] * 3
    thread.join(WAIT_S)
    batcher.close()


def test_an_error_stops_the_other_pieces_of_its_caller() -> None:
    run = Held()

    def fail_once_held(work: str, stop: Event) -> str:
        if work == "bad":
            assert run.held.wait(WAIT_S)
            raise OSError("this piece is bad")
        return run(work, stop)

    batcher = Batcher(fail_once_held, limits(rows=1, workers=2))
    with pytest.raises(OSError, match="bad"):
        batcher.map(["held", "bad", "late"], [3, 2, 1])
    batcher.close()
    assert run.ran == ["held"]


def in_first_progress(act: Callable[[], None]) -> Callable[[int], None]:
    acted: list[bool] = []

    def advance(_: int) -> None:
        if not acted:
            acted.append(True)
            act()

    return advance


def test_one_caller_too_many_is_refused_with_the_limit() -> None:
    batcher = Batcher(doubled, limits(), callers=1)

    def call_again() -> None:
        with pytest.raises(Overloaded) as caught:
            batcher.map([1], [1])
        assert (caught.value.callers, caught.value.limit) == (1, 1)

    assert batcher.map([1], [1], in_first_progress(call_again)) == [2]
    assert batcher.map([3], [1]) == [6]
    batcher.close()


def test_closing_lets_what_is_accepted_finish_and_ends_the_threads() -> None:
    served: list[Thread] = []

    def run(work: int, stop: Event) -> int:
        served.append(threading.current_thread())
        return 2 * work

    batcher = Batcher(run, limits(rows=1, window=2))
    advance = in_first_progress(lambda: batcher.close(drain=True))
    assert batcher.map([1, 2, 3, 4], [1] * 4, advance) == [2, 4, 6, 8]
    assert {thread.name for thread in served} == {"draft-0"}
    assert not any(thread.is_alive() for thread in served)


def test_closing_without_draining_cancels_what_is_accepted() -> None:
    run = Held()
    batcher = Batcher(run, limits(rows=1))

    def close() -> None:
        assert run.held.wait(WAIT_S)
        batcher.close(drain=False)

    with pytest.raises(Cancelled, match="closed"):
        batcher.map(["quick", "held", "late"], [9, 8, 7], in_first_progress(close))
    assert run.ran == ["quick", "held"]


def test_a_closed_batcher_takes_no_caller_and_can_be_closed_again() -> None:
    batcher = Batcher(doubled, limits())
    batcher.close()
    batcher.close()
    with pytest.raises(NotReady):
        batcher.map([1], [1])


def test_a_batcher_tells_how_busy_it_is() -> None:
    loads: list[Load] = []

    def run(work: int, stop: Event) -> int:
        loads.append(batcher.load())
        return work

    batcher = Batcher(run, limits(rows=2, window=3))
    batcher.map([0] * 4, [1] * 4)
    batcher.close()
    assert loads[0] == Load(waiting=2, running=2, callers=1)
    assert batcher.load() == Load(waiting=0, running=0, callers=0)


def test_a_caller_beside_another_takes_one_piece_at_a_time() -> None:
    turns = Turns()
    big, small = Line([9] * 20, limits(rows=8)), Line([5] * 3, limits(rows=8))
    turns.join(big)
    turns.join(small)
    taken = [turns.take() for _ in range(7)]
    assert [(found[0] is small, len(found[1])) for found in taken if found] == [
        *[(False, 1), (True, 1)] * 3,
        (False, 8),
    ]


def test_a_thread_that_cannot_start_leaves_nobody_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_: object) -> None:
        raise RuntimeError("can't start new thread")

    batcher = Batcher(doubled, limits())
    with monkeypatch.context() as patch:
        patch.setattr(batcher_module.Thread, "start", refuse)
        with pytest.raises(NotReady, match="no thread could be started"):
            batcher.map([1], [1])
    assert batcher.map([1, 2], [1, 1]) == [2, 4]
    batcher.close()


def test_a_fork_is_refused_instead_of_waiting_for_threads_it_has_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    batcher = Batcher(doubled, limits())
    with monkeypatch.context() as patch:
        patch.setattr(batcher_module.os, "getpid", lambda: -1)
        with pytest.raises(NotReady, match="another process"):
            batcher.map([1], [1])
        batcher.close()
    assert batcher.map([1], [1]) == [2]
    batcher.close()


def test_threads_start_at_the_first_use_as_daemons() -> None:
    served: list[Thread] = []
    before = threading.active_count()
    batcher = Batcher(lambda work, stop: served.append(threading.current_thread()), limits())
    assert threading.active_count() == before
    batcher.map([1], [1])
    batcher.close()
    assert served[0].daemon


def test_a_process_that_ends_while_pieces_run_ends_their_threads_first() -> None:
    script = """
import threading
from service.backends.seq2seq.batcher import Batcher
from service.backends.seq2seq.turns import BatchLimits

began = threading.Event()

def run(work, stop):
    began.set()
    stop.wait(20)
    print("stopped", flush=True)

def call():
    try:
        batcher.map([0], [1])
    except Exception as error:
        print(type(error).__name__, flush=True)

batcher = Batcher(run, BatchLimits(rows=1, tokens=1, window=1, workers=1))
threading.Thread(target=call, daemon=True).start()
began.wait(20)
"""
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    assert "stopped" in ended.stdout
    assert ended.stderr == ""
