"""Briefs shown to whoever has a link."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_NAME, _MOMENT = sa.String(128), sa.DateTime()


def upgrade() -> None:
    """Make the table of links; nothing was shared before."""
    op.create_table(
        "shares",
        sa.Column("tenant", _NAME, nullable=False),
        sa.Column("id", _NAME, nullable=False),
        sa.Column("brief_id", _NAME, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("due_s", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "brief_id"],
            ["briefs.tenant", "briefs.id"],
            name="fk_shares_tenant_briefs",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_shares"),
        sa.UniqueConstraint("digest", name="one_share_a_link"),
    )
    op.create_index("ix_shares_expires_at", "shares", ["expires_at"])
    op.create_index("shares_by_brief", "shares", ["tenant", "brief_id", "created_at", "id"])
