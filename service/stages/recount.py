"""Work out again what a brief says of itself: its dates, its groups, and the words before its statements."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC
from itertools import combinations, pairwise

from service.domain.brief import Brief, Source, Statement, TimelineEntry
from service.domain.text import Article
from service.lexis.cues import EARLIER, addable, added_date, dated
from service.stages.dating import Calendar
from service.stages.digest import digest
from service.stages.independence import independent_groups


@dataclass(frozen=True, slots=True, kw_only=True)
class Miscount:
    """What a statement, or with None the brief as a whole, says of itself that does not come out again."""

    statement_id: str | None
    reason: str


def miscounts(brief: Brief, whole: Mapping[str, Article | None]) -> tuple[Miscount, ...]:
    """Return what does not come out again.

    `whole` are articles in sentences, by their document's id. A date is worked out again where its
    document is there, the groups where all documents are that the brief was made from.
    """
    return (
        *_repeated(brief),
        *_led_in(brief),
        *(m for entry in brief.timeline for m in _misdated(entry, whole)),
        *(Miscount(statement_id=None, reason=r) for r in _misgrouped(brief, whole)),
    )


def _repeated(brief: Brief) -> Iterator[Miscount]:
    told: set[str] = set()
    for statement in brief.statements:
        said = statement.text[len(_lead(statement)) :].strip()
        if said in told:
            yield Miscount(statement_id=statement.id, reason="another statement says the same")
        told.add(said)


def _led_in(brief: Brief) -> Iterator[Miscount]:
    """Say where the words that tell when a statement was reported are missing, or cannot be."""
    if not brief.statements:
        return
    first = brief.statements[0]
    if lead := _lead(first):
        reason = f"{lead!r} stands before the first statement"
        yield Miscount(statement_id=first.id, reason=reason)
    days = brief.days()
    today = days.get(_own(first))
    if today is None:
        return
    for before, statement in pairwise(brief.statements):
        day, lead = days.get(_own(statement)), _lead(statement)
        if day is None:
            continue
        if lead == EARLIER:
            reason = f"{EARLIER!r} stands where the day of the report is known"
            yield Miscount(statement_id=statement.id, reason=reason)
        # Of a statement that is made of several documents nobody knows whose day it has.
        of_another_day = _own(before) != "" and days.get(_own(before)) != day
        if day != today and of_another_day and not added_date(lead):
            reason = f"{dated(day, known_year=today.year)!r} is missing before it"
            yield Miscount(statement_id=statement.id, reason=reason)


def _lead(statement: Statement) -> str:
    """Return the service's own words before a statement, or ""."""
    piece = statement.provenance[0] if statement.provenance else None
    if piece is None or piece.document_id is not None:
        return ""
    text = statement.text[: piece.end]
    return text if addable(text) else ""


def _own(statement: Statement) -> str:
    """Return the one document that a statement is made of, or "" where that is not sure."""
    own = {p.document_id for p in statement.provenance if p.document_id}
    main = statement.citations[0].document_id
    return main if own == {main} else ""


def _misdated(entry: TimelineEntry, whole: Mapping[str, Article | None]) -> Iterator[Miscount]:
    """Say whether no sentence of its own that an entry cites gives its date."""
    statement = entry.statement
    found: set[str | None] = set()
    for document_id in {p.document_id for p in statement.provenance if p.document_id}:
        article = whole.get(document_id)
        if article is None:
            return
        found |= _dates(statement, document_id, article)
    if entry.date not in found:
        reason = f"{entry.date} is no date of what it cites"
        yield Miscount(statement_id=statement.id, reason=reason)


def _dates(statement: Statement, document_id: str, article: Article) -> set[str | None]:
    """Return what the dates of the sentences cited resolve to."""
    spans = [s for c in statement.citations if c.document_id == document_id for s in c.spans]
    cited = [
        sentence
        for sentence in article.sentences
        if any(s.start < sentence.end and sentence.start < s.end for s in spans)
    ]
    calendars = [Calendar(a) for a in _stamped(article)]
    return {d for calendar in calendars for s in cited for d in calendar.dates_in(s)}


def _stamped(article: Article) -> tuple[Article, ...]:
    """Return an article with its time as it stands and in UTC, in which a store keeps it."""
    if article.published_at is None:
        return (article,)
    return article, replace(article, published_at=article.published_at.astimezone(UTC))


def _misgrouped(brief: Brief, whole: Mapping[str, Article | None]) -> Iterator[str]:
    """Say which sources are one group and are counted as two, or the other way round."""
    story = _story(brief, whole)
    # The whole story decides: an uncited copy can join two sources, and part two that would be one.
    groups = independent_groups(story) if story else {}
    for a, b in combinations(brief.sources, 2):
        counted_once = a.independent_group == b.independent_group
        is_one = _is_one(a, b, groups)
        if is_one is not None and is_one != counted_once:
            number = "one independent source" if is_one else "two independent sources"
            yield f"[{a.marker}] and [{b.marker}] are {number}, and are not counted so"


def _is_one(a: Source, b: Source, groups: Mapping[str, int]) -> bool | None:
    """Say whether two sources are one group, None where no groups are known to tell."""
    if groups:
        return groups[a.document_id] == groups[b.document_id]
    # What is the same to the letter is one group in any company.
    return True if (a.sha256, a.title) == (b.sha256, b.title) else None


def _story(brief: Brief, whole: Mapping[str, Article | None]) -> tuple[Article, ...]:
    """Return the articles that a brief was made from, in the order of their ids; none if one is missing."""
    cited = {s.document_id: s.sha256 for s in brief.sources}
    named = {
        *cited,
        *(o.document_id for o in brief.omitted),
        *(d.document_id for d in brief.dropped if d.document_id),
    }
    story = tuple(
        replace(article, id=id_) for id_ in sorted(named) if (article := whole.get(id_)) is not None
    )
    there = {a.id: a.sha256 for a in story}
    if not cited.items() <= there.items():
        return ()
    # Of each document that it was made from a brief names the fate.
    recorded = brief.run.input_sha256 if brief.run else ""
    is_all = named == set(cited) or recorded == digest([[a.id, a.sha256] for a in story])
    return story if is_all else ()
