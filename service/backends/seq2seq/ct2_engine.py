"""A model run by CTranslate2 on the CPU, without torch."""

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event
from typing import Any
from weakref import finalize

import numpy as np
from tokenizers import Tokenizer

from service.backends.seq2seq.convert import (
    FACTS_FILE,
    MODEL_FOLDER,
    TOKENIZER_FILE,
    converted,
)
from service.backends.seq2seq.engine import Floats, Reading, Search, Written
from service.backends.seq2seq.facts import Facts, OpenModel, Source
from service.backends.seq2seq.profile import read_profile
from service.domain.errors import InputTooLarge, ModelError, ModelRefused

# CTranslate2 declares no types.
Translator = Any
Result = Any


def open_ctranslate2(source: Source, *, cache: Path, threads: int, compute_type: str) -> OpenModel:
    """Open a model's conversion, which is made and checked where the cache has none.

    `threads` calls run at once, each on one core. Raises `ModelRefused`.
    """
    folder = converted(source, cache=cache, compute_type=compute_type)
    facts = Facts.model_validate_json((folder / FACTS_FILE).read_bytes())
    return OpenModel(
        name=source.name,
        facts=facts,
        profile=read_profile(source.folder, source.name, facts.model_type),
        tokenizer=Tokenizer.from_file(str(folder / TOKENIZER_FILE)),
        engine=CTranslate2Engine(
            source.name, folder / MODEL_FOLDER, facts, threads=threads, compute_type=compute_type
        ),
    )


class CTranslate2Engine:
    """An `Engine` over a converted model, whose tokens are spelled as their ids.

    A call never shares a batch: padding would let sources influence each other. Control tokens and
    the unknown token are never written. A search with beams cannot be interrupted once it runs.
    """

    def __init__(
        self, name: str, folder: Path, facts: Facts, *, threads: int, compute_type: str
    ) -> None:
        self._model, self._facts = name, facts
        self._translator, version = _open_translator(name, folder, threads, compute_type)
        # Its threads let go of the last callback when they end, and abort the process if Python has
        # ended before them.
        finalize(self, self._translator.clear)
        self.name = f"ctranslate2 {version} cpu {compute_type}"
        self._before = tuple(map(str, facts.opening[1:]))
        self._ends = [str(i) for i in facts.eos]
        self._always = frozenset(_always(folder / "vmap.txt"))
        self._never = never_written(facts)
        # With a mapping, CTranslate2 always lets the decoder's start token be written as well.
        self._mappable = facts.opening[0] in facts.eos and not self._before

    def read(self, source: Sequence[int], target: Sequence[int] = ()) -> Reading:
        """Read a target that is given; see `Engine`.

        Raises `InputTooLarge` where the model takes no source or target so long.
        """
        facts = self._facts
        if facts.max_target is not None and len(facts.opening) + len(target) > facts.max_target:
            room = facts.max_target - len(facts.opening)
            raise InputTooLarge("target", len(target), room, "tokens")
        if not source:
            raise ModelError(self._model, "drafting failed: there is no source to read")
        given = [*self._before, *self._spelled(target)]
        result = self._run(
            source,
            given,
            beam_size=1,
            max_decoding_length=len(given) + 1,
            min_decoding_length=0,
            return_logits_vocab=True,
        )
        first = len(self._before)
        logits = np.stack([np.asarray(row, np.float32) for row in result.logits[0][first:]])
        if not np.isfinite(logits).all():
            raise ModelError(self._model, "it gave no numbers")
        return Reading(logits, _normalised(np.asarray(result.attention[0][first:], np.float32)))

    def write(self, source: Sequence[int], search: Search, stop: Event) -> Written:
        """Search for a text; see `Engine`. With beams, `stop` is heeded only before the search.

        Raises `InputTooLarge` for too long a source, and `ValueError` where `only` has tokens that
        are neither of the source nor of the closed words.
        """
        if not source or stop.is_set():
            return Written(
                ids=(),
                finish="stop",
                mean_logprob=None,
                attention=np.zeros(len(source), np.float32),
            )
        before, most = len(self._before), self._most(search)
        result = self._run(
            source,
            self._before,
            beam_size=search.beams,
            # One more than may be written: the end takes a step as well.
            max_decoding_length=before + most + 1,
            min_decoding_length=before + min(search.min_tokens, most),
            no_repeat_ngram_size=search.no_repeat,
            **self._restriction(source, search),
            return_scores=True,
            callback=_until(stop) if search.beams == 1 else None,
        )
        return self._written(result, search, most)

    def _run(self, source: Sequence[int], before: Sequence[str], **options: object) -> Result:
        if len(source) > self._facts.max_source:
            raise InputTooLarge("source", len(source), self._facts.max_source, "tokens")
        try:
            [result] = self._translator[0].translate_batch(
                [self._spelled(source)],
                target_prefix=[list(before)],
                # By default longer sources are cut without a word.
                max_input_length=0,
                end_token=self._ends,
                return_end_token=True,
                return_attention=True,
                **options,
            )
        except RuntimeError as error:
            raise ModelError(self._model, f"drafting failed: {error}") from error
        return result

    def _spelled(self, ids: Sequence[int]) -> list[str]:
        if ids and not 0 <= min(ids) <= max(ids) < self._facts.rows:
            raise ValueError(f"need ids in [0, {self._facts.rows}), got {min(ids)} to {max(ids)}")
        return [str(i) for i in ids]

    def _most(self, search: Search) -> int:
        """Return how many tokens may be written, which the decoder's positions bound."""
        limit = self._facts.max_target
        room = search.max_tokens if limit is None else limit - len(self._facts.opening)
        return max(0, min(search.max_tokens, room))

    def _restriction(self, source: Sequence[int], search: Search) -> dict[str, Any]:
        """Return the options that leave only what may be written.

        The vocabulary mapping computes no other scores, which is much faster. But CTranslate2 4.8
        writes outside its memory when, with a mapping, a token is forbidden or one is given that the
        mapping leaves out. So where the mapping alone does not fit, the whole vocabulary is scored
        and all else forbidden in it.
        """
        if search.only is None:
            return {"suppress_sequences": [[str(i)] for i in sorted(self._never)]}
        if strange := search.only - self._always.union(source):
            raise ValueError(f"neither of the source nor closed words: {sorted(strange)[:8]}")
        own = self._always.union(source).difference(self._never, self._facts.eos)
        if self._mappable and own <= search.only:
            return {"use_vmap": True}
        allowed = (search.only & own).union(self._facts.eos)
        others = (i for i in range(self._facts.rows) if i not in allowed)
        return {"suppress_sequences": [[str(i)] for i in others]}

    def _written(self, result: Result, search: Search, most: int) -> Written:
        before = len(self._before)
        ids = [int(token) for token in result.hypotheses[0]][before:]
        # CTranslate2 divides the sum by the length with the opening, which adds nothing to the sum.
        # A text stopped by its limit has the step after it in the end's place.
        mean = result.scores[0] * (before + len(ids)) / max(1, len(ids))
        last = next((i for i, token in enumerate(ids) if self._ends_at(token, search)), None)
        kept = ids[: most if last is None else last]
        steps = result.attention[0][before : before + max(1, len(kept) + (last is not None))]
        attention = _normalised(np.asarray(steps, np.float32).mean(0, keepdims=True))[0]
        return Written(
            ids=tuple(kept),
            finish="length" if last is None else "stop",
            mean_logprob=mean if kept else None,
            attention=attention,
        )

    def _ends_at(self, token: int, search: Search) -> bool:
        """Say whether a text ends at a token.

        Where every token is forbidden and the end too, because the text is short, the first of the
        vocabulary comes out, which may be any.
        """
        if token in self._facts.eos or token in self._never:
            return True
        return search.only is not None and token not in search.only


