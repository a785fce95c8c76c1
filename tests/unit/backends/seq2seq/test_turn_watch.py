from collections.abc import Sequence
from threading import Event, Lock

from hypothesis import given
from hypothesis import strategies as st

from service.backends.seq2seq.batcher import Batcher
from service.backends.seq2seq.turns import BatchLimits, Turn


def doubled(number: int, _: Event) -> int:
    return 2 * number


def turns(sizes: Sequence[int], limits: BatchLimits) -> list[Turn]:
    """Return what a batcher tells of the turns it takes over pieces of those sizes."""
    told: list[Turn] = []
    lock = Lock()

    def note(turn: Turn) -> None:
        with lock:
            told.append(turn)

    batcher = Batcher(doubled, limits)
    batcher.watch(note)
    assert batcher.map(list(range(len(sizes))), sizes) == [2 * i for i in range(len(sizes))]
    batcher.close()
    return told


@given(st.lists(st.integers(1, 300), min_size=1, max_size=30), st.integers(1, 4))
def test_every_piece_and_token_is_told_once_and_no_turn_is_over_full(
    sizes: list[int], rows: int
) -> None:
    limits = BatchLimits(rows=rows, tokens=512, window=16, workers=2)
    told = turns(sizes, limits)
    assert sum(turn.pieces for turn in told) == len(sizes)
    assert sum(turn.tokens for turn in told) == sum(sizes)
    assert all(1 <= turn.pieces <= turn.most_pieces == rows for turn in told)
