"""Free writing: from the words of its source alone, or from all the model knows."""

from threading import Event

from service.backends.seq2seq.chunks import EncodedChunk
from service.backends.seq2seq.engine import Search, Written
from service.backends.seq2seq.facts import Facts, OpenModel
from service.backends.seq2seq.shares import salience
from service.domain.claims import Draft, DraftRequest
from service.domain.errors import Cancelled, ModelRefused
from service.stages.quality import signals

# A news sentence takes 25 to 35 tokens; a draft that ends sooner than eight says nothing.
_TOKENS_A_SENTENCE = 40
_LEAST_TOKENS = 8
_HEADLINE_TOKENS = 24
_LEAST_HEADLINE_TOKENS = 4
# A sentence merged of several may be that much longer than the longest of them.
_MERGE_TOKENS_MORE = 16
_NO_REPEAT = 3


def write(
    model: OpenModel,
    closed: frozenset[int],
    chunk: EncodedChunk,
    request: DraftRequest,
    stop: Event,
) -> Draft:
    """Return what the model writes under `lexical` or `open` provenance; a headline is one line.

    A sentence's salience is its share of where the decoder looked while it wrote. `closed` are the
    tokens that `lexical` allows besides those of the sentences. The search draws nothing at random,
    so a seed cannot change it. Raises `Cancelled` once `stop` is set, `ModelError` where the model
    fails.
    """
    written = model.engine.write(chunk.ids, _search(model, closed, chunk, request), stop)
    if stop.is_set():
        raise Cancelled("the work was stopped")
    text = _text(model, written)
    if request.task == "headline":
        text = text.partition("\n")[0].rstrip()
    weights = [float(written.attention[start:end].sum()) for start, end in chunk.sentences]
    return Draft(
        salience=salience(weights, model.name),
        text=text,
        signals=signals(
            request.text,
            text,
            mean_logprob=None if written.mean_logprob is None else round(written.mean_logprob, 6),
            finish=written.finish,
        ),
    )


def room_to_write(facts: Facts, model: str) -> int:
    """Return how many tokens the decoder can write; raises `ModelRefused` where it is none."""
    room = (facts.max_target or facts.max_source) - len(facts.opening)
    if room < 1:
        raise ModelRefused(model, "its decoder has no room for a text")
    return room


def _search(
    model: OpenModel, closed: frozenset[int], chunk: EncodedChunk, request: DraftRequest
) -> Search:
    most, least = _lengths(chunk, request)
    most = min(most, room_to_write(model.facts, model.name))
    return Search(
        max_tokens=most,
        min_tokens=min(least, most),
        beams=model.profile.beams,
        no_repeat=_NO_REPEAT,
        only=_only(model.facts, closed, chunk) if request.provenance == "lexical" else None,
    )


def _lengths(chunk: EncodedChunk, request: DraftRequest) -> tuple[int, int]:
    """Return the most and the least tokens of a text."""
    match request.task:
        case "headline":
            return _HEADLINE_TOKENS, _LEAST_HEADLINE_TOKENS
        case "merge":
            longest = max(end - start for start, end in chunk.sentences)
            return longest + _MERGE_TOKENS_MORE, _LEAST_TOKENS
        case "draft":
            return _TOKENS_A_SENTENCE * request.max_sentences, _LEAST_TOKENS


def _only(facts: Facts, closed: frozenset[int], chunk: EncodedChunk) -> frozenset[int]:
    """Return the tokens of the sentences and the closed ones; what is unknown cannot be written."""
    source = {i for start, end in chunk.sentences for i in chunk.ids[start:end]}
    return frozenset((source | closed) - {facts.unknown})


def _text(model: OpenModel, written: Written) -> str:
    ids = [i for i in written.ids if i not in model.facts.control]
    text: str = model.tokenizer.decode(ids, skip_special_tokens=True)
    return text.strip()
