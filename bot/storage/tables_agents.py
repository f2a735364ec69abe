"""The tables of agents: what they run and find, and the money for it, in whole micro-dollars."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from bot.storage.schema import Instant, metadata

#: One row a run. `issue` is an incident's id or a request's own, `day` the UTC day of its beginning; `earmark` is what
#: is kept for its last turn and is not held by a call now.
runs = Table(
    "runs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("issue", Text, nullable=False, index=True),
    Column("person", Text),
    Column("day", Text, nullable=False, index=True),
    Column("earmark", BigInteger, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
)

#: One row a call: `amount` is held for it until it is settled, `promised` of it from its run's earmark; then `cost` is
#: spent. `terms` say at what price it was made, `usage` what the provider told. After `until` its process is gone.
reservations = Table(
    "reservations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("run_id", Text, ForeignKey("runs.id"), nullable=False, index=True),
    Column("day", Text, nullable=False, index=True),
    Column("state", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("promised", BigInteger, nullable=False),
    Column("cost", BigInteger, nullable=False),
    Column("estimated", Boolean, nullable=False),
    Column("terms", JSON, nullable=False),
    Column("usage", JSON),
    Column("reserved_at", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("settled_at", Instant),
    Index("ix_reservations_state_until", "state", "until"),
)

#: One row an investigation; its id is also its run's. `evidence`, `report` and `findings` are the models of
#: that name, as JSON. Whoever works on it is `holder`, until `due_at`, when it is taken up again; nobody else writes.
investigations = Table(
    "investigations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("incident_id", Text, ForeignKey("incidents.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False, index=True),
    Column("by", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("why_no_model", Text, nullable=False),
    Column("problem", Text, nullable=False),
    Column("evidence", JSON),
    Column("report", JSON),
    Column("findings", JSON),
    Column("stopped_by", Text),
    Column("attempt", Integer, nullable=False),
    Column("holder", Text, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("ended_at", Instant),
    UniqueConstraint("incident_id", "number"),
)

#: What people see of the work, a line a row; `key` is the same where a line takes the place of an earlier one.
investigation_steps = Table(
    "investigation_steps",
    metadata,
    Column("investigation_id", Text, ForeignKey("investigations.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("stage", Text, nullable=False),
    Column("agent", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("word", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

#: The transcript: append-only, redacted before it is written, each row sealing the one before it. `blocks` are a
#: model's own, byte for byte; `reservation_id` is the call's that made an answer.
turns = Table(
    "turns",
    metadata,
    Column("run_id", Text, primary_key=True),
    Column("agent", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("role", Text, nullable=False),
    Column("blocks", JSON, nullable=False),
    Column("stop_reason", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("usage", JSON),
    Column("reservation_id", Text),
    Column("at", Instant, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
)

#: What agents propose; nothing comes of a row until a person or a workflow takes it up. A call is written once.
proposals = Table(
    "proposals",
    metadata,
    Column("run_id", Text, primary_key=True),
    Column("agent", Text, primary_key=True),
    Column("tool_use_id", Text, primary_key=True),
    Column("incident_id", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("body", JSON, nullable=False),
    Column("at", Instant, nullable=False),
)

#: Who stopped everything, and when; at most one row without `released_at`.
halts = Table(
    "halts",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("released_by", Text),
    Column("released_at", Instant),
)
