import re
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.stages.constituents import without
from service.stages.gates import denials, exactness, quotations, roles, speakers, turned_round
from service.stages.losses import losable

SOURCE = "Officials said “nobody is safe” after 12 people may have died near Kabul, Lee alleges."
# Each line is a faithful sentence of its own shape.
SENTENCES = (
    SOURCE,
    "However, Anna Vega, a nurse at the port, rescued 14 sailors on Monday, 3 March 2014.",
    "Basel, Switzerland (Reuters) - The Harbour Transport Authority (HTA) opened 3 berths in May.",
    "After all, no more than half of the 9,400 homes were not insured, said the mayor of Elm Bay.",
    "The ferry – a 40-year-old vessel – was reportedly hit by a barge about a mile off Corley.",
    "According to police, two men allegedly stole €5 million and 3.5 kilos of gold from Marl Bank.",
    "Only 7 per cent of voters want the dam, which might cost between $2 billion and $3 billion.",
    'She said: "We never agreed," and "we will not sign" before Tom Orr\'s lawyers left at 9:30 p.m.',
    "But in 1998-99 the club lost 3-1 to Dorn, its first defeat since the 2-2 draw in Ipsing.",
    "Mr Orr's rivals, who weren't invited, could have beaten Vega in the second round last June.",
)
PARTY = "Vega sued Orr in Dorn on Monday; on Friday Orr paid Lund 5 million euros and 40 cows."


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_whole_sentence_passes(sentence: str) -> None:
    assert exactness(sentence, [sentence]) == ""


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_less_what_it_may_lose_passes(sentence: str) -> None:
    spans = losable(sentence, language="en", around=sentence)
    for count in range(1, len(spans) + 1):
        for lost in combinations(spans, count):
            shorter = without(sentence, lost).strip()
            assert exactness(shorter[0].upper() + shorter[1:], [sentence]) == ""


def test_some_of_the_sentences_can_lose_something() -> None:
    assert sum(bool(losable(s, language="en", around=s)) for s in SENTENCES) >= 4


@given(st.lists(st.sampled_from(SENTENCES), min_size=2, max_size=3, unique=True))
def test_whole_sentences_in_the_order_of_their_evidence_pass(told: list[str]) -> None:
    assert exactness(" ".join(told), told) == ""


_WHO = st.sampled_from(
    ("Ada Marsh", "The Dorn council", "Three farmers", "Police in Elm Bay", "He")
)
_SAYS = st.sampled_from(("", ", Lund said", ", according to the port", ", it is claimed"))
_VERB = st.sampled_from(
    ("did not sell", "may have lost", "hit", "was beaten by", "allegedly hid", "refused to pay")
)
_WHAT = st.sampled_from(
    ("Tom Orr", "5 million euros", "about 40 cows", "“the last bridge”", "a mile of fence")
)
_WHEN = st.sampled_from(("", " on Monday", " in May 2011", " before 9 June", " last year"))


@given(_WHO, _VERB, _WHAT, _WHEN, _SAYS)
def test_every_sentence_bears_itself_out(
    who: str, verb: str, what: str, when: str, says: str
) -> None:
    sentence = f"{who} {verb} {what}{when}{says}."
    assert exactness(sentence, [sentence]) == ""


