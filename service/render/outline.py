"""What every rendering for people shows, in one order and with one numbering.

The strings here are raw source text made visible (`shown`); each rendering escapes them in its way.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import urlsplit

from service.domain.brief import (
    Brief,
    Citation,
    Dropped,
    Omitted,
    QuotedSpan,
    RunRecord,
    Source,
    Stale,
    Statement,
)
from service.render.reports import copies
from service.render.times import readable_date, readable_day, utc

# Control characters drive terminals, bidirectional controls let one text reorder its neighbours,
# and lone surrogates cannot be written at all. None of them is a word that a reader could check.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_WHITE = re.compile(r"\s+")
_WEB_URL = re.compile(r"https?://[^\s<>\"'`\\^{|}]+", re.IGNORECASE)
_TITLE_WORDS = 8

OMITTED_BECAUSE: dict[str, str] = {
    "length": "No room was left",
    "redundant": "Said already",
    "low_salience": "Less important",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A statement as shown: `number` counts from 1 in the order of `Brief.all_statements`.

    `note` is empty where one independent source stands behind it. `places` are the marker and
    the quote's number of each citation's first quote. `stale` says what became of its sources
    since, and is empty where they stand as they did.
    """

    number: int
    text: str
    markers: tuple[int, ...]
    places: tuple[tuple[int, int], ...]
    note: str
    stale: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A cited span of one source; `parts` join to its text and tell which words were used.

    `number` counts from 1 within its source; `cited_by` are the numbers of statements.
    """

    number: int
    parts: tuple[tuple[str, bool], ...]
    cited_by: tuple[int, ...]

    @property
    def text(self) -> str:
        return _WHITE.sub(" ", "".join(text for text, _ in self.parts)).strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the list of sources. `url` is a web address or None; `address` is what was given.

    `copies` are the markers of the other sources that are the same reporting.
    """

    marker: int
    label: str
    publisher: str
    date: str
    url: str | None
    address: str
    copies: tuple[int, ...]
    quotes: tuple[Quote, ...]

    @property
    def named(self) -> tuple[str, ...]:
        details = ", ".join(detail for detail in (self.publisher, self.date) if detail)
        return tuple(part for part in (self.label, details) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Texts left out for one reason, each with the marker of its source where that is cited."""

    reason: str
    texts: tuple[tuple[str, int | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A brief laid out for reading. `state` is empty for a brief that is done.

    `caution` is the note on statements whose documents are not what they were, empty without any.
    """

    state: str
    caution: str
    headline: Said | None
    statements: tuple[Said, ...]
    disagreements: tuple[tuple[str, tuple[tuple[str, Said], ...]], ...]
    timeline: tuple[tuple[str, Said], ...]
    entries: tuple[Entry, ...]
    left_out: tuple[LeftOut, ...]
    warnings: tuple[str, ...]
    run: str


def outline(brief: Brief) -> Outline:
    """Lay a brief out for reading."""
    quotes = _Quotes(brief)
    same = copies(brief.sources)
    said = iter([quotes.said(i, s) for i, s in enumerate(brief.all_statements(), start=1)])
    # Taken in the order of `all_statements`, so that each section gets its own.
    headline = next(said) if brief.headline else None
    statements = tuple(next(said) for _ in brief.statements)
    disagreements = tuple(
        (shown(d.question), tuple((shown(p.value), next(said)) for p in d.positions))
        for d in brief.disagreements
    )
    timeline = tuple((shown(readable_date(entry.date)), next(said)) for entry in brief.timeline)
    return Outline(
        state=_state(brief),
        caution=_caution(brief),
        headline=headline,
        statements=statements,
        disagreements=disagreements,
        timeline=timeline,
        entries=tuple(
            _entry(one, same[one.marker], quotes.of(one.document_id)) for one in brief.sources
        ),
        left_out=tuple(_left_out(brief)),
        warnings=tuple(shown(w) for w in brief.run.warnings) if brief.run else (),
        run=_run_line(brief),
    )


def shown(text: str) -> str:
    """Return a text as one line of visible characters."""
    return in_line(text).strip()


def in_line(text: str) -> str:
    """Return part of a line of visible characters; white space at its ends stays, as one space."""
    return _WHITE.sub(" ", visible(text))


def visible(text: str) -> str:
    """Return a text without the characters that nobody sees, its white space as it is."""
    return _INVISIBLE.sub("", text)


def shortened(text: str, limit: int) -> str:
    """Return a text of at most `limit` code points, cut at a word, with an ellipsis if cut."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    head, _, tail = cut.rpartition(" ")
    # A script without spaces has no word to cut at.
    return (head if len(tail) <= limit // 2 and head else cut) + "…"


def web_url(url: str | None) -> str | None:
    """Return the URL if it is a plain web address, which alone may become a link.

    One with a name or password in front of its host is none: it is a secret, or it deceives.
    """
    if not url or not url.isprintable() or not _WEB_URL.fullmatch(url):
        return None
    try:
        parts = urlsplit(url)
        return url if parts.hostname and "@" not in parts.netloc else None
    except ValueError:
        return None


class _Quotes:
    """The spans each document is cited by, numbered in the order of the text."""

    def __init__(self, brief: Brief) -> None:
        spans: dict[str, set[QuotedSpan]] = defaultdict(set)
        self._cited_by: dict[tuple[str, QuotedSpan], dict[int, None]] = defaultdict(dict)
        self._used: dict[tuple[str, QuotedSpan], set[int]] = defaultdict(set)
        self._stale: dict[str, list[tuple[int, Stale]]] = defaultdict(list)
        markers = {source.document_id: source.marker for source in brief.sources}
        for stale in brief.stale:
            self._stale[stale.statement_id].append((markers[stale.document_id], stale))
        for number, statement in enumerate(brief.all_statements(), start=1):
            for cited in statement.citations:
                spans[cited.document_id].update(cited.spans)
                for span in cited.spans:
                    key = cited.document_id, span
                    self._cited_by[key][number] = None
                    self._used[key].update(_used_offsets(statement, cited, span))
        self._spans = {
            document_id: sorted(cited, key=lambda span: (span.start, span.end, span.quote))
            for document_id, cited in spans.items()
        }

    def said(self, number: int, statement: Statement) -> Said:
        """Return a statement as shown; its markers are in the order of its citations."""
        independent = statement.independent_sources
        return Said(
            number=number,
            text=shown(statement.text),
            markers=tuple(cited.marker for cited in statement.citations),
            places=tuple(
                (cited.marker, self._spans[cited.document_id].index(cited.spans[0]) + 1)
                for cited in statement.citations
            ),
            note=f"{independent} independent sources" if independent > 1 else "",
            stale=_stale_note(self._stale[statement.id]),
        )

    def of(self, document_id: str) -> tuple[Quote, ...]:
        return tuple(
            Quote(
                number=number,
                parts=_parts(span, self._used[document_id, span]),
                cited_by=tuple(self._cited_by[document_id, span]),
            )
            for number, span in enumerate(self._spans.get(document_id, []), start=1)
        )


def _used_offsets(statement: Statement, cited: Citation, span: QuotedSpan) -> Iterator[int]:
    """Yield the offsets in the quote of the characters that the statement's words are."""
    for piece in statement.provenance:
        if piece.document_id == cited.document_id and piece.source_start is not None:
            start = max(piece.source_start, span.start)
            end = min(piece.source_end or span.end, span.end)
            yield from range(start - span.start, end - span.start)


def _parts(span: QuotedSpan, used: set[int]) -> tuple[tuple[str, bool], ...]:
    """Split a quote where use begins and ends; empty parts are left out."""
    edges = [i for i in range(1, len(span.quote)) if (i in used) != (i - 1 in used)]
    bounds = [0, *edges, len(span.quote)]
    parts = ((in_line(span.quote[a:b]), a in used) for a, b in pairwise(bounds))
    return tuple((text, marked and not text.isspace()) for text, marked in parts if text)


def _entry(source: Source, same: tuple[int, ...], quotes: tuple[Quote, ...]) -> Entry:
    first = min(quotes, key=lambda quote: quote.cited_by)
    words = first.text.split(" ")
    opening = " ".join(words[:_TITLE_WORDS]) + ("…" if len(words) > _TITLE_WORDS else "")
    return Entry(
        marker=source.marker,
        label=shown(source.title or "") or shortened(opening, 80),
        publisher=shown(source.publisher or ""),
        # In UTC as in the JSON, so that a stored brief reads as it did before it was stored.
        date=readable_day(utc(source.published_at)) if source.published_at else "",
        url=web_url(source.url),
        address=shown(source.url or ""),
        copies=same,
        quotes=quotes,
    )


def _left_out(brief: Brief) -> Iterator[LeftOut]:
    markers = {source.document_id: source.marker for source in brief.sources}
    groups: dict[str, list[tuple[str, int | None]]] = defaultdict(list)
    lefts: tuple[Dropped | Omitted, ...] = (*brief.dropped, *brief.omitted)
    for left in lefts:
        told = OMITTED_BECAUSE[left.reason] if isinstance(left, Omitted) else shown(left.reason)
        told = told[:1].upper() + told[1:]
        marker = markers.get(left.document_id) if left.document_id else None
        groups[told].append((shown(left.text), marker))
    for reason, texts in groups.items():
        yield LeftOut(reason=reason, texts=tuple(texts))


def _state(brief: Brief) -> str:
    if brief.status == "done":
        return ""
    told = f"This brief is {brief.status}."
    if brief.status == "failed":
        told = f"This brief failed: {shown(brief.error or 'the reason is not known')}."
    elif brief.status == "running" and brief.progress:
        at = brief.progress
        told = f"This brief is being made: {shown(at.stage)}, {at.done} of {at.total}."
    return told


def _caution(brief: Brief) -> str:
    """Say that statements stand on documents that are no more what they were."""
    if not brief.stale:
        return ""
    markers = {source.document_id: source.marker for source in brief.sources}
    count = len({stale.statement_id for stale in brief.stale})
    stand = "1 statement stands" if count == 1 else f"{count} statements stand"
    told = ", ".join(
        f"[{marker}] {reason} on {readable_day(utc(since))}"
        for marker, reason, since in sorted(
            {(markers[s.document_id], s.reason, s.since) for s in brief.stale}
        )
    )
    return f"{stand} on documents that were changed or deleted since: {told}."


def _stale_note(stale: list[tuple[int, Stale]]) -> str:
    """Say which sources of a statement are no more what they were."""
    told = []
    for marker, one in stale:
        found = ", the quote still stands" if one.quote_found else ""
        told.append(f"[{marker}] was {one.reason} since{found}")
    return "; ".join(told)


def _run_line(brief: Brief) -> str:
    made = utc(brief.created_at)
    parts = [shown(brief.id), f"{readable_day(made)}, {made:%H:%M} UTC"]
    if brief.run:
        parts = [*_run_parts(brief.run), *parts]
    return " · ".join(parts)


def _run_parts(run: RunRecord) -> list[str]:
    models = ", ".join(
        shown(f"{role.replace('_', ' ')} {name}") for role, name in sorted(run.models.items())
    )
    return [
        f"wellsourced {shown(run.version)}",
        f"model: {models or 'none'}",
        f"provenance: {run.options.provenance}",
    ]
