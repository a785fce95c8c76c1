from dataclasses import replace
from decimal import Decimal

import pytest

from service.lexis.numbers import Quantity, compatible, find_quantities, number_values


def only(text: str) -> Quantity:
    [quantity] = find_quantities(text)
    return quantity


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1,234", "1234"),
        ("1\u202f234", "1234"),
        ("1.234.567", "1234567"),
        ("1.234,5", "1234.5"),
        ("1,23,456", "123456"),
        ("3.5 million", "3500000"),
        ("1,5 million", "1500000"),
        ("2bn", "2000000000"),
        ("100 thousand", "100000"),
        ("1.5 lakh", "150000"),
        ("twenty-five", "25"),
        ("two hundred and five", "205"),
        ("a hundred thousand", "100000"),
        ("one million two hundred thousand", "1200000"),
        ("a dozen", "12"),
        ("half a million", "500000"),
        ("two and a half million", "2500000"),
        ("2½", "2.5"),
        ("١٬٢٣٤", "1234"),
        ("-5", "-5"),
    ],
)
def test_a_number_has_the_value_it_is_written_with(written: str, value: str) -> None:
    quantity = only(f"They saw {written}.")
    assert (quantity.low, quantity.high) == (Decimal(value), Decimal(value))
    assert quantity.surface == written


def test_one_point_between_three_digits_leaves_both_readings_open() -> None:
    quantity = only("a count of 80.000 deaths")
    assert (quantity.low, quantity.high) == (Decimal(80), Decimal(80_000))
    assert quantity.approximate


def test_a_point_before_three_digits_is_decimal_where_a_percent_sign_follows() -> None:
    assert only("a yield of 3.125%").high == Decimal("3.125")


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("hundreds", 200, 999),
        ("tens of thousands", 20_000, 99_999),
        ("several hundred", 200, 999),
        ("dozens", 24, 99),
        ("10 to 12", 10, 12),
        ("10-12 people", 10, 12),
        ("between 5 and 7", 5, 7),
        ("one or two", 1, 2),
        ("$3-4 billion", 3 * 10**9, 4 * 10**9),
        ("3 to 4 million", 3 * 10**6, 4 * 10**6),
        ("$10m-$15m", 10**7, 15 * 10**6),
        ("5% to 7%", 5, 7),
    ],
)
def test_a_range_covers_what_lies_between_its_ends(text: str, low: int, high: int) -> None:
    quantity = only(text)
    assert (quantity.low, quantity.high, quantity.approximate) == (low, high, True)


def test_a_change_from_one_number_to_another_is_two_quantities() -> None:
    assert [q.low for q in find_quantities("rose from 10 to 12 people")] == [10, 12]


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("over 130 people", (131, 140), (130, 141, 145)),
        ("more than 100", (101, 200), (100, 201)),
        ("over 1,000", (1001, 2000), (1000, 2001)),
        ("more than a dozen", (13, 24), (12, 25)),
        ("at least 140", (140, 145, 150), (139, 151)),
        ("no fewer than 140", (140,), (139,)),
        ("30 or more", (30, 40), (29, 41)),
        ("65+", (65,), (64,)),
        ("nearly 1,000", (900, 999), (899, 1000)),
        ("fewer than 20", (19,), (20,)),
        ("up to 200", (100, 200), (201,)),
        ("as many as 15", (14, 15), (16,)),
        ("about 200", (150, 250), (149, 251)),
        ("some 131", (125, 137), (124, 138)),
    ],
)
def test_a_hedge_covers_the_next_round_number(
    text: str, inside: tuple[int, ...], outside: tuple[int, ...]
) -> None:
    hedged = only(text)
    assert hedged.approximate
    assert all(hedged.low <= value <= hedged.high for value in inside)
    assert not any(hedged.low <= value <= hedged.high for value in outside)


def test_over_three_years_may_be_just_three_years() -> None:
    assert compatible(only("over three years"), only("3 years"))


@pytest.mark.parametrize(
    ("text", "surface", "kind", "unit"),
    [
        ("killed 145 people at a concert", "145 people", "count", "person"),
        ("sell 500 heavy weapons to rebels", "500 heavy weapons", "count", "weapon"),
        ("seized 15 British sailors", "15 British sailors", "count", "sailor"),
        ("one man was hurt", "one man", "count", "man"),
        ("three suspected gunmen fled", "three suspected gunmen", "count", "gunman"),
        ("two cities fell", "two cities", "count", "city"),
        ("left 20 dead.", "20 dead", "count", "dead"),
        ("a 12-point plan", "12-point", "count", "point"),
        ("145 were hurt", "145", "count", None),
        ("15 others fled", "15", "count", None),
        ("hundreds of people", "hundreds of people", "count", "person"),
        ("a $1.2bn deal", "$1.2bn", "money", "usd"),
        ("worth €5m", "€5m", "money", "eur"),
        ("worth US$5 million", "US$5 million", "money", "usd"),
        ("322 million U.S. dollars", "322 million U.S. dollars", "money", "usd"),
        ("paid 500 USD", "500 USD", "money", "usd"),
        ("a 20% rise", "20%", "percent", "percent"),
        ("up 20 per cent", "20 per cent", "percent", "percent"),
        ("up 3 percentage points", "3 percentage points", "percent", "percentage point"),
        ("two-thirds of voters", "two-thirds", "fraction", None),
        ("the third anniversary of it", "third anniversary", "ordinal", "anniversary"),
        ("the 14th floor", "14th floor", "ordinal", "floor"),
        ("a 24-year-old man", "24-year-old", "age", "year-old"),
        ("Omar Khyam, 25, was held", "25", "age", "year-old"),
        ("a boy aged 9", "9", "age", "year-old"),
        ("30km away", "30km", "distance", "kilometre"),
        ("six feet deep", "six feet", "distance", "foot"),
        ("a 5-tonne lorry", "5-tonne", "weight", "tonne"),
        ("half an hour later", "half an hour", "duration", "hour"),
        ("a 30-second clip", "30-second", "duration", "second"),
        ("it was -5 degrees Celsius", "-5 degrees Celsius", "temperature", "celsius"),
        ("at 80 mph", "80 mph", "speed", "mph"),
        ("at 8:10 a.m. today", "8:10 a.m.", "time", "minute"),
        ("at 15:30 today", "15:30", "time", "minute"),
        ("won 3-1", "3-1", "score", None),
        ("an F-16 jet", "F-16", "label", "f"),
        ("the G7 leaders", "G7", "label", "g"),
        ("Covid-19 cases", "Covid-19", "label", "covid"),
        ("at No. 10 today", "No. 10", "label", "no"),
        ("under Article 5 of", "Article 5", "label", "article"),
        ("the 9/11 report", "9/11", "label", "9/11"),
        ("call 555-0100 now", "555-0100", "label", None),
        ("the 2024-25 season", "2024-25", "label", "2024-25"),
        ("a 5m wall", "5m", "other", "m"),
    ],
)
def test_what_a_number_counts_is_told(text: str, surface: str, kind: str, unit: str | None) -> None:
    quantity = only(text)
    assert (quantity.surface, quantity.kind, quantity.unit) == (surface, kind, unit)


