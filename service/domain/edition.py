"""An edition: a day's briefs, one a story, and what they tell anew. Field names are the JSON names."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import Literal

from service.domain.brief import Dropped, Source, Statement
from service.domain.errors import InconsistentCitation

# Under another name: the fields that hold days are called `date`.
Day = date
StoryState = Literal["new", "updated", "unchanged"]
ChangeKind = Literal["new", "changed", "corrected"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a story tells anew: a statement of today's brief.

    `before` is the sentence that was told in its place last time, None exactly for what is new.
    """

    kind: ChangeKind
    statement: Statement
    before: str | None = None

    def __post_init__(self) -> None:
        if (self.kind == "new") != (self.before is None):
            raise ValueError(f"what is {self.kind} cannot have been {self.before!r} before")
        if self.before == self.statement.text:
            raise ValueError(f"nothing is {self.kind} in {self.before!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One story of a day: its brief, and all that an edition shows of it.

    `id` stays the same over the days. `sources` are those of the brief, under its markers;
    `independent_sources` counts their groups. `documents` are the articles that the brief is made
    of, cited or not.
    """

    id: str
    state: StoryState
    section: str | None = None
    brief_id: str
    headline: Statement
    lede: Statement | None = None
    sources: tuple[Source, ...]
    independent_sources: int
    documents: int
    changes: tuple[Change, ...] = ()

    def __post_init__(self) -> None:
        if (self.state == "updated") != bool(self.changes):
            raise ValueError(f"story {self.id!r} is {self.state}, with {len(self.changes)} changes")
        if [one.marker for one in self.sources] != list(range(1, len(self.sources) + 1)):
            raise ValueError(f"story {self.id!r}: markers do not run 1..{len(self.sources)}")
        for one in self.sources:
            if one.published_at is not None and one.published_at.tzinfo is None:
                raise ValueError(f"story {self.id!r}: source {one.marker} needs a time with a zone")
        self._check_citations()
        groups = len({one.independent_group for one in self.sources})
        if self.independent_sources != groups or len(self.sources) > self.documents:
            raise ValueError(
                f"story {self.id!r}: {self.independent_sources} independent sources of"
                f" {self.documents} documents, from {len(self.sources)} sources in {groups} groups"
            )

    def _check_citations(self) -> None:
        markers = {one.document_id: one.marker for one in self.sources}
        for statement in self.statements():
            for cited in statement.citations:
                if markers.get(cited.document_id) != cited.marker:
                    raise InconsistentCitation(statement.id, cited.document_id, cited.marker)

    def statements(self) -> tuple[Statement, ...]:
        """Return every statement that is shown of the story, in reading order."""
        lede = [self.lede] if self.lede else []
        return (self.headline, *lede, *(change.statement for change in self.changes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A story that was told before and is told no more. `last` is the day of its last edition."""

    id: str
    headline: str
    last: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """The stories of a day, in the order of their rank.

    `previous` is the day of the edition that it is compared with; without one, all is new.
    `created_at` is when there was first an edition of the day, `changed_at` when this one was made.
    Of the `articles` of the day `duplicates` repeat others, and `skipped` could not be used.
    """

    date: Day
    created_at: datetime
    changed_at: datetime
    previous: Day | None = None
    stories: tuple[Story, ...] = ()
    gone: tuple[Gone, ...] = ()
    skipped: tuple[Dropped, ...] = ()
    articles: int
    duplicates: int = 0

    def __post_init__(self) -> None:
        if self.created_at.tzinfo is None or self.changed_at.tzinfo is None:
            raise ValueError(f"the edition of {self.date} needs times with a zone")
        if self.previous is not None and self.previous >= self.date:
            raise ValueError(f"{self.previous} is not before {self.date}")
        if not 0 <= self.duplicates <= self.articles:
            raise ValueError(f"{self.duplicates} duplicates of {self.articles} articles")
        told, gone = (one.id for one in self.stories), (one.id for one in self.gone)
        _check_distinct("story", chain(told, gone))
        _check_distinct("brief", [one.brief_id for one in self.stories])
        self._check_comparison()

    def _check_comparison(self) -> None:
        """Refuse what only an edition before this one could tell, where there is none."""
        if self.previous is None:
            known = [one.id for one in self.stories if one.state != "new"]
            if known or self.gone:
                raise ValueError(f"the edition of {self.date} knows of stories from no edition")
            return
        for one in self.gone:
            if one.last > self.previous:
                raise ValueError(f"story {one.id!r} was told last on {one.last}, after it was gone")


def _check_distinct(what: str, ids: Iterable[str]) -> None:
    repeated = [id for id, count in Counter(ids).items() if count > 1]
    if repeated:
        raise ValueError(f"there is more than one {what} {repeated[0]!r}")
