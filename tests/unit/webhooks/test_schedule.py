from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.webhooks.schedule import DELAYS_S, MOST_ATTEMPTS, asked_wait_s, wait_s

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY_S = 86_400.0


def test_attempts_end_after_the_last_delay() -> None:
    assert wait_s(MOST_ATTEMPTS - 1, 0.5) == DELAYS_S[-1]
    assert wait_s(MOST_ATTEMPTS, 0.5) is None
    assert wait_s(MOST_ATTEMPTS + 7, 0.5) is None


@given(st.integers(1, MOST_ATTEMPTS - 1), st.floats(0, 1, exclude_max=True))
def test_a_delay_is_moved_by_a_fifth_at_most(attempt: int, chance: float) -> None:
    wait = wait_s(attempt, chance)
    assert wait is not None
    assert 0.8 * DELAYS_S[attempt - 1] <= wait <= 1.2 * DELAYS_S[attempt - 1]


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("0", 0.0),
        (" 30 ", 30.0),
        ("86401", DAY_S),
        ("9" * 5000, DAY_S),
        ("-5", 0.0),
        ("1.5", 0.0),
        ("٣", 0.0),
        ("soon", 0.0),
        ("", 0.0),
        ("Sat, 21 Nov 2026 12:01:00 GMT", 60.0),
        ("Sat, 21 Nov 2026 12:01:00 -0000", 60.0),
        ("Sat, 21 Nov 2026 11:59:00 GMT", 0.0),
        ("Sat, 21 Nov 2099 12:00:00 GMT", DAY_S),
        ("Sat, 21 Nov 99999 12:00:00 GMT", 0.0),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_a_receiver_asks_for_seconds_or_until_a_time(
    said: str, seconds: float, status: int
) -> None:
    assert asked_wait_s(status, said, NOON) == seconds


@pytest.mark.parametrize("status", [200, 301, 400, 500])
def test_other_answers_ask_for_nothing(status: int) -> None:
    assert asked_wait_s(status, "30", NOON) == 0.0


def test_an_answer_that_does_not_ask_is_no_wait() -> None:
    assert asked_wait_s(503, None, NOON) == 0.0


@given(st.text())
def test_no_answer_breaks_the_schedule(said: str) -> None:
    assert 0 <= asked_wait_s(503, said, NOON) <= DAY_S


@given(st.integers(-3 * 86_400, 3 * 86_400))
def test_a_time_is_waited_for_within_a_day(seconds: int) -> None:
    at = NOON + timedelta(seconds=seconds)
    expected = min(max(at - NOON, timedelta()).total_seconds(), DAY_S)
    assert asked_wait_s(429, format_datetime(at, usegmt=True), NOON) == expected
