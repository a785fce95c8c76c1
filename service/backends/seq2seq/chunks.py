"""A request as the token ids an encoder reads, with the place of every sentence in them."""

from collections.abc import Mapping
from dataclasses import dataclass

from tokenizers import Tokenizer

from service.backends.seq2seq.facts import Facts, OpenModel
from service.backends.seq2seq.prompt import Template
from service.backends.tokens import TextEncoder, in_chunk
from service.domain.claims import DraftRequest, Task
from service.domain.errors import InputTooLarge, ModelError, ModelRefused
from service.domain.text import Span

Range = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodedChunk:
    """Token ids, prompt and specials included, with half-open ranges of them.

    `sentences` has a range a sentence, an empty one where the tokenizer keeps nothing of it.
    `optional` has a range a constituent of the request that may be left out, None where no tokens
    are exactly its own. `openings` are the ids of each sentence as it would open a text.
    """

    ids: tuple[int, ...]
    sentences: tuple[Range, ...]
    optional: tuple[Range | None, ...]
    openings: tuple[tuple[int, ...], ...]

    def sentence_ids(self, index: int) -> tuple[int, ...]:
        start, end = self.sentences[index]
        return self.ids[start:end]


class ChunkEncoder:
    """Joins prompt and sentences as token ids; nothing is ever truncated.

    Each sentence is encoded on its own, after a space: a chunk has exactly the tokens counted.
    `chunk_tokens` is what the longest drafting prompt leaves of the model's input.
    """

    def __init__(
        self, model: OpenModel, templates: Mapping[Task, Template], encoder: TextEncoder
    ) -> None:
        self._encoder, self._separator = encoder, model.facts.separator
        self._name, self._most = model.name, model.profile.most_sentences
        self._around = {
            (task, n): _frame(model.facts, model.tokenizer, template, n)
            for task, template in templates.items()
            for n in range(1, self._most + 1)
        }
        self._rooms = {task: self._room(model, task) for task in templates}
        self.chunk_tokens = self._rooms["draft"]

    def encode(self, request: DraftRequest) -> EncodedChunk:
        """Return a request's ids.

        Raises `InputTooLarge` where they exceed what the task's prompt leaves of the model's input,
        and `ModelError` where the model has no prompt for the task.
        """
        if request.task not in self._rooms:
            raise ModelError(self._name, f"it has no prompt for the task {request.task!r}")
        before, after = self._around[request.task, min(request.max_sentences, self._most)]
        ids = list(before)
        places: list[Range] = []
        for i, span in enumerate(request.sentences):
            if i and self._separator is not None and _new_document(request, i):
                ids.append(self._separator)
            start = len(ids)
            ids += self._encoder.encode(in_chunk(request.text[span.start : span.end]))
            places.append((start, len(ids)))
        size, room = len(ids) - len(before), self._rooms[request.task]
        if size > room:
            raise InputTooLarge("chunk", size, room, "tokens")
        return EncodedChunk(
            ids=(*ids, *after),
            sentences=tuple(places),
            optional=tuple(self._place(request, part, ids, places) for part in request.optional),
            openings=tuple(
                tuple(self._encoder.encode(request.text[s.start : s.end]))
                for s in request.sentences
            ),
        )

    def _place(
        self, request: DraftRequest, part: Span, ids: list[int], places: list[Range]
    ) -> Range | None:
        """Return the tokens that are exactly a constituent's, or None where some straddle its ends."""
        own = next(i for i, s in enumerate(request.sentences) if s.start < part.start < s.end)
        sentence, (start, end) = request.sentences[own], places[own]
        before, through = (
            self._encoder.encode(in_chunk(request.text[sentence.start : at]))
            for at in (part.start, part.end)
        )
        whole = ids[start:end]
        if whole[: len(before)] != before or whole[: len(through)] != through:
            return None
        return start + len(before), start + len(through)

    def _room(self, model: OpenModel, task: Task) -> int:
        around = [sides for (other, _), sides in self._around.items() if other == task]
        room = model.facts.max_source - max(len(before) + len(after) for before, after in around)
        if room < 1:
            raise ModelRefused(
                model.name,
                f"its input of {model.facts.max_source} tokens has no room beside the prompt",
            )
        return min(room, model.profile.chunk_tokens or room)


def _frame(
    facts: Facts, tokenizer: Tokenizer, template: Template, sentences: int
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return what goes around a chunk: the tokenizer's own tokens outside, the prompt inside.

    The prompt may spell control tokens, which the chunk may not.
    """
    before, after = (
        tokenizer.encode(side, add_special_tokens=False).ids for side in template.around(sentences)
    )
    return (*facts.first, *before), (*after, *facts.last)


def _new_document(request: DraftRequest, index: int) -> bool:
    numbers = request.documents
    return bool(numbers) and numbers[index] != numbers[index - 1]
