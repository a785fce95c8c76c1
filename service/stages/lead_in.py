"""When a report was written, as the service says it before what it takes from it."""

from datetime import UTC, date

from service.domain.text import Article
from service.lexis.cues import dated


def day_of(article: Article) -> date | None:
    """Return the day, in UTC, on which an article was published, None where it does not say."""
    return article.published_at.astimezone(UTC).date() if article.published_at else None


def day_needed(article: Article, lede_article: Article) -> str:
    """Return the words that tell the day of a report, or "" where it is the lede's, or either is unknown.

    The year is that of the lede where none is said.
    """
    day, today = day_of(article), day_of(lede_article)
    return "" if day is None or today is None or day == today else dated(day, known_year=today.year)
