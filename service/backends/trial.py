"""A model tried on a text of our own, in a process that has done nothing else.

`python -m service.backends.trial NAME RUNTIME` prints one line of JSON, an `Answer`.
"""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from service.backends.load import Runtime, drafter_of, locate, open_model, prepare
from service.backends.weights import weights_bytes
from service.domain.claims import Draft, DraftRequest, Provenance, Task
from service.domain.errors import (
    BriefError,
    InputTooLarge,
    ModelError,
    ModelNotFound,
    ModelRefused,
)
from service.domain.ports import Drafter, TokenCounter
from service.domain.text import Span

if TYPE_CHECKING:
    from service.backends.seq2seq.facts import OpenModel, Source

SENTENCES = (
    "The town council of Ashby voted on Tuesday to rebuild the old river bridge.",
    "The work will cost 4.2 million pounds (a third more than planned), the engineer said.",
    "Heavy lorries have not been allowed across since the flood of March 2019.",
    "Shopkeepers in Mill Street say that they have lost a fifth of their trade.",
    "Councillor Jane Whitfield, who voted against, called the price indefensible.",
    "The county may pay for half of it, but no decision is expected before June.",
    "Work is to begin in September and to last eleven months.",
    "Until then a ferry will run every twenty minutes, free of charge.",
)
REPORTS = (
    "The council voted on Tuesday to rebuild the bridge for 4.2 million pounds.",
    "Ashby will rebuild its river bridge, which was damaged by the flood of March 2019.",
)
_MEASURED_S = 2.0
_MOST_ROUNDS = 8
_MEGABYTE = 1_000_000


class Parity(BaseModel):
    """How far an engine is from transformers, and how far it may be; see `seq2seq.parity`."""

    model_config = ConfigDict(frozen=True)

    logits: float
    attention: float
    most_logits: float
    most_attention: float


class Report(BaseModel):
    """What came of a trial.

    `peak_mb` is the largest resident memory until the last draft, in 10^6 bytes, None where the
    system does not tell. `load_s` is without the conversion, which is made once. `samples` are what the
    model wrote, by task. A model without `faults` holds.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    revision: str
    family: str
    engine: str
    size_bytes: int
    languages: tuple[str, ...]
    chunk_tokens: int
    notes: tuple[str, ...]
    parity: Parity | None
    load_s: float
    strict_chunks_per_s: float
    free_chunks_per_s: float
    peak_mb: int | None
    samples: dict[str, str]
    faults: tuple[str, ...] = ()


class Refusal(BaseModel):
    """Why there is no report."""

    model_config = ConfigDict(frozen=True)

    found: bool
    name: str
    reason: str


class Answer(BaseModel):
    """What the trial's process says: one of the two."""

    model_config = ConfigDict(frozen=True)

    report: Report | None = None
    refusal: Refusal | None = None


