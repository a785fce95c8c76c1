from itertools import pairwise

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from service.lexis.cues import modals, negations
from service.lexis.verbs import has_finite_verb
from service.lexis.words import word_count
from service.stages.constituents import MIN_WORDS_LEFT, optional, without


def shortened(sentence: str) -> str:
    return without(sentence, optional(sentence, "en"))


@pytest.mark.parametrize(
    ("sentence", "left"),
    [
        (
            "Janette Brimmer, an attorney with Earthjustice, said the rule would fall.",
            "Janette Brimmer said the rule would fall.",
        ),
        (
            "Thompson, who was the mandatory challenger, dropped to his knees.",
            "Thompson dropped to his knees.",
        ),
        (
            "The oil firm Tanchon, which has its seat in Basel, plays a key role in the trade.",
            "The oil firm Tanchon plays a key role in the trade.",
        ),
        (
            "The minister visited the Gurdwara – a Sikh temple – during a tour of the Midlands.",
            "The minister visited the Gurdwara during a tour of the Midlands.",
        ),
        (
            "Amkor -- an Arizona-based company -- will open a plant.",
            "Amkor will open a plant.",
        ),
        (
            "Barry Vale, director of the harbour museum, urged sailors to sign the appeal.",
            "Barry Vale urged sailors to sign the appeal.",
        ),
        (
            "Strong quakes rocked Manokwari, the capital of the province, in the night.",
            "Strong quakes rocked Manokwari in the night.",
        ),
        (
            "Inspectors of the Atomic Energy Agency (AEA) found the seals broken.",
            "Inspectors of the Atomic Energy Agency found the seals broken.",
        ),
        (
            "The old harbour (pictured) will close for repairs.",
            "The old harbour will close for repairs.",
        ),
    ],
)
def test_a_description_set_off_on_both_sides_may_go(sentence: str, left: str) -> None:
    assert shortened(sentence) == left


@pytest.mark.parametrize(
    "sentence",
    [
        # What bears on the truth, its time or its standing.
        "Lee, who denies the charge, was arrested in Seoul.",
        "Lee, who may appeal, was arrested in Seoul.",
        "Lee, an alleged dealer, was arrested in Seoul.",
        "Lee, who said she was ill, was arrested in Seoul.",
        "Lee, a father of three, was arrested in Seoul.",
        "Lee, who left in March, was arrested in Seoul.",
        "Lee, who left last week, was arrested in Seoul.",
        "Lee, who was later acquitted, was arrested in Seoul.",
        "Lee, who works as a guard, was arrested in Seoul.",
        "The bill, if it passes both houses, will end the tax.",
        "The bill, although the court objects, will end the tax.",
        # Parts of a list, a place or a date.
        "They visited Germany, the Netherlands, and Sweden by train.",
        "They visited Germany, the Netherlands, Sweden and Norway by train.",
        "The storm passed Paris, Texas, on its way north.",
        "The law of May 5, 2024, has no effect.",
        "Lee, who won, lost, and drew, is the new champion.",
        # The subject, the verb, or a clause of its own.
        "On Monday, the president, deeply concerned, met the families.",
        "In Paris, the president, in a speech, promised help.",
        "The deal, the court ruled, is void for the firm.",
        "In the north, the rebels, armed with rifles, attacked the camp.",
        # What tells which one is meant, or what is meant later.
        "The hotel, where the team was staying, was searched by police.",
        "A country, which pays its debts in full, can ask for more.",
        "All drivers, who drink, will lose the licence.",
        "Lee, whose wife is a judge, said she was ill.",
        "Lee, a member of the Rifle Club, said it was shut.",
        "The drag on the economy, the housing market, has eased.",
        # One delimiter, one too many, or one that closes something else as well.
        "Lee, a lawyer from Seoul was arrested at home.",
        "The leader, Kim Lee, a lawyer, said that talks had failed.",
        "The talks – a first step – failed – again – in Seoul.",
        "The worst place was Bener, where the quake began, said Fauzi Lee.",
        "“Lee, a lawyer, was arrested in Seoul.”",
        "He called it “a deal (pictured) that Lee, a lawyer, can sign” in Seoul.",
        "“We trust Lee, a lawyer, was all that he told us.",
        "The harbour (pictured (left)) will close for repairs.",
        "The Atomic Energy Agency (AEA) closed, and the AEA was missed by all.",
        "They met in Georgia (US) to sign the treaty.",
        # Too little would be left.
        "Lee, a lawyer, was arrested.",
    ],
)
def test_what_may_be_more_than_a_description_stays(sentence: str) -> None:
    assert optional(sentence, "en") == ()


@pytest.mark.parametrize("language", ["de", "fr", None])
def test_nothing_may_go_where_the_language_is_not_known_to_be_english(language: str | None) -> None:
    sentence = "Janette Brimmer, an attorney with Earthjustice, said the rule would fall."
    assert optional(sentence, "en")
    assert optional(sentence, language) == ()


_SAFE = (", a lawyer,", ", who lives in Seoul,", " – an old firm –", "—a bank—", " (LB)")
_UNSAFE = (
    ", who may go,",
    ", not a lawyer,",
    ", in May,",
    ", and",
    ",",
    " –",
    " (",
    ")",
    " “",
    "”",
)
_PARTS = st.sampled_from(_SAFE) | st.sampled_from(_UNSAFE)
_STRETCHES = st.sampled_from(
    [
        "Lee Bank",
        " was in the harbour",
        " said it",
        " met Kim",
        " in Paris",
        " and Ann Moss",
        " ran",
        "",
    ]
)


@given(st.lists(st.tuples(_STRETCHES, _PARTS), min_size=1, max_size=2), _STRETCHES)
def test_what_is_proposed_lies_inside_apart_and_leaves_a_sentence_that_claims_as_much(
    stretches: list[tuple[str, str]], last: str
) -> None:
    sentence = "Lee" + "".join(a + b for a, b in stretches) + last + " had a plan."
    cuts = optional(sentence, "en")
    event("cuts" if cuts else "none")
    assert all(0 < cut.start < cut.end < len(sentence) for cut in cuts)
    assert all(a.end <= b.start for a, b in pairwise(cuts))
    left = without(sentence, cuts)
    assert has_finite_verb(left)
    assert not cuts or word_count(left) >= MIN_WORDS_LEFT
    assert (negations(left), modals(left)) == (negations(sentence), modals(sentence))
    assert left.count(" ,") == sentence.count(" ,")
    assert all(sentence.count(mark) == left.count(mark) for mark in '“”"')
