from datetime import UTC, datetime

import pytest

from service.domain.brief import DisagreementKind
from service.stages.answers import Answer, fault_of

MONDAY = datetime(2025, 4, 21, tzinfo=UTC).date()
THURSDAY = datetime(2025, 4, 24, tzinfo=UTC).date()


def answer(kind: DisagreementKind, value: str, text: str) -> Answer:
    return Answer(
        kind=kind, value=value, text=text, own=("own",), days={"own": THURSDAY, "other": MONDAY}
    )


@pytest.mark.parametrize(
    ("kind", "value", "text", "says"),
    [
        ("number", "145", "In all, 145 ships waited.", True),
        ("number", "45", "In all, 145 ships waited.", False),
        ("name", "Kamulov", "The mayor, Ivan Kamulov, left.", True),
        ("name", "Kamul", "The mayor, Ivan Kamulov, left.", False),
        ("status", "was released", "Vega was released in Lima.", True),
        ("status", "released was", "Vega was released in Lima.", False),
        ("negation", "did not resign", "Vega did not resign.", True),
        ("date", "on Monday", "Vega was freed on Monday.", True),
        ("date", "12 May", "Vega was freed on 12 March.", False),
        ("name", " ", "Vega left.", False),
    ],
)
def test_a_value_is_whole_words_of_its_statement(
    kind: DisagreementKind, value: str, text: str, says: bool
) -> None:
    assert (list(fault_of(answer(kind, value, text))) == []) is says


@pytest.mark.parametrize(
    ("value", "text", "other", "given"),
    [
        ("resigned", "Vega resigned.", "On Monday Vega resigns.", True),
        ("resigned", "Vega resigned.", "Vega did not resign.", False),
        ("did not resign", "Vega did not resign.", "Vega didn’t resign.", True),
        ("did not resign", "Vega did not resign.", "Vega resigned.", False),
        ("resigned", "Vega resigned.", "Vega was jailed.", False),
    ],
)
def test_another_report_denies_what_the_answer_denies(
    value: str, text: str, other: str, given: bool
) -> None:
    assert answer("negation", value, text).is_given_by([other], "other") is given


@pytest.mark.parametrize(
    ("other", "given"),
    [("Its mayor is Ivan Kamulov.", True), ("Its mayor is Ivan Kabulov.", False)],
)
def test_another_report_has_the_name(other: str, given: bool) -> None:
    asked = answer("name", "Kamulov", "The mayor, Ivan Kamulov, left.")
    assert asked.is_given_by([other], "other") is given


@pytest.mark.parametrize(
    ("value", "text", "other", "given"),
    [
        ("Monday", "Vega was freed on Monday.", "Vega was freed on 21 April 2025.", True),
        ("21 April", "Vega was freed on 21 April.", "Vega was freed on April 21, 2025.", True),
        ("21 April", "Vega was freed on 21 April.", "Vega was freed on Tuesday.", False),
        ("Monday", "Vega was freed on Monday.", "Vega was freed today.", True),
        ("12 May 1999", "Vega died on 12 May 1999.", "Vega died on May 12, 2001.", False),
        ("Monday", "Freed on Tuesday, Vega left on Monday.", "Vega left on 22 April 2025.", False),
    ],
)
def test_another_report_may_write_the_same_day_in_another_way(
    value: str, text: str, other: str, given: bool
) -> None:
    assert answer("date", value, text).is_given_by([other], "other") is given


def test_without_a_year_or_a_day_of_publication_a_day_and_a_month_are_enough() -> None:
    asked = answer("date", "3 June", "Vega will be freed on 3 June.")
    assert asked.is_given_by(["Vega's release is due on June 3, the court says."], "unknown")


def test_another_report_may_give_a_number_that_is_not_another() -> None:
    asked = answer("number", "131", "In all, 131 ships waited.")
    assert asked.is_given_by(["Over 130 ships waited."], "other")
    assert not asked.is_given_by(["Only 90 ships waited."], "other")
