"""What an incident is: frozen data, shared by every rule, view and table."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from bot.incident.postmortem_state import PostmortemState

#: A Slack user id (`U0ANA`), `github:<login>`, `ALERTMANAGER`, or `HOLDFAST` when the bot acts by itself.
Actor = str
HOLDFAST: Actor = "holdfast"
#: Whoever speaks for the alerts.
ALERTMANAGER: Actor = "alertmanager"


class Frozen(BaseModel):
    """Base of all values: immutable, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class State(StrEnum):
    """Where an incident stands; the moves between states are the table in `lifecycle.py`."""

    REPORTED = "reported"
    QUEUED = "queued"
    TRIAGING = "triaging"
    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MITIGATING = "mitigating"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    CLOSED = "closed"
    DECLINED = "declined"
    MERGED = "merged"


#: Nobody has work with it any more.
OVER = frozenset({State.RESOLVED, State.CLOSED, State.DECLINED, State.MERGED})


class Scope(StrEnum):
    """Whom the reporter sees affected (the outage form's three answers)."""

    JUST_ME = "just_me"
    MULTIPLE = "multiple"
    NOT_SURE = "not_sure"


class Milestones(Frozen):
    """Times of their own, apart from states; every figure is computed from these and nothing else. Aware, UTC."""

    started: datetime | None = None
    detected: datetime | None = None
    declared: datetime | None = None
    paged: datetime | None = None
    acknowledged: datetime | None = None
    identified: datetime | None = None
    mitigated: datetime | None = None
    restored: datetime | None = None
    all_clear: datetime | None = None
    closed: datetime | None = None


class Link(Frozen):
    """A page worth having at hand: the status page, dashboards, documents."""

    name: str
    url: str


class Report(Frozen):
    """What the reporter said, field by field, as read from the declare form."""

    service: str
    what: str
    error_kind: str = "other"
    started: datetime | None = None
    scope: Scope = Scope.NOT_SURE
    link: str = ""
    expected: str = ""
    found_by: str = ""
    several_services: bool = False
    data_at_risk: bool = False
    security: bool = False
    workaround: bool = False
    screenshots: tuple[str, ...] = ()


class Place(Frozen):
    """A Slack message: channel id and timestamp."""

    channel: str
    ts: str


class Places(Frozen):
    """Where an incident lives outside our database. Filled in as each effect lands; None until then."""

    origin: str = ""
    room: str | None = None
    room_name: str | None = None
    announcement: Place | None = None
    card: Place | None = None
    issue_number: int | None = None
    issue_url: str | None = None
    #: Its post-mortem in the repository: file name, address, and the pull request while it is only proposed.
    document: str | None = None
    document_url: str | None = None
    proposal: int | None = None
    #: Who closed the issue on GitHub while the incident was open, until somebody has answered what that means.
    closed_by: Actor | None = None


class Update(Frozen):
    """A status update: what we know, what comes next, and when to expect the next word (None: when there is one)."""

    text: str
    next_steps: str = ""
    next_at: datetime | None = None
    at: datetime
    by: Actor


class Impact(Frozen):
    """What it does, in the words of those who know; empty where nobody has said. The parts are seed 004's."""

    users: str = ""
    services: str = ""
    data: str = ""
    security: str = ""
    business: str = ""


class Handover(Frozen):
    """The lead is offered to somebody, with what they need to know; it passes when they accept."""

    to: Actor
    by: Actor
    summary: str
    at: datetime


class Resolution(Frozen):
    """How it ended: what fixed it, the cause where known, when the service was back, and who said that it works."""

    fix: str
    cause: str = ""
    ended: datetime
    by: Actor
    confirmed_by: tuple[Actor, ...] = ()


class Review(Frozen):
    """Somebody was asked to read the post-mortem; `approved` is None until they have answered."""

    person: Actor
    approved: bool | None = None