@given(_WHO, _VERB, _WHAT, st.permutations((" on Monday", " in May 2011", " on 9 June")))
def test_another_date_is_never_borne_out(who: str, verb: str, what: str, days: list[str]) -> None:
    said, stated, _ = (f"{who} {verb} {what}{day}." for day in days)
    assert exactness(stated, [said])


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("12 people", "13 people", "number"),
        ("Kabul", "Herat", "name"),
        ("nobody is safe", "nobody is here", "quotation"),
        ("may have", "have", "loses 'may'"),
        ("Lee alleges", "Lee", "loses"),
        ("Officials said", "Officials denied", "denied|deni"),
        ("after 12", "after not 12", "adds"),
        ("people may", "people will", "may"),
        ("Officials said", "Witnesses said", "not 'wit"),
        ("“nobody is safe”", "nobody is safe", "quotation"),
        ("12 people", "12 cars", "count"),
        ("after 12", "before 12", "after"),
        ("Kabul", "Kabull", "name"),
    ],
)
def test_a_changed_word_that_matters_is_named(old: str, new: str, reason: str) -> None:
    changed = SOURCE.replace(old, new)
    assert changed != SOURCE
    assert re.search(reason, exactness(changed, [SOURCE]))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("euros", "dollars"),
        ("5 million", "5 billion"),
        ("40 cows", "40 horses"),
        ("Monday", "Tuesday"),
        ("Vega sued Orr", "Orr sued Vega"),
        ("Orr paid Lund", "Lund paid Orr"),
        ("Dorn", "Lund"),
    ],
)
def test_a_fact_put_in_anothers_place_is_refused(old: str, new: str) -> None:
    changed = PARTY.replace(old, new, 1)
    assert changed != PARTY
    assert exactness(changed, [PARTY])


@pytest.mark.parametrize(
    ("said", "stated"),
    [
        ("He was allegedly robbed in Dorn.", "He was robbed in Dorn."),
        ("The suspected thief fled to Dorn.", "The thief fled to Dorn."),
        ("About 40 cows were sold.", "40 cows were sold."),
        ("The port is a mile away.", "The port is a kilometre away."),
        ("They waited a few months.", "They waited a few weeks."),
        ("Lund wanted to sell the farm.", "Lund sold the farm."),
        ("If it rains, the dam will break.", "The dam will break."),
        ("He did not steal but fled.", "He stole but did not flee."),
        ("He may stay and she left.", "He stayed and she may leave."),
        ("Only farmers were paid.", "Farmers were paid."),
        ("According to Orr, the dam broke.", "According to Lund, the dam broke."),
        ("The dam broke, said police.", "The dam broke, said farmers."),
        ("Ann Orr met Tom Lund.", "Ann Lund met Tom Orr."),
        ("It killed 4 and injured 9.", "It killed 9 and injured 4."),
    ],
)
def test_what_turns_a_sentence_may_not_be_lost_or_moved(said: str, stated: str) -> None:
    assert exactness(stated, [said])


def test_a_name_that_stands_for_the_group_is_known_by_what_names_it() -> None:
    evidence = ["The group said it held 5 farmers.", "known as Red Ox"]
    assert exactness("Red Ox said it held 5 farmers.", evidence) == ""


def test_two_sources_may_share_one_denial() -> None:
    assert (
        exactness("Orr did not pay.", ["Orr did not pay.", "Orr did not pay, it turned out."]) == ""
    )


def test_a_passive_is_told_from_its_active() -> None:
    assert turned_round("Vega was praised by Orr.", ["Vega praised Orr."]) == "prais"
    assert not turned_round("Orr was praised by Vega.", ["Vega praised Orr."])


def test_roles_are_what_stands_before_and_behind_a_verb() -> None:
    [role] = roles("The red fox chased 2 hens")
    assert (role.verb, role.actors, role.targets) == ("chase", {"red", "fox"}, {"2", "hen"})


def test_a_denial_is_read_with_the_word_it_goes_with() -> None:
    assert denials("They didn’t pay and cannot leave; no bridge") == (
        ("not", "pay"),
        ("not", "leav"),
        ("no", "bridg"),
    )


def test_a_speaker_is_read_before_or_behind_the_word_of_speech() -> None:
    assert speakers("The dam broke, farmers said.") == (("said", frozenset({"farmer"})),)
    assert speakers("“It broke,” said Orr.") == (("said", frozenset({"orr"})),)


def test_quotations_lose_their_marks_and_last_comma() -> None:
    assert quotations('“Go,” he said, then "stay."') == ("Go", "stay")
