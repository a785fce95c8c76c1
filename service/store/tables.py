"""The tables. What the service does not search by is kept as JSON."""

from datetime import UTC, datetime
from typing import ClassVar

from sqlalchemy import DateTime, Dialect, ForeignKey, Index, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """A point in time. SQLite keeps no zone: UTC goes in, and is said to be UTC coming out."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Table(DeclarativeBase):
    """The root of the tables."""

    type_annotation_map: ClassVar[dict[type, type]] = {datetime: UtcDateTime}


class DocumentRow(Table):
    """A document as it was sent, and the article made of it. `content_id` hashes all it says."""

    __tablename__ = "documents"

    id: Mapped[str] = mapped_column(String(128), primary_key=True)
    content_id: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    document: Mapped[str] = mapped_column(Text)
    article: Mapped[str] = mapped_column(Text)


class BriefRow(Table):
    """A brief that was asked for. `owner` holds it until `lease_until` while it is running."""

    __tablename__ = "briefs"

    id: Mapped[str] = mapped_column(String(128), primary_key=True)
    status: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    options: Mapped[str] = mapped_column(Text)
    intake_dropped: Mapped[str] = mapped_column(Text)
    owner: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    progress_stage: Mapped[str | None] = mapped_column(String(64))
    progress_done: Mapped[int] = mapped_column(default=0)
    progress_total: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)
    body: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (Index("briefs_by_turn", "status", "created_at", "id"),)


class BriefDocumentRow(Table):
    """Which documents a brief is made of, in the order they were given."""

    __tablename__ = "brief_documents"

    brief_id: Mapped[str] = mapped_column(
        ForeignKey("briefs.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id"), index=True)
