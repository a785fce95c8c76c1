import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.claims import Signals
from service.stages.quality import (
    LONGER,
    MAX_REPETITION,
    MIN_MEAN_LOGPROB,
    NOTHING,
    REPEATS,
    UNLIKELY,
    repetition,
    signals,
    unfit,
    whole_sentences,
)

SOURCE = (
    "Heavy rain flooded the old town of Passau on Monday, the mayor said. Two schools were closed."
)
FIT = Signals(mean_logprob=-0.5, compression=2.0, repetition=0.0)


def test_signals_compare_a_text_with_its_source() -> None:
    made = signals(SOURCE, "Heavy rain flooded Passau.", mean_logprob=-0.4, finish="length")
    assert made == Signals(mean_logprob=-0.4, compression=4.25, repetition=0.0, finish="length")


def test_a_text_that_is_not_there_compresses_nothing() -> None:
    assert signals(SOURCE, " \n").compression == 0


def test_compression_counts_scripts_without_spaces_too() -> None:
    assert signals("港の計画は承認された", "港の計画").compression > 1


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("", 0.0),
        ("The port opens.", 0.0),
        ("The port will open in May.", 0.0),
        ("The port will open in May. The Port will open in May.", 1 / 3),
        ("the port " * 20, 35 / 37),
    ],
)
def test_repetition_is_the_share_of_runs_of_four_words_said_before(text: str, share: float) -> None:
    assert repetition(text) == pytest.approx(share, abs=1e-6)


@given(st.text(max_size=80))
def test_repetition_is_a_share_and_grows_when_a_text_is_said_again(text: str) -> None:
    again = text + "\n" + text
    assert 0 <= repetition(text) <= repetition(again) <= 1


def test_a_draft_of_news_is_fit() -> None:
    assert unfit(FIT) == ""
    assert (
        unfit(signals(SOURCE, "Heavy rain flooded the old town of Passau, the mayor said.")) == ""
    )


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (signals(SOURCE, ""), NOTHING),
        (signals(SOURCE, "Two schools were closed. " * 3), REPEATS),
        (signals("Rain fell.", "Rain fell on the town."), LONGER),
        (signals(SOURCE, "Heavy rain.", mean_logprob=-1.6), UNLIKELY),
    ],
)
def test_a_draft_that_is_unfit_says_why(made: Signals, reason: str) -> None:
    assert unfit(made) == reason


def test_a_draft_at_every_threshold_is_fit() -> None:
    at = Signals(mean_logprob=MIN_MEAN_LOGPROB, compression=1.0, repetition=MAX_REPETITION)
    assert unfit(at) == ""


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("", ""),
        ("Heavy rain flooded the", ""),
        ("Heavy rain fell. Two schools were", "Heavy rain fell."),
        ("Heavy rain fell. Two schools closed.", "Heavy rain fell. Two schools closed."),
        ("“Heavy rain fell.” Two schools", "“Heavy rain fell.”"),
        ("He said “it rained.”", "He said “it rained.”"),
        ("It rained, said Mr. Smith of", ""),
        ("港の計画は承認された。漁師は", "港の計画は承認された。"),
    ],
)
def test_only_whole_sentences_of_a_text_cut_off_are_kept(text: str, whole: str) -> None:
    assert whole_sentences(text, "ja" if "港" in text else "en") == whole


@given(st.text(alphabet="ab .!?\n”", max_size=40))
def test_what_is_kept_of_a_text_is_its_beginning(text: str) -> None:
    assert text.strip().startswith(whole_sentences(text, "en"))
