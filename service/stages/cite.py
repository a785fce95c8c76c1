"""Number the sources in order of first use, and turn claims into cited statements."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from service.domain.brief import Citation, QuotedSpan, Source, Statement
from service.domain.claims import Evidence, Piece
from service.domain.text import Span
from service.stages.independence import distinct_reports
from service.stages.story import Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """What a statement will be once its sources have numbers; its own source comes first."""

    id: str
    text: str
    pieces: tuple[Piece, ...]
    evidence: tuple[Evidence, ...]


def markers(cited: Iterable[Cited]) -> dict[str, int]:
    """Return the marker, from 1, of each article cited, in order of first use."""
    numbers: dict[str, int] = {}
    for statement in cited:
        for evidence in statement.evidence:
            numbers.setdefault(evidence.article_id, len(numbers) + 1)
    return numbers


def state(cited: Cited, numbers: Mapping[str, int], story: Story) -> Statement:
    """Build the statement; spans of one article are cited together, in order, without repeats."""
    spans: dict[str, set[Span]] = {}
    for evidence in cited.evidence:
        spans.setdefault(evidence.article_id, set()).add(evidence.span)
    return Statement(
        id=cited.id,
        text=cited.text,
        independent_sources=distinct_reports(
            [
                (story.groups[article_id], story.article(article_id).quote(span))
                for article_id, found in spans.items()
                for span in sorted(found)
            ]
        ),
        citations=tuple(
            Citation(
                marker=numbers[article_id],
                document_id=article_id,
                spans=tuple(_quoted(story, article_id, span) for span in sorted(found)),
            )
            for article_id, found in spans.items()
        ),
        provenance=cited.pieces,
    )


def sources(numbers: Mapping[str, int], story: Story) -> tuple[Source, ...]:
    """Return the cited articles in the order of their markers."""
    listed = []
    for article_id, marker in numbers.items():
        article = story.article(article_id)
        listed.append(
            Source(
                marker=marker,
                document_id=article.id,
                title=article.title,
                publisher=article.publisher,
                published_at=article.published_at,
                url=article.url,
                sha256=article.sha256,
                independent_group=story.groups[article.id],
            )
        )
    return tuple(listed)


def _quoted(story: Story, article_id: str, span: Span) -> QuotedSpan:
    return QuotedSpan(start=span.start, end=span.end, quote=story.article(article_id).quote(span))
