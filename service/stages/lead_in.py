"""The few words of the service's own that a statement may need before it: when its report was written."""

from datetime import UTC, timedelta

from service.domain.text import Article
from service.lexis.cues import DONE, EARLIER, dated
from service.lexis.profile import profile

# A report older than this is a report of another time, whatever its words.
STALE = timedelta(days=2)


def lead_in(article: Article, lede_article: Article, text: str, *, earlier: bool) -> str:
    """Return what to put before a statement, or "".

    A report of another day than the lede's gets its date where its words depend on the day: it says
    "today" or "on Thursday", gives a number, looks ahead, is overtaken by the lede, or is stale.
    Without dates, what the lede has overtaken is marked as earlier. Days are those of UTC.
    """
    published, newest = article.published_at, lede_article.published_at
    if published is None or newest is None:
        return EARLIER if earlier else ""
    day, newest_day = published.astimezone(UTC).date(), newest.astimezone(UTC).date()
    if day == newest_day:
        return ""
    stale = abs(newest - published) > STALE
    return dated(day) if earlier or stale or _depends_on_its_day(text) else ""


def _depends_on_its_day(text: str) -> bool:
    told = profile(text)
    return bool(told.numbers) or told.phase < DONE or told.deictic
