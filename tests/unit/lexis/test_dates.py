from datetime import date

import pytest

from service.lexis.dates import DateMention, find_dates, latest_year, resolve

FRIDAY = date(2025, 7, 4)


def only(text: str) -> DateMention:
    [mention] = find_dates(text)
    return mention


def resolved(text: str, published: date | None = FRIDAY, *, future: bool = False) -> str | None:
    found = resolve(only(text), published=published, future=future)
    return found.date if found else None


@pytest.mark.parametrize(
    ("text", "surface", "parts"),
    [
        ("in August 2021, when", "August 2021", (2021, 8, None)),
        ("on August 14, 2024.", "August 14, 2024", (2024, 8, 14)),
        ("on 1 April 2024 it", "1 April 2024", (2024, 4, 1)),
        ("on the 1st of April it", "1st of April", (None, 4, 1)),
        ("on Apr. 1 it", "Apr. 1", (None, 4, 1)),
        ("on Sept. 3, 2019 it", "Sept. 3, 2019", (2019, 9, 3)),
        ("APRIL 1, 2024", "APRIL 1, 2024", (2024, 4, 1)),
        ("on 2024-04-01 it", "2024-04-01", (2024, 4, 1)),
        ("at 2024-04-01T10:00:00Z it", "2024-04-01", (2024, 4, 1)),
        ("on 2005/01/08 it", "2005/01/08", (2005, 1, 8)),
        ("on 13/04/2024 it", "13/04/2024", (2024, 4, 13)),
        ("on 04/13/2024 it", "04/13/2024", (2024, 4, 13)),
        ("on 04/04/2024 it", "04/04/2024", (2024, 4, 4)),
        ("in late 2023. It", "late 2023", (2023, None, None)),
        ("at the end of 2023 it", "the end of 2023", (2023, None, None)),
        ("in mid-2023 it", "mid-2023", (2023, None, None)),
        ("status imposed in 2003.", "2003", (2003, None, None)),
        ("the war (2003)", "2003", (2003, None, None)),
        ("by 2030", "2030", (2030, None, None)),
        ("the 2003 law", "2003", (2003, None, None)),
        ("Russia’s 2024 budget", "2024", (2024, None, None)),
        ("in 2003 elections were held", "2003", (2003, None, None)),
        ("in May", "May", (None, 5, None)),
        ("Earlier in January, he", "January", (None, 1, None)),
        ("On March 15 thousands met", "March 15", (None, 3, 15)),
        ("in March 15 people died", "March", (None, 3, None)),
    ],
)
def test_a_date_states_what_is_written_and_no_more(
    text: str, surface: str, parts: tuple[int | None, int | None, int | None]
) -> None:
    mention = only(text)
    assert (mention.surface, (mention.year, mention.month, mention.day)) == (surface, parts)


@pytest.mark.parametrize(
    "text",
    [
        "2003 people died",
        "of 2003 people",
        "in 2000 homes",
        "by 1500 users",
        "in 2000 issues",
        "in 2003 km",
        "it may 14",
        "the troops march 20 miles",
        "They March on",
        "Prime Minister Theresa May said",
        "May Day",
        "an august body",
        "the 1990s",
        "Black Friday",
        "the Sunday Times",
        "Room 1984",
        "Boeing 2000",
        "32/13/2024",
        "version 1.4.2024.7",
        "$2003",
        "2,003",
        "100-1950",
        "the 2024-25 season",
    ],
)
def test_what_only_looks_like_a_date_is_none(text: str) -> None:
    assert find_dates(text) == ()


def test_a_weekday_belongs_to_the_day_beside_it() -> None:
    mention = only("on Monday, April 1, the ministry")
    assert (mention.surface, mention.weekday, mention.day) == ("Monday, April 1", 0, 1)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("from May 14th to 19th this year.", (5, 14), (None, 19)),
        ("on 1-3 April 2024", (4, 1), (None, 3)),
        ("April 28 - May 2", (4, 28), (5, 2)),
    ],
)
def test_a_range_states_both_its_ends(
    text: str, first: tuple[int, int], last: tuple[int | None, int]
) -> None:
    mention = only(text)
    assert ((mention.month, mention.day), (mention.last_month, mention.last_day)) == (first, last)


