"""The few words of the service's own that a statement may need before it: when its report was written."""

from datetime import timedelta

from service.domain.text import Article
from service.lexis.cues import EARLIER, dated
from service.lexis.dates import find_dates

# A report older than this is a report of another time, whatever its words.
STALE = timedelta(days=2)


def lead_in(article: Article, lede_article: Article, text: str, *, earlier: bool) -> str:
    """Return what to put before a statement, or "".

    A report of another day than the lede's gets its date where it says "today" or "on Thursday",
    where the lede has overtaken it, or where it is stale; without dates, what the lede has overtaken
    is marked as earlier.
    """
    published, newest = article.published_at, lede_article.published_at
    if published is None or newest is None:
        return EARLIER if earlier else ""
    if published.date() == newest.date():
        return ""
    stale = abs(newest - published) > STALE
    return dated(published.date()) if earlier or stale or _depends_on_its_day(text) else ""


def _depends_on_its_day(text: str) -> bool:
    return any(d.relative is not None or d.year is None for d in find_dates(text))
