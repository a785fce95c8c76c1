"""The drafter port over an opened model: one chunk a call, through one batcher."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from threading import Event

from service.backends.seq2seq.batcher import Batcher, Load
from service.backends.seq2seq.chunks import ChunkEncoder, EncodedChunk
from service.backends.seq2seq.closed import closed_ids
from service.backends.seq2seq.engine import Engine, Reading, Search, Written
from service.backends.seq2seq.facts import OpenModel
from service.backends.seq2seq.free import room_to_write, write
from service.backends.seq2seq.prompt import read_templates
from service.backends.seq2seq.strict import choose
from service.backends.seq2seq.turns import BatchLimits, Turn
from service.backends.tokens import TextEncoder
from service.domain.claims import Draft, DraftRequest, Task
from service.domain.errors import Cancelled
from service.domain.text import Span, outside
from service.stages.quality import signals

_Work = tuple[DraftRequest, EncodedChunk]

# How many chunks of one caller are sorted by length at a time.
_WINDOW = 64
_WARM_UP = DraftRequest(
    text="Rain fell on Monday. The river rose.",
    sentences=(Span(0, 20), Span(21, 36)),
    max_sentences=1,
)


class Seq2SeqDrafter:
    """Drafts with one model on `threads` worker threads.

    A chunk is never padded or computed with another, so no draft depends on its company, on the
    order of the requests, or on the number of threads. `batch_rows` chunks and `batch_tokens`
    tokens at most are one turn of a caller among others.
    """

    def __init__(
        self,
        model: OpenModel,
        encoder: TextEncoder,
        *,
        threads: int,
        batch_rows: int = 2,
        batch_tokens: int = 4096,
    ) -> None:
        templates = read_templates(model.profile.prompt, model.name)
        room_to_write(model.facts, model.name)
        self.name = model.name
        self.revision = model.facts.revision
        self.engine = model.engine.name
        self.prompts: Mapping[Task, str] = {task: t.sha256 for task, t in templates.items()}
        self.languages: tuple[str, ...] = model.profile.languages
        self.notes: tuple[str, ...] = model.notes
        self._model, self._threads = model, threads
        self._chunks = ChunkEncoder(model, templates, encoder)
        self.chunk_tokens = self._chunks.chunk_tokens
        self._closed = closed_ids(encoder, model.facts)
        limits = BatchLimits(
            rows=batch_rows,
            tokens=batch_tokens,
            window=max(_WINDOW, batch_rows * threads),
            workers=threads,
        )
        self._batcher: Batcher[_Work, Draft] = Batcher(self._ask, limits)

    def draft(
        self, requests: Sequence[DraftRequest], advance: Callable[[int], None] = lambda _: None
    ) -> list[Draft]:
        """Return one draft a request, in order.

        Raises `InputTooLarge` before any work where a chunk does not fit, `ModelError` where the
        model fails or has no prompt for a task, and `Overloaded`, `NotReady` and `Cancelled` as the
        batcher does. What `advance` raises ends the work that is left.
        """
        encoded = [self._chunks.encode(request) for request in requests]
        works = list(zip(requests, encoded, strict=True))
        return self._batcher.map(works, [len(chunk.ids) for chunk in encoded], advance)

    def warm_up(self) -> None:
        """Draft something tiny, picked and written, once a worker, and throw it away."""
        written = replace(_WARM_UP, provenance="open")
        self.draft([_WARM_UP, written] * self._threads)

    def close(self, *, drain: bool = True) -> None:
        self._batcher.close(drain=drain)

    def watch(self, on_turn: Callable[[Turn], None]) -> None:
        """Tell of every turn of the model's threads from now on; `on_turn` must not raise."""
        self._batcher.watch(on_turn)

    def load(self) -> Load:
        """Return how many chunks wait and run now, and for how many callers."""
        return self._batcher.load()

    def _ask(self, work: _Work, stop: Event) -> Draft:
        request, chunk = work
        if not chunk.sentences:
            return Draft(salience=())
        if request.provenance != "strict":
            return write(self._model, self._closed, chunk, request, stop)
        heeding = replace(self._model, engine=_Heeding(self._model.engine, stop))
        choice = choose(heeding, chunk, request)
        said = _without(request, choice.picks, choice.cuts)
        return Draft(
            salience=choice.salience,
            picks=choice.picks,
            cuts=choice.cuts,
            signals=signals(request.text, said, mean_logprob=choice.mean_logprob),
        )


class _Heeding:
    """An engine that reads no more once its caller has gone."""

    def __init__(self, engine: Engine, stop: Event) -> None:
        self.name = engine.name
        self._engine, self._stop = engine, stop

    def read(self, source: Sequence[int], target: Sequence[int] = ()) -> Reading:
        if self._stop.is_set():
            raise Cancelled("the work was stopped")
        return self._engine.read(source, target)

    def write(self, source: Sequence[int], search: Search, stop: Event) -> Written:
        return self._engine.write(source, search, stop)


def _without(request: DraftRequest, picks: Sequence[int], cuts: Sequence[Span]) -> str:
    """Return the picked sentences without what is cut out of them."""
    kept: list[str] = []
    for sentence in (request.sentences[i] for i in picks):
        inside = [cut for cut in cuts if sentence.start < cut.start < sentence.end]
        left = outside(sentence.start, sentence.end, inside)
        kept += (*(request.text[span.start : span.end] for span in left), " ")
    return "".join(kept)
