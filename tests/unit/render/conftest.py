"""Briefs built by hand: each source is its text, each statement a whole sentence of one or two."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from service.domain.brief import (
    Brief,
    Citation,
    Disagreement,
    Dropped,
    Omitted,
    Position,
    QuotedSpan,
    RunRecord,
    Source,
    Statement,
    TimelineEntry,
)
from service.domain.claims import Piece
from service.domain.text import text_sha256

CREATED_AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


@dataclass
class BriefBuilder:
    """Numbers statements and markers as the pipeline does, in order of first use."""

    texts: dict[str, str] = field(default_factory=dict)
    titles: dict[str, str | None] = field(default_factory=dict)
    urls: dict[str, str] = field(default_factory=dict)
    groups: dict[str, int] = field(default_factory=dict)
    publisher: str | None = "The Ledger"
    markers: dict[str, int] = field(default_factory=dict)
    count: int = 0

    def state(self, sentence: str, *documents: str) -> Statement:
        """State a sentence that every named document holds, word by word from the first."""
        cited = []
        for document_id in documents:
            marker = self.markers.setdefault(document_id, len(self.markers) + 1)
            start = self.texts[document_id].index(sentence)
            span = QuotedSpan(start=start, end=start + len(sentence), quote=sentence)
            cited.append(Citation(marker=marker, document_id=document_id, spans=(span,)))
        self.count += 1
        groups = {self.groups.get(d, self.markers[d]) for d in documents}
        first = cited[0].spans[0]
        return Statement(
            id=f"s{self.count}",
            text=sentence,
            independent_sources=len(groups),
            citations=tuple(cited),
            provenance=(
                Piece(
                    start=0,
                    end=len(sentence),
                    document_id=documents[0],
                    source_start=first.start,
                    source_end=first.end,
                ),
            ),
        )

    def brief(
        self,
        headline: Statement,
        statements: Sequence[Statement],
        disagreements: Sequence[Disagreement] = (),
        timeline: Sequence[TimelineEntry] = (),
        dropped: Sequence[Dropped] = (),
        omitted: Sequence[Omitted] = (),
        warnings: Sequence[str] = (),
    ) -> Brief:
        return Brief(
            id="brf_1",
            status="done",
            created_at=CREATED_AT,
            finished_at=CREATED_AT,
            headline=headline,
            statements=tuple(statements),
            disagreements=tuple(disagreements),
            timeline=tuple(timeline),
            sources=tuple(self.source(document_id) for document_id in self.markers),
            dropped=tuple(dropped),
            omitted=tuple(omitted),
            run=RunRecord(
                version="0.1.0",
                models={"draft": "compact@1"},
                timings_s={"draft": 1.5, "clean": 0.5},
                warnings=tuple(warnings),
            ),
        )

    def source(self, document_id: str) -> Source:
        return Source(
            marker=self.markers[document_id],
            document_id=document_id,
            title=self.titles.get(document_id),
            publisher=self.publisher,
            published_at=datetime(2025, 4, 17, 8, tzinfo=UTC),
            url=self.urls.get(document_id),
            sha256=text_sha256(self.texts[document_id]),
            independent_group=self.groups.get(document_id, self.markers[document_id]),
        )


A = "The port reopened on Tuesday. Officials counted 145 ships. Traffic was normal by evening."
B = "Harbour is open again\nThe port reopened on Tuesday. Officials counted 125 ships."
C = "Officials counted 125 ships. The harbour master resigned in April 2025."


@pytest.fixture
def port_brief() -> Brief:
    """A brief with every part: two independent sources and a copy of the second."""
    made = BriefBuilder(
        texts={"a": A, "b": B, "c": C},
        titles={"b": "Harbour is open again"},
        urls={"a": "https://ledger.example/port?id=1&x=2", "b": "javascript:alert(1)"},
        groups={"b": 2, "c": 2},
    )
    return made.brief(
        headline=made.state("The port reopened on Tuesday.", "a", "b"),
        statements=[made.state("Traffic was normal by evening.", "a")],
        disagreements=[
            Disagreement(
                id="d1",
                kind="number",
                question="How many ships?",
                positions=(
                    Position(
                        value="145", statement=made.state("Officials counted 145 ships.", "a")
                    ),
                    Position(
                        value="125", statement=made.state("Officials counted 125 ships.", "b", "c")
                    ),
                ),
            )
        ],
        timeline=[
            TimelineEntry(
                date="2025-04",
                precision="month",
                statement=made.state("The harbour master resigned in April 2025.", "c"),
            )
        ],
        dropped=[Dropped(text="Ships sank.", document_id="b", reason="a number changed")],
        omitted=[
            Omitted(text="It was windy.", document_id="a", reason="length"),
            Omitted(text="It rained.", document_id="z", reason="length"),
        ],
        warnings=["Document 'c' was cut at 10 pages."],
    )


@pytest.fixture
def brief_of() -> Callable[[str], Brief]:
    """Make the brief of one document whose every word is the text given."""

    def made(hostile: str) -> Brief:
        builder = BriefBuilder(
            texts={"d": hostile},
            titles={"d": hostile},
            urls={"d": hostile},
            publisher=hostile,
        )
        headline, statement = builder.state(hostile, "d"), builder.state(hostile, "d")
        position = Position(value=hostile, statement=builder.state(hostile, "d"))
        return builder.brief(
            headline=headline,
            statements=[statement],
            disagreements=[
                Disagreement(id="d1", kind="name", question=hostile, positions=(position, position))
            ],
            dropped=[Dropped(text=hostile, document_id=None, reason=hostile)],
            omitted=[Omitted(text=hostile, document_id="d", reason="redundant")],
            warnings=[hostile],
        )

    return made
