"""Articles a second of the drafter, against transformers' own `generate` on the same model and chunks.

Run `python -m benchmarks.drafting [--repeats N] [--articles N] [--threads N]`. The kinds take turns in each
round, so that a busy machine slows all of them; what is printed are medians over the rounds.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

from service.backends.load import load_drafter
from service.domain.claims import DraftRequest
from service.domain.ports import TokenCounter
from service.domain.text import Span
from service.resources import folder
from service.stages.chunk import chunk
from service.stages.segment import segment

_SEEDS = Path(__file__).parent.parent / "seeds"
_SENTENCES = 3
_NEW_TOKENS = 40 * _SENTENCES


def requests_of(text: str, counter: TokenCounter, chunk_tokens: int) -> list[DraftRequest]:
    """Return one request a chunk of an article."""

    def fits(part: str) -> bool:
        return counter.count(part) <= chunk_tokens

    sentences = segment(text, has_title=True, language="en", fits=fits)
    made = []
    for part in chunk(text, sentences, counter, chunk_tokens):
        own = [s for s in sentences if part.start <= s.start and s.end <= part.end]
        spans = tuple(Span(s.start - part.start, s.end - part.start) for s in own)
        made.append(
            DraftRequest(
                text=text[part.start : part.end], sentences=spans, max_sentences=_SENTENCES
            )
        )
    return made


def reference(threads: int) -> Callable[[list[DraftRequest]], None]:
    """Return what a user would write instead: `generate`, greedily, a chunk at a time."""
    path = folder("models") / "compact"
    tokenizer = AutoTokenizer.from_pretrained(path)
    model = AutoModelForSeq2SeqLM.from_pretrained(path, dtype=torch.float32).eval()

    def draft(requests: list[DraftRequest]) -> None:
        torch.set_num_threads(threads)
        for request in requests:
            text = f"<draft><len{_SENTENCES}> {request.text}</s>"
            read = tokenizer(text, return_tensors="pt")
            with torch.inference_mode():
                model.generate(
                    input_ids=read["input_ids"],
                    attention_mask=read["attention_mask"],
                    max_new_tokens=_NEW_TOKENS,
                    do_sample=False,
                )

    return draft


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--articles", type=int, default=10)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    drafter, counter = load_drafter(None, threads=options.threads)
    seeds = [path.read_text(encoding="utf-8") for path in sorted(_SEEDS.glob("*.txt"))]
    texts = [seeds[i % len(seeds)] for i in range(options.articles)]
    requests = [r for text in texts for r in requests_of(text, counter, drafter.chunk_tokens)]
    written = [replace(request, provenance="open") for request in requests]
    generate = reference(options.threads)
    kinds: dict[str, Callable[[], object]] = {
        "strict": lambda: drafter.draft(requests),
        "open": lambda: drafter.draft(written),
        "generate": lambda: generate(requests),
    }
    times_s: dict[str, list[float]] = {name: [] for name in kinds}
    for work in kinds.values():
        work()
    for _ in range(options.repeats):
        for name, work in kinds.items():
            start = time.perf_counter()
            work()
            times_s[name].append(time.perf_counter() - start)
    print(f"{drafter.engine}, {options.threads} threads")
    print(f"{len(texts)} articles, {len(requests)} chunks, {options.repeats} rounds")
    median_s = {name: statistics.median(times) for name, times in times_s.items()}
    for name, median in median_s.items():
        ratio = median_s["generate"] / median
        print(f"{name:9s} {len(texts) / median:6.2f} articles/s, {ratio:.2f} x generate")


if __name__ == "__main__":
    main()
