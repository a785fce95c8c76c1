"""Pack whole sentences into chunks that fit the model's input."""

from collections.abc import Sequence

from service.domain.errors import InputTooLarge
from service.domain.ports import TokenCounter
from service.domain.text import Chunk, Sentence


def chunk(
    text: str, sentences: Sequence[Sentence], tokens: TokenCounter, max_tokens: int
) -> tuple[Chunk, ...]:
    """Return chunks that tile the sentences in order, each of at most `max_tokens` tokens.

    Raises `InputTooLarge` where one sentence alone does not fit; `segment` sees to it that none does.
    """
    packed: list[list[Sentence]] = []
    totals: list[int] = []
    for sentence in sentences:
        size = tokens.count(text[sentence.start : sentence.end])
        if size > max_tokens:
            raise InputTooLarge(f"sentence {sentence.index}", size, max_tokens, "tokens")
        if not packed or totals[-1] + size > max_tokens:
            packed.append([])
            totals.append(0)
        packed[-1].append(sentence)
        totals[-1] += size
    return tuple(
        Chunk(index=i, start=run[0].start, end=run[-1].end, tokens=total)
        for i, (run, total) in enumerate(zip(packed, totals, strict=True))
    )
