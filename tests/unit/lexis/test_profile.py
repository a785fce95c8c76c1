import pytest

from service.lexis.profile import containment, name_stems, named_in, profile, same_name
from service.lexis.verbs import has_finite_verb
from service.lexis.words import content_stems, stem, word_count, words


def test_names_are_capitalised_words_that_do_not_merely_open_the_sentence() -> None:
    assert name_stems("Officials in Kabul met Zamir Kabulov.") == ("kabul", "zamir", "kabulov")
    assert name_stems("NATO met.") == ("nato",)
    assert name_stems("Zamir Kabulov left.") == ("zamir", "kabulov")


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("afghan", "afghanistan", True),
        ("russia", "russian", True),
        ("iran", "iraq", False),
        ("niger", "nigeria", False),
        ("paul", "paula", False),
        ("robert", "robertson", False),
    ],
)
def test_a_name_and_its_adjective_are_one(a: str, b: str, same: bool) -> None:
    assert same_name(a, b) is same
    assert named_in(a, frozenset({b})) is same


def test_the_actor_is_the_first_name() -> None:
    assert profile("In a shift, Russia lifted the ban.").actor == "russia"
    assert profile("it rained").actor == ""


def test_containment_weighs_what_is_shared() -> None:
    weights = {"a": 3.0, "b": 1.0}
    assert containment(frozenset("ab"), frozenset("a"), weights) == 0.75
    assert containment(frozenset(), frozenset("a"), weights) == 0.0


def test_a_profile_counts_denials_by_parity() -> None:
    assert profile("It did not rain.").negated
    assert not profile("It was not that it did not rain.").negated


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("Ambulances at Russell Square, London after the July 7, 2005 bombings.", False),
        ("Lindsey Germaine: Piccadilly Line train, Jamaican-born resident of Aylesbury.", False),
        ("Moscow sees the group as an ally.", True),
        ("Prices rose.", True),
        ("The contract with Acme expires in December.", True),
        ("Acme employs 40 people in Oslo.", True),
        ("The law forbids smoking in Lima.", True),
        ("MAYOR RESIGNED IN LIMA.", True),
        ("The council approved it.", True),
    ],
)
def test_a_caption_has_no_finite_verb(text: str, verb: bool) -> None:
    assert has_finite_verb(text) is verb


def test_stems_ignore_case_and_possession() -> None:
    assert stem("Russia’s") == stem("russia")
    assert content_stems("The bill’s approval") == ("bill", "approv")


def test_words_keep_what_belongs_together() -> None:
    assert [w.text for w in words("U.S.-led al-Haramain’s 3.5 won’t")] == [
        "U.S",
        "led",
        "al-Haramain’s",
        "3.5",
        "won’t",
    ]
    assert word_count("two words ") == 2


def test_whom_by_names_behind_a_passive_acts() -> None:
    active, passive = profile("Orr sued Vega in Lima."), profile("Vega was sued by Orr in Lima.")
    assert (
        active.parties.names == passive.parties.names == (("orr", ""), ("vega", ""), ("lima", "in"))
    )
    assert active.parties.deeds[0].targets == {"vega", "lima"}
    assert passive.parties.deeds[0].actors >= {"orr"}


def test_calendar_words_and_titles_are_no_parties() -> None:
    told = profile("On Monday, President Orr met Vega.")
    assert told.parties.names == (("orr", ""), ("vega", ""))


def test_a_condition_is_told_from_a_verb_of_the_same_form() -> None:
    assert profile("Acme will sell, provided that Bolt pays.").conditions == ("provided that",)
    assert profile("Acme provided food for Lima.").conditions == ()


def test_only_one_who_opens_the_sentence_reports_of_itself() -> None:
    assert profile("Acme Corp reported a loss.").teller == "acm"
    assert profile("A loss was reported by Acme.").teller == ""