def test_a_time_of_day_is_minutes_after_midnight() -> None:
    assert only("at 12:05 a.m. it").low == 5
    assert only("at 3 p.m. it").low == 15 * 60


def test_millions_of_people_are_not_metres() -> None:
    assert only("5m people").low == 5_000_000


def test_a_year_without_context_is_no_count() -> None:
    assert only("World Cup 2026.").kind == "label"


def test_dates_are_passed_over() -> None:
    [quantity] = find_quantities("On April 1, 2024, as in 2003, 20 people met.")
    assert quantity.surface == "20 people"


def test_the_spans_a_caller_knows_are_passed_over() -> None:
    text = "They met 20 people in Article 5."
    start = text.index("20")
    assert [q.surface for q in find_quantities(text, [(start, start + 2)])] == ["Article 5"]


def test_a_card_number_and_a_version_are_no_quantities() -> None:
    assert find_quantities("card 4111111111111111 and version 3.11.7") == ()


@pytest.mark.parametrize(
    ("a", "b", "agree"),
    [
        ("over 130 people", "131 people", True),
        ("over 130 people", "145 people", False),
        ("145 people", "at least 140 people", True),
        ("145 people", "145 dead", False),
        ("145 people", "145", True),
        ("20 percent", "20 people", False),
        ("3%", "3 percentage points", False),
        ("$5 million", "5 million dollars", True),
        ("$5 million", "€5 million", False),
        ("£5m", "5 million pounds", True),
        ("200 pounds", "200 lbs", True),
        ("200 pounds", "$200", False),
        ("10 km", "10 miles", False),
        ("3-1", "1-3", True),
        ("3-1", "2-1", False),
        ("Article 5", "Article 4", False),
        ("F-16", "G16", False),
        ("555-0100", "555-0199", False),
        ("80.000 deaths", "80,000 deaths", True),
        ("hundreds of people", "350 people", True),
    ],
)
def test_quantities_agree_where_units_do_and_intervals_meet(a: str, b: str, agree: bool) -> None:
    assert compatible(only(a), only(b)) is agree
    assert compatible(only(b), only(a)) is agree


def test_units_untold_on_both_sides_agree() -> None:
    told = only("145 people")
    assert compatible(replace(told, unit=None), replace(told, unit=None))


def test_one_number_has_one_canon_however_it_is_written() -> None:
    ways = [
        "3.5 million",
        "3,500,000",
        "3500000",
        "THREE AND A HALF MILLION",
        "3\u202f500\u202f000",
    ]
    assert {number_values(way) for way in ways} == {("3500000",)}


def test_every_number_counts_as_often_as_it_stands() -> None:
    assert number_values("In 2003, 5 of 5 G7 leaders met a third time.") == (
        "#3",
        "2003",
        "5",
        "5",
        "7",
    )


def test_an_ordinal_is_another_number_than_its_cardinal() -> None:
    assert number_values("the third quarter") != number_values("three quarters of it")


def test_a_day_of_the_month_is_the_same_with_and_without_its_ending() -> None:
    assert number_values("May 14th") == number_values("14 May") == number_values("the 14th of May")


@pytest.mark.parametrize(
    "text",
    [
        "one of them",
        "the one who left",
        "no one came",
        "one another",
        "One is enough",
        "this one.",
        "one can see",
        "15² was raised to CO₂".replace("15", ""),
    ],
)
def test_a_pronoun_or_a_footnote_mark_is_no_number(text: str) -> None:
    assert number_values(text) == ()


@pytest.mark.parametrize(
    "text", ["one man", "one in three", "one or two", "one dead", "one hundred", "one-day"]
)
def test_one_before_a_noun_or_a_number_counts(text: str) -> None:
    assert number_values(text)


def test_an_ambiguous_number_equals_only_its_own_writing() -> None:
    assert number_values("80.000") == ("80.000",)
    assert number_values("80,000") == number_values("80 thousand") == ("80000",)


def test_a_glued_m_is_a_million_only_where_money_or_people_say_so() -> None:
    assert number_values("$5m") == number_values("5m people") == ("5000000",)
    assert number_values("a 5m wall") == ("5",)


def test_a_card_number_keeps_all_its_digits() -> None:
    assert number_values("41111111111111110000") == ("41111111111111110000",)
