from datetime import date

import pytest

from service.lexis.cues import (
    addable,
    attributions,
    dated,
    dateline,
    is_added_date,
    modals,
    negations,
    opening_connective,
    opening_phrase,
    phase,
    turns_truth,
)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The ministry is considering lifting the ban.", 0),
        ("The bill could lead to a ban.", 0),
        ("Russia is set to lift the ban.", 1),
        ("The court will rule on Monday.", 1),
        ("Parliament has approved a bill that could lift the ban.", 2),
        ("Russia has lifted the ban.", 3),
        ("Gunmen killed 145 people.", 3),
        ("Gunmen killed 145 people on 4 May in Vega.", 3),
    ],
)
def test_a_sentence_tells_how_far_along_its_news_is(sentence: str, expected: int) -> None:
    assert phase(sentence) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Russia to Remove Taliban from Terrorist List", 1),
        ("Ahmadinejad to free British navy personnel", 1),
        ("Tributes paid to the victims of the bombings", 3),
        ("Russia Lifts Ban", 3),
    ],
)
def test_a_title_with_an_infinitive_announces(title: str, expected: int) -> None:
    assert phase(title, is_title=True) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It didn't rain and nobody came.", ("not", "nobodi")),
        ("He cannot come", ("not",)),
        ("All came.", ()),
    ],
)
def test_denials_are_found_in_every_form(text: str, words: tuple[str, ...]) -> None:
    assert negations(text) == words


def test_may_is_a_modal_and_may_a_month() -> None:
    assert modals("It may rain in May.") == ("may",)


def test_words_that_say_who_says_so_are_found() -> None:
    assert attributions("Lee said that Kim alleges it.") == ("said", "alleg")


@pytest.mark.parametrize("text", ["not so", "12 of them", "he said", "it may be", "allegedly"])
def test_a_phrase_that_turns_the_truth_is_never_safe_to_lose(text: str) -> None:
    assert turns_truth(text)


def test_a_plain_phrase_turns_nothing() -> None:
    assert not turns_truth("in a significant shift")


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("KABUL, AFGHANISTAN – The ministry has spoken out.", 21),
        ("Meadow Lake, Saskatchewan – The municipal council met.", 28),
        ("Paris (AP) - The French government has fallen again.", 13),
        ("Saturday, March 26, 2005 Up to four times as many died.", 25),
        ("March 26, 2005, was a quiet day in the whole country.", 0),
        ("FALSE — Vaccines given to children in Kenya contain a chip.", 0),
        ("The bridge – the oldest in town – fell into the river.", 0),
        ("Russia – Ukraine talks – a first – were held in Minsk.", 0),
    ],
)
def test_a_dateline_is_told_from_a_dash(text: str, length: int) -> None:
    assert dateline(text) == length


def test_a_connective_needs_its_comma() -> None:
    assert opening_connective("However, it rained.") == 9
    assert opening_connective("However it rained, we went.") == 0


@pytest.mark.parametrize("text", ["Earlier:", "12 July 2005:"])
def test_when_a_report_was_written_may_be_added(text: str) -> None:
    assert addable(text)


@pytest.mark.parametrize(
    "text", ["not", "killed", "Monday", "may", "12", "nearly", "and", ", which", "by"]
)
def test_no_word_may_be_added(text: str) -> None:
    assert not addable(text)


def test_an_added_date_is_recognised_by_its_form() -> None:
    assert is_added_date(dated(date(2005, 7, 12)))
    assert not is_added_date("July 2005:")


def test_a_single_word_in_capitals_is_a_dateline_only_where_it_is_a_place_of_the_text() -> None:
    sentence = "KABUL – The ministry has spoken out at last."
    assert dateline(sentence, "He came to Kabul.") == len("KABUL – ")
    assert dateline(sentence, "He came home.") == 0


@pytest.mark.parametrize(
    ("sentence", "length"),
    [
        ("In a sudden move, Russia has lifted the ban.", 18),
        ("On Monday, Russia has lifted the ban.", 11),
        ("In Moscow, Russia has lifted the ban.", 0),
        ("On Monday, a ban was lifted.", 0),
    ],
)
def test_a_headline_can_spare_a_phrase_of_judgement_or_of_a_day(sentence: str, length: int) -> None:
    assert opening_phrase(sentence) == length
