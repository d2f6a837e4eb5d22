"""What a chat needs to answer, and how far its channels were read"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "positions",
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "channel", name=op.f("pk_positions")),
    )
    op.add_column("cases", sa.Column("handle", sa.String(), nullable=True))
    op.add_column("cases", sa.Column("called_at", sa.Double(), nullable=True))
    op.add_column("files", sa.Column("handle", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("files", "handle")
    op.drop_column("cases", "called_at")
    op.drop_column("cases", "handle")
    op.drop_table("positions")