def test_both_years_of_a_span_are_found() -> None:
    for text in ("from 2003 to 2007", "between 2003 and 2007", "in 2003-2007"):
        assert [m.year for m in find_dates(text)] == [2003, 2007]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("on August 14, 2024", "2024-08-14"),
        ("in March 2024", "2024-03"),
        ("in 2003", "2003"),
        ("on Thursday", "2025-07-03"),
        ("on Friday", "2025-07-04"),
        ("last Friday", "2025-06-27"),
        ("last Saturday", "2025-06-28"),
        ("last Thursday", None),
        ("on Saturday", None),
        ("two days ago", "2025-07-02"),
        ("ten days ago", None),
        ("about three days ago", None),
        ("two weeks ago", None),
        ("the day before yesterday", "2025-07-02"),
        ("the day after tomorrow", "2025-07-06"),
        ("this morning", "2025-07-04"),
        ("a year ago today", "2024-07-04"),
        ("on this day last year", "2024-07-04"),
        ("a year ago", None),
        ("on Tuesday last week", "2025-06-24"),
        ("on Tuesday of this week", "2025-07-01"),
        ("on Sunday last week", None),
        ("Monday week", None),
        ("a week on Monday", None),
        ("on the 2nd.", "2025-07-02"),
        ("on the 14th of this month", None),
        ("next Thursday", None),
        ("next week", None),
        ("last week", None),
        ("today", "2025-07-04"),
        ("yesterday", "2025-07-03"),
        ("earlier this month", "2025-07"),
        ("last month", "2025-06"),
        ("next month", "2025-08"),
        ("earlier this year", "2025"),
        ("last year", "2024"),
        ("in January", "2025-01"),
        ("in August", None),
        ("in November", "2024-11"),
        ("in July", "2025-07"),
        ("last February", None),
        ("last October", "2024-10"),
        ("last July", "2024-07"),
        ("next January", "2026-01"),
        ("next November", None),
        ("this December", "2025-12"),
        ("on April 1", "2025-04-01"),
        ("on September 3", None),
        ("on May 14th to 19th this year", "2025-05-14"),
        ("on May 14 last year", "2024-05-14"),
        ("in May last year", "2024-05"),
        ("on February 29", None),
        ("the September 11 attacks", None),
        ("on 01/04/2024", None),
        ("on 31 June 2024", None),
        ("on 31 June", None),
    ],
)
def test_a_report_of_the_past_counts_back_from_publication(text: str, meant: str | None) -> None:
    assert resolved(text) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("on Wednesday", "2025-07-09"),
        ("on Thursday", None),
        ("on Friday", "2025-07-04"),
        ("on the 14th of this month", "2025-07-14"),
        ("on April 1", None),
        ("in August", "2025-08"),
        ("in January", "2026-01"),
        ("on February 29", None),
    ],
)
def test_what_lies_ahead_counts_forward_from_publication(text: str, meant: str | None) -> None:
    assert resolved(text, future=True) == meant


@pytest.mark.parametrize(
    "text", ["on Thursday", "last month", "this year", "in January", "April 1", "today"]
)
def test_without_publication_nothing_relative_is_resolved(text: str) -> None:
    assert resolve(only(text), published=None, year_floor=2021) is None


def test_the_last_day_of_the_year_before_is_reached_over_new_year() -> None:
    assert resolved("yesterday", date(2025, 1, 1)) == "2024-12-31"
    assert resolved("last month", date(2025, 1, 1)) == "2024-12"


def test_dates_beyond_the_calendar_are_none() -> None:
    assert resolved("yesterday", date.min) is None
    assert resolved("last year", date.min) is None
    assert resolved("next month", date.max) is None
    assert resolved("on Sunday", date.min) is None


def test_a_weekday_that_does_not_fit_the_stated_date_contradicts_it() -> None:
    assert resolved("Monday, April 1, 2024", None) == "2024-04-01"
    assert resolved("Tuesday, April 1, 2024", None) is None


def test_a_weekday_is_checked_against_the_year_of_publication() -> None:
    assert resolved("Tuesday, April 1") == "2025-04-01"
    assert resolved("Monday, April 1") is None


def test_a_weekday_fixes_the_year_after_the_latest_year_stated() -> None:
    found = resolve(only("Monday, April 1"), published=None, year_floor=2021)
    assert found is not None
    assert (found.date, found.precision, found.inferred) == ("2024-04-01", "day", True)


def test_a_weekday_that_fits_no_year_near_the_floor_fixes_none() -> None:
    # 1 April was a Monday in 2019 and 2024.
    assert resolve(only("Monday, April 1"), published=None, year_floor=2025) is None
    assert resolve(only("Monday, April 1"), published=None) is None


def test_stated_dates_are_not_inferred() -> None:
    found = resolve(only("2024-04-01"), published=None)
    assert found is not None
    assert not found.inferred


def test_the_latest_year_is_the_last_one_stated_as_reached() -> None:
    assert latest_year("It took over in 2021, after a law of 2003.") == 2021
    assert latest_year("It took over in 2021. It will be built by 2030.") == 2021
    assert latest_year("The plant will open in 2031.") is None
    assert latest_year("It sold 2003 weapons.") is None


@pytest.mark.parametrize(
    "text",
    [
        "fiscal 2004",
        "the financial year 2004",
        "the third quarter of 2004",
        "the winter of 2004",
        "the class of 2004",
    ],
)
def test_a_year_that_is_no_calendar_year_is_not_resolved(text: str) -> None:
    assert [resolve(m, published=FRIDAY) for m in find_dates(text)][-1] is None


def test_a_day_six_days_off_may_be_the_day_beside_the_report() -> None:
    monday = date(2025, 7, 7)
    assert resolved("on Tuesday", monday) is None
    assert resolved("on Wednesday", monday) == "2025-07-02"
