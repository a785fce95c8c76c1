from datetime import timedelta

import pytest

from service.backends.fakes import FakeDrafter
from service.domain.brief import Options
from service.domain.text import Article
from service.stages.align import Aligner
from service.stages.claims import candidates
from service.stages.disagree.counts import counted
from service.stages.disagree.find import disagreements
from service.stages.disagree.numbers import outgrown
from service.stages.disagree.rivals import Rivals
from service.stages.draft import draft
from service.stages.story import tell
from tests.conftest import NOON, MakeArticle


def rivals(*articles: Article) -> tuple[Rivals, ...]:
    story = tell(articles)
    drafts = draft(story.articles, FakeDrafter(), Options(), lambda _: None)
    found, _ = candidates(story, drafts, Aligner(story))
    return disagreements(story, counted(story), {c.key: c for c in found})


def values(*articles: Article) -> list[list[str]]:
    return [[value for value, _ in r.positions] for r in rivals(*articles)]


A = "The earthquake in northern Chile killed 145 people on Tuesday."
B = "At least 12 regions were hit. The deaths of over 130 people in the earthquake shocked Chile."


def test_rival_tolls_of_one_event_are_a_disagreement_with_both_sides_cited(
    make_article: MakeArticle,
) -> None:
    [found] = rivals(make_article("a", A), make_article("b", B))
    assert found.question == "How many people were killed in the earthquake?"
    assert [value for value, _ in found.positions] == ["145", "over 130"]
    assert [[e.article_id for e in cited.evidence] for _, cited in found.positions] == [
        ["a"],
        ["b"],
    ]


def test_a_third_report_joins_the_position_it_agrees_with(make_article: MakeArticle) -> None:
    third = "The earthquake near Arica killed 145 people, the interior ministry of Chile said."
    [found] = rivals(make_article("a", A), make_article("b", B), make_article("c", third))
    assert [[e.article_id for e in cited.evidence] for _, cited in found.positions] == [
        ["a", "c"],
        ["b"],
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # 131 is over 130.
        ("The earthquake in Chile killed 131 people.", B),
        # Not the same measure.
        ("The earthquake in Chile injured 145 people.", B),
        # Not the same kind of event.
        ("The fire in a Chile hotel killed 145 people.", B),
        # Not the same year.
        (
            "In 1960 an earthquake in Chile killed 1450 people.",
            "In 2025 an earthquake in Chile killed 130 people.",
        ),
        # Too far apart to be one thing.
        ("The earthquake in Chile killed 3 people.", B),
        # Two events.
        (
            "Gunmen killed 12 people in an attack on a market in Kano.",
            "A bomb attack in Quetta killed 25 people.",
        ),
        # Two shares of two things.
        (
            "Acme said that profit for the quarter rose 12 percent.",
            "Acme said that revenue for the quarter rose 7 percent.",
        ),
        # Two numbers, two things.
        ("Chile sent 145 trucks to the north of the country.", "Peru sent 90 trucks to Chile."),
    ],
)
def test_numbers_that_can_both_be_right_are_no_disagreement(
    make_article: MakeArticle, one: str, other: str
) -> None:
    assert values(make_article("a", one), make_article("b", other)) == []


def test_an_article_that_gives_both_numbers_disagrees_with_nobody(
    make_article: MakeArticle,
) -> None:
    both = A + " An earlier count had it that over 130 people were killed in the earthquake."
    assert values(make_article("a", both), make_article("b", B)) == []


def test_copies_of_one_report_do_not_disagree(make_article: MakeArticle) -> None:
    assert (
        values(make_article("a", A, publisher="Wire"), make_article("b", B, publisher="Wire")) == []
    )


def test_a_toll_that_grew_from_day_to_day_is_news_and_no_disagreement(
    make_article: MakeArticle,
) -> None:
    earlier = make_article("b", B, published_at=NOON)
    later = make_article("a", A, published_at=NOON + timedelta(days=1))
    assert values(earlier, later) == []
    fallen = make_article("a", A, published_at=NOON - timedelta(days=1))
    assert values(earlier, fallen) == [["145", "over 130"]]


def test_other_quantities_disagree_when_their_sentences_share_their_subject(
    make_article: MakeArticle,
) -> None:
    one = make_article("a", "Acme Corp will pay $40 million to settle the lawsuit in Ohio.")
    other = make_article("b", "Acme Corp agreed to pay $55 million to settle the lawsuit in Ohio.")
    assert values(one, other) == [["$40 million", "$55 million"]]


