from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from service.backends.load import locate
from service.backends.seq2seq.checkpoint import Checkpoint, open_checkpoint
from service.backends.seq2seq.memory import read_chunk, target_logprobs
from service.backends.seq2seq.salience import Scores, salience
from service.domain.errors import ModelError


@pytest.mark.parametrize("family", ["bart", "encoder-decoder", "led", "mt5", "pegasus", "t5"])
def test_targets_scored_together_have_the_scores_of_a_plain_forward_pass(
    tiny_model: Callable[[str], Path], family: str
) -> None:
    checkpoint = open_checkpoint(locate(str(tiny_model(family))))
    source = [5, 40, 41, 42, 43, 44, 2]
    targets = [[50 + i + j for j in range(1 + i % 5)] for i in range(20)]
    with torch.inference_mode():
        together = target_logprobs(checkpoint, read_chunk(checkpoint, source), targets)
        plain = [_plain_logprob(checkpoint, source, target) for target in targets]
    assert together == pytest.approx(plain, rel=1e-5)


def _plain_logprob(checkpoint: Checkpoint, source: list[int], target: list[int]) -> float:
    opening = list(checkpoint.ends.opening)
    ids = torch.tensor([source])
    more = {}
    if checkpoint.model.config.model_type == "led":
        marked = torch.zeros_like(ids)
        marked[0, 0] = 1
        more["global_attention_mask"] = marked
    logits = checkpoint.model(
        input_ids=ids,
        attention_mask=torch.ones_like(ids),
        decoder_input_ids=torch.tensor([opening + target[:-1]]),
        use_cache=False,
        **more,
    ).logits[0, len(opening) - 1 :]
    chosen = logits.log_softmax(-1)[range(len(target)), target]
    return float(chosen.mean())


def test_an_empty_target_is_impossible(tiny_model: Callable[[str], Path]) -> None:
    checkpoint = open_checkpoint(locate(str(tiny_model("bart"))))
    with torch.inference_mode():
        scores = target_logprobs(checkpoint, read_chunk(checkpoint, [0, 40, 2]), [[], [41]])
    assert scores[0] == float("-inf")
    assert scores[1] > float("-inf")


def test_shares_are_whole_millionths_below_one() -> None:
    shares = salience([1.0, 1.0, 1.0], "m")
    assert shares == (0.333333, 0.333333, 0.333333)


def test_a_lone_sentence_is_not_made_certain() -> None:
    assert salience([5.0], "m") == (0.333333,)


def test_no_weight_at_all_gives_no_salience() -> None:
    assert salience([0.0, 0.0], "m") == (0.0, 0.0)


@pytest.mark.parametrize("weight", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers_are_an_error(weight: float) -> None:
    with pytest.raises(ModelError, match="finite"):
        salience([1.0, weight], "m")


def test_equal_scores_rank_in_order_of_the_text() -> None:
    assert Scores(salience=(0.2, 0.4, 0.2, 0.4)).best(3) == (1, 3, 0)
