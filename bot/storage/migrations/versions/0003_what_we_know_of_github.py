"""What we know of GitHub's issues and people, and effects that belong to a feature request instead of an incident."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "github_issues",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("stand", sa.Text(), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_github_issues"),
    )
    op.create_index("ix_github_issues_subject", "github_issues", ["subject"])
    op.create_table(
        "github_people",
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("trusted_by", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("login", name="pk_github_people"),
    )
    op.create_table(
        "github_hearing",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_github_hearing"),
    )
    with op.batch_alter_table("effects") as effects:
        effects.drop_constraint("fk_effects_incident_id", type_="foreignkey")
    _remember_issues()


def _remember_issues() -> None:
    """The issues of the incidents that are there already; what was put on them is what incidents then carried."""
    incidents = sa.table("incidents", sa.column("id"), sa.column("body", sa.JSON()))
    issues = sa.table(
        "github_issues",
        *(sa.column(name) for name in ("number", "kind", "subject", "last", "stand")),
        sa.column("labels", sa.JSON()),
    )
    connection = op.get_bind()
    for id, body in connection.execute(sa.select(incidents.c.id, incidents.c.body)).all():
        if (number := body["places"].get("issue_number")) is not None:
            row = {"number": number, "kind": "incident", "subject": id, "last": 0, "stand": "", "labels": []}
            connection.execute(issues.insert().values(**row))
