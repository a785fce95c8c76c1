"""Briefs that are written by hand and kept as if the service had made them."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from service.domain.brief import (
    Brief,
    Citation,
    Omitted,
    Options,
    QuotedSpan,
    RunRecord,
    Source,
    Statement,
    TimelineEntry,
)
from service.domain.claims import Piece
from service.domain.text import Article, Document, text_sha256
from service.render import dump_brief
from service.store import Store
from service.store.codec import dump_article
from service.store.records import LOCAL, Filed, Lease, NewBrief, Outcome

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)


async def keep(store: Store, brief: Brief, texts: Mapping[str, str]) -> str:
    """Keep a brief made of the texts given by document id; return the address of its page."""
    new = NewBrief(
        id=brief.id,
        created_at=AT,
        options=Options(),
        document_ids=tuple(texts),
        filed=tuple(_filed(id_, text) for id_, text in texts.items()),
        dropped=(),
    )
    await store.briefs.accept(LOCAL, new, 9)
    assert await store.briefs.claim(Lease(owner="me", until=AT + timedelta(1)), AT, brief.id)
    body = dump_brief(brief)
    done = Outcome(status="done", finished_at=AT, body=body, headline="Rain fell.")
    assert await store.briefs.settle(brief.id, "me", done)
    return f"/briefs/{brief.id}"


def _filed(id_: str, text: str) -> Filed:
    article = Article(id=id_, sha256=text_sha256(text), text=text)
    document = Document(id=id_, content=text)
    return Filed(
        document=document,
        article=article,
        article_json=dump_article(article),
        content_id=document.content_id,
    )


def long_brief(statements: int, sources: int) -> tuple[Brief, dict[str, str]]:
    """Return a brief of sentences of twenty words, and the texts it is made of.

    Every third sentence has words that the service added, every other one two sources.
    """
    said = [
        f"Sentence {n} says {'what is of ordinary length, ' * 3}in twenty words."
        for n in range(statements)
    ]
    texts = {f"doc_{n:020}": "\n".join(said) for n in range(sources)}
    ids = list(texts)
    stated = [_statement(n, text, ids, "\n".join(said)) for n, text in enumerate(said)]
    headline, *rest = stated
    told = len(rest) * 9 // 10
    return Brief(
        id="brf_0123456789abcdefghijkl",
        status="done",
        created_at=AT,
        finished_at=AT,
        headline=headline,
        statements=tuple(rest[:told]),
        timeline=tuple(
            TimelineEntry(date=f"2025-04-{n % 30 + 1:02}", precision="day", statement=one)
            for n, one in enumerate(rest[told:])
        ),
        sources=tuple(_source(n, id_, texts[id_]) for n, id_ in enumerate(ids)),
        omitted=tuple(
            Omitted(text=text, document_id=ids[0], reason="length") for text in said[:30]
        ),
        run=RunRecord(version="0.1.0", models={"draft": "compact"}),
    ), texts


def _statement(number: int, text: str, ids: list[str], article: str) -> Statement:
    start = article.index(text)
    span = QuotedSpan(start=start, end=start + len(text), quote=text)
    own = number % len(ids)
    cited = [own] if number % 2 or number < len(ids) else [own, (own + 7) % len(ids)]
    lead = "17 April: " if number % 3 == 0 else ""
    pieces = [Piece(start=0, end=len(lead) - 1)] if lead else []
    said = Piece(
        start=len(lead),
        end=len(lead) + len(text),
        document_id=ids[own],
        source_start=span.start,
        source_end=span.end,
    )
    return Statement(
        id=f"s{number}",
        text=lead + text,
        independent_sources=len(cited),
        citations=tuple(
            Citation(marker=one + 1, document_id=ids[one], spans=(span,)) for one in cited
        ),
        provenance=(*pieces, said),
    )


def _source(number: int, id_: str, text: str) -> Source:
    return Source(
        marker=number + 1,
        document_id=id_,
        title=f"The title of article {number}, which is as long as titles are",
        publisher=f"The Publisher {number}",
        published_at=AT,
        url=f"https://news.example/2026/11/21/the-title-of-article-{number}-as-long-as",
        sha256=text_sha256(text),
        independent_group=number + 1,
    )
