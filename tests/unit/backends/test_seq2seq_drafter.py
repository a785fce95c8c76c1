import math
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

from service.backends.load import load_drafter
from service.backends.seq2seq.drafter import Seq2SeqDrafter
from service.backends.seq2seq.writing import FUNCTION_WORDS, OnlyTokens
from service.backends.tokens import SentenceCounter
from service.domain.claims import DraftRequest, Provenance
from service.domain.errors import Cancelled, InputTooLarge, ModelError
from service.domain.text import Span

Loaded = tuple[Seq2SeqDrafter, SentenceCounter]
Load = Callable[[str], Loaded]
Ask = Callable[..., DraftRequest]

FAMILIES = ["bart", "encoder-decoder", "led", "mt5", "pegasus", "t5"]
_SENTENCE = st.text(
    st.one_of(st.sampled_from("aeThe port .,</s>"), st.characters()), min_size=1, max_size=12
)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_picks_sentences_with_scores_of_all(
    tiny_drafter: Load, request_for: Ask, family: str
) -> None:
    drafter, _ = tiny_drafter(family)
    request = request_for(most=2)
    [draft] = drafter.draft([request])
    assert len(draft.salience) == len(request.sentences)
    assert len(set(draft.picks)) == 2
    assert 0 < sum(draft.salience) < 1
    assert draft.text == ""
    assert draft.mean_logprob is not None
    assert draft.mean_logprob < 0


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_writes_freely_and_ends(
    tiny_drafter: Load, request_for: Ask, family: str
) -> None:
    drafter, _ = tiny_drafter(family)
    [draft] = drafter.draft([request_for(most=1, provenance="open")])
    assert draft.picks == ()
    assert draft.text
    assert draft.mean_logprob is not None
    assert len(draft.salience) == 5


@pytest.mark.parametrize("family", ["bart", "t5"])
@settings(max_examples=25, deadline=None)
@given(
    sentences=st.lists(_SENTENCE, min_size=1, max_size=6),
    most=st.integers(1, 8),
)
def test_a_random_model_still_gives_valid_picks_in_order_of_salience(
    tiny_drafter: Load, family: str, sentences: list[str], most: int
) -> None:
    drafter, counter = tiny_drafter(family)
    spans, at = [], 0
    for sentence in sentences:
        spans.append(Span(at, at + len(sentence)))
        at += len(sentence) + 1
    if sum(counter.count(sentence) for sentence in sentences) > drafter.chunk_tokens:
        spans = spans[:1]
    request = DraftRequest(text="\n".join(sentences), sentences=tuple(spans), max_sentences=most)
    [draft] = drafter.draft([request])
    ranked = sorted(range(len(spans)), key=lambda i: (-draft.salience[i], i))
    assert draft.picks == tuple(ranked[:most])
    assert all(0 <= share <= 1 for share in draft.salience)
    assert sum(draft.salience) <= 1


def test_the_model_in_the_box_points_at_what_a_story_is_about(
    compact: Loaded, request_for: Ask
) -> None:
    drafter, _ = compact
    text = (
        "Click here to see our pictures of the week. The European Central Bank raised its main interest rate"
        " by half a point on Thursday, its largest rise in ten years. It rained a little."
    )
    [draft] = drafter.draft([request_for(text, most=1)])
    assert draft.picks == (1,)


def test_the_model_in_the_box_scores_no_tokens_of_its_own(
    compact: Loaded, request_for: Ask
) -> None:
    [draft] = compact[0].draft([request_for()])
    assert draft.mean_logprob is None


@pytest.mark.parametrize("provenance", ["strict", "lexical", "open"])
def test_drafts_do_not_depend_on_company_order_threads_or_seed(
    compact: Loaded, request_for: Ask, provenance: Provenance
) -> None:
    texts = ["One thing happened. Another did not.", "The port will cost 45 million. Work begins."]
    requests = [request_for(text, 1, provenance) for text in texts]
    alone, _ = load_drafter(None, threads=1)
    expected = [alone.draft([request])[0] for request in requests]
    reseeded = [request_for(text, 1, provenance, seed=9) for text in reversed(texts)]
    assert compact[0].draft(reseeded) == expected[::-1]


