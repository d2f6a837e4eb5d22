"""When the posting of a digest was first tried; digests that were set before there were any begin now"""

from __future__ import annotations

import time

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("digests", sa.Column("tried_at", sa.Double(), nullable=False, server_default="0"))
    servers = sa.table("servers", sa.column("digest_since"), sa.column("digest_channel"))
    unset = (servers.c.digest_channel != "") & (servers.c.digest_since == 0)
    op.execute(servers.update().where(unset).values(digest_since=time.time()))


def downgrade() -> None:
    op.drop_column("digests", "tried_at")