def never_written(facts: Facts) -> frozenset[int]:
    """Return the tokens that stand for no text, the ends aside."""
    special = {*facts.control, *facts.opening, facts.pad, facts.unknown}
    return frozenset(i for i in special if i is not None).difference(facts.eos)


def _open_translator(
    name: str, folder: Path, threads: int, compute_type: str
) -> tuple[list[Translator], str]:
    """Return a translator, in a list that can be emptied, and CTranslate2's version."""
    try:
        import ctranslate2
    except ImportError as error:
        raise ModelRefused(name, "CTranslate2 is not installed") from error
    try:
        opened = ctranslate2.Translator(
            str(folder),
            device="cpu",
            compute_type=compute_type,
            inter_threads=threads,
            # Calls side by side are faster than one call on several cores.
            intra_threads=1,
        )
    except (RuntimeError, ValueError) as error:
        raise ModelRefused(name, f"CTranslate2 cannot open it: {error}") from error
    return [opened], ctranslate2.__version__


def _always(mapping: Path) -> list[int]:
    """Return the tokens that may be written whatever the source: the first line of the mapping."""
    with mapping.open(encoding="utf-8") as lines:
        return [int(token) for token in next(lines).split()]


def _until(stop: Event) -> Callable[[object], bool]:
    return lambda _: stop.is_set()


def _normalised(attention: Floats) -> Floats:
    """Return attention, (T, S), with every row summing to 1."""
    total = attention.sum(-1, keepdims=True)
    share: Floats = np.divide(attention, total, out=np.zeros_like(attention), where=total > 0)
    return share
