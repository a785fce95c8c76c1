"""Editions made by hand: each source is one sentence, and each statement is that sentence."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from service.domain.brief import Citation, Dropped, QuotedSpan, Source, Statement
from service.domain.claims import Piece
from service.domain.edition import Change, Edition, Gone, Story
from service.domain.text import text_sha256

YESTERDAY, TODAY, TOMORROW = (date(2026, 11, day) for day in (20, 21, 22))
MADE_AT = datetime(2026, 11, 21, 6, 0, 0, 123456, tzinfo=UTC)


def source(marker: int = 1, **changes: object) -> Source:
    told: dict[str, Any] = {
        "document_id": f"d{marker}",
        "title": f"Rain, part {marker}",
        "publisher": "The Ledger",
        "published_at": MADE_AT,
        "url": f"https://ledger.example/{marker}",
        "sha256": text_sha256("Rain fell."),
        "independent_group": marker,
    }
    told.update(changes)
    return Source(marker=marker, **told)


def statement(id_: str, text: str = "Rain fell.", markers: Sequence[int] = (1,)) -> Statement:
    whole = (QuotedSpan(start=0, end=len(text), quote=text),)
    first = f"d{markers[0]}"
    return Statement(
        id=id_,
        text=text,
        independent_sources=1,
        citations=tuple(Citation(marker=m, document_id=f"d{m}", spans=whole) for m in markers),
        provenance=(
            Piece(start=0, end=len(text), document_id=first, source_start=0, source_end=len(text)),
        ),
    )


def story(id_: str = "rain", **changes: object) -> Story:
    told: dict[str, Any] = {
        "state": "new",
        "brief_id": f"brief of {id_}",
        "headline": statement("h", f"{id_.capitalize()} fell."),
        "sources": (source(),),
        "independent_sources": 1,
        "documents": 1,
    }
    told.update(changes)
    return Story(id=id_, **told)


def updated(id_: str = "rain", *, changes: Sequence[Change] = (), **others: object) -> Story:
    made = tuple(changes) or (Change(kind="new", statement=statement("s1")),)
    return story(id_, state="updated", changes=made, **others)


def edition(*stories: Story, **changes: object) -> Edition:
    """Return today's edition, compared with yesterday's."""
    told: dict[str, Any] = {
        "date": TODAY,
        "created_at": MADE_AT,
        "changed_at": MADE_AT,
        "previous": YESTERDAY,
        "stories": stories,
        "articles": sum(one.documents for one in stories),
    }
    told.update(changes)
    return Edition(**told)


def rain() -> Story:
    """Return an updated story, with every kind of change, a copy, and a source without a name."""
    return updated(
        "rain",
        section="Weather",
        lede=statement("s1", "It rained until noon.", (1, 2)),
        sources=(
            source(1),
            source(2, publisher="Évening Post", independent_group=1),
            source(3, publisher=None, title=None, url=None, published_at=None),
        ),
        independent_sources=2,
        documents=5,
        changes=(
            Change(kind="new", statement=statement("s2", "A dam broke.", (3,))),
            Change(
                kind="changed",
                before="Two roads are closed.",
                statement=statement("s3", "Four roads are closed."),
            ),
            Change(
                kind="corrected",
                before="The mayor was there.",
                statement=statement("s4", "The mayor was not there."),
            ),
        ),
    )


def whole() -> Edition:
    """Return an edition that has something of everything."""
    return edition(
        rain(),
        story("port"),
        gone=(Gone(id="vote", headline="The council voted.", last=YESTERDAY),),
        skipped=(Dropped(text="menu.html", document_id="d9", reason="it has no text"),),
        articles=9,
        duplicates=2,
    )
