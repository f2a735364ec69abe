"""Our tables. Times are integers of microseconds since 1970, UTC, on both databases; aware datetimes in Python."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from bot.storage.schema import Instant, metadata
from bot.storage.tables_agents import (
    halts,
    investigation_steps,
    investigations,
    proposals,
    reservations,
    runs,
    turns,
)
from bot.storage.tables_changes import action_items, approvals, changes, rounds

#: What stands elsewhere and belongs to our tables all the same.
__all__ = [
    "Instant",
    "action_items",
    "approvals",
    "changes",
    "halts",
    "investigation_steps",
    "investigations",
    "metadata",
    "proposals",
    "reservations",
    "rounds",
    "runs",
    "turns",
]

#: Numbers people see (`INC-12`): gaps allowed, never used twice.
counters = Table(
    "counters",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Integer, nullable=False),
)

#: One row an incident. `body` is the whole of it (`bot.incident.model.Incident`); the other columns are for searching.
incidents = Table(
    "incidents",
    metadata,
    Column("id", Text, primary_key=True),
    Column("number", Integer, nullable=False, unique=True),
    Column("state", Text, nullable=False, index=True),
    Column("severity", Text, nullable=False),
    Column("service", Text, nullable=False, index=True),
    Column("private", Boolean, nullable=False),
    Column("room", Text, index=True),
    Column("room_name", Text, index=True),
    Column("declared_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", JSON, nullable=False),
)

#: Who is in the room of a private incident, as Slack last said; `stamp` is Slack's time of it, so that of two events
#: that overtake one another the later counts.
room_members = Table(
    "room_members",
    metadata,
    Column("room", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("inside", Boolean, nullable=False),
    Column("stamp", Text, nullable=False),
)

#: What happened, append-only: a trigger refuses any change and any deletion.
events = Table(
    "events",
    metadata,
    Column("incident_id", Text, ForeignKey("incidents.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("by", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("data", JSON, nullable=False),
)

#: What messages on a timeline say: apart from the append-only events, which keep only its hash, so that it can be
#: forgotten when its author deletes the message.
quotes = Table(
    "quotes",
    metadata,
    Column("incident_id", Text, ForeignKey("incidents.id"), primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("ts", Text, primary_key=True),
    Column("hash", Text, nullable=False),
    Column("text", Text, nullable=False),
)

#: What was answered to a submission, written with what it changed: the same submission again changes nothing.
submissions = Table(
    "submissions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("outcome", JSON, nullable=False),
)

#: One row an issue of ours on GitHub. `kind` is incident or feature; `subject` the incident's id, or the request's own.
#: `last` is the newest entry of its history that we know, `stand` what it was like then, `labels` those that we put on.
github_issues = Table(
    "github_issues",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False, index=True),
    Column("last", BigInteger, nullable=False),
    Column("stand", Text, nullable=False),
    Column("labels", JSON, nullable=False),
)

#: People on GitHub, by login, whose reports start work by themselves because an approver said so.
github_people = Table(
    "github_people",
    metadata,
    Column("login", Text, primary_key=True),
    Column("trusted_by", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

#: What people wrote of a post-mortem in Slack: `parts` by section, until it stands in git; `base` is what git had there
#: when they began. `name` is the file's, from the moment in which it is to be published; `asked` are the action items
#: for which an owner was asked, by their hash.
postmortems = Table(
    "postmortems",
    metadata,
    Column("incident_id", Text, ForeignKey("incidents.id"), primary_key=True),
    Column("name", Text, nullable=False),
    Column("parts", JSON, nullable=False),
    Column("base", JSON, nullable=False),
    Column("asked", JSON, nullable=False),
)

#: The post-mortems in the repository, as last read: the text, what is told of it (`Card`), its items (`Reading`).
documents = Table(
    "documents",
    metadata,
    Column("name", Text, primary_key=True),
    Column("incident", Text, nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("card", JSON, nullable=False),
    Column("reading", JSON, nullable=False),
)

#: How far the repository is known: the commit that was read, the one whose site is out, when somebody last looked.
repository = Table(
    "repository",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

#: How we hear from GitHub: when a webhook last came, since when we listen, and how far the polling has read.
github_hearing = Table(
    "github_hearing",
    metadata,
    Column("name", Text, primary_key=True),
    Column("at", Instant, nullable=False),
)

#: One row an outside effect; its `incident_id` may be a feature request's own, or empty for an answer. `provides` and
#: `needs` name a place (room, card, issue, announcement); effects of one incident with the same `line` happen in the
#: order of `number`.
effects = Table(
    "effects",
    metadata,
    Column("id", Text, primary_key=True),
    Column("number", Integer, nullable=False, unique=True),
    Column("incident_id", Text),
    Column("kind", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("provides", Text),
    Column("needs", Text),
    Column("line", Text),
    Column("request", JSON, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("intent_at", Instant),
    Column("retry_at", Instant, nullable=False),
    Column("problem", Text, nullable=False),
    Column("result", JSON),
    Column("created_at", Instant, nullable=False),
    Column("done_at", Instant),
    Index("ix_effects_state_incident_id", "state", "incident_id"),
    Index("ix_effects_incident_id", "incident_id"),
)

#: What shows an incident's state and is edited in place: the newest wanted version is rendered, older ones are skipped.
surfaces = Table(
    "surfaces",
    metadata,
    Column("incident_id", Text, ForeignKey("incidents.id"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("ts", Text, nullable=False),
    Column("wanted", Integer, nullable=False),
    Column("shown", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("retry_at", Instant, nullable=False),
    Column("digest", Text, nullable=False),
    Column("problem", Text, nullable=False),
    Index("ix_surfaces_channel_ts", "channel", "ts"),
)

#: Which incident a group of alerts belongs to, for each service in it; `id` is a hash of group and service.
alert_groups = Table(
    "alert_groups",
    metadata,
    Column("id", Text, primary_key=True),
    Column("incident_id", Text, nullable=False, index=True),
    Column("firing", Boolean, nullable=False),
    Column("latest", Instant, nullable=False),
    Column("said", Text, nullable=False),
    Column("said_at", Instant),
)

#: One row an incident, by which it is listed and searched; written with the incident. `words` are what it is found by.
searchable = Table(
    "searchable",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("incident_id", Text, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("private", Boolean, nullable=False),
    Column("reporter", Text, nullable=False),
    Column("lead", Text, nullable=False),
    Column("declared_at", Instant, nullable=False, index=True),
    Column("words", Text, nullable=False),
    Index("ix_searchable_open_number", "open", "number"),
    Index("ix_searchable_state_number", "state", "number"),
    Index("ix_searchable_severity_number", "severity", "number"),
    Index("ix_searchable_service_number", "service", "number"),
    Index("ix_searchable_reporter_number", "reporter", "number"),
    Index("ix_searchable_lead_number", "lead", "number"),
)

#: The App Home of everybody who has opened it: shown state like a surface. `before` and `after` are where it is turned.
homes = Table(
    "homes",
    metadata,
    Column("person", Text, primary_key=True),
    Column("before", Integer, nullable=False),
    Column("after", Integer, nullable=False),
    Column("opened_at", Instant, nullable=False, index=True),
    Column("wanted", Integer, nullable=False),
    Column("shown", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("retry_at", Instant, nullable=False),
    Column("digest", Text, nullable=False),
)

#: The audit log: hash-chained, append-only by trigger; `audit_head` is its one lockable end.
audit = Table(
    "audit",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("details", JSON, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
    UniqueConstraint("hash"),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, nullable=False),
    Column("hash", Text, nullable=False),
)
