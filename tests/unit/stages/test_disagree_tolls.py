from datetime import timedelta

import pytest

from service.stages.disagree.counts import counted
from service.stages.disagree.numbers import outgrown
from service.stages.story import tell
from tests.conftest import NOON, MakeArticle

CORRECTED = "Five people were killed in a shooting at a market in Varnby, police said."


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # The toll is named far from its number, and its day is not that of the event.
        (
            "A quake struck the Ranau valley on Friday, killing at least 12 people.",
            "The death toll from the quake in Ranau rose to 40 on Saturday, an agency said.",
        ),
        (
            "A quake struck the Ranau valley on Friday, killing at least 12 people.",
            "At least 75 people are now known to have died in the Ranau quake, rescuers said on Saturday.",
        ),
        (
            "At least 12 people were killed when a ferry sank off Mirel, police said.",
            "The number of dead in the Mirel ferry disaster has climbed to 75.",
        ),
        (
            "A bus crash near Orlo left 31 people dead, police said.",
            "Two more passengers died, bringing the death toll from the bus crash near Orlo to 33.",
        ),
        # Cases and homes.
        (
            "Tarsk has 1,250 confirmed cases of cholera, the health ministry said on Monday.",
            "The number of cholera cases in Tarsk has risen to 1,610, the ministry said on Wednesday.",
        ),
        (
            "The measles outbreak in Varnby has sickened 1,250 people.",
            "There are 1,610 confirmed infections in the Varnby measles outbreak.",
        ),
        (
            "The wildfire near Orlo has destroyed 40 homes, officials said.",
            "The Orlo wildfire has destroyed 112 houses.",
        ),
        # Corrected downwards.
        (
            CORRECTED,
            "Police corrected the number of dead in the Varnby shooting from five to three.",
        ),
        (
            CORRECTED,
            "Three people were killed in the Varnby shooting, police said, revising an earlier toll of five.",
        ),
        (
            CORRECTED,
            "Three people died in the shooting in Varnby, not five as initially reported.",
        ),
        (CORRECTED, "Officials lowered the death toll from the Varnby shooting to three."),
        (
            CORRECTED,
            "Three people died in the shooting in Varnby. Police had initially put the toll at five.",
        ),
    ],
)
def test_a_toll_that_a_later_report_words_as_risen_or_corrected_is_outgrown(
    make_article: MakeArticle, old: str, new: str
) -> None:
    early = make_article("a", old, published_at=NOON)
    late = make_article("b", new, published_at=NOON + timedelta(hours=5))
    assert ("a", 0) in outgrown(counted(tell([early, late])))
    assert ("b", 0) not in outgrown(counted(tell([early, late])))


def test_a_toll_so_far_is_outgrown_within_the_hour_and_without_a_date_by_what_is_said(
    make_article: MakeArticle,
) -> None:
    first = "At least 12 people were killed in the train crash near Oslo."
    early = make_article("a", first, published_at=NOON)
    soon = NOON + timedelta(minutes=40)
    late = make_article("b", "The train crash near Oslo killed 19 people.", published_at=soon)
    assert outgrown(counted(tell([early, late]))) == {("a", 0)}
    risen = "The death toll in the train crash near Oslo has risen to 19."
    undated = [make_article("a", first), make_article("b", risen)]
    assert outgrown(counted(tell(undated))) == {("a", 0)}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # Another event, place or day.
        ("The quake in Ranau killed 12 people.", "A quake in Ranau in 2002 killed 400 people."),
        (
            "The flood killed 9 people in Mirel, rescuers said.",
            "The death toll from the flood in Varnby rose to 12, rescuers said.",
        ),
        (
            "A bombing in Kano killed 9 people on Thursday.",
            "The death toll from Saturday's bombing in Kano rose to 15.",
        ),
        ("The attack in Kano killed 9 people.", "An earlier attack in Kano killed 15 people."),
        (
            "An attack in Kano killed 9 people.",
            "The attack in Kano killed 3 people. In an earlier attack in Kano 9 people died.",
        ),
        (CORRECTED, "Police corrected the number of dead in a fire in Tarsk from five to three."),
        # Other people, and a part or some besides.
        (
            CORRECTED,
            "Police corrected the number of injured in the Varnby shooting from five to three.",
        ),
        (
            "The crash near Oslo killed 3 children.",
            "The death toll from the crash near Oslo rose to 12.",
        ),
        (
            "The crash near Oslo killed 12 people.",
            "Another 20 people were killed in the crash near Oslo.",
        ),
        # Fewer, and nobody says that it was corrected.
        ("The crash near Oslo killed 9 people.", "The crash near Oslo killed 5 people."),
        # Another illness or place, and the cases of one day.
        ("Tarsk has 120 confirmed cases of cholera.", "There are 340 cases of measles in Tarsk."),
        ("There are 120 cases of cholera in Tarsk.", "There are 340 cases of cholera in Varnby."),
        (
            "There are 120 cases of cholera in Tarsk.",
            "There are 340 new cases of cholera in Tarsk.",
        ),
        (
            "The wildfire near Orlo has destroyed 40 homes.",
            "The wildfire near Orlo has damaged 112 homes.",
        ),
    ],
)
def test_a_toll_of_another_event_or_of_a_part_outgrows_nothing(
    make_article: MakeArticle, old: str, new: str
) -> None:
    early = make_article("a", old, published_at=NOON)
    late = make_article("b", new, published_at=NOON + timedelta(hours=30))
    assert outgrown(counted(tell([early, late]))) == frozenset()


def test_an_earlier_report_outgrows_nothing_though_it_tells_of_a_correction(
    make_article: MakeArticle,
) -> None:
    told = "Police corrected the number of dead in the Varnby shooting from five to three."
    early = make_article("a", told, published_at=NOON)
    late = make_article("b", CORRECTED, published_at=NOON + timedelta(hours=30))
    assert ("b", 0) not in outgrown(counted(tell([early, late])))
