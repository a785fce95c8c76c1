"""Drafting, side by side with what users would pick instead: same weights, same text, in turn.

Run: python -m benchmarks.engine [SIZE ...] [--articles N] [--rounds N]

(a) transformers' `generate`, one text at a time, (b) in batches sorted by length, as users of LangChain,
txtai or Taranis do; CTranslate2 int8 alone, without restriction; and the drafter in each mode and
engine. All read the same chunks of the same articles, write at most as many tokens, and search as
wide. The kinds take turns in each round, so that a busy machine slows all of them; what is printed are
medians over the rounds, and ratios of medians.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.articles import articles
from benchmarks.floor import scoring_floor_s
from benchmarks.machine import Rates, described, rates
from benchmarks.reference import BareCTranslate2, Generate, Task, Work
from benchmarks.sizes import BOXED, SIZES, Size, folder_of
from service.backends.load import Runtime, load_models
from service.backends.seq2seq.convert import MODEL_FOLDER, converted
from service.backends.seq2seq.ct2_engine import open_ctranslate2
from service.backends.seq2seq.engine import Engine
from service.backends.seq2seq.facts import Source
from service.backends.seq2seq.profile import read_profile
from service.backends.tokens import in_chunk, text_encoder
from service.domain.brief import Options
from service.domain.claims import PROVENANCES, DraftRequest, Provenance
from service.domain.ports import Drafter
from service.domain.text import Article, Chunk, Span
from service.stages.draft import SENTENCES_A_DRAFT, draft

THREADS = 2
_NEW_TOKENS, _LEAST_TOKENS, _NO_REPEAT = 40 * SENTENCES_A_DRAFT, 8, 3
_BATCHES = (8, 16)
_ONE_BY_ONE, _BARE = "(a) generate, one by one", "CTranslate2 int8 alone"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", metavar="SIZE", help=f"of {', '.join(SIZES)}; all")
    parser.add_argument("--articles", type=int)
    parser.add_argument("--rounds", type=int)
    options = parser.parse_args()
    machine = rates()
    print(described())
    print(
        f"at best: int8 {machine.int8 / 1e9:.0f} GOP/s, fp32 {machine.fp32 / 1e9:.0f} GFLOP/s,"
        f" reading {machine.read_bytes / 1e9:.0f} GB/s"
    )
    with tempfile.TemporaryDirectory() as root:
        for name in options.sizes or SIZES:
            size = SIZES[name]
            count, rounds = options.articles or size.articles, options.rounds or size.rounds
            _measure(name, count, rounds, Path(root), machine)


def _measure(name: str, count: int, rounds: int, root: Path, machine: Rates) -> None:
    folder, cache = folder_of(name, root), root / "cache"
    source = Source(folder=folder, name=name)
    ours = {
        engine: load_models(
            str(folder), runtime=Runtime(engine=engine, threads=THREADS, cache=cache)
        )
        for engine in ("ctranslate2", "torch")
    }
    made = articles(count, ours["ctranslate2"])
    texts = [_text(a, c) for a in made for c in a.chunks]
    around = ("<draft><len3> ", "</s>") if name == BOXED else ("", "")
    task = Task(
        folder=folder,
        texts=tuple(around[0] + text + around[1] for text in texts),
        beams=read_profile(folder, name, "bart").beams,
        max_tokens=_NEW_TOKENS,
        min_tokens=_LEAST_TOKENS,
        no_repeat=_NO_REPEAT,
    )
    model = open_ctranslate2(source, cache=cache, threads=THREADS, compute_type="int8")
    encoder = text_encoder(model.tokenizer, model.facts.control)
    before, after = (
        model.tokenizer.encode(side.strip(), add_special_tokens=False).ids for side in around
    )
    sources = [
        (*model.facts.first, *before, *encoder.encode(in_chunk(t)), *after, *model.facts.last)
        for t in texts
    ]
    path = converted(source, cache=cache, compute_type="int8") / MODEL_FOLDER
    kinds = _kinds(task, {e: m.drafter for e, m in ours.items()}, made)
    kinds[_BARE] = BareCTranslate2(path, sources, task)
    for models in ours.values():
        models.drafter.warm_up()
    print(f"\n{name}: {count} articles, {len(texts)} chunks, beams {task.beams}, {rounds} rounds")
    _tell(count, _in_turn(kinds, rounds))
    _tell_distance(model.engine, sources, SIZES[name], machine)
    for models in ours.values():
        models.drafter.close()


def _text(article: Article, part: Chunk) -> str:
    """Return what the drafter reads of a chunk: its sentences, one space between them."""
    return " ".join(article.quote(s.span) for s in article.sentences_of(part))


def _kinds(task: Task, drafters: dict[str, Drafter], made: Sequence[Article]) -> dict[str, Work]:
    generate = Generate(task, THREADS)
    kinds: dict[str, Work] = {_ONE_BY_ONE: generate.one_by_one}
    for rows in _BATCHES:
        kinds[f"(b) generate, batches of {rows}"] = _batched(generate, rows)
    for engine, drafter in drafters.items():
        # On torch a restriction changes little of what a step costs.
        for mode in PROVENANCES if engine == "ctranslate2" else ("strict", "open"):
            kinds[f"{mode}, {engine}"] = _drafts(drafter, made, mode)
    return kinds


def _batched(generate: Generate, rows: int) -> Work:
    return lambda: generate.batched(rows)


def _drafts(drafter: Drafter, made: Sequence[Article], mode: Provenance) -> Work:
    """Return the drafting of all chunks; what is written is not judged, as random weights write noise."""
    if mode == "strict":
        return lambda: draft(made, drafter, Options(), lambda _: None)
    requests = [_request(a, c, mode) for a in made for c in a.chunks]
    return lambda: drafter.draft(requests)


def _request(article: Article, part: Chunk, mode: Provenance) -> DraftRequest:
    sentences = article.sentences_of(part)
    return DraftRequest(
        text=article.text[part.start : part.end],
        sentences=tuple(Span(s.start - part.start, s.end - part.start) for s in sentences),
        max_sentences=SENTENCES_A_DRAFT,
        provenance=mode,
    )


def _in_turn(kinds: dict[str, Work], rounds: int) -> dict[str, float]:
    """Return the median seconds of each kind."""
    took: dict[str, list[float]] = {kind: [] for kind in kinds}
    for _ in range(rounds):
        for kind, work in kinds.items():
            took[kind].append(_seconds(work))
    return {kind: statistics.median(times) for kind, times in took.items()}


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _tell(count: int, medians_s: dict[str, float]) -> None:
    best_batched_s = min(s for kind, s in medians_s.items() if kind.startswith("(b)"))
    print(f"{'':30s} articles/s   x (a)   x best (b)   time / CTranslate2 alone")
    for kind, median_s in medians_s.items():
        print(
            f"{kind:30s} {count / median_s:10.2f} {medians_s[_ONE_BY_ONE] / median_s:7.2f}"
            f" {best_batched_s / median_s:12.2f} {median_s / medians_s[_BARE]:14.2f}"
        )


def _tell_distance(
    engine: Engine, sources: Sequence[Sequence[int]], size: Size, machine: Rates
) -> None:
    """Print how far a scoring pass over every chunk is from the machine's floor."""
    with ThreadPoolExecutor(THREADS) as threads:
        took = [_seconds(lambda: list(threads.map(engine.read, sources))) for _ in range(5)]
    floor_s = scoring_floor_s(size, [len(ids) for ids in sources], machine)
    per_chunk_ms = 1000 * statistics.median(took) / len(sources)
    print(
        f"scoring pass ({engine.name}): {per_chunk_ms:.1f} ms a chunk,"
        f" {statistics.median(took) / floor_s:.2f} x the floor of"
        f" {1000 * floor_s / len(sources):.1f} ms"
    )


if __name__ == "__main__":
    main()
