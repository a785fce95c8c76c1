"""The drafter port over an opened model: one chunk a call, many calls at a time."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from threading import Event

import torch

from service.backends.seq2seq.checkpoint import Checkpoint
from service.backends.seq2seq.chunks import ChunkEncoder, EncodedChunk
from service.backends.seq2seq.memory import read_chunk
from service.backends.seq2seq.prompt import read_template
from service.backends.seq2seq.salience import LikelihoodScorer, PointerScorer, SentenceScorer
from service.backends.seq2seq.writing import Writer
from service.backends.tokens import TextEncoder
from service.domain.claims import Draft, DraftRequest
from service.domain.errors import Cancelled, ModelError


class Seq2SeqDrafter:
    """Drafts with one model on `threads` worker threads of one core each.

    A chunk is never padded or batched with another, so no draft depends on its company, on the
    order of the requests or on the number of threads.
    """

    def __init__(self, checkpoint: Checkpoint, encoder: TextEncoder, *, threads: int = 1) -> None:
        profile = checkpoint.profile
        template = read_template(profile.prompt, checkpoint.name)
        self.name = checkpoint.name
        self.revision = checkpoint.revision
        self.engine = checkpoint.engine
        self.prompts = {"draft": template.sha256}
        self.languages: tuple[str, ...] = profile.languages
        self._checkpoint = checkpoint
        self._chunks = ChunkEncoder(checkpoint, template, encoder)
        self.chunk_tokens = self._chunks.chunk_tokens
        self._scorer: SentenceScorer = (
            PointerScorer(checkpoint, profile.pointer)
            if profile.pointer
            else LikelihoodScorer(checkpoint)
        )
        self._writer = Writer(checkpoint, encoder)
        # torch counts its own threads per calling thread: one each, so that workers do not fight.
        self._workers = ThreadPoolExecutor(
            threads, "draft", initializer=torch.set_num_threads, initargs=(1,)
        )

    def draft(
        self, requests: Sequence[DraftRequest], advance: Callable[[int], None] = lambda _: None
    ) -> list[Draft]:
        """Return one draft a request, in order.

        Raises `InputTooLarge` before any work where a chunk does not fit, and `ModelError` where
        the model fails. What `advance` raises ends the work that is left.
        """
        encoded = [self._chunks.encode(request) for request in requests]
        stop = Event()
        futures = [
            self._workers.submit(self._draft, request, chunk, stop)
            for request, chunk in zip(requests, encoded, strict=True)
        ]
        try:
            for done in as_completed(futures):
                done.result()
                advance(1)
        except BaseException:
            stop.set()
            for future in futures:
                future.cancel()
            raise
        return [future.result() for future in futures]

    def _draft(self, request: DraftRequest, chunk: EncodedChunk, stop: Event) -> Draft:
        if stop.is_set():
            raise Cancelled("the work was stopped")
        try:
            with torch.inference_mode():
                return self._ask(request, chunk, stop)
        except (RuntimeError, IndexError) as error:
            reason = next(iter(str(error).splitlines()), "") or type(error).__name__
            raise ModelError(self.name, f"drafting failed: {reason}") from error

    def _ask(self, request: DraftRequest, chunk: EncodedChunk, stop: Event) -> Draft:
        if not chunk.sentences:
            return Draft(salience=())
        memory = read_chunk(self._checkpoint, chunk.ids)
        scores = self._scorer.score(memory, chunk)
        if request.provenance == "strict":
            picks = scores.best(request.max_sentences)
            return Draft(
                salience=scores.salience, picks=picks, mean_logprob=scores.mean_logprob(picks)
            )
        written = self._writer.write(memory, chunk, request, stop)
        return Draft(
            salience=scores.salience,
            text=written.text,
            mean_logprob=written.mean_logprob,
            finish=written.finish,
        )
