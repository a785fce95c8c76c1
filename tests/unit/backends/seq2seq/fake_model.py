"""A model of few words whose engine is arithmetic: every number depends on its source alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Event

import numpy as np
from numpy.typing import NDArray
from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers

from service.backends.seq2seq.engine import Reading, Search, Written
from service.backends.seq2seq.facts import Facts, OpenModel
from service.backends.seq2seq.profile import Pointer, Profile
from service.backends.tokens import TextEncoder, TokenizerEncoder
from service.domain.claims import DraftRequest, Provenance, Task
from service.domain.text import Span

CONTROL = ("<pad>", "<s>", "</s>")
WORDS = tuple(
    "rain fell on monday the river rose then it rained again and of port opened .".split()
)
UNKNOWN = len(CONTROL)


def word_tokenizer() -> Tokenizer:
    vocabulary = {word: i for i, word in enumerate((*CONTROL, "<unk>", *WORDS))}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.add_special_tokens([AddedToken(name, special=True) for name in CONTROL])
    return tokenizer


@dataclass(slots=True)
class FakeEngine:
    """Writes `ids`, or else the first tokens that it may write; remembers what it was asked."""

    rows: int
    ids: tuple[int, ...] = ()
    mean_logprob: float | None = -0.5
    name: str = "fake 1"
    searches: list[Search] = field(default_factory=list)
    reads: int = 0

    def read(self, source: Sequence[int], target: Sequence[int] = ()) -> Reading:
        self.reads += 1
        steps = np.arange(len(target) + 1)[:, None]
        logits = (np.arange(self.rows)[None] * 7 + steps + sum(source)) % 11
        return Reading(logits.astype(np.float32), _attention(source, len(target) + 1))

    def write(self, source: Sequence[int], search: Search, stop: Event) -> Written:
        self.searches.append(search)
        may = set(source) if search.only is None else search.only
        ids = self.ids or tuple(sorted(may))[: search.max_tokens]
        return Written(
            ids=ids,
            finish="length" if len(ids) == search.max_tokens else "stop",
            mean_logprob=self.mean_logprob if ids else None,
            attention=_attention(source, 1)[0],
        )


def _attention(source: Sequence[int], steps: int) -> NDArray[np.float32]:
    places = np.arange(len(source))[None] * 5 + np.array(source)[None] * 3
    weights = (places + np.arange(steps)[:, None]) % 17 + 1.0
    return np.asarray(weights / weights.sum(-1, keepdims=True), dtype=np.float32)


def fake_model(engine: FakeEngine | None = None, *, max_target: int | None = 64) -> OpenModel:
    tokenizer = word_tokenizer()
    rows = tokenizer.get_vocab_size()
    return OpenModel(
        name="fake",
        facts=Facts(
            revision="r1",
            model_type="bart",
            opening=(2,),
            eos=(2,),
            pad=0,
            unknown=UNKNOWN,
            first=(1,),
            last=(2,),
            control=(0, 1, 2),
            separator=None,
            rows=rows,
            max_source=200,
            max_target=max_target,
        ),
        profile=Profile(
            family="fake",
            prompt="instruct",
            pointer=Pointer(layer=0, heads=(0,)),
            languages=("en",),
            beams=2,
        ),
        tokenizer=tokenizer,
        engine=engine or FakeEngine(rows),
        notes=("it is fake",),
    )


def encoder_of(model: OpenModel) -> TextEncoder:
    return TokenizerEncoder(model.tokenizer, model.facts.control)


def ids_of(text: str) -> tuple[int, ...]:
    return tuple(word_tokenizer().encode(text, add_special_tokens=False).ids)


def request_of(
    *sentences: str, most: int = 1, provenance: Provenance = "strict", task: Task = "draft"
) -> DraftRequest:
    spans, at = [], 0
    for sentence in sentences:
        spans.append(Span(at, at + len(sentence)))
        at += len(sentence) + 1
    return DraftRequest(
        text=" ".join(sentences),
        sentences=tuple(spans),
        max_sentences=most,
        provenance=provenance,
        task=task,
    )