def test_a_number_in_words_is_cited_from_a_report_that_gives_it_in_digits(
    make_article: MakeArticle,
) -> None:
    [found] = rivals(
        make_article("a", "However, nine people were killed in the earthquake on Samos in Greece."),
        make_article("b", "Nineteen people were killed in the earthquake on Samos in Greece."),
        make_article("c", "An earthquake on the island of Samos killed 9 people, rescuers said."),
    )
    assert [value for value, _ in found.positions] == ["Nine", "Nineteen"]
    assert {e.article_id for e in found.positions[0][1].evidence} == {"a", "c"}


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        # One sentence in other words, with another number.
        (
            "The mill in Tarsk will lay off 120 workers by June, its owner said.",
            "According to the owner, 150 workers will be laid off at the mill in Tarsk.",
            ["120", "150"],
        ),
        (
            "The quake that woke the port of Mirel had a magnitude of 6.2, seismologists said.",
            "The quake that woke the port of Mirel had a magnitude of 6.8.",
            ["magnitude of 6.2", "magnitude of 6.8"],
        ),
        (
            "Sana Orlov, 34, was elected mayor of Varnby on Sunday.",
            "Sana Orlov, 43, was elected mayor of Varnby on Sunday.",
            ["34", "43"],
        ),
        (
            "The council of Varnby voted 12-3 to close the quarry.",
            "The council of Varnby voted 11-4 to close the quarry.",
            ["12-3", "11-4"],
        ),
        (
            "Prices in Tarsk rose 4.1 percent in the first quarter.",
            "Prices in Tarsk rose 4.9 percent in the first quarter.",
            ["4.1 percent", "4.9 percent"],
        ),
    ],
)
def test_numbers_of_every_kind_disagree_in_what_is_one_sentence_otherwise(
    make_article: MakeArticle, one: str, other: str, told: list[str]
) -> None:
    assert values(make_article("a", one), make_article("b", other)) == [told]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # Rounded.
        (
            "The fund for Tarsk has raised $1.2 million for new homes.",
            "The fund for Tarsk has raised $1,215,000 for new homes.",
        ),
        # A part and the whole.
        (
            "The crash near Oslo killed 12 people, among them 3 children.",
            "The crash near Oslo killed 3 children.",
        ),
        # Others were hurt than died.
        (
            "Twelve people died and seven were hurt in the fire in Tarsk.",
            "Twelve people died in the fire in Tarsk, and 20 were treated for smoke.",
        ),
        # Two towns.
        (
            "The flood killed 12 people in Mirel, rescuers said.",
            "The flood killed 9 people in Varnby, rescuers said.",
        ),
        # A sum over years.
        (
            "The blast in a Tarsk mine killed 12 miners.",
            "Blasts in Tarsk mines have killed 31 miners in the past two years.",
        ),
        # An outdated count, by its own words.
        (
            "The blast in Tarsk killed 12 people.",
            "The blast in Tarsk killed 9 people, earlier reports said.",
        ),
        # One man is not the other.
        (
            "The jury in Varnby convicted Olav Rehn, 34, of fraud.",
            "The jury in Varnby convicted Mats Holm, 51, of fraud.",
        ),
        # The same in another currency.
        (
            "The damage to the Tarsk mill was put at $1 million ($1.5 million Australian).",
            "The damage to the Tarsk mill was put at $1 million.",
        ),
    ],
)
def test_other_things_and_other_ways_to_tell_one_are_no_disagreement(
    make_article: MakeArticle, one: str, other: str
) -> None:
    assert values(make_article("a", one), make_article("b", other)) == []


def test_one_story_can_have_several_disagreements(make_article: MakeArticle) -> None:
    one = "The blast in Tarsk killed 12 people and injured 40 others."
    other = "The blast in Tarsk killed 15 people and injured 60 others."
    assert values(make_article("a", one), make_article("b", other)) == [["12", "15"], ["40", "60"]]


def test_a_copy_under_another_name_that_changes_a_number_disagrees(
    make_article: MakeArticle,
) -> None:
    told = "The blast in the old town of Tarsk killed {} people and shook the harbour for a mile."
    one = make_article("a", told.format(12), publisher="Post")
    other = make_article("b", told.format(21), publisher="Herald")
    again = make_article("c", told.format(21), publisher="Post")
    assert values(one, other) == [["12", "21"]]
    assert values(one, again) == []


def test_the_question_has_a_gap_where_a_number_stands(make_article: MakeArticle) -> None:
    [found] = rivals(
        make_article("a", "Acme Corp will pay $40 million to settle the lawsuit in Ohio."),
        make_article("b", "Acme Corp will pay $55 million to settle the lawsuit in Ohio."),
    )
    assert found.question == (
        "Which number is right in “Acme Corp will pay … to settle the lawsuit in Ohio”?"
    )


