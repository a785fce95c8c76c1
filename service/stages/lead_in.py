"""When a report was written, as the service says it before what it takes from it."""

from service.domain.text import Article
from service.lexis.cues import dated


def day_needed(article: Article, lede_article: Article) -> str:
    """Return the words that tell the day of a report, or "" where it is the lede's, or either is unknown.

    The year is that of the lede where none is said.
    """
    day, today = article.published_day, lede_article.published_day
    return "" if day is None or today is None or day == today else dated(day, known_year=today.year)
