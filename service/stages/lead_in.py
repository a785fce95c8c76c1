"""The few words of the service's own that a statement may need before it: when its report was written."""

from datetime import UTC, date, timedelta

from service.domain.text import Article
from service.lexis.cues import DONE, dated
from service.lexis.profile import profile

# A report older than this is a report of another time, whatever its words.
STALE = timedelta(days=2)


def day_of(article: Article) -> date | None:
    """Return the day, in UTC, on which an article was published, None where it does not say."""
    return article.published_at.astimezone(UTC).date() if article.published_at else None


def day_needed(article: Article, lede_article: Article, text: str) -> str:
    """Return the words that tell the day of a statement's report, or "" where it needs none.

    A report of another day than the lede's needs its date where its words depend on the day (it says
    "today" or "on Thursday", gives a number, looks ahead), or where it is stale.
    """
    published, newest = article.published_at, lede_article.published_at
    day = day_of(article)
    if published is None or newest is None or day is None or day == day_of(lede_article):
        return ""
    stale = abs(newest - published) > STALE
    return dated(day) if stale or _depends_on_its_day(text) else ""


def _depends_on_its_day(text: str) -> bool:
    told = profile(text)
    return bool(told.numbers) or told.phase < DONE or told.deictic
