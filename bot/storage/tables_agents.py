"""The tables of agents: what they run, and the money for it, in whole micro-dollars."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, Index, Table, Text

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
