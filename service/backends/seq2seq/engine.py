"""What runs a model's numbers: token ids in, numbers out. No text, no rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Event
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the decoder makes of a target of T tokens, before each of them and after the last.

    `logits` are (T + 1, V), not normalised; `attention` is (T + 1, S), each row summing to 1: the
    mean of the model's pointer heads, or of all heads of its last decoder layer where none are known.
    """

    logits: Floats
    attention: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """How to search for a text: greedily where `beams` is 1. Nothing is drawn at random.

    Limits are in tokens, the end not counted. No run of `no_repeat` tokens is written twice.
    `only` are the tokens that may be written besides the end, None for all; they must be tokens of
    the source or of the closed words that the engine was made with.
    """

    max_tokens: int
    min_tokens: int
    beams: int
    no_repeat: int
    only: frozenset[int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A text found: its ids without start and end, and where the decoder looked for it.

    `attention` is (S,), the mean over the steps; `mean_logprob` is in nats a token, the end included,
    over the tokens that could be chosen, and None where nothing was written.
    """

    ids: tuple[int, ...]
    finish: Literal["stop", "length"]
    mean_logprob: float | None
    attention: Floats


class Engine(Protocol):
    """Runs one model, one source a call: no result can depend on another source.

    Calls may come from several threads at once. `name` says which library, device and type.
    """

    name: str

    def read(self, source: Sequence[int], target: Sequence[int] = ()) -> Reading:
        """Read a target that is given; the decoder's opening goes before it.

        Raises `ModelError` where the model fails or gives no numbers, and `InputTooLarge` where it
        takes no source or target so long.
        """
        ...

    def write(self, source: Sequence[int], search: Search, stop: Event) -> Written:
        """Search for a text; it ends soon after `stop` is set, with a text of no use.

        Raises `ModelError` where the model fails.
        """
        ...
