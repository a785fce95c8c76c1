from decimal import Decimal

from service.lexis.number_words import cardinals


def test_words_that_are_no_number_are_passed_over() -> None:
    assert [value for _, _, value in cardinals("five-year two")] == [Decimal(5), Decimal(2)]
    assert list(cardinals("year")) == []
