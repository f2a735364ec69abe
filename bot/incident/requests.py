"""What people may ask for: one value per workflow, as the handlers submit it and the workflows read it.

A submission's payload is `request.model_dump(mode="json")`; the workflow of the same name begins with
`Request.model_validate(payload)`. `WORKFLOWS` says which value belongs to which name.
"""

from datetime import datetime

from bot.incident.asking import About, Request
from bot.incident.model import Actor, Impact, Report, State
from bot.incident.requests_changes import OF_CHANGES
from bot.incident.requests_heard import FiledIssue, GitHubHeard, HearAlerts, IssueComment, IssueTouched
from bot.incident.requests_investigation import OF_INVESTIGATIONS
from bot.incident.requests_postmortem import AnswerReview, AskReview, BeginPostmortem, Publish, Pushed, Waive, WritePart
from bot.incident.severity import Answers


class Declare(Request):
    """Something is broken. `private` and `test` only where the reporter said so.

    `joins` is the incident that the reporter recognised; `anew` means that they were shown what is open and it is none.
    """

    report: Report
    private: bool = False
    test: bool = False
    joins: str = ""
    anew: bool = False


class PostUpdate(About):
    """What we know now, and what comes next. `next_update` is in minutes; None leaves it to the severity."""

    text: str
    next_steps: str = ""
    next_update: int | None = None


class ChangeSeverity(About):
    """A level of the incident's own scheme, and why; or, with the level left empty, the answers it follows from."""

    severity: str
    reason: str = ""
    answers: Answers | None = None


class ChangeStatus(About):
    """A move between the open states; resolving, closing and the rest are requests of their own."""

    state: State
    note: str = ""


class TakeLead(About):
    """Who leads from now on: the actor, or somebody the actor names; `instead_of` led until then."""

    lead: Actor
    instead_of: Actor | None = None


class Resolve(About):
    """It works again. `ended` None means now."""

    fix: str
    cause: str = ""
    ended: datetime | None = None


class Reopen(About):
    """It is not over; the reason goes into the timeline and to the room."""

    reason: str


class Close(About):
    """Nothing is left to do."""

    note: str = ""


class Accept(About):
    """A queued report is let in."""


class Decline(About):
    """Nothing is wrong; `checked` says what was looked at, in words for the reporter."""

    checked: str


class Confirm(About):
    """The reporter's answer to *is it fixed?*: it works, or the words that reopen it."""

    works: bool
    words: str = ""


class PlayRole(About):
    """Somebody plays a part from now on, or no longer; `role` is as somebody typed or chose it."""

    role: str
    person: Actor
    leave: bool = False


class OfferLead(About):
    """The lead is offered to somebody, with what they need to know."""

    to: Actor
    summary: str


class AnswerOffer(About):
    """The answer to an offered lead."""

    accept: bool


class Call(About):
    """People are asked to come: a person, or everybody who plays a part."""

    person: Actor = ""
    role: str = ""
    reason: str = ""


class Escalate(About):
    """It needs somebody who can do more."""

    reason: str


class Acknowledge(About):
    """Somebody has seen it and is on it."""


class AssessImpact(About):
    """Whom it hurts, and how."""

    impact: Impact


class AddLink(About):
    """A page worth having at hand."""

    url: str
    name: str = ""


class Merge(About):
    """The incident ends in another one; `into` is as somebody typed or chose it."""

    into: str
    note: str = ""


class MakePrivate(About):
    """From now on its members alone."""

    reason: str


class Trust(About):
    """Reports of this incident's reporter start work by themselves from now on; this one is let in."""


class KeepOpen(About):
    """Its issue was closed on GitHub, and it is not over."""


class LookHome(Request):
    """Somebody looks at their App Home. Incidents before this number, or after it; 0 and 0 are the newest."""

    before: int = 0
    after: int = 0


class Note(About):
    """Something to remember. `at` is when it happened (None: now); a public one also goes into the issue."""

    text: str
    at: datetime | None = None
    public: bool = False


class Curate(About):
    """One entry of the timeline: `do` is star, hide or time; `text` says why, `at` is the corrected time."""

    do: str
    entry: int
    text: str = ""
    at: datetime | None = None


class Mark(About):
    """A message put on the timeline, or taken off it again (`on` false). `place` and `ts` are the message's.

    `mark` is how: pin (public), star (internal), or add (public, by the shortcut). `stamp` is Slack's time of it, by
    which the last word wins in whatever order the words arrive.
    """

    mark: str
    on: bool
    place: str
    ts: str
    stamp: str


class Follow(About):
    """A message that may be on the timeline was edited, or deleted (`gone`)."""

    place: str
    ts: str
    gone: bool = False


class ProposeItem(About):
    """A follow-up: `type` is one of `capture.TYPES`, `due` a date as `2026-11-30`; each may be empty."""

    text: str
    type: str = ""
    owner: Actor = ""
    due: str = ""


class Spoken(Request):
    """Somebody spoke to us; `text` is what they said, as Slack wrote it, `message` its timestamp."""

    text: str
    message: str


class Membership(Request):
    """The actor is in that private channel from now on, or no longer; `stamp` is Slack's time of it, which orders."""

    inside: bool
    stamp: str


#: The workflow's name -> the value its payload holds.
WORKFLOWS: dict[str, type[Request]] = {
    "declare": Declare,
    "update": PostUpdate,
    "severity": ChangeSeverity,
    "status": ChangeStatus,
    "lead": TakeLead,
    "resolve": Resolve,
    "reopen": Reopen,
    "close": Close,
    "accept": Accept,
    "decline": Decline,
    "confirm": Confirm,
    "role": PlayRole,
    "handover": OfferLead,
    "offer": AnswerOffer,
    "call": Call,
    "escalate": Escalate,
    "waive": Waive,
    "postmortem": BeginPostmortem,
    "write": WritePart,
    "ask_review": AskReview,
    "answer_review": AnswerReview,
    "publish": Publish,
    "repository_pushed": Pushed,
    "ack": Acknowledge,
    "impact": AssessImpact,
    "link": AddLink,
    "merge": Merge,
    "private": MakePrivate,
    "trust": Trust,
    "keep_open": KeepOpen,
    "github_issue": FiledIssue,
    "github_comment": IssueComment,
    "github_touched": IssueTouched,
    "github_heard": GitHubHeard,
    "alert": HearAlerts,
    "home": LookHome,
    "note": Note,
    "timeline": Curate,
    "pin": Mark,
    "unpin": Mark,
    "follow": Follow,
    "action_item": ProposeItem,
    "spoken": Spoken,
    "membership": Membership,
    **OF_INVESTIGATIONS,
    **OF_CHANGES,
}
