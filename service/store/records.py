"""What goes into the store and comes out of it: plain values, no rows."""

from dataclasses import dataclass
from datetime import datetime

from service.domain.brief import Dropped, Options, Progress, Status
from service.domain.text import Article, Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A document and the article made of it. `article_json` is the document out."""

    document: Document
    article: Article
    article_json: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBrief:
    """A brief to be accepted. `filed` are those of its documents that may be new to the store."""

    id: str
    created_at: datetime
    options: Options
    document_ids: tuple[str, ...]
    filed: tuple[Filed, ...] = ()
    dropped: tuple[Dropped, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefRecord:
    """A brief as stored. `body` is its JSON once it is done."""

    id: str
    status: Status
    created_at: datetime
    finished_at: datetime | None
    options: Options
    dropped: tuple[Dropped, ...]
    progress: Progress | None
    attempts: int
    error: str | None
    body: str | None

    @property
    def finished(self) -> bool:
        return self.status not in ("queued", "running")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to work on a running brief: `owner` has it until `until`, unless renewed."""

    owner: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a brief ended."""

    status: Status
    finished_at: datetime
    body: str | None = None
    error: str | None = None
