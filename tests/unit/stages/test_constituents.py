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
            "Barry Vale, director of the harbour museum, was buried in Leeds.",
            "Barry Vale was buried in Leeds.",
        ),
        (
            "Barry Vale – a nurse – was buried in Leeds.",
            "Barry Vale was buried in Leeds.",
        ),
        (
            "Barry Vale -- a nurse -- was buried in Leeds.",
            "Barry Vale was buried in Leeds.",
        ),
        (
            "Ann Moss, a police officer, was shot in the arm.",
            "Ann Moss was shot in the arm.",
        ),
        (
            "Ann Moss, an engineer, won the race in Oslo.",
            "Ann Moss won the race in Oslo.",
        ),
        (
            "Ann Moss, a lawyer from Leeds, won the race in Oslo.",
            "Ann Moss won the race in Oslo.",
        ),
        (
            "Ann Moss, the mayor of Passau, closed two schools.",
            "Ann Moss closed two schools.",
        ),
        (
            "Ann Moss, mayor of Passau, closed two schools.",
            "Ann Moss closed two schools.",
        ),
        (
            "Ann Moss, deputy head of the city council, left the room.",
            "Ann Moss left the room.",
        ),
        (
            "Ann Moss, a senior physician at the university hospital, fell ill.",
            "Ann Moss fell ill.",
        ),
        (
            "Ann Moss, sister of Bo Wu, won the race in Oslo.",
            "Ann Moss won the race in Oslo.",
        ),
        (
            "Ann Moss, his wife, was shot in the arm.",
            "Ann Moss was shot in the arm.",
        ),
        (
            "Ann Moss, their eldest daughter, was shot in the arm.",
            "Ann Moss was shot in the arm.",
        ),
        (
            "Ann Moss, prime minister of Norway, opened the bridge.",
            "Ann Moss opened the bridge.",
        ),
        (
            "Ann Moss, a jazz singer, opened the new hall.",
            "Ann Moss opened the new hall.",
        ),
        (
            "Ann Moss, foreign minister in the Senate, opened the new hall.",
            "Ann Moss opened the new hall.",
        ),
        (
            "The brother of Ann Moss, a teacher, was shot in the arm.",
            "The brother of Ann Moss was shot in the arm.",
        ),
        (
            "President Ann Moss, an economist, will open the bridge.",
            "President Ann Moss will open the bridge.",
        ),
        (
            "Ann Moss, goalkeeper at Leeds United, broke an arm.",
            "Ann Moss broke an arm.",
        ),
        (
            "Ann Moss, a film actress, has left the country.",
            "Ann Moss has left the country.",
        ),
        (
            "Ann Moss, a painter, lost a house in the fire.",
            "Ann Moss lost a house in the fire.",
        ),
        (
            "Ann Moss, coach of the national team, lost the match.",
            "Ann Moss lost the match.",
        ),
        (
            "Tanchon Group, which is based in Basel, plays a key role in the trade.",
            "Tanchon Group plays a key role in the trade.",
        ),
        (
            "Amkor, which is headquartered in Arizona, will open a plant.",
            "Amkor will open a plant.",
        ),
        (
            "Amkor, which was based in Arizona, will open a plant.",
            "Amkor will open a plant.",
        ),
        (
            "Kim Lee, who was born in Seoul, won the race again.",
            "Kim Lee won the race again.",
        ),
        (
            "Kim Lee, who is based in Seoul, won the race again.",
            "Kim Lee won the race again.",
        ),
        (
            "Vale Hospital, which is located near Leeds, lost a roof.",
            "Vale Hospital lost a roof.",
        ),
        (
            "Moss Library, which is situated in the north of Leeds, lost a roof.",
            "Moss Library lost a roof.",
        ),
        (
            "Inspectors of the Atomic Energy Agency (AEA) found the seals broken.",
            "Inspectors of the Atomic Energy Agency found the seals broken.",
        ),
        (
            "The Bank of Southern Ireland (BSI) cut its rates.",
            "The Bank of Southern Ireland cut its rates.",
        ),
        (
            "Talks at the World Trade Forum (WTF) failed in the night.",
            "Talks at the World Trade Forum failed in the night.",
        ),
        (
            "Union for the Protection of Birds (UPB) members met today.",
            "Union for the Protection of Birds members met today.",
        ),
        (
            "Police said the Free River Army (FRA) had left.",
            "Police said the Free River Army had left.",
        ),
        (
            "The old harbour (pictured) will close for repairs.",
            "The old harbour will close for repairs.",
        ),
        (
            "The old harbour (pictured left) will close for repairs.",
            "The old harbour will close for repairs.",
        ),
        (
            "The old harbour (video) will close for repairs.",
            "The old harbour will close for repairs.",
        ),
        (
            "The harbour will close (map), and a bridge (pictured) will open.",
            "The harbour will close, and a bridge will open.",
        ),
        (
            "The Atomic Energy Agency (AEA) closed the plant (pictured below).",
            "The Atomic Energy Agency closed the plant.",
        ),
    ],
)
def test_what_tells_only_who_or_where_may_go(sentence: str, left: str) -> None:
    assert shortened(sentence) == left


