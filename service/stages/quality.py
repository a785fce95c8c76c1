"""How the writing of a draft went, and whether it is good enough to be used."""

from collections import Counter
from typing import Literal

from service.domain.claims import Signals
from service.lexis.words import word_count, words
from service.stages.segment import segment

MAX_REPETITION = 0.3
MIN_COMPRESSION = 1.0
MIN_MEAN_LOGPROB = -1.5

NOTHING = "nothing was written"
REPEATS = "the text repeats itself"
LONGER = "the text is longer than its source"
CUT_OFF = "the model was stopped before it ended a sentence"
UNLIKELY = "the model itself finds the text unlikely"

_RUN = 4
_ENDS = tuple(".!?…。！？।؟۔")
_CLOSERS = "\"”’'»)]"


def signals(
    source: str,
    text: str,
    *,
    mean_logprob: float | None = None,
    finish: Literal["stop", "length"] = "stop",
) -> Signals:
    """Return what can be told of a text written from a source; `Signals` says what each means."""
    return Signals(
        mean_logprob=mean_logprob,
        compression=round(word_count(source) / word_count(text), 6) if text.strip() else 0.0,
        repetition=repetition(text),
        finish=finish,
    )


def repetition(text: str) -> float:
    """Return the share of a text's runs of four words that it has said before, in [0, 1]."""
    said = [word.lower for word in words(text)]
    runs = Counter(zip(*(said[i:] for i in range(_RUN)), strict=False))
    return round(1 - len(runs) / runs.total(), 6) if runs else 0.0


def unfit(signals: Signals) -> str:
    """Return why a text that a model wrote is not to be used, or "".

    Measured on 40 chunks of news, written from by the model in the box (int8) under `open` and
    `lexical`: repetition at most 0.04, compression at least 0.88, and below 1 for three of 80, mean
    log-probability at least -0.80 and -0.27. "He said that the port would open in May, and that the
    port would open in June" has a repetition of 0.21, a sentence of six words said twice 0.33, two
    words said twenty times 0.95. The mean log-probability from letters in random order was -1.2 to
    -1.7 and -0.3 to -0.6, from one word sixty times -1.8 and -0.9, from Japanese, which that model
    cannot read, -5.4 and -2.7. So it tells little of `lexical` drafts, where what is forbidden takes
    no part: there, tracing and the gate have to find what is wrong.
    """
    if signals.compression == 0:
        return NOTHING
    if signals.repetition > MAX_REPETITION:
        return REPEATS
    if signals.compression < MIN_COMPRESSION:
        return LONGER
    if signals.mean_logprob is not None and signals.mean_logprob < MIN_MEAN_LOGPROB:
        return UNLIKELY
    return ""


def whole_sentences(text: str, language: str | None) -> str:
    """Return a text without its last sentence if that one has no end; "" where none is whole."""
    found = segment(text, has_title=False, language=language, fits=lambda _: True)
    if not found:
        return ""
    last = found[-1]
    if text[last.start : last.end].rstrip(_CLOSERS).endswith(_ENDS):
        return text.strip()
    return text[found[0].start : found[-2].end] if len(found) > 1 else ""
