from calendar import day_name, month_name
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.lexis.dates import find_dates, resolve

NEWSY = st.lists(
    st.sampled_from(
        "in on by of the last this next Monday Mon. Thursday May March may April Apr. JUNE 1 14th 31"
        " 2003 2024 2024-04-01 01/04/2024 to - – , . ( ) year month week today people attacks and"
        " end late early ١٢ ² Sunday Times".split()
    ),
    max_size=10,
)
TEXTS = st.one_of(st.text(max_size=60), NEWSY.map(" ".join), NEWSY.map("".join))
SETTINGS = settings(max_examples=150, deadline=None)
DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@given(TEXTS)
@SETTINGS
def test_spans_are_exact_in_order_and_apart(text: str) -> None:
    last_end = 0
    for mention in find_dates(text):
        assert last_end <= mention.start < mention.end <= len(text)
        assert text[mention.start : mention.end] == mention.surface
        last_end = mention.end


@given(TEXTS, st.none() | st.dates(), st.none() | st.integers(1000, 2100), st.booleans())
@SETTINGS
def test_any_mention_resolves_to_a_calendar_date_or_to_none(
    text: str, published: date | None, year_floor: int | None, future: bool
) -> None:
    for mention in find_dates(text):
        found = resolve(mention, published=published, year_floor=year_floor, future=future)
        if found is not None:
            date.fromisoformat((found.date + "-01-01")[:10])
            assert len(found.date) == {"day": 10, "month": 7, "year": 4}[found.precision]


@given(DAYS)
@SETTINGS
def test_a_full_date_resolves_alone_in_every_form(day: date) -> None:
    month = month_name[day.month]
    for written in (
        f"{month} {day.day}, {day.year}",
        f"{day.day} {month} {day.year}",
        f"{day_name[day.weekday()]}, {month[:3]}. {day.day}, {day.year}",
        day.isoformat(),
    ):
        [mention] = find_dates(f"It began on {written}.")
        found = resolve(mention, published=None)
        assert found is not None
        assert found.date == day.isoformat()


@given(DAYS, st.integers(0, 240))
@SETTINGS
def test_a_day_of_the_past_months_is_found_from_its_month_and_day(
    published: date, ago: int
) -> None:
    day = published - timedelta(days=ago)
    [mention] = find_dates(f"on {month_name[day.month]} {day.day} it")
    found = resolve(mention, published=published)
    assert found is not None
    assert found.date == day.isoformat()


@given(DAYS, st.integers(0, 4))
@SETTINGS
def test_the_weekday_names_the_year_or_none_but_never_another(day: date, years: int) -> None:
    [mention] = find_dates(f"{day_name[day.weekday()]}, {month_name[day.month]} {day.day}")
    found = resolve(mention, published=None, year_floor=day.year - years)
    assert found is not None
    assert found.date == day.isoformat()


@pytest.mark.parametrize(
    "unit", ["2003 ", "2003-", "May ", "May 1 - ", "Monday, ", "in ", "1", "end of "]
)
def test_a_long_hostile_run_is_read_to_its_end(unit: str) -> None:
    assert find_dates(unit * 20_000 + "\non 2 April 2024.")[-1].surface == "2 April 2024"