@pytest.mark.parametrize(
    "sentence",
    [
        # Who says so, and for whom, is a part of the claim.
        "Iran, the White House contends, has built a bomb.",
        "Li Wei, a witness swears, took bribes from the firm.",
        "Ali Khan, a spokesman for the rebels, said the town had fallen.",
        "Ali Khan, a doctor, said the town had fallen.",
        "Ali Khan, a lawyer, contends the town had fallen.",
        "Ali Khan, a lawyer, swore the town had fallen.",
        "Ali Khan, a lawyer, was shot, according to police.",
        "Ali Khan, a lawyer, urged the town to leave.",
        "Acme Group, which is based in Basel, says its drug works.",
        "Ali Khan, a lawyer, was “a hero” to the town.",
        "Ali Khan, a lawyer, was 'a hero' to the town.",
        # Clauses may tell which of several are meant.
        "Israelis, who live near the border, were told to leave.",
        "Builders, who ignored the code, face jail next year.",
        "Israelis, who were born in Russia, can vote at home.",
        "Israelis, who is born in Russia, can vote at home.",
        "The British, who is born in Leeds, can vote at home.",
        "A country, which pays its debts in full, can vote again.",
        "The hotel, which is located in Leeds, was searched today.",
        "All drivers, who drink, will lose the licence.",
        "The Moss Brothers, a singer, won the race again.",
        # Truth, standing and time.
        "Her weapon, a replica, was seized by police today.",
        "Maria, a pseudonym, was seized by police today.",
        "Walter White, the hero of the series, kills a rival.",
        "Walter White, a chemist in the series, kills a rival.",
        "Obamacare, which the court struck down, covers many people.",
        "Pat Hansen, who maintains his innocence, shot the guard.",
        "His diary, a forgery, was sold at an auction.",
        "Its vaccine, which is in trials, protects most children.",
        "Kim Lee, a former minister, was arrested in Seoul.",
        "Kim Lee, an alleged dealer, was arrested in Seoul.",
        "Kim Lee, an acting judge, was arrested in Seoul.",
        "Kim Lee, a fake doctor, was arrested in Seoul.",
        "Kim Lee, the late mayor of Seoul, was a friend.",
        "Kim Lee, a self-styled doctor, was arrested in Seoul.",
        "Kim Lee, a suspect, was arrested in Seoul.",
        "Kim Lee, a critic of the mayor, was arrested in Seoul.",
        "Kim Lee, the victim, was arrested in Seoul.",
        "Kim Lee, a father of three, was arrested in Seoul.",
        "Kim Lee, mayor of Seoul in 2010, was arrested again.",
        "Kim Lee, mayor of Seoul since May, was arrested again.",
        "Kim Lee, no doctor, was arrested in Seoul.",
        "Kim Lee, a doctor at the closed hospital, was arrested again.",
        "Kim Lee, who was born in 1980, was arrested in Seoul.",
        "Kim Lee, who was not born in Seoul, was arrested again.",
        "Kim Lee, who may be based in Seoul, was arrested again.",
        "Kim Lee, who was later acquitted, was arrested in Seoul.",
        "Kim Lee, who denies the charge, was arrested in Seoul.",
        "The bill, if it passes both houses, will end the tax.",
        "The map (disputed) was shown to all the drivers.",
        "The map (photo staged) was shown to all the drivers.",
        # Which one is meant.
        "Georgia, the US state, was hit by a storm.",
        "Paris, a small town in Texas, was hit by a storm.",
        "Jordan, the basketball star, was hit by a car.",
        "Michael Jordan, the actor, was hit by a car.",
        "Georgia, which is located in the United States, was hit by a storm.",
        "Kansas City, which is located in Missouri, was hit by a storm.",
        "New York, which is situated in England, was hit by a storm.",
        "Goldman Bank, a lawyer, was hit by a storm.",
        "Washington Post, the editor of Leeds, was hit by a storm.",
        "Lee, a lawyer from Seoul, was hit by a car.",
        "They met Georgia (US) to sign the treaty.",
        "Senator Norman Dole (ND) was hit by a car.",
        "Mayor Norman Dole (DEM) was hit by a car.",
        "Norman Dole (NOR) was hit by a car.",
        "The Atomic Energy Agency (AGE) was hit by a storm.",
        "The Atomic Energy Agency (AEA) closed, and the AEA was missed by all.",
        "The AEA was missed, and the Atomic Energy Agency (AEA) closed.",
        # Parts of a list, or of something else.
        "They visited Germany, the Netherlands, and Sweden by train.",
        "The storm passed Paris, Texas, on its way north.",
        "The law of May 5, 2024, has no effect.",
        "Bo Wu, Ann Moss, a lawyer, was shot in the arm.",
        "The leader, Kim Lee, a lawyer, was shot in the arm.",
        "They met Kim Lee, a lawyer, on the way north.",
        "They shot Kim Lee, a lawyer, held in Seoul.",
        "Kim Lee, a lawyer, arrested in Seoul in a raid, was freed.",
        "Kim Lee, a lawyer, accused of theft, was freed today.",
        "Kim Lee, a lawyer, Ann Moss, a doctor, and Bo Wu were freed.",
        "Kim Lee, a lawyer, and Ann Moss were freed today.",
        "Kim Lee, a lawyer from Seoul was freed today.",
        "The talks – a first step – failed – again – in Seoul.",
        # What is spoken of later.
        "Ann Moss, wife of Bo Wu, lost his house in the fire.",
        "Ann Moss, head of the museum, closed the museum in May.",
        "Ann Moss, head of Acme, sold it in May.",
        "Amkor, which is based in Basel, left the city in May.",
        "Amkor, which is based in Basel, will remain there in May.",
        # Marks that do not pair, and too little left.
        "“Kim Lee, a lawyer, was arrested in Seoul.”",
        "“We trust Kim Lee, a lawyer, was all that he wrote.",
        "The harbour (pictured (left)) will close for repairs.",
        "Kim Lee, a lawyer, fell.",
    ],
)
def test_what_may_be_more_than_that_stays(sentence: str) -> None:
    assert optional(sentence, "en") == ()


@pytest.mark.parametrize("language", ["de", "fr", None])
def test_nothing_may_go_where_the_language_is_not_known_to_be_english(language: str | None) -> None:
    sentence = "Barry Vale, director of the harbour museum, was buried in Leeds."
    assert optional(sentence, "en")
    assert optional(sentence, language) == ()


_SAFE = (", a lawyer,", ", who was born in Seoul,", " – a nurse –", "—a nurse—", " (pictured)")
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
        "",
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
    sentence = "Kim Lee" + "".join(a + b for a, b in stretches) + last + " had a plan."
    cuts = optional(sentence, "en")
    event("cuts" if cuts else "none")
    assert all(0 < cut.start < cut.end < len(sentence) for cut in cuts)
    assert all(a.end < b.start for a, b in pairwise(cuts))
    left = without(sentence, cuts)
    assert has_finite_verb(left)
    assert not cuts or word_count(left) >= MIN_WORDS_LEFT
    assert (negations(left), modals(left)) == (negations(sentence), modals(sentence))
    assert left.count(" ,") == sentence.count(" ,")
    assert all(sentence.count(mark) == left.count(mark) for mark in '“”"')
