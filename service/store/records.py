"""What goes into the store and comes out of it: plain values, no rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Literal, TypeVar

from service.domain.brief import Dropped, Options, Progress, Status
from service.domain.edition import Day
from service.domain.text import Article, Document

# Whose everything is where there are no keys.
LOCAL = "local"

Event = Literal["brief.done", "brief.failed", "brief.stale"]
DeliveryStatus = Literal["pending", "delivered", "dead"]
Scope = Literal["read", "write", "admin"]
SCOPES: tuple[Scope, ...] = ("read", "write", "admin")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A document and the article made of it. `article_json` is the document out.

    `content_id` is the document's, reckoned where hashing megabytes holds nobody up.
    """

    document: Document
    article: Article
    article_json: str
    content_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """Where a brief's events are sent. `sealed_secret` signs them, and is unreadable as kept."""

    url: str
    sealed_secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBrief:
    """A brief to be accepted. `filed` are those of its documents that may be new to the store.

    Under an `idempotency_key` that a brief of the tenant has already, that one is meant.
    """

    id: str
    created_at: datetime
    options: Options
    document_ids: tuple[str, ...]
    filed: tuple[Filed, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    warnings: tuple[str, ...] = ()
    idempotency_key: str | None = None
    rebuild_of: str | None = None
    traceparent: str | None = None
    hook: Hook | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefRecord:
    """A brief as stored. `body` is its JSON once it is done; `revision` grows with every change.

    `warnings` are what was known when it was accepted, and belongs in its run record.
    """

    id: str
    tenant: str
    status: Status
    revision: int
    created_at: datetime
    finished_at: datetime | None
    options: Options
    dropped: tuple[Dropped, ...]
    progress: Progress | None
    attempts: int
    error: str | None
    body: str | None
    headline: str | None
    rebuild_of: str | None
    traceparent: str | None
    hook: Hook | None
    warnings: tuple[str, ...] = ()

    @property
    def finished(self) -> bool:
        return self.status not in ("queued", "running")


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefSummary:
    """A brief as it is listed. `headline` is the text of a finished one's."""

    id: str
    status: Status
    created_at: datetime
    finished_at: datetime | None
    progress: Progress | None
    headline: str | None
    error: str | None
    rebuild_of: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSummary:
    """A document as it is listed: the document out without its text and what is cut from it."""

    id: str
    version: int
    sha256: str
    title: str | None
    publisher: str | None
    author: str | None
    url: str | None
    published_at: datetime | None
    language: str | None
    created_at: datetime
    changed_at: datetime
    superseded_by: str | None
    duplicate_of: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionSummary:
    """An edition as it is listed: how many stories it has, and the headline of the first."""

    date: Day
    created_at: datetime
    changed_at: datetime
    stories: int
    headline: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """The last entry of a page; what follows it is older, or of the same time and a lower id."""

    created_at: datetime
    id: str


Listed = TypeVar("Listed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Listed]):
    """Some entries, the newest first, and where the next page begins; None at the end."""

    entries: tuple[Listed, ...]
    next: Cursor | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """What storing a document did. `new` is False where it was stored already, word for word.

    `changed` is True where another text stood under its id or URL before: what stood on that is stale.
    """

    document_id: str
    version: int
    new: bool
    changed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outdated:
    """A document of a brief that is no longer what the brief was made of.

    `article_json` is the text that stands now, None where the document was deleted;
    `successor_id` is the document it stands under.
    """

    document_id: str
    since: datetime
    successor_id: str | None
    article_json: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to work on something: `owner` has it until `until`, unless renewed."""

    owner: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a brief ended."""

    status: Status
    finished_at: datetime
    body: str | None = None
    headline: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """How much is to be done. `oldest` is when the first that still waits was asked for."""

    queued: int
    running: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A brief that some worker should take: it waits, or its worker died. `attempts` so far."""

    id: str
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A message to a webhook. `id` is the same at every attempt; `body` is what is signed."""

    id: str
    tenant: str
    brief_id: str
    event: Event
    hook: Hook
    body: str
    status: DeliveryStatus
    attempts: int
    next_at: datetime
    last_error: str | None
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """An API key, without what proves it. `digest` is an HMAC of its secret part."""

    id: str
    tenant: str
    name: str
    scopes: frozenset[Scope]
    digest: str
    created_at: datetime
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A brief shown to whoever has its link, without what the link ends with."""

    id: str
    tenant: str
    brief_id: str
    digest: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer as it was sent, to be sent again under the same Idempotency-Key."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """What a caller finds under its Idempotency-Key.

    `mine`: it is the caller's to answer. Otherwise `fingerprint` hashes what was asked first, and
    `answer` is None while that is still being answered.
    """

    mine: bool
    fingerprint: str
    answer: Answer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerRecord:
    """A process that makes briefs, as it last told of itself; `reason` is why it is not ready."""

    id: str
    host: str
    pid: int
    version: str
    model: str | None
    ready: bool
    reason: str | None
    started_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """Which workers were seen of late."""

    workers: tuple[WorkerRecord, ...] = field(default=())

    @property
    def ready(self) -> bool:
        return any(worker.ready for worker in self.workers)
