from datetime import timedelta

import pytest

from service.backends.fakes import FakeDrafter
from service.domain.brief import Options
from service.domain.text import Article
from service.stages.align import Aligner
from service.stages.claims import candidates
from service.stages.disagree.dates import date_rivals
from service.stages.disagree.rivals import Rivals
from service.stages.draft import draft
from service.stages.story import tell
from tests.conftest import NOON, MakeArticle


def rivals(*articles: Article) -> tuple[Rivals, ...]:
    story = tell(articles)
    drafts = draft(story.articles, FakeDrafter(), Options(), lambda _: None)
    found, _ = candidates(story, drafts, Aligner(story))
    return date_rivals(story, {c.key: c for c in found})


def values(one: str, other: str, make_article: MakeArticle) -> list[list[str]]:
    first, second = (
        make_article(id_, text, publisher=id_) for id_, text in (("a", one), ("b", other))
    )
    return [[value for value, _ in r.positions] for r in rivals(first, second)]


OPENED = "The tunnel under Mount Ferrin was opened to lorries on 12 March 2019."


def test_two_days_for_one_event_are_a_disagreement_with_both_sides_cited(
    make_article: MakeArticle,
) -> None:
    [found] = rivals(
        make_article("a", OPENED, publisher="A"),
        make_article("b", OPENED.replace("12", "14"), publisher="B"),
    )
    assert found.kind == "date"
    assert [value for value, _ in found.positions] == ["12 March 2019", "14 March 2019"]
    assert [[e.article_id for e in cited.evidence] for _, cited in found.positions] == [
        ["a"],
        ["b"],
    ]


def test_the_question_has_a_gap_where_the_date_stands(make_article: MakeArticle) -> None:
    [found] = rivals(
        make_article("a", OPENED, publisher="A"),
        make_article("b", OPENED.replace("2019", "2018"), publisher="B"),
    )
    assert found.question == (
        "Which date is right in “The tunnel under Mount Ferrin was opened to lorries on …”?"
    )


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        (
            "The ferry Aldana sank off Port Mirel on Tuesday with a cargo of timber.",
            "The ferry Aldana sank off Port Mirel on Thursday.",
            ["Tuesday", "Thursday"],
        ),
        (
            "On Friday, the city council of Varnby dismissed its treasurer, Olav Rehn.",
            "Olav Rehn was dismissed as treasurer of Varnby on Monday, the council said.",
            ["Friday", "Monday"],
        ),
        (
            "The Orlo bridge in Tarsk is to be reopened in April.",
            "The Orlo bridge in Tarsk is to be reopened in June.",
            ["April", "June"],
        ),
        (
            "Fire destroyed the opera house of Varnby on 12 July 2018.",
            "The opera house of Varnby burned down on 14 July 2018, the council said.",
            ["12 July 2018", "14 July 2018"],
        ),
        (
            "The ferry Aldana is expected to reach Port Mirel on Friday.",
            "On Thursday, the ferry Aldana is expected to reach Port Mirel, local media reported.",
            ["Friday", "Thursday"],
        ),
        # "May" the month hopes for nothing.
        (
            "Ferrin Drugs recalled the syrup in March 2012.",
            "The syrup was recalled by Ferrin Drugs in May 2012.",
            ["March 2012", "May 2012"],
        ),
        # A second date in the sentence is not the other's date.
        (
            "The court in Varnby sentenced Olav Rehn on Friday for the fraud.",
            "The court in Varnby sentenced Olav Rehn on Monday for the fraud that came out in June 2015.",
            ["Friday", "Monday"],
        ),
    ],
)
def test_rival_dates_are_found_in_other_words(
    make_article: MakeArticle, one: str, other: str, told: list[str]
) -> None:
    assert values(one, other, make_article) == [told]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # The month and a day of it.
        (OPENED, OPENED.replace("on 12 March", "in March")),
        # Another event.
        (OPENED, "The tunnel under Mount Ferrin was flooded on 14 March 2019."),
        # Another place.
        (OPENED, "The tunnel under Lake Osk was opened to lorries on 14 March 2019."),
        # The first of a series, and the second.
        (
            "The first train reached Ferrin on Monday with aid for the village.",
            "The second train reached Ferrin on Wednesday with aid for the village.",
        ),
        # Two players, in one sentence with two days.
        (
            "The Tarsk Rovers signed Mats Holm from the Varnby youth team on Wednesday.",
            "The Tarsk Rovers signed Olav Rehn on Tuesday and Mats Holm today from the Varnby youth team.",
        ),
        # Two races, two elections.
        (
            "Sana Orlov won the 5,000 metres in Varnby on Saturday.",
            "Sana Orlov won the 10,000 metres in Varnby on Sunday.",
        ),
        (
            "The first debate will be held in Port Mirel on 3 May 2019.",
            "The second debate will be held in Port Mirel on 17 May 2019.",
        ),
        # When it happened, and when somebody said so.
        (
            "The ferry Aldana sank off Port Mirel on Tuesday.",
            "The ferry Aldana sank off Port Mirel, the coast guard said on Thursday.",
        ),
        # Planned, and done.
        (
            "The ferry Aldana will sail from Port Mirel on Tuesday.",
            "The ferry Aldana sailed from Port Mirel on Thursday.",
        ),
        # Put off.
        (
            "The trial of Olav Rehn will begin in Varnby on 3 May.",
            "The trial of Olav Rehn will begin in Varnby on 9 May, postponed for a second time.",
        ),
        # Late in the evening here, and after midnight there.
        (
            "The ferry Aldana sank off Port Mirel late on Tuesday.",
            "The ferry Aldana sank off Port Mirel on Wednesday.",
        ),
    ],
)
def test_dates_that_can_both_be_right_are_no_disagreement(
    make_article: MakeArticle, one: str, other: str
) -> None:
    assert values(one, other, make_article) == []


