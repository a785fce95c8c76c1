"""What users would pick instead of the drafter: transformers' `generate`, and CTranslate2 alone."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import ctranslate2
import torch
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

Work = Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Texts to write from, with the prompt around them, and the search that every kind does."""

    folder: Path
    texts: tuple[str, ...]
    beams: int
    max_tokens: int
    min_tokens: int
    no_repeat: int


class Generate:
    """transformers' own `generate` in fp32, on all the threads it is given."""

    def __init__(self, task: Task, threads: int) -> None:
        self._task, self._threads = task, threads
        self._tokenizer = AutoTokenizer.from_pretrained(task.folder)
        model = AutoModelForSeq2SeqLM.from_pretrained(task.folder, dtype=torch.float32)
        self._model = model.eval()

    def one_by_one(self) -> None:
        torch.set_num_threads(self._threads)
        for text in self._task.texts:
            self._write([text])

    def batched(self, rows: int) -> None:
        torch.set_num_threads(self._threads)
        ordered = sorted(self._task.texts, key=len, reverse=True)
        for start in range(0, len(ordered), rows):
            self._write(ordered[start : start + rows])

    def _write(self, texts: Sequence[str]) -> None:
        read = self._tokenizer(list(texts), return_tensors="pt", padding=True)
        with torch.inference_mode():
            self._model.generate(
                input_ids=read["input_ids"],
                attention_mask=read["attention_mask"],
                do_sample=False,
                num_beams=self._task.beams,
                max_new_tokens=self._task.max_tokens,
                min_new_tokens=self._task.min_tokens,
                no_repeat_ngram_size=self._task.no_repeat,
            )


class BareCTranslate2:
    """The converted model searched without any restriction, one source a call on each core."""

    def __init__(self, converted: Path, sources: Sequence[Sequence[int]], task: Task) -> None:
        self._task = task
        self._sources = [[str(i) for i in ids] for ids in sources]
        self._threads = ThreadPoolExecutor(2)
        self._translator = ctranslate2.Translator(
            str(converted), compute_type="int8", inter_threads=2, intra_threads=1
        )

    def __call__(self) -> None:
        list(self._threads.map(self._write, self._sources))

    def _write(self, source: Sequence[str]) -> None:
        self._translator.translate_batch(
            [source],
            beam_size=self._task.beams,
            max_decoding_length=self._task.max_tokens,
            min_decoding_length=self._task.min_tokens,
            no_repeat_ngram_size=self._task.no_repeat,
            max_input_length=0,
        )
