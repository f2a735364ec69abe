"""What messages on a timeline say, apart from the events, so that it can be forgotten."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "quotes",
        sa.Column("incident_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("ts", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name="fk_quotes_incident_id"),
        sa.PrimaryKeyConstraint("incident_id", "channel", "ts", name="pk_quotes"),
    )
    op.create_index("ix_surfaces_channel_ts", "surfaces", ["channel", "ts"])
