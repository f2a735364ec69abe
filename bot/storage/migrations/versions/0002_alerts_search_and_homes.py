"""Alerts by their groups, what incidents are found by, and the App Homes that somebody has opened."""

import json

import sqlalchemy as sa
from alembic import op

from bot.incident.search import indexed

revision = "0002"
down_revision = "0001"

_OVER = ("resolved", "closed", "declined", "merged")


def upgrade() -> None:
    op.create_table(
        "alert_groups",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("incident_id", sa.Text(), nullable=False),
        sa.Column("firing", sa.Boolean(), nullable=False),
        sa.Column("latest", sa.BigInteger(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("said_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_alert_groups"),
    )
    op.create_index("ix_alert_groups_incident_id", "alert_groups", ["incident_id"])
    op.create_table(
        "homes",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=False),
        sa.Column("after", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("retry_at", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person", name="pk_homes"),
    )
    op.create_index("ix_homes_opened_at", "homes", ["opened_at"])
    _searchable()
    _take_in()


def _searchable() -> None:
    op.create_table(
        "searchable",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("incident_id", sa.Text(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("reporter", sa.Text(), nullable=False),
        sa.Column("lead", sa.Text(), nullable=False),
        sa.Column("declared_at", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_searchable"),
    )
    for column in ("open", "state", "severity", "service", "reporter", "lead"):
        op.create_index(f"ix_searchable_{column}_number", "searchable", [column, "number"])
    op.create_index("ix_searchable_declared_at", "searchable", ["declared_at"])
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE search_words USING fts5(words, prefix='3 4 5', tokenize='ascii')")
    else:
        op.execute(
            "CREATE TABLE search_words "
            "(number INTEGER PRIMARY KEY REFERENCES searchable (number), words tsvector NOT NULL)"
        )
        op.execute("CREATE INDEX search_words_words ON search_words USING gin (words)")


def _take_in() -> None:
    """The incidents that are there already."""
    rows = op.get_bind().execute(sa.text("SELECT id, number, declared_at, body FROM incidents")).all()
    found = [_row(*row) for row in rows]
    if not found:
        return
    op.bulk_insert(sa.table("searchable", *(sa.column(name) for name in found[0])), found)
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    key = "rowid" if is_sqlite else "number"
    table = sa.table("search_words", sa.column(key), sa.column("words"))
    for row in found:
        words = row["words"] if is_sqlite else sa.func.array_to_tsvector(sa.func.string_to_array(row["words"], " "))
        op.get_bind().execute(sa.insert(table).values({key: row["number"], "words": words}))


def _row(id: str, number: int, declared_at: int, body: object) -> dict[str, object]:
    said = json.loads(body) if isinstance(body, str) else body
    assert isinstance(said, dict)
    return {
        "number": number,
        "incident_id": id,
        "open": said["state"] not in _OVER,
        "state": said["state"],
        "severity": said["severity"],
        "service": said["report"]["service"].strip().casefold(),
        "private": said["private"],
        "reporter": said["reporter"],
        "lead": said["lead"] or "",
        "declared_at": declared_at,
        "words": " ".join(indexed(_texts(said), number)),
    }


def _texts(said: dict[str, object]) -> list[str]:
    """What somebody wrote, wherever it stands in an incident."""
    report, update, ended = said["report"], said.get("last_update") or {}, said.get("resolution") or {}
    assert isinstance(report, dict)
    assert isinstance(update, dict)
    assert isinstance(ended, dict)
    own = [said["title"], report["service"], report["what"], report["expected"], said["severity_reason"]]
    return [str(text) for text in (*own, update.get("text", ""), ended.get("fix", ""), ended.get("cause", ""))]
