"""A brief with markup that would run, in every text that came from outside."""

from dataclasses import replace

from service.domain.brief import (
    Brief,
    Disagreement,
    Dropped,
    Omitted,
    Position,
    RunRecord,
    TimelineEntry,
)
from service.domain.text import Article
from tests.attacks.payloads import PAYLOADS, TERMINAL
from tests.browser.stories import NOON, Finished, article, source, stated

# The store takes no NUL, and what is sent may have none.
ALL = tuple(payload for payload in (*PAYLOADS, *TERMINAL) if "\x00" not in payload)
ADDRESSES = (
    "javascript:alert(1)",
    "JaVaScRiPt://news.example/%0Aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "\x01javascript:alert(1)",
)


def hostile() -> Finished:
    """Return a brief with every payload as a statement, and in all that is told beside it."""
    articles = [_report(number, payload) for number, payload in enumerate(ALL)]
    marked = list(enumerate(articles, start=1))
    positions = tuple(
        Position(value=ALL[at], statement=stated(f"d1p{at + 1}", _said(ALL[at]), marked[at]))
        for at in range(2)
    )
    brief = Brief(
        id="brf_hostile",
        status="done",
        created_at=NOON,
        finished_at=NOON,
        headline=stated("h", _said(ALL[0]), marked[0]),
        statements=tuple(
            stated(f"s{marker}", _said(payload), (marker, one))
            for payload, (marker, one) in zip(ALL, marked, strict=True)
        ),
        disagreements=(Disagreement(id="d1", kind="number", question=ALL[0], positions=positions),),
        timeline=(
            TimelineEntry(
                date="2026", precision="year", statement=stated("t1", _said(ALL[0]), marked[0])
            ),
        ),
        sources=tuple(source(marker, one) for marker, one in marked),
        dropped=tuple(Dropped(text=p, document_id=None, reason=p) for p in ALL),
        omitted=tuple(Omitted(text=p, document_id="doc_h0", reason="length") for p in ALL),
        run=RunRecord(version=ALL[0], models=dict.fromkeys(ALL, ALL[0]), warnings=ALL),
    )
    return Finished(brief=brief, articles=tuple(articles))


def _said(payload: str) -> str:
    return f"The mayor wrote {payload} on the wall."


def _report(number: int, payload: str) -> Article:
    made = article(f"doc_h{number}", (payload, _said(payload)), publisher=payload)
    return replace(made, author=payload, url=ADDRESSES[number % len(ADDRESSES)])
