from datetime import date

import pytest

from service.lexis.cues import EARLIER, EXPECTED, addable, added_date, dated, expected

DAY = date(2005, 7, 12)


@pytest.mark.parametrize(
    "text", [EARLIER, EXPECTED, dated(DAY), "12 July:", expected(DAY), expected(None)]
)
def test_what_the_service_may_say_of_its_own_is_a_closed_list(text: str) -> None:
    assert addable(text)


@pytest.mark.parametrize(
    "text",
    [
        "Expected, as of July:",
        "Expected, as of :",
        "Planned:",
        "Expected",
        "12 July",
        "July:",
        "Earlier: no",
    ],
)
def test_nothing_else_may_be_added(text: str) -> None:
    assert not addable(text)


def test_the_year_goes_unsaid_where_it_is_known() -> None:
    assert dated(DAY, known_year=2005) == "12 July:"
    assert dated(DAY, known_year=2006) == "12 July 2005:"


def test_an_addition_states_the_day_of_its_report() -> None:
    assert expected(DAY) == "Expected, as of 12 July 2005:"
    assert added_date(expected(DAY)) == added_date(dated(DAY)) == dated(DAY)
    assert added_date(EXPECTED) == added_date(EARLIER) == ""