def test_a_report_that_gives_both_dates_disagrees_with_nobody(make_article: MakeArticle) -> None:
    both = OPENED + " Local papers have it that " + OPENED.replace("12", "14").replace("The", "the")
    assert values(both, OPENED.replace("12", "14"), make_article) == []


def test_one_weekday_counted_from_two_weeks_is_no_disagreement(make_article: MakeArticle) -> None:
    told = "The ferry Aldana sank off Port Mirel on Tuesday."
    early = make_article("a", told, publisher="A", published_at=NOON)
    late = make_article(
        "b", told + " Divers found it.", publisher="B", published_at=NOON + timedelta(days=7)
    )
    assert rivals(early, late) == ()


def test_a_weekday_and_a_full_date_are_compared_by_the_calendar(make_article: MakeArticle) -> None:
    # Noon is a Friday: the Tuesday before it is 15 April.
    weekday = make_article(
        "a", "The ferry Aldana sank off Port Mirel on Tuesday.", publisher="A", published_at=NOON
    )
    same, other = (
        make_article(
            "b", f"The ferry Aldana sank off Port Mirel on {day} April 2025.", publisher="B"
        )
        for day in (15, 12)
    )
    assert rivals(weekday, same) == ()
    assert len(rivals(weekday, other)) == 1


def sunk(make_article: MakeArticle, **told: str) -> tuple[Article, ...]:
    return tuple(
        make_article(id_, f"The ferry Aldana sank off Port Mirel {day}.", publisher=id_)
        for id_, day in told.items()
    )


def test_days_that_are_each_one_with_a_third_are_not_one(make_article: MakeArticle) -> None:
    [found] = rivals(
        *sunk(
            make_article,
            a="late on 15 April 2025",
            b="on 14 April 2025",
            c="on 16 April 2025",
            d="on 10 April 2025",
        )
    )
    assert [
        (value, [e.article_id for e in cited.evidence]) for value, cited in found.positions
    ] == [("15 April 2025", ["a"]), ("16 April 2025", ["c"]), ("10 April 2025", ["d"])]


def test_a_report_is_not_cited_for_a_day_that_it_does_not_give(make_article: MakeArticle) -> None:
    # A week after noon's Friday, Tuesday is 22 April; a late copy may mean the 15th.
    late = make_article(
        "a",
        "The ferry Aldana sank off Port Mirel on Tuesday.",
        publisher="a",
        published_at=NOON + timedelta(days=7),
    )
    dated = sunk(make_article, b="on 15 April 2025", c="on 12 April 2025")
    [found] = rivals(late, *dated)
    assert [
        (value, [e.article_id for e in cited.evidence]) for value, cited in found.positions
    ] == [("Tuesday", ["a"]), ("12 April 2025", ["c"])]


def test_no_two_positions_are_worded_alike(make_article: MakeArticle) -> None:
    told = "The ferry Aldana sank off Port Mirel on Tuesday."
    weekly = (
        make_article(id_, told, publisher=id_, published_at=NOON + timedelta(days=days))
        for id_, days in (("a", 0), ("b", 9))
    )
    [found] = rivals(*weekly, *sunk(make_article, c="on 10 April 2025"))
    assert [value for value, _ in found.positions] == ["Tuesday", "10 April 2025"]
