"""Domain values to and from the JSON that the rows keep."""

from dataclasses import replace
from datetime import UTC

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError, from_json

from service.domain.brief import Dropped, Options
from service.domain.errors import BadDocument
from service.domain.text import Article, Document

_ARTICLE = TypeAdapter(Article)
_DOCUMENT = TypeAdapter(Document)
_OPTIONS = TypeAdapter(Options)
_DROPPED = TypeAdapter(tuple[Dropped, ...])
_WARNINGS = TypeAdapter(tuple[str, ...])


def dump_article(article: Article) -> str:
    """Return the document out, as JSON.

    Raises `BadDocument` for text that UTF-8 cannot hold, such as half of a surrogate pair.
    """
    try:
        return _ARTICLE.dump_json(article).decode()
    except PydanticSerializationError as failure:
        raise BadDocument(article.id, "its text is not valid Unicode") from failure


def document_out(article_json: str, duplicate_of: str | None) -> str:
    """Return what `dump_article` wrote as it is sent: with its time in UTC, and what it repeats.

    It is kept with the zone it was stated in, by which "today" in it is understood. What it is a
    duplicate of may be another tomorrow, and is not kept.
    """
    article = load_article(article_json)
    at = article.published_at
    if at is None and duplicate_of is None:
        return article_json
    utc = None if at is None else at.astimezone(UTC)
    return dump_article(replace(article, published_at=utc, duplicate_of=duplicate_of))


def load_article(text: str) -> Article:
    """Return the article that `dump_article` wrote."""
    return _ARTICLE.validate_json(text)


def opening_of(beginning: str) -> str:
    """Return how the text begins in the beginning of what `dump_article` wrote."""
    return str(from_json(beginning, allow_partial="trailing-strings").get("text", ""))


def dump_document(document: Document) -> str:
    """Return a document as it was sent, as JSON.

    Raises `BadDocument` for text that UTF-8 cannot hold.
    """
    try:
        return _DOCUMENT.dump_json(document).decode()
    except PydanticSerializationError as failure:
        name = document.id or document.content_id
        raise BadDocument(name, "its text is not valid Unicode") from failure


def dump_options(options: Options) -> str:
    """Return options as JSON."""
    return _OPTIONS.dump_json(options).decode()


def load_options(text: str) -> Options:
    """Return the options that `dump_options` wrote."""
    return _OPTIONS.validate_json(text)


def dump_dropped(dropped: tuple[Dropped, ...]) -> str:
    """Return what was dropped as a JSON list."""
    return _DROPPED.dump_json(dropped).decode()


def load_dropped(text: str) -> tuple[Dropped, ...]:
    """Return what `dump_dropped` wrote."""
    return _DROPPED.validate_json(text)


def dump_warnings(warnings: tuple[str, ...]) -> str:
    """Return warnings as a JSON list."""
    return _WARNINGS.dump_json(warnings).decode()


def load_warnings(text: str) -> tuple[str, ...]:
    """Return what `dump_warnings` wrote."""
    return _WARNINGS.validate_json(text)
