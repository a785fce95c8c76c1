"""The tables. What the service does not search by is kept as JSON."""

from datetime import UTC, date, datetime

from advanced_alchemy.base import CommonTableAttributes, create_registry
from sqlalchemy import (
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

NAME = 128
DIGEST = 64


class UtcDateTime(TypeDecorator[datetime]):
    """A point in time, kept in UTC without a zone, so that both databases order it alike."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Table(CommonTableAttributes, DeclarativeBase):
    """The root of the tables."""

    __abstract__ = True
    registry = create_registry(custom_annotation_map={datetime: UtcDateTime})


class TenantScoped:
    """A row of one tenant. `service.store.database` shows and changes those of one tenant only."""

    tenant: Mapped[str] = mapped_column(String(NAME), primary_key=True, sort_order=-1)


class DocumentRow(TenantScoped, Table):
    """A document under its id: which version is the current one, and what became of it.

    `superseded_by` is the document of the same URL that was posted later with another text. A
    deleted document stays as a name without content.
    """

    __tablename__ = "documents"

    id: Mapped[str] = mapped_column(String(NAME), primary_key=True)
    version: Mapped[int]
    url: Mapped[str | None] = mapped_column(Text)
    url_sha256: Mapped[str | None] = mapped_column(String(DIGEST))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
    superseded_by: Mapped[str | None] = mapped_column(String(NAME))

    __table_args__ = (
        Index("documents_by_time", "tenant", "created_at", "id"),
        Index("documents_by_url", "tenant", "url_sha256"),
        Index("documents_by_successor", "tenant", "superseded_by"),
    )


class DocumentVersionRow(TenantScoped, Table):
    """One text of a document: as it was sent, and the article made of it; None once deleted.

    `content_id` hashes all that was sent, `sha256` the article's text alone. What a list shows of
    the article stands beside it, so that listing reads no texts.
    """

    __tablename__ = "document_versions"

    document_id: Mapped[str] = mapped_column(String(NAME), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    content_id: Mapped[str] = mapped_column(String(DIGEST))
    sha256: Mapped[str] = mapped_column(String(DIGEST))
    created_at: Mapped[datetime]
    title: Mapped[str | None] = mapped_column(Text)
    publisher: Mapped[str | None] = mapped_column(Text)
    author: Mapped[str | None] = mapped_column(Text)
    published_at: Mapped[datetime | None]
    language: Mapped[str | None] = mapped_column(Text)
    document: Mapped[str | None] = mapped_column(Text)
    article: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant", "document_id"], ["documents.tenant", "documents.id"], ondelete="CASCADE"
        ),
        Index("documents_by_text", "tenant", "sha256"),
    )


class BriefRow(TenantScoped, Table):
    """A brief that was asked for. `owner` holds it until `lease_until` while it is running.

    `revision` grows with every change that a watcher should see. `webhook_secret` is sealed.
    """

    __tablename__ = "briefs"

    id: Mapped[str] = mapped_column(String(NAME), primary_key=True)
    status: Mapped[str] = mapped_column(String(16))
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    options: Mapped[str] = mapped_column(Text)
    intake_dropped: Mapped[str] = mapped_column(Text)
    intake_warnings: Mapped[str] = mapped_column(Text, default="[]")
    owner: Mapped[str | None] = mapped_column(String(NAME))
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    progress_stage: Mapped[str | None] = mapped_column(String(NAME))
    progress_done: Mapped[int] = mapped_column(default=0)
    progress_total: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)
    headline: Mapped[str | None] = mapped_column(Text)
    body: Mapped[str | None] = mapped_column(Text)
    idempotency_key: Mapped[str | None] = mapped_column(String(255))
    rebuild_of: Mapped[str | None] = mapped_column(String(NAME))
    traceparent: Mapped[str | None] = mapped_column(String(NAME))
    webhook_url: Mapped[str | None] = mapped_column(Text)
    webhook_secret: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        UniqueConstraint("id", name="one_tenant_a_brief"),
        UniqueConstraint("tenant", "idempotency_key", name="one_brief_a_key"),
        Index("briefs_by_turn", "status", "created_at", "id"),
        Index("briefs_by_time", "tenant", "created_at", "id"),
    )


class BriefDocumentRow(TenantScoped, Table):
    """Which versions of which documents a brief is made of, in the order they were given."""

    __tablename__ = "brief_documents"

    brief_id: Mapped[str] = mapped_column(String(NAME), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[str] = mapped_column(String(NAME))
    version: Mapped[int]

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant", "brief_id"], ["briefs.tenant", "briefs.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["tenant", "document_id", "version"],
            [
                "document_versions.tenant",
                "document_versions.document_id",
                "document_versions.version",
            ],
        ),
        Index("briefs_by_document", "tenant", "document_id"),
    )


class DeliveryRow(TenantScoped, Table):
    """A message to a webhook: written with the change it tells of, sent until it arrives or is dead.

    `id` is the message's id, the same at every attempt. `secret` is sealed.
    """

    __tablename__ = "deliveries"

    id: Mapped[str] = mapped_column(String(NAME), primary_key=True)
    brief_id: Mapped[str] = mapped_column(String(NAME))
    event: Mapped[str] = mapped_column(String(32))
    url: Mapped[str] = mapped_column(Text)
    secret: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    owner: Mapped[str | None] = mapped_column(String(NAME))
    lease_until: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant", "brief_id"], ["briefs.tenant", "briefs.id"], ondelete="CASCADE"
        ),
        Index("deliveries_by_turn", "status", "next_at"),
        Index("deliveries_by_brief", "tenant", "brief_id"),
        Index("deliveries_by_time", "tenant", "created_at", "id"),
    )


class AnswerRow(TenantScoped, Table):
    """An answer kept under an Idempotency-Key; `status` is None while it is being made.

    `fingerprint` hashes what was asked. `owner` makes it until `locked_until`. One that has texts of
    documents goes with any of them: which ones it has is not known.
    """

    __tablename__ = "answers"

    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(DIGEST))
    owner: Mapped[str | None] = mapped_column(String(NAME))
    locked_until: Mapped[datetime | None]
    status: Mapped[int | None]
    headers: Mapped[str | None] = mapped_column(Text)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    holds_documents: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(index=True)


class EditionRow(TenantScoped, Table):
    """The edition of a day. `headline` is that of the first of its `stories`, which are counted."""

    __tablename__ = "editions"

    day: Mapped[date] = mapped_column(primary_key=True)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    stories: Mapped[int]
    headline: Mapped[str | None] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)


class KeyRow(Table):
    """An API key. `digest` is an HMAC of its secret part; `scopes` are divided by spaces."""

    __tablename__ = "keys"

    id: Mapped[str] = mapped_column(String(NAME), primary_key=True)
    tenant: Mapped[str] = mapped_column(String(NAME))
    name: Mapped[str] = mapped_column(Text)
    scopes: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(DIGEST))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class RateRow(Table):
    """When the next request of a key would be due at an even pace, in seconds since 1970."""

    __tablename__ = "rates"

    key_id: Mapped[str] = mapped_column(ForeignKey("keys.id", ondelete="CASCADE"), primary_key=True)
    due_s: Mapped[float] = mapped_column(Double)


class WorkerRow(Table):
    """A process that makes briefs, as it last told of itself. `reason` is why it is not ready."""

    __tablename__ = "workers"

    id: Mapped[str] = mapped_column(String(NAME), primary_key=True)
    host: Mapped[str] = mapped_column(Text)
    pid: Mapped[int]
    version: Mapped[str] = mapped_column(String(32))
    model: Mapped[str | None] = mapped_column(Text)
    ready: Mapped[bool]
    reason: Mapped[str | None] = mapped_column(Text)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class ShareRow(TenantScoped, Table):
    """A brief shown to whoever has its link. `digest` is the SHA-256 of what the link ends with.

    `due_s` is when the next request by it would be due at an even pace, in seconds since 1970.
    """

    __tablename__ = "shares"

    id: Mapped[str] = mapped_column(String(NAME), primary_key=True)
    brief_id: Mapped[str] = mapped_column(String(NAME))
    digest: Mapped[str] = mapped_column(String(DIGEST))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    due_s: Mapped[float] = mapped_column(Double, default=0.0)

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant", "brief_id"], ["briefs.tenant", "briefs.id"], ondelete="CASCADE"
        ),
        UniqueConstraint("digest", name="one_share_a_link"),
        Index("shares_by_brief", "tenant", "brief_id", "created_at", "id"),
    )
