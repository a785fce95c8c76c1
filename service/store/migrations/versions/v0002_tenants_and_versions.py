"""Tenants, versions of documents, webhooks, keys, kept answers and workers.

What was stored before belongs to the tenant `local`; every document of it is a first version.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_NAME, _DIGEST, _MOMENT = sa.String(128), sa.String(64), sa.DateTime()
_LOCAL = "local"
# How many rows with their texts are in memory at once.
_AT_ONCE = 20


def upgrade() -> None:
    """Make today's tables, and carry over what the old ones hold."""
    # On SQLite the names of indexes are free only once the old ones are dropped.
    op.drop_index("briefs_by_turn", "briefs")
    for name in ("brief_documents", "briefs", "documents"):
        op.rename_table(name, f"{name}_0001")
    _make_documents()
    _make_briefs()
    _make_brief_documents()
    _make_deliveries()
    _make_answers()
    _make_keys()
    _make_workers()
    connection = op.get_bind()
    _carry_documents(connection)
    _carry_briefs(connection)
    connection.execute(
        sa.text(
            "INSERT INTO brief_documents (tenant, brief_id, position, document_id, version)"
            " SELECT :tenant, brief_id, position, document_id, 1 FROM brief_documents_0001"
        ),
        {"tenant": _LOCAL},
    )
    for name in ("brief_documents", "briefs", "documents"):
        op.drop_table(f"{name}_0001")


def _tenant() -> sa.Column[str]:
    return sa.Column("tenant", _NAME, nullable=False)


