"""An effect may be about no incident: an answer to somebody who spoke to us."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    with op.batch_alter_table("effects") as effects:
        effects.alter_column("incident_id", existing_type=sa.Text(), nullable=True)
