"""The tables of action items, their changes, the clicks that allow them, and the rounds that tell of them."""

from sqlalchemy import JSON, Column, Index, Integer, Table, Text, UniqueConstraint

from bot.storage.schema import Instant, metadata

#: One row an action item that is followed; `body` is the whole of it (`bot.change.model.TrackedItem`). Whoever works on
#: it is `holder`, until `due_at`, when it is taken up again; without a `due_at` nobody has to. `progress` is a line.
action_items = Table(
    "action_items",
    metadata,
    Column("id", Text, primary_key=True),
    Column("number", Integer, nullable=False, unique=True),
    Column("source", Text, nullable=False),
    Column("document", Text, nullable=False, index=True),
    Column("state", Text, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("round_id", Text, nullable=False, index=True),
    Column("body", JSON, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("holder", Text, nullable=False),
    Column("due_at", Instant),
    Column("progress", Text, nullable=False),
    Index("ix_action_items_state_due_at", "state", "due_at"),
)

#: One row a change; `body` is the whole of it (`bot.change.model.Change`), without any plan's own JSON, which may hold
#: secrets.
changes = Table(
    "changes",
    metadata,
    Column("id", Text, primary_key=True),
    Column("item_id", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("stack", Text, nullable=False),
    Column("landed", Text, nullable=False),
    Column("body", JSON, nullable=False),
    UniqueConstraint("item_id", "number"),
    Index("ix_changes_stack_state", "stack", "state"),
)

#: One row a question that waits for a click, or was decided; by compare-and-set on `state` and `agreed`.
approvals = Table(
    "approvals",
    metadata,
    Column("id", Text, primary_key=True),
    Column("number", Integer, nullable=False, unique=True),
    Column("item_id", Text, nullable=False, index=True),
    Column("change_id", Text, nullable=False),
    Column("ask", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("agreed", Integer, nullable=False),
    Column("expires_at", Instant),
    Column("body", JSON, nullable=False),
    Index("ix_approvals_state_expires_at", "state", "expires_at"),
)

#: One row a round (`bot.change.model.Round`), and the message that shows it: shown state, as surfaces are.
rounds = Table(
    "rounds",
    metadata,
    Column("id", Text, primary_key=True),
    Column("document", Text, nullable=False, index=True),
    Column("incident_id", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("began_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("said_at", Instant),
    Column("channel", Text, nullable=False),
    Column("ts", Text, nullable=False),
    Column("wanted", Integer, nullable=False),
    Column("shown", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("retry_at", Instant, nullable=False),
    Column("digest", Text, nullable=False),
)