def _make_documents() -> None:
    op.create_table(
        "documents",
        _tenant(),
        sa.Column("id", _NAME, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text()),
        sa.Column("url_sha256", _DIGEST),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.Column("deleted_at", _MOMENT),
        sa.Column("superseded_by", _NAME),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_documents"),
    )
    op.create_index("documents_by_time", "documents", ["tenant", "created_at", "id"])
    op.create_index("documents_by_url", "documents", ["tenant", "url_sha256"])
    op.create_index("documents_by_successor", "documents", ["tenant", "superseded_by"])
    op.create_table(
        "document_versions",
        _tenant(),
        sa.Column("document_id", _NAME, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content_id", _DIGEST, nullable=False),
        sa.Column("sha256", _DIGEST, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("title", sa.Text()),
        sa.Column("publisher", sa.Text()),
        sa.Column("author", sa.Text()),
        sa.Column("published_at", _MOMENT),
        sa.Column("language", sa.Text()),
        sa.Column("document", sa.Text()),
        sa.Column("article", sa.Text()),
        sa.ForeignKeyConstraint(
            ["tenant", "document_id"],
            ["documents.tenant", "documents.id"],
            name="fk_document_versions_tenant_documents",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "document_id", "version", name="pk_document_versions"),
    )
    op.create_index("documents_by_text", "document_versions", ["tenant", "sha256"])


def _make_briefs() -> None:
    op.create_table(
        "briefs",
        _tenant(),
        sa.Column("id", _NAME, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("finished_at", _MOMENT),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("intake_dropped", sa.Text(), nullable=False),
        sa.Column("intake_warnings", sa.Text(), nullable=False),
        sa.Column("owner", _NAME),
        sa.Column("lease_until", _MOMENT),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("progress_stage", _NAME),
        sa.Column("progress_done", sa.Integer(), nullable=False),
        sa.Column("progress_total", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("headline", sa.Text()),
        sa.Column("body", sa.Text()),
        sa.Column("idempotency_key", sa.String(255)),
        sa.Column("rebuild_of", _NAME),
        sa.Column("traceparent", _NAME),
        sa.Column("webhook_url", sa.Text()),
        sa.Column("webhook_secret", sa.Text()),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_briefs"),
        sa.UniqueConstraint("id", name="one_tenant_a_brief"),
        sa.UniqueConstraint("tenant", "idempotency_key", name="one_brief_a_key"),
    )
    op.create_index("briefs_by_turn", "briefs", ["status", "created_at", "id"])
    op.create_index("briefs_by_time", "briefs", ["tenant", "created_at", "id"])


def _make_brief_documents() -> None:
    versions = "document_versions"
    op.create_table(
        "brief_documents",
        _tenant(),
        sa.Column("brief_id", _NAME, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("document_id", _NAME, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "brief_id"],
            ["briefs.tenant", "briefs.id"],
            name="fk_brief_documents_tenant_briefs",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "document_id", "version"],
            [f"{versions}.tenant", f"{versions}.document_id", f"{versions}.version"],
            name="fk_brief_documents_tenant_document_versions",
        ),
        sa.PrimaryKeyConstraint("tenant", "brief_id", "position", name="pk_brief_documents"),
    )
    op.create_index("briefs_by_document", "brief_documents", ["tenant", "document_id"])


def _make_deliveries() -> None:
    op.create_table(
        "deliveries",
        _tenant(),
        sa.Column("id", _NAME, nullable=False),
        sa.Column("brief_id", _NAME, nullable=False),
        sa.Column("event", sa.String(32), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", _MOMENT, nullable=False),
        sa.Column("owner", _NAME),
        sa.Column("lease_until", _MOMENT),
        sa.Column("last_error", sa.Text()),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("finished_at", _MOMENT),
        sa.ForeignKeyConstraint(
            ["tenant", "brief_id"],
            ["briefs.tenant", "briefs.id"],
            name="fk_deliveries_tenant_briefs",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_deliveries"),
    )
    op.create_index("deliveries_by_turn", "deliveries", ["status", "next_at"])
    op.create_index("deliveries_by_brief", "deliveries", ["tenant", "brief_id"])
    op.create_index("deliveries_by_time", "deliveries", ["tenant", "created_at", "id"])


def _make_answers() -> None:
    op.create_table(
        "answers",
        _tenant(),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("fingerprint", _DIGEST, nullable=False),
        sa.Column("owner", _NAME),
        sa.Column("locked_until", _MOMENT),
        sa.Column("status", sa.Integer()),
        sa.Column("headers", sa.Text()),
        sa.Column("body", sa.LargeBinary()),
        sa.Column("holds_documents", sa.Boolean(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "key", name="pk_answers"),
    )
    op.create_index("ix_answers_created_at", "answers", ["created_at"])


def _make_keys() -> None:
    op.create_table(
        "keys",
        sa.Column("id", _NAME, nullable=False),
        sa.Column("tenant", _NAME, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("digest", _DIGEST, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("revoked_at", _MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_keys"),
    )
    op.create_table(
        "rates",
        sa.Column("key_id", _NAME, nullable=False),
        sa.Column("due_s", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["key_id"], ["keys.id"], name="fk_rates_key_id_keys", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key_id", name="pk_rates"),
    )


def _make_workers() -> None:
    op.create_table(
        "workers",
        sa.Column("id", _NAME, nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(32), nullable=False),
        sa.Column("model", sa.Text()),
        sa.Column("ready", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.Column("seen_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_workers"),
    )


def _table(name: str) -> sa.Table:
    """Return a table as it is in the database now, whatever the code says of it later."""
    return sa.Table(name, sa.MetaData(), autoload_with=op.get_bind())


def _rows(connection: sa.Connection, old: sa.Table) -> Iterator[list[sa.RowMapping]]:
    """Give the rows of an old table, some at a time: their texts may be large."""
    after: str | None = None
    while True:
        query = sa.select(old).order_by(old.c.id).limit(_AT_ONCE)
        if after is not None:
            query = query.where(old.c.id > after)
        found = list(connection.execute(query).mappings())
        if not found:
            return
        yield found
        after = found[-1]["id"]


def _carry_documents(connection: sa.Connection) -> None:
    documents, versions = _table("documents"), _table("document_versions")
    for rows in _rows(connection, _table("documents_0001")):
        articles = [json.loads(row["article"]) for row in rows]
        connection.execute(
            documents.insert(),
            [
                _document(row, article.get("url"))
                for row, article in zip(rows, articles, strict=True)
            ],
        )
        connection.execute(
            versions.insert(),
            [_version(row, article) for row, article in zip(rows, articles, strict=True)],
        )


def _document(row: sa.RowMapping, url: str | None) -> dict[str, object]:
    return {
        "tenant": _LOCAL,
        "id": row["id"],
        "version": 1,
        "url": _plain(url),
        "url_sha256": None if url is None else hashlib.sha256(url.encode()).hexdigest(),
        "created_at": row["created_at"],
        "changed_at": row["created_at"],
    }


def _version(row: sa.RowMapping, article: dict[str, str | None]) -> dict[str, object]:
    stated = article.get("published_at")
    published_at = None
    if stated is not None:
        published_at = datetime.fromisoformat(stated).astimezone(UTC).replace(tzinfo=None)
    return {
        "tenant": _LOCAL,
        "document_id": row["id"],
        "version": 1,
        "content_id": row["content_id"],
        "sha256": article["sha256"],
        "created_at": row["created_at"],
        "title": _plain(article.get("title")),
        "publisher": _plain(article.get("publisher")),
        "author": _plain(article.get("author")),
        "published_at": published_at,
        "language": _plain(article.get("language")),
        "document": row["document"],
        "article": row["article"],
    }


def _carry_briefs(connection: sa.Connection) -> None:
    briefs = _table("briefs")
    for rows in _rows(connection, _table("briefs_0001")):
        connection.execute(
            briefs.insert(),
            [
                {
                    "tenant": _LOCAL,
                    **row,
                    "revision": 1,
                    "headline": _headline(row["body"]),
                    "intake_warnings": "[]",
                }
                for row in rows
            ],
        )


def _headline(body: str | None) -> str | None:
    headline = None if body is None else json.loads(body).get("headline")
    return None if headline is None else _plain(headline["text"])


def _plain(text: str | None) -> str | None:
    """Return a text without NUL, which PostgreSQL does not keep."""
    return None if text is None else text.replace("\0", "")