def test_a_lexical_draft_is_made_of_its_sources_tokens_and_function_words(
    tiny_drafter: Load, boxed_tokenizer: Tokenizer, request_for: Ask
) -> None:
    request = request_for("Zanzibar puzzles quixotic judges. Judges fear zebras.", 2, "lexical")
    forms = [form for word in FUNCTION_WORDS for form in (word, " " + word)]
    ids = {i for form in forms for i in boxed_tokenizer.encode(form).ids}
    for span in request.sentences:
        ids.update(boxed_tokenizer.encode(" " + request.text[span.start : span.end]).ids)
    pieces = "|".join(re.escape(boxed_tokenizer.decode([i])) for i in sorted(ids))
    drafter, _ = tiny_drafter("bart")
    [lexical] = drafter.draft([request])
    [free] = drafter.draft([replace(request, provenance="open")])
    assert re.fullmatch(f"(?:{pieces})+", " " + lexical.text)
    assert not re.fullmatch(f"(?:{pieces})+", " " + free.text)


def test_a_token_outside_the_list_is_never_chosen() -> None:
    mask = torch.tensor([float("-inf"), 0.0, 0.0])
    scores = OnlyTokens(mask, eos=2)(torch.zeros(1, 1), torch.tensor([[9.0, 1.0, 0.0]]))
    assert scores.argmax().item() == 1


def test_a_text_ends_where_no_token_is_left() -> None:
    mask = torch.tensor([float("-inf"), 0.0, 0.0])
    scores = OnlyTokens(mask, eos=2)(torch.zeros(1, 1), torch.tensor([[9.0, *[float("-inf")] * 2]]))
    assert scores.argmax().item() == 2


def test_a_search_cut_at_its_limit_says_so(tiny_drafter: Load, request_for: Ask) -> None:
    finishes = {
        family: tiny_drafter(family)[0].draft([request_for(most=1, provenance="open")])[0].finish
        for family in FAMILIES
    }
    assert "length" in finishes.values()


def test_a_request_without_sentences_gives_an_empty_draft(compact: Loaded) -> None:
    [draft] = compact[0].draft([DraftRequest(text="x", sentences=(), max_sentences=1)])
    assert (draft.salience, draft.picks, draft.text) == ((), (), "")


def test_no_requests_give_no_drafts(compact: Loaded) -> None:
    assert compact[0].draft([]) == []


def test_a_chunk_that_is_too_long_is_refused_before_any_work(
    compact: Loaded, request_for: Ask
) -> None:
    drafter, counter = compact
    long = " ".join(["word"] * 400)
    told: list[int] = []
    with pytest.raises(InputTooLarge) as caught:
        drafter.draft([request_for(), request_for(long)], told.append)
    assert (caught.value.size, caught.value.limit) == (counter.count(long), 272)
    assert told == []


def test_progress_counts_every_request_once(compact: Loaded, request_for: Ask) -> None:
    told: list[int] = []
    compact[0].draft([request_for() for _ in range(4)], told.append)
    assert told == [1, 1, 1, 1]


def test_what_progress_raises_ends_the_rest(compact: Loaded, request_for: Ask) -> None:
    told: list[int] = []

    def refuse(done: int) -> None:
        told.append(done)
        raise Cancelled("enough")

    with pytest.raises(Cancelled, match="enough"):
        compact[0].draft([request_for(most=4, provenance="open") for _ in range(40)], refuse)
    [draft] = compact[0].draft([request_for()])
    assert told == [1]
    assert draft.picks


def test_a_model_of_broken_weights_is_an_error_not_a_draft(
    tiny_model: Callable[[str], Path], tmp_path: Path, request_for: Ask
) -> None:
    path = Path(shutil.copytree(tiny_model("bart"), tmp_path / "broken"))
    weights = load_file(path / "model.safetensors")
    broken = {name: torch.full_like(tensor, math.nan) for name, tensor in weights.items()}
    save_file(broken, path / "model.safetensors", {"format": "pt"})
    drafter, _ = load_drafter(str(path), threads=1)
    with pytest.raises(ModelError, match="not finite"):
        drafter.draft([request_for()])


def test_the_run_record_can_name_the_model(compact: Loaded) -> None:
    drafter, _ = compact
    assert (drafter.name, drafter.languages, drafter.chunk_tokens) == ("compact", ("en",), 272)
    assert len(drafter.revision) == 16
    assert drafter.engine.startswith("torch ")
    assert len(drafter.prompts["draft"]) == 64
