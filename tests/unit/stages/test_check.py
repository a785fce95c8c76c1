import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.lexis.senses import opposed, standing
from service.lexis.words import stem
from service.stages.check import SUPPORTED, check

SOURCE = (
    "The harbour of Elm Bay was closed on Monday after a barge hit the old pier.",
    "Ada Marsh, the harbour master, said 131 passengers were brought ashore by fishermen.",
    "Tom Orr may sell the barge, which cost him 5 million euros in 2011.",
    "Police arrested Orr, and prosecutors accused him of stealing fuel from the port.",
    "The mayor did not approve the plan to rebuild the pier.",
    "Ferry fares will rise by 7 per cent in June, the council decided.",
    "“We lost the whole winter,” a shopkeeper told the Corley Post.",
    "Marsh praised Lund for the rescue.",
)


@pytest.mark.parametrize("sentence", SOURCE)
def test_what_a_source_says_is_supported(sentence: str) -> None:
    found = check(sentence, SOURCE)
    assert found.supported
    assert found.reason == ""
    assert SOURCE[found.evidence[0]] == sentence


@pytest.mark.parametrize(
    "claim",
    [
        "A barge hit the old pier of Elm Bay and the harbour was shut on Monday.",
        "Over 130 passengers were brought ashore by fishermen, Ada Marsh said.",
        "Fishermen brought 131 people ashore.",
        "The barge cost Orr 5 million euros.",
        "The mayor never approved the plan to rebuild the pier.",
        "Lund was praised by Marsh for the rescue.",
        "Fares of the ferry are to climb by 7 per cent in June.",
        "Orr was arrested by police and accused of stealing fuel.",
    ],
)
def test_what_says_the_same_in_other_words_is_supported(claim: str) -> None:
    assert check(claim, SOURCE).supported


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ("A barge hit the old pier of Elm Bay on Friday.", "date 'Friday'"),
        ("Ada Marsh said 113 passengers were brought ashore by fishermen.", "'113 passengers'"),
        ("The barge cost Orr 5 million dollars in 2011.", "'5 million dollars'"),
        ("Bea Marsh, the harbour master, said 131 passengers were brought ashore.", "name 'bea'"),
        ("Tom Orr sold the barge, which cost him 5 million euros in 2011.", "with 'may'"),
        ("The mayor approved the plan to rebuild the pier.", "denies 'approv'"),
        ("Police did not arrest Orr.", "it denies with 'not'"),
        ("Orr was stealing fuel from the port.", "'accused'"),
        ("Ferry fares will fall by 7 per cent in June, the council decided.", "'fall' where"),
        ("“We lost the whole summer,” a shopkeeper told the Corley Post.", "nobody says"),
        ("Lund praised Marsh for the rescue.", "turned round at 'prais'"),
        ("Volcanoes erupt where plates of rock drift apart.", "only 0%"),
    ],
)
def test_what_a_source_does_not_say_is_refused_with_the_reason(claim: str, reason: str) -> None:
    found = check(claim, SOURCE)
    assert not found.supported
    assert any(part in found.reason for part in reason.split("|"))


def test_a_speaker_who_says_nothing_in_the_source_is_named() -> None:
    found = check("Lund said 131 passengers were brought ashore by fishermen.", SOURCE)
    assert found.reason == "'lund' says nothing in its source"


def test_a_claim_that_opens_with_a_pronoun_scores_less() -> None:
    plain = check("The mayor did not approve the plan to rebuild the pier.", SOURCE)
    unclear = check("He did not approve the plan to rebuild the pier.", SOURCE)
    assert "'He'" in unclear.reason
    assert unclear.score < plain.score


def test_one_word_replaced_among_others_scores_less() -> None:
    found = check(
        "The harbour of Elm Bay was closed on Monday after a whale hit the old pier.", SOURCE
    )
    assert found.reason == "it says 'whale' where its evidence says 'barg'"


def test_a_fault_in_one_sentence_of_a_claim_refuses_the_whole() -> None:
    found = check(f"{SOURCE[0]} {SOURCE[4].replace('did not approve', 'approved')}", SOURCE)
    assert not found.supported
    assert set(found.evidence) >= {0, 4}


def test_a_claim_without_words_or_a_source_without_sentences_supports_nothing() -> None:
    assert check("", SOURCE).reason == "it says nothing"
    assert not check("A barge hit the pier.", ()).supported
    assert not check("…", SOURCE).supported


@given(st.sampled_from(SOURCE), st.permutations(SOURCE))
def test_the_order_of_the_sentences_changes_no_score(claim: str, told: list[str]) -> None:
    assert check(claim, told).score == check(claim, SOURCE).score


@given(st.text(max_size=80), st.lists(st.text(max_size=40), max_size=4))
def test_any_text_gets_a_score_that_agrees_with_the_verdict(claim: str, told: list[str]) -> None:
    found = check(claim, told)
    assert 0 <= found.score <= 1
    assert found.supported == (found.score >= SUPPORTED)
    assert found.supported or found.reason
    assert all(0 <= i < len(told) for i in found.evidence)


def test_words_of_one_family_stand_for_one_another() -> None:
    assert standing(stem("probe")) == standing(stem("investigation"))
    assert standing(stem("probe")) != standing(stem("harbour"))


def test_opposites_are_told_whichever_comes_first() -> None:
    assert opposed(stem("rise"), stem("fall"))
    assert opposed(stem("fell"), stem("rise")) == opposed(stem("rise"), stem("fell"))
    assert not opposed(stem("rise"), stem("climb"))
