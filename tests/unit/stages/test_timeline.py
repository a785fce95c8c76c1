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


def test_a_sentence_that_leans_on_another_brings_it_along(make_article: MakeArticle) -> None:
    text = "Senator Mark Doyle founded a charity in Ohio. He closed the charity in 2024."
    [entry], _ = told(make_article("a", text))
    assert (entry.date, entry.cited.text) == ("2024", text)


def test_a_sentence_that_leans_on_one_of_another_date_is_left_out(
    make_article: MakeArticle,
) -> None:
    text = "Senator Mark Doyle founded a charity in 1999. He closed the charity in 2024 in Ohio."
    assert dates(make_article("a", text)) == ["1999"]


def test_what_was_to_come_is_marked_with_the_day_of_its_report(make_article: MakeArticle) -> None:
    text = "Councillors in Kazan will meet on May 14, 2025, in the old town hall."
    [entry], _ = told(make_article("a", text, published_at=NOON))
    assert (entry.date, entry.to_come) == ("2025-05-14", True)
    assert entry.cited.text == f"Expected, as of 18 April 2025: {text}"
    assert (entry.cited.pieces[0].document_id, entry.cited.pieces[0].end) == (None, 30)


def test_what_was_to_come_in_a_report_without_a_date_is_marked_too(
    make_article: MakeArticle,
) -> None:
    [entry], _ = told(make_article("a", "Councillors in Kazan will meet on May 14, 2025."))
    assert entry.cited.text == "Expected: Councillors in Kazan will meet on May 14, 2025."


@pytest.mark.parametrize(
    "later",
    [
        "Councillors in Kazan met in the old town hall on Wednesday.",
        "Councillors in Kazan have met in the old town hall.",
    ],
)
def test_a_later_report_that_it_happened_takes_the_place_of_the_plan(
    make_article: MakeArticle, later: str
) -> None:
    plan = "Councillors in Kazan will meet in the old town hall on May 14, 2025."
    entries, _ = told(
        make_article("a", plan, published_at=NOON),
        make_article("b", later, published_at=NOON + timedelta(days=28)),
    )
    assert not any(e.to_come for e in entries)


def test_a_plan_of_which_no_report_says_that_it_happened_stays_a_plan(
    make_article: MakeArticle,
) -> None:
    plan = "Councillors in Kazan will meet in the old town hall on May 14, 2025."
    [entry], _ = told(
        make_article("a", plan, published_at=NOON),
        make_article(
            "b", "Rain flooded the port of Cork in Ireland.", published_at=NOON + timedelta(days=40)
        ),
    )
    assert entry.to_come


def test_two_events_of_one_day_are_told_where_several_sources_tell_each(
    make_article: MakeArticle,
) -> None:
    crash = "A freight train left the rails near Oslo on Thursday."
    vote = "Voters elected Anna Hill as governor of Ohio on Thursday."
    entries, _ = told(
        make_article("a", crash, vote, publisher="One", published_at=NOON),
        make_article("b", f"{crash} Rain fell in the valley.", publisher="Two", published_at=NOON),
        make_article("c", f"Snow is rare there. {vote}", publisher="Three", published_at=NOON),
    )
    assert [e.date for e in entries] == ["2025-04-17", "2025-04-17"]


def test_a_day_on_which_one_source_tells_two_events_gets_one(make_article: MakeArticle) -> None:
    text = (
        "A train left the rails near Oslo on Thursday. Anna Hill won a prize in Ohio on Thursday."
    )
    assert dates(make_article("a", text, published_at=NOON)) == ["2025-04-17"]


def test_no_text_that_is_barred_is_told(make_article: MakeArticle) -> None:
    text = "Russia lifted the ban on the Taliban on Thursday."
    story = tell([make_article("a", text, published_at=NOON)])
    drafts = draft(story.articles, FakeDrafter(), Options(), lambda _: None)
    found, _ = candidates(story, drafts, Aligner(story))
    assert timeline(story, {c.key: c for c in found}, {text})[0] == ()


def test_a_day_taken_from_a_dateline_is_told(make_article: MakeArticle) -> None:
    _, doubts = told(make_article("a", "CORK, April 18, 2025 (Reuters) - Lee resigned on Monday."))
    assert (
        Doubt(article_id="a", text="its day was taken as 2025-04-18, from its dateline") in doubts
    )


def test_one_date_is_told_by_the_statement_most_sources_support(make_article: MakeArticle) -> None:
    common = "Russia banned the Taliban as a terrorist group in 2003."
    entries, _ = told(
        make_article("a", "Moscow listed seventeen groups in 2003. Rain fell.", published_at=NOON),
        make_article("b", f"{common} Few took note of it then."),
        make_article("c", f"Snow had closed the roads of the north. {common}"),
    )
    assert [e.date for e in entries] == ["2003"]
    assert {e.article_id for e in entries[0].cited.evidence} == {"b", "c"}
