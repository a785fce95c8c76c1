import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.render.chart import Chart, chart

DATES = st.dates().flatmap(
    lambda day: st.sampled_from([f"{day.year:04}", day.isoformat()[:7], day.isoformat()])
)


def drawn(*dates: str) -> Chart:
    found = chart(dates)
    assert found is not None
    return found


def labels(*dates: str) -> list[str]:
    return [tick.label for tick in drawn(*dates).ticks]


@given(st.lists(DATES, min_size=2, max_size=30))
def test_all_that_is_drawn_lies_within_the_picture(dates: list[str]) -> None:
    found = chart(dates)
    for dot in found.dots if found else ():
        assert 0 < dot.start <= dot.end < 100
    for tick in found.ticks if found else ():
        assert 0 < tick.at < 100


@given(st.lists(DATES, min_size=2, max_size=30))
def test_there_are_a_few_ticks_in_order(dates: list[str]) -> None:
    found = chart(dates)
    at = [tick.at for tick in found.ticks] if found else [0.0, 1.0]
    assert 2 <= len(at) <= 6
    assert at == sorted(at)


def test_dots_lie_where_their_time_does() -> None:
    first, middle, last = drawn("2025-01-01", "2025-01-11", "2025-01-21").dots
    assert middle.start == pytest.approx((first.start + last.start) / 2)


def test_a_day_is_a_point_and_a_month_a_stretch() -> None:
    day, month, _ = drawn("2025-01-01", "2025-03", "2025-05").dots
    assert day.start == day.end
    assert month.start < month.end


def test_a_date_told_twice_is_one_dot_that_counts() -> None:
    found = drawn("2025-04-17", "2025-04-18", "2025-04-17", "2025-04-19")
    assert [dot.count for dot in found.dots] == [2, 1, 1]


def test_no_dot_lies_on_the_count_of_another() -> None:
    dates = ["2003-01-01", "2024-01-01", "2024-01-01", "2025-04-17"]
    assert [dot.level for dot in drawn(*dates).dots] == [0, 0, 1]
    assert [dot.level for dot in drawn(*sorted(set(dates))).dots] == [0, 0, 0]


def test_dates_that_are_near_lie_above_each_other() -> None:
    found = drawn("2003", "2025-04-17", "2025-04-18", "2025-04-19")
    assert [dot.level for dot in found.dots] == [0, 0, 1, 2]
    assert found.levels == 3


def test_the_picture_stays_low_whatever_happened_in_one_month() -> None:
    assert drawn("2003", *[f"2025-04-{day:02}" for day in range(1, 31)]).levels == 8


def test_long_times_are_told_in_years() -> None:
    assert labels("2003", "2024", "2025-04") == ["2005", "2010", "2015", "2020", "2025"]


def test_some_months_are_told_by_their_names() -> None:
    assert labels("2025-01-10", "2025-02-01", "2025-04-20") == ["Feb 2025", "Mar 2025", "Apr 2025"]


def test_some_days_are_told_as_days() -> None:
    assert labels("2025-04-17", "2025-04-18", "2025-04-19") == ["17 Apr", "18 Apr", "19 Apr"]


@pytest.mark.parametrize(
    "dates",
    [[], ["2025"], ["2025-04-17", "2025-04", "2025-04"], ["2024", "2025", "2025-02-30"]],
)
def test_nothing_is_drawn_where_nothing_can_be_compared(dates: list[str]) -> None:
    assert chart(dates) is None