def test_the_question_uses_the_sources_word_for_the_event(make_article: MakeArticle) -> None:
    [found] = rivals(
        make_article("a", "Army clashes in Goma killed 30 people."),
        make_article("b", "Clashes with the army in Goma killed 45 people."),
    )
    assert found.question == "How many people were killed in the clashes?"


def test_a_toll_that_a_later_report_raises_is_outgrown(make_article: MakeArticle) -> None:
    early = make_article(
        "a", "The train crash near Oslo killed at least 5 people.", published_at=NOON
    )
    late = make_article(
        "b",
        "The train crash near Oslo killed 9 people.",
        published_at=NOON + timedelta(hours=9),
    )
    assert outgrown(counted(tell([early, late]))) == {("a", 0)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # A bound, and the number it names.
        (
            "The storm did damage of $3 million to the harbour of Mirel.",
            "The damage that the storm did to the harbour of Mirel was put at more than $3 million.",
        ),
        # Counted so far, and counted.
        (
            "At least 12 people were killed in the train crash near Oslo.",
            "The train crash near Oslo killed 19 people.",
        ),
        # Here, and everywhere.
        (
            "The quake killed 40 people in the province of Ranau.",
            "The quake killed 65 people overall, most of them in Ranau.",
        ),
        # What is required, and what was reached.
        (
            "Turnout must exceed 50 percent for the referendum in Varnby to be valid.",
            "Turnout in the Varnby referendum reached 64 percent.",
        ),
        # For each, and for all.
        (
            "Ferrin will pay $21 a share for Orlo Mills in Tarsk.",
            "Ferrin will pay $90 million for Orlo Mills in Tarsk.",
        ),
        # What belongs to one, and to another.
        (
            "Mirel's exports to Varnby grew 4 percent.",
            "Varnby's exports to Mirel grew 9 percent.",
        ),
        # One firm tells of itself, and so does the other.
        (
            "Ferrin said that its yearly revenue rose to $4 billion.",
            "Orlo said that its yearly revenue rose to $6 billion.",
        ),
    ],
)
def test_hedges_scopes_and_owners_that_differ_make_no_disagreement(
    make_article: MakeArticle, one: str, other: str
) -> None:
    assert values(make_article("a", one), make_article("b", other)) == []


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        (
            "A gas main exploded in Varnby and killed seven pilgrims.",
            "The explosion of a gas main in Varnby left 11 pilgrims dead.",
            ["seven", "11"],
        ),
        (
            "The cost of rebuilding the Mirel lighthouse is put at $12 million.",
            "Rebuilding the Mirel lighthouse will cost $19 million.",
            ["$12 million", "$19 million"],
        ),
        (
            "Police arrested four men over the theft of a harp from the Tarsk opera.",
            "Nine men have been detained over the stolen harp of the Tarsk opera.",
            ["four", "Nine"],
        ),
        (
            "Olav Rehn was sentenced to 12 years in prison for fraud in Varnby.",
            "A judge in Varnby sent Olav Rehn to jail for 18 years for fraud.",
            ["12 years", "18 years"],
        ),
        # One sentence alike, hedge and all.
        (
            "At least 12 people were killed in the train crash near Oslo.",
            "At least 21 people were killed in the train crash near Oslo.",
            ["At least 12", "At least 21"],
        ),
        # Fewer than were counted at the least.
        (
            "At least 12 people were killed in the train crash near Oslo.",
            "The train crash near Oslo killed nine people.",
            ["At least 12", "nine"],
        ),
    ],
)
def test_numbers_of_one_thing_in_other_words_disagree(
    make_article: MakeArticle, one: str, other: str, told: list[str]
) -> None:
    assert values(make_article("a", one), make_article("b", other)) == [told]


def test_a_report_that_gives_the_others_toll_of_another_day_disagrees_with_nobody(
    make_article: MakeArticle,
) -> None:
    both = (
        "An earthquake in Mirel killed 14 people on Sunday. "
        "The last earthquake in Mirel, on Oct. 10, 2002, killed 31 people."
    )
    other = "The earthquake in Mirel killed 14 people, rescuers said."
    assert values(make_article("a", both), make_article("b", other)) == []


def test_the_numbers_of_rules_count_nothing(make_article: MakeArticle) -> None:
    shape = "The port of Mirel was closed by the harbour office under Executive Order {} on safety."
    one, other = make_article("a", shape.format(13661)), make_article("b", shape.format(13224))
    assert values(one, other) == []
