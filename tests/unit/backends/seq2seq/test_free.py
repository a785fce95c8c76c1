from threading import Event

import numpy as np
import pytest
from tokenizers import decoders

from service.backends.seq2seq.chunks import ChunkEncoder, EncodedChunk
from service.backends.seq2seq.engine import Search, Written
from service.backends.seq2seq.facts import OpenModel
from service.backends.seq2seq.free import write
from service.backends.seq2seq.prompt import read_templates
from service.domain.claims import Draft, DraftRequest, Provenance
from service.domain.errors import Cancelled, ModelError, ModelRefused
from tests.unit.backends.seq2seq.fake_model import (
    UNKNOWN,
    FakeEngine,
    encoder_of,
    fake_model,
    ids_of,
    request_of,
)

RAIN, RIVER = "rain fell on monday .", "the river rose then it rained again ."
CLOSED = frozenset(ids_of("the and of ."))


def encoded(model: OpenModel, request: DraftRequest) -> EncodedChunk:
    templates = read_templates(model.profile.prompt, model.name)
    return ChunkEncoder(model, templates, encoder_of(model)).encode(request)


def written(
    request: DraftRequest, *ids: int, max_target: int | None = 64
) -> tuple[Draft, Search, EncodedChunk]:
    engine = FakeEngine(rows=99, ids=ids)
    model = fake_model(engine, max_target=max_target)
    chunk = encoded(model, request)
    draft = write(model, CLOSED, chunk, request, Event())
    return draft, engine.searches[0], chunk


def test_a_draft_has_forty_tokens_a_sentence_at_least_eight_and_repeats_no_three() -> None:
    _, search, _ = written(request_of(RAIN, most=2, provenance="open"), max_target=None)
    assert (search.max_tokens, search.min_tokens, search.no_repeat) == (80, 8, 3)


def test_the_profile_says_how_many_beams() -> None:
    _, search, _ = written(request_of(RAIN, provenance="open"))
    assert search.beams == 2


def test_a_text_stays_within_the_decoders_room() -> None:
    _, search, _ = written(request_of(RAIN, provenance="open"), max_target=6)
    assert (search.max_tokens, search.min_tokens) == (5, 5)


def test_a_decoder_without_room_is_refused() -> None:
    with pytest.raises(ModelRefused, match="no room"):
        written(request_of(RAIN, provenance="open"), max_target=1)


def test_a_merge_may_be_a_little_longer_than_its_longest_sentence() -> None:
    _, search, _ = written(request_of(RAIN, RIVER, provenance="open", task="merge"))
    assert search.max_tokens == len(ids_of(RIVER)) + 16


def test_an_open_draft_may_use_every_token() -> None:
    _, search, _ = written(request_of(RAIN, provenance="open"))
    assert search.only is None


def test_a_lexical_draft_may_use_its_sentences_tokens_and_the_closed_ones() -> None:
    _, search, _ = written(request_of(RAIN, "port zebra", provenance="lexical"))
    assert search.only == {*ids_of(RAIN), *ids_of("port"), *CLOSED}
    assert UNKNOWN in ids_of("zebra")


def test_a_text_is_told_without_control_tokens_and_with_its_signals() -> None:
    draft, _, _ = written(request_of(RAIN, provenance="open"), 1, *ids_of("rain fell"), 0)
    assert (draft.text, draft.picks) == ("rain fell", ())
    assert draft.signals.compression == 2.5
    assert draft.signals.mean_logprob == -0.5
    assert draft.signals.finish == "stop"


def test_a_text_stopped_by_its_limit_says_so() -> None:
    request = request_of(RAIN, provenance="open")
    draft, _, _ = written(request, *ids_of("rain fell on"), max_target=4)
    assert draft.signals.finish == "length"


def test_what_was_not_written_scores_nothing() -> None:
    engine = FakeEngine(rows=99)
    request = request_of("zebra", provenance="lexical")
    model = fake_model(engine)
    draft = write(model, frozenset(), encoded(model, request), request, Event())
    assert (draft.text, draft.signals.mean_logprob, draft.signals.compression) == ("", None, 0.0)


class Fixed(FakeEngine):
    """Looks at given places, and gives a text of several lines."""

    looked: dict[int, float]

    def write(self, source: object, search: Search, stop: Event) -> Written:
        self.searches.append(search)
        attention = np.zeros(200, dtype=np.float32)
        for place, weight in self.looked.items():
            attention[place] = weight
        return Written(ids=(5,), finish="stop", mean_logprob=-1.0, attention=attention)


def looking(request: DraftRequest, looked: dict[int, float], stop: Event | None = None) -> Draft:
    engine = Fixed(rows=99)
    engine.looked = looked
    model = fake_model(engine)
    return write(model, CLOSED, encoded(model, request), request, stop or Event())


def test_salience_is_the_share_of_where_the_decoder_looked_outside_the_prompt() -> None:
    request = request_of(RAIN, RIVER, provenance="open")
    chunk = encoded(fake_model(), request)
    (first, _), (second, _) = chunk.sentences
    draft = looking(request, {0: 0.5, first: 0.3, second: 0.05, second + 1: 0.05})
    # Two sentences of the usual three: no more certain than two thirds.
    assert draft.salience == pytest.approx((0.5, 1 / 6), abs=2e-6)


def test_attention_that_is_no_number_is_an_error() -> None:
    request = request_of(RAIN, provenance="open")
    [(start, _)] = encoded(fake_model(), request).sentences
    with pytest.raises(ModelError, match="not finite"):
        looking(request, {start: float("nan")})


def test_a_text_of_a_caller_who_has_gone_is_not_used() -> None:
    stop = Event()
    stop.set()
    with pytest.raises(Cancelled):
        looking(request_of(RAIN, provenance="open"), {}, stop)


@pytest.mark.parametrize("provenance", ["lexical", "open"])
def test_a_headline_is_short_and_one_line(provenance: Provenance) -> None:
    engine = FakeEngine(rows=99, ids=ids_of("rain fell"))
    model = fake_model(engine)
    model.tokenizer.decoder = decoders.Replace("fell", "\nfell")
    request = request_of(RAIN, provenance=provenance, task="headline")
    draft = write(model, CLOSED, encoded(model, request), request, Event())
    assert draft.text == "rain"
    assert (engine.searches[0].max_tokens, engine.searches[0].min_tokens) == (24, 4)
