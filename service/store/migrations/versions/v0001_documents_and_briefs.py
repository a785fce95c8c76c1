"""The first tables: documents, briefs, and which brief is made of which documents."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# The names are those that PostgreSQL gives where none are given, as none were.
_NAME = sa.String(128)


def upgrade() -> None:
    """Make the tables as they were made before there were steps."""
    op.create_table(
        "documents",
        sa.Column("id", _NAME, nullable=False),
        sa.Column("content_id", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("article", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="documents_pkey"),
    )
    _briefs()
    op.create_table(
        "brief_documents",
        sa.Column("brief_id", _NAME, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("document_id", _NAME, nullable=False),
        sa.PrimaryKeyConstraint("brief_id", "position", name="brief_documents_pkey"),
        sa.ForeignKeyConstraint(
            ["brief_id"],
            ["briefs.id"],
            name="brief_documents_brief_id_fkey",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name="brief_documents_document_id_fkey"
        ),
    )
    op.create_index("ix_brief_documents_document_id", "brief_documents", ["document_id"])


def _briefs() -> None:
    op.create_table(
        "briefs",
        sa.Column("id", _NAME, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("finished_at", sa.DateTime()),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("intake_dropped", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(64)),
        sa.Column("lease_until", sa.DateTime()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("progress_stage", sa.String(64)),
        sa.Column("progress_done", sa.Integer(), nullable=False),
        sa.Column("progress_total", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("body", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="briefs_pkey"),
    )
    op.create_index("briefs_by_turn", "briefs", ["status", "created_at", "id"])