def try_afresh(name: str, runtime: Runtime) -> Report:
    """Try a model in a process of its own.

    Raises `ModelNotFound`, `ModelRefused`, and `ModelError` where the process died.
    """
    said = TypeAdapter(Runtime).dump_json(runtime).decode()
    done = subprocess.run(
        # -P: what lies in the working folder must not be imported in place of what is meant.
        [sys.executable, "-P", "-m", __spec__.name, name, said],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    # The answer is the last line: a library may have written others.
    line = done.stdout.strip().rpartition("\n")[2]
    try:
        answer = Answer.model_validate_json(line)
    except ValidationError as error:
        told = done.stderr.strip().rpartition("\n")[2] or "it said nothing"
        raise ModelError(name, f"trying it ended with status {done.returncode}: {told}") from error
    if answer.report is not None:
        return answer.report
    if answer.refusal is None:
        raise ModelError(name, "trying it gave no report")
    kind = ModelRefused if answer.refusal.found else ModelNotFound
    raise kind(answer.refusal.name, answer.refusal.reason)


def try_model(name: str, runtime: Runtime) -> Report:
    """Try a model in this process; raises `ModelError`."""
    source = locate(name, models=runtime.models)
    prepare(source, runtime)
    begun = time.perf_counter()
    model = open_model(source, runtime)
    drafter, tokens = drafter_of(model, runtime)
    drafter.warm_up()
    load_s = time.perf_counter() - begun
    on_torch = model.engine.name.startswith("torch")
    try:
        tried = measure(drafter, tokens, threads=runtime.threads)
    finally:
        drafter.close()
    peak_mb = peak_memory_mb()
    # Only now: this opens the model once more, under transformers.
    parity, deviating = (None, ()) if on_torch else _parity(source, model)
    return Report(
        name=model.name,
        revision=model.facts.revision,
        family=model.profile.family,
        engine=model.engine.name,
        size_bytes=weights_bytes(source.folder),
        languages=model.profile.languages,
        chunk_tokens=drafter.chunk_tokens,
        notes=(*model.notes, *tried.notes),
        parity=parity,
        load_s=load_s,
        strict_chunks_per_s=tried.strict_chunks_per_s,
        free_chunks_per_s=tried.free_chunks_per_s,
        peak_mb=peak_mb,
        samples=tried.samples,
        faults=(*deviating, *tried.faults),
    )


class Measured(BaseModel):
    """What a drafter made of the samples, and how fast; the rates are in chunks a second.

    Without a draft a model is of no use, which is a fault. A headline or a merge has another to take
    its place, so that one is empty is only noted.
    """

    model_config = ConfigDict(frozen=True)

    strict_chunks_per_s: float
    free_chunks_per_s: float
    samples: dict[str, str]
    notes: tuple[str, ...]
    faults: tuple[str, ...]


def measure(drafter: Drafter, tokens: TokenCounter, *, threads: int) -> Measured:
    """Have every task drafted that the model has a prompt for, and time the drafts."""
    sentences = _fitting(SENTENCES, drafter, tokens)
    if not sentences:
        raise ModelRefused(drafter.name, "its chunks have no room for one sentence of the sample")
    strict, strict_rate, strict_faults = _timed(drafter, _request(sentences, "strict"), threads)
    free, free_rate, free_faults = _timed(drafter, _request(sentences, "open"), threads)
    drafts = {
        "strict draft": " ".join(sentences[i] for i in strict.picks),
        "free draft": free.text,
    }
    others: tuple[tuple[Task, Sequence[str]], ...] = (
        ("headline", sentences),
        ("merge", _fitting(REPORTS, drafter, tokens)),
    )
    more: dict[str, str] = {
        task: _written(drafter, read, task) for task, read in others if task in drafter.prompts
    }
    return Measured(
        strict_chunks_per_s=strict_rate,
        free_chunks_per_s=free_rate,
        samples=drafts | more,
        notes=_empty(more),
        faults=(*strict_faults, *free_faults, *_empty(drafts)),
    )


def _empty(samples: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(f"its {what} of the sample is empty" for what, text in samples.items() if not text)


def peak_memory_mb() -> int | None:
    """Return the largest resident memory of this process so far, None where it is not told."""
    status = Path("/proc/self/status")
    if status.is_file():
        # Linux lets a process inherit its parent's peak as `ru_maxrss`; this one is its own.
        peak = next(row for row in status.read_text().splitlines() if row.startswith("VmHWM:"))
        return int(peak.split()[1]) * 1024 // _MEGABYTE
    if sys.platform == "win32":
        return None
    import resource

    peak_used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak_used * (1 if sys.platform == "darwin" else 1024) // _MEGABYTE


def _fitting(sentences: Sequence[str], drafter: Drafter, tokens: TokenCounter) -> tuple[str, ...]:
    """Return the first sentences that a chunk of the model has room for."""
    fitting: list[str] = []
    room = drafter.chunk_tokens
    for sentence in sentences:
        room -= tokens.count(sentence)
        if room < 0:
            break
        fitting.append(sentence)
    return tuple(fitting)


def _written(drafter: Drafter, sentences: Sequence[str], task: Task) -> str:
    """Return what is written of the first sentences that the task's prompt leaves room for."""
    for count in range(len(sentences), 0, -1):
        # A task's prompt may be longer than that of drafts, which the chunks are made for.
        with suppress(InputTooLarge):
            [draft] = drafter.draft([_request(sentences[:count], "open", task)])
            return draft.text
    return ""


def _request(
    sentences: Sequence[str], provenance: Provenance, task: Task = "draft"
) -> DraftRequest:
    spans, start = [], 0
    for sentence in sentences:
        spans.append(Span(start, start + len(sentence)))
        start += len(sentence) + 1
    return DraftRequest(
        text=" ".join(sentences),
        sentences=tuple(spans),
        max_sentences=2 if task == "draft" else 1,
        task=task,
        provenance=provenance,
        documents=tuple(range(len(spans))) if task == "merge" else (),
    )


def _timed(
    drafter: Drafter, request: DraftRequest, threads: int
) -> tuple[Draft, float, tuple[str, ...]]:
    """Return a request's draft, chunks a second, and a fault where drafting again gave another."""
    begun = time.perf_counter()
    [first] = drafter.draft([request])
    rounds = int(_MEASURED_S / max(time.perf_counter() - begun, 1e-6))
    count = threads * max(1, min(_MOST_ROUNDS, rounds))
    begun = time.perf_counter()
    drafts = drafter.draft([request] * count)
    rate = count / max(time.perf_counter() - begun, 1e-6)
    if all(draft == first for draft in drafts):
        return first, rate, ()
    return first, rate, (f"two {request.provenance} drafts of one text differ",)


def _parity(source: "Source", model: "OpenModel") -> tuple[Parity, tuple[str, ...]]:
    """Compare the engine with transformers; a fault says what is beyond its bound."""
    from service.backends.seq2seq import parity
    from service.backends.seq2seq.checkpoint import open_checkpoint

    reference = open_checkpoint(source)
    probes = parity.probes(model.facts)
    ours = [model.engine.read(probe.source, probe.target) for probe in probes]
    theirs = [
        parity.reference(reference.model, model.facts, model.profile.pointer, probe)
        for probe in probes
    ]
    found = parity.deviation(ours, theirs)
    most = parity.EXACT if model.engine.name.endswith("float32") else parity.ROUNDED
    faults = tuple(
        f"its {what} deviate from transformers' by {by:.2g}, limit {limit:.2g}"
        for what, by, limit in (
            ("scores", found.logits, most.logits),
            ("attention", found.attention, most.attention),
        )
        if by > limit
    )
    told = Parity(
        logits=found.logits,
        attention=found.attention,
        most_logits=most.logits,
        most_attention=most.attention,
    )
    return told, faults


def main(name: str, runtime: str) -> None:
    """Try the model and print the answer."""
    try:
        asked = TypeAdapter(Runtime).validate_json(runtime)
        answer = Answer(report=try_model(name, asked))
    except ModelError as error:
        found = not isinstance(error, ModelNotFound)
        answer = Answer(refusal=Refusal(found=found, name=error.name, reason=error.reason))
    except BriefError as error:
        answer = Answer(refusal=Refusal(found=True, name=name, reason=str(error)))
    sys.stdout.write(answer.model_dump_json() + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