class Incident(Frozen):
    """One incident as it stands now. `version` grows with every change; `pins_told`: its room knows that pins become
    public; `publishing`: who has had its post-mortem published, until it is; `found_healthy`: nobody declined it, it
    was seen to work; `models`: whether models may see it, where somebody chose."""

    id: str
    number: int
    title: str
    state: State
    severity: str
    severity_reason: str
    scheme: str
    report: Report
    reporter: Actor
    also_reported: tuple[Actor, ...] = ()
    lead: Actor | None = None
    handover: Handover | None = None
    roles: dict[str, tuple[Actor, ...]] = {}
    impact: Impact = Impact()
    links: tuple[Link, ...] = ()
    private: bool = False
    test: bool = False
    needs_human: bool = False
    milestones: Milestones = Milestones()
    places: Places = Places()
    last_update: Update | None = None
    resolution: Resolution | None = None
    merged_into: str | None = None
    postmortem: PostmortemState | None = None
    postmortem_due: datetime | None = None
    reviews: tuple[Review, ...] = ()
    publishing: Actor | None = None
    pins_told: bool = False
    found_healthy: bool = False
    models: bool | None = None
    version: int = 0

    @property
    def key(self) -> str:
        """The name people use: `INC-12`."""
        return f"INC-{self.number}"

    @property
    def service(self) -> str:
        return self.report.service

    @property
    def reporters(self) -> tuple[Actor, ...]:
        """Everybody who reported it, the first one first, each once."""
        return tuple(dict.fromkeys((self.reporter, *self.also_reported)))

    @property
    def is_open(self) -> bool:
        """Whether somebody still has work with it."""
        return self.state not in OVER


class EventKind(StrEnum):
    """The timeline's vocabulary: everything that can have happened to an incident."""

    DECLARED = "declared"
    ACCEPTED = "accepted"
    STATE_CHANGED = "state_changed"
    SEVERITY_CHANGED = "severity_changed"
    LEAD_CHANGED = "lead_changed"
    UPDATED = "updated"
    NOTED = "noted"
    ROOM_OPENED = "room_opened"
    ISSUE_FILED = "issue_filed"
    RESOLVED = "resolved"
    CLOSED = "closed"
    REOPENED = "reopened"
    DECLINED = "declined"
    MERGED = "merged"
    CONFIRMED_FIXED = "confirmed_fixed"
    ALERT_FIRED = "alert_fired"
    ALERT_STOPPED = "alert_stopped"
    EFFECT_FAILED = "effect_failed"
    REPORTED_AGAIN = "reported_again"
    MERGED_IN = "merged_in"
    ROLE_TAKEN = "role_taken"
    ROLE_LEFT = "role_left"
    HANDOVER_OFFERED = "handover_offered"
    HANDOVER_DECLINED = "handover_declined"
    CALLED = "called"
    ESCALATED = "escalated"
    ACKNOWLEDGED = "acknowledged"
    IMPACT_ASSESSED = "impact_assessed"
    LINKED = "linked"
    MADE_PRIVATE = "made_private"
    PINNED = "pinned"
    UNPINNED = "unpinned"
    CAPTURED = "captured"
    MESSAGE_EDITED = "message_edited"
    MESSAGE_DELETED = "message_deleted"
    HIDDEN = "hidden"
    STARRED = "starred"
    TIME_CORRECTED = "time_corrected"
    ACTION_ITEM_PROPOSED = "action_item_proposed"
    POSTMORTEM_WAIVED = "postmortem_waived"
    POSTMORTEM_BEGUN = "postmortem_begun"
    POSTMORTEM_WRITTEN = "postmortem_written"
    REVIEW_ASKED = "review_asked"
    REVIEWED = "reviewed"
    POSTMORTEM_SENT = "postmortem_sent"
    POSTMORTEM_PROPOSED = "postmortem_proposed"
    POSTMORTEM_PUBLISHED = "postmortem_published"
    POSTMORTEM_TAKEN_BACK = "postmortem_taken_back"
    POSTMORTEM_CLASHED = "postmortem_clashed"
    INVESTIGATION_BEGUN = "investigation_begun"
    INVESTIGATION_ENDED = "investigation_ended"
    INVESTIGATION_STOPPED = "investigation_stopped"
    FINDINGS_WRONG = "findings_wrong"
    COMMAND_RUN = "command_run"
    SUGGESTED_HEALTHY = "suggested_healthy"


class Event(Frozen):
    """One thing that happened; append-only.

    `text` is what somebody said about it (a reason, an update, what fixed it) and may be empty; `data` holds ids and
    names only. `timeline.sentence` makes a sentence of the whole.
    """

    kind: EventKind
    at: datetime
    by: Actor
    text: str = ""
    data: dict[str, str] = {}


class Moved(Frozen):
    """What a rule decided: the incident after, and what happened on the way."""

    incident: Incident
    events: tuple[Event, ...]
