import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.lexis.intervals import Hedge, interval
from service.lexis.numbers import compatible, find_quantities, number_values
from service.lexis.numerals import find_numerals, step_of

NEWSY = st.lists(
    st.sampled_from(
        "over at least nearly about 1 12 130 1,234 3.5 1.234 ½ ² ١٢ million bn m % $ € - – to and or"
        " between from one two three twenty hundred dozen half a dozens of hundreds th first second"
        " people person years year-old km No. Article F- : / ( ) , . April May 2003 the".split()
    ),
    max_size=12,
)
TEXTS = st.one_of(
    st.text(max_size=60),
    st.text("0123456789.,-–:/ %$€mkbn½²١٢\u202f\u00a0\n", max_size=40),
    NEWSY.map(" ".join),
    NEWSY.map("".join),
)
SETTINGS = settings(max_examples=150, deadline=None)


@given(TEXTS)
@SETTINGS
def test_spans_are_exact_in_order_and_apart(text: str) -> None:
    last_end = 0
    for quantity in find_quantities(text):
        assert last_end <= quantity.start < quantity.end <= len(text)
        assert text[quantity.start : quantity.end] == quantity.surface
        assert quantity.low <= quantity.high
        last_end = quantity.end


@given(TEXTS)
@SETTINGS
def test_every_decimal_digit_is_part_of_a_numeral(text: str) -> None:
    covered = {at for n in find_numerals(text) for at in range(n.start, n.end)}
    assert all(at in covered for at, char in enumerate(text) if char.isdecimal())


@given(NEWSY.map(" ".join))
@SETTINGS
def test_the_canon_is_the_same_in_every_case(text: str) -> None:
    assert number_values(text) == number_values(text.upper()) == number_values(text.lower())


@given(st.integers(0, 10**15 - 1))
@SETTINGS
def test_thousands_separators_change_no_value(value: int) -> None:
    for written in (str(value), f"{value:,}", f"{value:,}".replace(",", "\u202f")):
        assert number_values(f"It was {written}.") == (str(value),)


@given(TEXTS)
@SETTINGS
def test_a_changed_digit_changes_the_canon(text: str) -> None:
    changed = re.sub(r"[0-9]", lambda m: str((int(m[0]) + 1) % 10), text, count=1)
    assert changed == text or number_values(changed) != number_values(text)


@given(TEXTS)
@SETTINGS
def test_a_quantity_is_compatible_with_itself(text: str) -> None:
    assert all(compatible(q, q) for q in find_quantities(text))


@given(
    st.decimals(0, 10**12, places=2),
    st.sampled_from(["over", "at least", "below", "up to", "about", None]),
)
@SETTINGS
def test_an_interval_touches_its_number(value: Decimal, hedge: Hedge | None) -> None:
    low, high = interval(value, step_of(value), hedge)
    near = Decimal("0.001")
    assert low - near <= value <= high + near


@pytest.mark.parametrize(
    "unit", ["9", "1,", "1-", "1:", "one ", "5 to ", "$", "½", "twenty-", "\n1. "]
)
def test_a_long_hostile_run_is_read_to_its_end(unit: str) -> None:
    text = unit * 20_000
    assert len(number_values(f"{text} 77 dogs")) >= 1
    assert find_quantities(f"{text}\n77 dogs")[-1].surface == "77 dogs"


def test_a_megabyte_of_digits_is_one_number() -> None:
    [value] = number_values("9" * 1_000_000)
    assert len(value) == 1_000_000
