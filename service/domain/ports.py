"""What the pipeline needs from outside, each with a hand-written fake in `service.backends.fakes`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias

from service.domain.brief import Progress
from service.domain.claims import Draft, DraftRequest, Task
from service.domain.text import Document, Removal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# One row a text, (N, D), each of length 1.
Vectors: TypeAlias = "NDArray[np.float32]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """A document's own text in paragraphs, before the rules of cleaning; metadata only if stated."""

    paragraphs: tuple[str, ...]
    title: str | None = None
    author: str | None = None
    publisher: str | None = None
    language: str | None = None
    removed: tuple[Removal, ...] = ()


class Extractor(Protocol):
    """Reads one media type or several into plain paragraphs."""

    def extract(self, document: Document) -> Extracted:
        """Return the document's paragraphs, none of them empty or holding a newline.

        Raises `BadDocument` when nothing can be read from it.
        """
        ...


class TokenCounter(Protocol):
    """Counts in the model's own tokens."""

    def count(self, text: str) -> int:
        """Return the number of tokens of a sentence as it stands in a chunk, specials excluded."""
        ...


class Drafter(Protocol):
    """A local seq2seq model behind one call.

    `name`, `revision` and `engine` go into the run record; together they say which numbers to expect.
    `prompts` maps each task the model can be asked to do to the hash of the prompt text it uses.
    `chunk_tokens` is the largest chunk it takes, prompt and specials already subtracted.
    `languages` are the ISO 639-1 codes it was trained for; empty means unknown.
    `notes` tell what a reader of a brief should know of how the model is run.
    """

    name: str
    revision: str
    engine: str
    prompts: Mapping[Task, str]
    chunk_tokens: int
    languages: tuple[str, ...]
    notes: tuple[str, ...]

    def draft(
        self, requests: Sequence[DraftRequest], advance: Callable[[int], None] = lambda _: None
    ) -> list[Draft]:
        """Return one draft a request, in order; each depends on its own request alone.

        `advance` is told how many more requests are done, from the calling thread.
        """
        ...

    def warm_up(self) -> None:
        """Do once what only the first draft would wait for."""
        ...

    def close(self, *, drain: bool = True) -> None:
        """Take no more requests; finish those that are accepted, or drop them."""
        ...


class LanguageIdentifier(Protocol):
    """Says which language a text is in."""

    def identify(self, text: str) -> str | None:
        """Return an ISO 639-1 code, or None where the text is too short to tell."""
        ...


class EntailmentScorer(Protocol):
    """A model that reads a passage and says whether a claim follows from it.

    `name` goes into the run record; `revision` is the same for the same weights, wherever they lie.
    """

    name: str
    revision: str

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Return, for each (passage, claim), the probability in [0, 1] that the passage entails it.

        In the order of the pairs; each depends on its own pair alone. Of a passage longer than the
        model takes, its parts are read one by one and the best counts. A claim that leaves no room
        for a passage scores 0.
        """
        ...


class Embedder(Protocol):
    """A model that lays texts out so that those which say nearly the same lie near each other.

    `name` goes into the run record; `revision` is the same for the same weights, wherever they lie.
    """

    name: str
    revision: str

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one vector of length 1 a text, in order; each depends on its own text alone."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """Everything the pipeline calls that is not a pure function of this repository.

    Without a scorer and an embedder, rules alone decide what supports what.
    """

    extractor: Extractor
    tokens: TokenCounter
    drafter: Drafter
    languages: LanguageIdentifier
    scorer: EntailmentScorer | None = None
    embedder: Embedder | None = None


def _ignore(progress: Progress) -> None:
    """Take a report of progress and do nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """How a run is observed and stopped; it has no influence on what the run produces.

    `clock_s` gives monotonic seconds. `on_progress` may raise `Cancelled` to stop the run.
    """

    clock_s: Callable[[], float] = lambda: 0.0
    on_progress: Callable[[Progress], None] = field(default=_ignore)
