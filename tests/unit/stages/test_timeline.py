from datetime import timedelta

import pytest

from service.backends.fakes import FakeDrafter
from service.domain.brief import Options
from service.domain.text import Article
from service.stages.align import Aligner
from service.stages.claims import candidates
from service.stages.draft import draft
from service.stages.story import tell
from service.stages.timeline import Dated, Doubt, timeline
from tests.conftest import NOON, MakeArticle


def told(*articles: Article) -> tuple[tuple[Dated, ...], tuple[Doubt, ...]]:
    story = tell(articles)
    drafts = draft(story.articles, FakeDrafter(), Options(), lambda _: None)
    found, _ = candidates(story, drafts, Aligner(story))
    return timeline(story, {c.key: c for c in found})


def dates(*articles: Article) -> list[str]:
    return [d.date for d in told(*articles)[0]]


def test_dates_of_main_clauses_come_in_order(make_article: MakeArticle) -> None:
    article = make_article(
        "a",
        "In March 2024 gunmen attacked a hall in Moscow. Russia banned the Taliban in 2003."
        " On April 1, 2024, the ministry of Russia announced a review of the ban.",
    )
    assert dates(article) == ["2003", "2024-03", "2024-04-01"]


def test_dates_of_side_clauses_tell_nothing_of_the_sentence(make_article: MakeArticle) -> None:
    article = make_article(
        "a",
        "Since the takeover of Kabul in 2021, no country has recognised the Taliban government."
        " Russia has lifted the ban on the Taliban, a status imposed in 2003."
        " Moscow courted the Taliban, which took control of Afghanistan in 2021.",
    )
    assert dates(article) == []


def test_relative_dates_count_from_publication(make_article: MakeArticle) -> None:
    text = "Russia lifted the ban on the Taliban on Thursday."
    [entry], doubts = told(make_article("a", text, published_at=NOON))
    assert (entry.date, entry.precision, doubts) == ("2025-04-17", "day", ())


def test_without_publication_a_relative_date_is_doubted_and_never_guessed(
    make_article: MakeArticle,
) -> None:
    entries, doubts = told(make_article("a", "Russia lifted the ban last month in Moscow."))
    assert entries == ()
    assert doubts == (Doubt(article_id="a", text="'last month' could not be dated"),)


def test_a_year_fixed_by_its_weekday_is_said_to_be_inferred(make_article: MakeArticle) -> None:
    entries, doubts = told(
        make_article(
            "a",
            "Kabul fell in 2021 after a short siege. The Russian ministry announced a review on"
            " Monday, April 1.",
        )
    )
    assert [e.date for e in entries] == ["2021", "2024-04-01"]
    assert doubts == (
        Doubt(
            article_id="a",
            text="the year of 'Monday, April 1' was taken as 2024, from its weekday",
        ),
    )


@pytest.mark.parametrize(
    "text",
    [
        "The government of Peru plans an election in October.",
        "Schools in Lima close in December.",
        "Luis Vega called for elections in September.",
        "Acme of Bergen is closing its plant in July.",
        "Two workers died in a fire in Leeds last week, police said on Tuesday.",
        "Markovsky, the pianist, has died aged 89, his label said on Monday.",
        "Acme of Bergen reported a profit of $6 million for 2023.",
        "Born in Odessa on 3 May 1931, Markovsky made his debut at nine.",
    ],
)
def test_a_date_that_is_not_surely_of_what_is_told_dates_nothing(
    make_article: MakeArticle, text: str
) -> None:
    assert dates(make_article("a", text, published_at=NOON)) == []


def test_of_two_reports_of_one_day_the_later_is_told(make_article: MakeArticle) -> None:
    [entry], _ = told(
        make_article("a", "A train left the rails near Oslo on Thursday.", published_at=NOON),
        make_article(
            "b",
            "Rescuers freed all passengers near Oslo on Thursday.",
            published_at=NOON + timedelta(hours=5),
        ),
    )
    assert entry.cited.text.startswith("Rescuers freed")


def test_a_weekday_in_a_name_is_no_date(make_article: MakeArticle) -> None:
    text = "The Sunday Chronicle called Anna Hill the finest writer of her time in Cork."
    assert dates(make_article("a", text, published_at=NOON)) == []


def test_a_day_that_only_tells_which_dates_nothing(make_article: MakeArticle) -> None:
    text = "Anna Hill watched the Jan. 6 hearing from a hotel in Washington."
    assert dates(make_article("a", text, published_at=NOON)) == []


def test_a_sentence_that_leans_on_another_is_not_put_under_a_date(
    make_article: MakeArticle,
) -> None:
    text = "Senator Mark Doyle founded a charity. He closed the charity in 2024 in Ohio."
    assert dates(make_article("a", text)) == []


def test_what_lies_ahead_of_its_report_has_not_happened(make_article: MakeArticle) -> None:
    text = "The council in Kazan will meet on May 14, 2025, in the old town hall."
    assert dates(make_article("a", text, published_at=NOON)) == []


def test_one_date_is_told_by_the_statement_most_sources_support(make_article: MakeArticle) -> None:
    common = "Russia banned the Taliban as a terrorist group in 2003."
    entries, _ = told(
        make_article("a", "Moscow listed seventeen groups in 2003. Rain fell."),
        make_article("b", common),
        make_article("c", "In 2003 Russia banned the Taliban as a terrorist group."),
    )
    assert [e.date for e in entries] == ["2003"]
    assert {e.article_id for e in entries[0].cited.evidence} == {"b", "c"}
