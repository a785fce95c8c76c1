"""A chunk as the token ids an encoder reads, with the place of every sentence in them."""

from dataclasses import dataclass

from service.backends.seq2seq.bounds import LoadedTokenizer
from service.backends.seq2seq.checkpoint import Checkpoint
from service.backends.seq2seq.prompt import Template
from service.backends.tokens import TextEncoder, in_chunk
from service.domain.claims import DraftRequest
from service.domain.errors import InputTooLarge, ModelRefused

_PROBE = "word"


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodedChunk:
    """Token ids, prompt and specials included; `sentences` are half-open ranges of them.

    A sentence of which the tokenizer keeps nothing has an empty range.
    """

    ids: tuple[int, ...]
    sentences: tuple[tuple[int, int], ...]

    def sentence_ids(self, index: int) -> tuple[int, ...]:
        start, end = self.sentences[index]
        return self.ids[start:end]


class ChunkEncoder:
    """Joins prompt and sentences as token ids; nothing is ever truncated.

    Each sentence is encoded on its own, after a space: a chunk has exactly the tokens counted.
    `chunk_tokens` is what the longest prompt leaves of the model's input.
    """

    def __init__(self, checkpoint: Checkpoint, template: Template, encoder: TextEncoder) -> None:
        self._encoder = encoder
        self._most = checkpoint.profile.most_sentences
        frame = Frame(checkpoint.tokenizer)
        self._around = {
            n: tuple(map(tuple, frame.around(*template.around(n))))
            for n in range(1, self._most + 1)
        }
        longest = max(len(before) + len(after) for before, after in self._around.values())
        room = checkpoint.max_source - longest
        if room < 1:
            raise ModelRefused(
                checkpoint.name,
                f"its input of {checkpoint.max_source} tokens has no room beside the prompt",
            )
        self.chunk_tokens = min(room, checkpoint.profile.chunk_tokens or room)

    def encode(self, request: DraftRequest) -> EncodedChunk:
        """Return a request's ids; raises `InputTooLarge` where they exceed `chunk_tokens`."""
        before, after = self._around[min(request.max_sentences, self._most)]
        ids = list(before)
        places = []
        for span in request.sentences:
            start = len(ids)
            ids += self._encoder.encode(in_chunk(request.text[span.start : span.end]))
            places.append((start, len(ids)))
        size = len(ids) - len(before)
        if size > self.chunk_tokens:
            raise InputTooLarge("chunk", size, self.chunk_tokens, "tokens")
        return EncodedChunk(ids=(*ids, *after), sentences=tuple(places))


class Frame:
    """What goes around a chunk: the tokenizer's own specials outside, the prompt inside."""

    def __init__(self, tokenizer: LoadedTokenizer) -> None:
        self._tokenizer = tokenizer
        bare = self._ids(_PROBE)
        whole = list(tokenizer(_PROBE, add_special_tokens=True)["input_ids"])
        places = [i for i in range(len(whole)) if whole[i : i + len(bare)] == bare]
        at = places[0] if places else 0
        self._first, self._last = whole[:at], whole[at + len(bare) :]

    def around(self, before: str, after: str) -> tuple[list[int], list[int]]:
        """Return the ids on either side of a chunk; the prompt may spell control tokens."""
        return self._first + self._ids(before), self._ids(after) + self._last

    def _ids(self, text: str) -> list[int]:
        if not text:
            return []
        return list(self._tokenizer(text, add_special_tokens=False)["input_ids"])
