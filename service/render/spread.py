"""A brief laid out for the page on which it is read, and one source of one of its statements."""

from dataclasses import dataclass

from service.domain.brief import Brief, Citation, Source, Stale, Statement
from service.render.chart import Chart, chart
from service.render.outline import Entry, Outline, outline, visible
from service.render.passages import Segment, segments
from service.render.pieces import Sentence, sentence_of
from service.render.reports import reports

# In characters: a longer article is shown around its passages only, that much to either side.
_LONG = 200_000
_AROUND = 30_000
# The same for an excerpt of any article. Who shares a brief is told of it.
_EXCERPT = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A source in the list of sources."""

    entry: Entry
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """A brief to be read. `sentences` are in the order of `Brief.all_statements`.

    `reports` are the sources by independent reporting: the first to be cited, then its copies.
    """

    brief: Brief
    outline: Outline
    sentences: tuple[Sentence, ...]
    reports: tuple[tuple[Listed, ...], ...]
    chart: Chart | None

    @property
    def adds(self) -> bool:
        """Whether any words were added by the service."""
        said = (words for sentence in self.sentences for words in sentence.words)
        return any(words.piece is not None and words.marker is None for words in said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What one source has to say for one statement.

    `parts` are empty where its text is there no more; `quotes` are the passages, as the brief has
    them. `of` are all sources of the statement; `stale` is what became of this one since.
    """

    sentence: Sentence
    text: str
    listed: Listed
    of: tuple[Entry, ...]
    quotes: tuple[str, ...]
    parts: tuple[Segment, ...]
    stale: Stale | None

    @property
    def used(self) -> bool:
        """Whether any of the statement's words are from this source."""
        return any(run.pieces for part in self.parts for run in part.runs)


def spread(brief: Brief) -> Spread:
    """Lay out a finished brief."""
    told = outline(brief)
    listed = [
        Listed(entry=entry, source=source)
        for entry, source in zip(told.entries, brief.sources, strict=True)
    ]
    return Spread(
        brief=brief,
        outline=told,
        sentences=tuple(sentence_of(one) for one in brief.all_statements()),
        reports=tuple(
            tuple(listed[marker - 1] for marker in report) for report in reports(brief.sources)
        ),
        chart=chart(entry.date for entry in brief.timeline),
    )


def find_citation(
    brief: Brief, statement_id: str, marker: int
) -> tuple[Statement, Citation] | None:
    """Return a statement and its citation of a source, None where there is none."""
    for statement in brief.all_statements():
        if statement.id == statement_id:
            for cited in statement.citations:
                if cited.marker == marker:
                    return statement, cited
    return None


def parts_of(
    text: str, statement: Statement, document_id: str, *, excerpt: bool
) -> tuple[Segment, ...]:
    """Cut an article at the passages that a statement cites; an excerpt is what stands near them."""
    around = _EXCERPT if excerpt else _AROUND if len(text) > _LONG else None
    return segments(text, statement, document_id, around=around)


def evidence(
    brief: Brief, statement: Statement, cited: Citation, parts: tuple[Segment, ...]
) -> Evidence:
    """Lay out what a statement cites from a source; `parts` are those of its article, if it is there."""
    entries = outline(brief).entries
    key = statement.id, cited.document_id
    stale = (one for one in brief.stale if (one.statement_id, one.document_id) == key)
    return Evidence(
        sentence=sentence_of(statement),
        text=statement.text,
        listed=Listed(entry=entries[cited.marker - 1], source=brief.sources[cited.marker - 1]),
        of=tuple(entries[one.marker - 1] for one in statement.citations),
        quotes=tuple(visible(span.quote) for span in cited.spans),
        parts=parts,
        stale=next(stale, None),
    )
