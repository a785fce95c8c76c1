from datetime import UTC, datetime, timedelta, timezone

import pytest

from service.domain.text import Article
from service.stages.dating import Calendar
from tests.conftest import NOON, MakeArticle


def dates(article: Article) -> list[tuple[str, bool] | None]:
    """Return the date of each sentence, and whether it was to come; `NOON` is Friday 18 April 2025."""
    calendar = Calendar(article)
    found = [calendar.dating(sentence)[0] for sentence in article.sentences]
    return [(d.resolved.date, d.to_come) if d else None for d in found]


@pytest.mark.parametrize(
    ("text", "dated"),
    [
        ("Lee resigned in Cork on Monday.", ("2025-04-14", False)),
        ("Lee resigned in Cork three days ago.", ("2025-04-15", False)),
        ("Lee will resign in Cork on Monday.", ("2025-04-21", True)),
        ("Lee said he would resign in Cork on Monday.", ("2025-04-21", True)),
        ("Lee announced elections for 5 May 2025 in Cork.", ("2025-05-05", True)),
        ("Lee will open the mine later this month.", ("2025-04", True)),
        ("Lee said on Monday that he will resign on Wednesday.", ("2025-04-23", True)),
        ("Lee, freed two weeks ago, was held again on Monday.", ("2025-04-14", False)),
        ("At a summit this week in Rome, Lee on Tuesday signed a pact.", ("2025-04-15", False)),
    ],
)
def test_a_sentence_is_dated_by_what_it_tells(
    make_article: MakeArticle, text: str, dated: tuple[str, bool]
) -> None:
    assert dates(make_article("a", text, published_at=NOON)) == [dated]


@pytest.mark.parametrize(
    "text",
    [
        "Lee was due to resign in Cork on Monday.",
        "Lee could resign in Cork on 5 May 2025.",
        "Unions called for elections in Cork in 2027.",
        "Lee resigned in Cork on Thursday, 16 April.",
        "Lee met him in Cork last week, and on Monday resigned.",
        "Lee was freed in 1962, and in May he left Cork.",
        "Lee resigned fifty years ago in May.",
        "Lee joined in Cork on 3 May of the following year.",
        "“They came yesterday,” a man in Cork said.",
    ],
)
def test_a_date_that_could_be_another_is_left(make_article: MakeArticle, text: str) -> None:
    assert dates(make_article("a", text, published_at=NOON)) == [None]


def test_a_month_behind_a_sentence_of_another_year_may_be_of_that_year(
    make_article: MakeArticle,
) -> None:
    text = "Lee was freed in 1962. In March he left Cork. Lee left Cork on Monday."
    article = make_article("a", text, published_at=NOON)
    assert dates(article) == [("1962", False), None, ("2025-04-14", False)]


def test_another_paragraph_speaks_of_its_own_year(make_article: MakeArticle) -> None:
    article = make_article("a", "Lee was freed in 1962.", "In March he left.", published_at=NOON)
    assert dates(article)[1] == ("2025-03", False)


def test_a_date_within_a_quotation_that_stays_open_is_its_speakers(
    make_article: MakeArticle,
) -> None:
    text = "“It was cold in Cork. Men came to the house on Monday."
    assert dates(make_article("a", text, published_at=NOON)) == [None, None]


@pytest.mark.parametrize("hour", [1, 23])
def test_near_midnight_utc_today_may_be_the_day_beside(
    make_article: MakeArticle, hour: int
) -> None:
    text = "Lee resigned in Cork today. Anna Hill resigned in Cork on Wednesday."
    article = make_article("a", text, published_at=NOON.replace(hour=hour))
    assert dates(article) == [None, ("2025-04-16", False)]


def test_a_stated_zone_is_the_writers_own(make_article: MakeArticle) -> None:
    evening = datetime(2025, 4, 18, 23, 0, tzinfo=timezone(timedelta(hours=-5)))
    article = make_article("a", "Lee resigned in Cork today.", published_at=evening)
    assert dates(article) == [("2025-04-18", False)]


def test_midnight_sharp_is_a_day_without_a_time(make_article: MakeArticle) -> None:
    day = datetime(2025, 4, 18, tzinfo=UTC)
    article = make_article("a", "Lee resigned in Cork today.", published_at=day)
    assert dates(article) == [("2025-04-18", False)]


def test_a_dateline_stands_in_for_a_missing_day(make_article: MakeArticle) -> None:
    article = make_article("a", "CORK, April 18, 2025 (Reuters) - Lee resigned on Monday.")
    calendar = Calendar(article)
    assert calendar.dateline is not None
    assert calendar.dateline.isoformat() == "2025-04-18"


def test_a_date_in_running_text_is_no_dateline(make_article: MakeArticle) -> None:
    article = make_article("a", "On April 18, 2025, Lee resigned in Cork.", "Hill left on Monday.")
    assert Calendar(article).dateline is None
    assert dates(article)[1] is None


def test_a_weekday_that_contradicts_its_date_is_doubted(make_article: MakeArticle) -> None:
    article = make_article("a", "Lee resigned in Cork on Thursday, 16 April.", published_at=NOON)
    _, [doubt] = Calendar(article).dating(article.sentences[0])
    assert "'Thursday, 16 April' could not be dated" in doubt.text


def test_a_stamp_run_into_a_sentence_dates_the_report_and_not_what_it_tells(
    make_article: MakeArticle,
) -> None:
    text = "Friday, April 18, 2025 Rain has flooded the harbour of Cork in the south of Ireland."
    assert dates(make_article("a", text, published_at=NOON)) == [None]
