"""What people may ask for: one value per workflow, as the handlers submit it and the workflows read it.

A submission's payload is `request.model_dump(mode="json")`; the workflow of the same name begins with
`Request.model_validate(payload)`. `WORKFLOWS` says which value belongs to which name.
"""

from datetime import datetime

from bot.incident.model import Actor, Frozen, Report, State


class Request(Frozen):
    """What all of them share: who asks, and in which channel (empty where there is none, such as App Home)."""

    actor: Actor
    channel: str = ""


class About(Request):
    """A request about one incident, by its id (not its key)."""

    incident: str


class Declare(Request):
    """Something is broken. `private` and `test` only where the reporter said so."""

    report: Report
    private: bool = False
    test: bool = False


class PostUpdate(About):
    """What we know now, and what comes next. `next_update` is in minutes; None leaves it to the severity."""

    text: str
    next_steps: str = ""
    next_update: int | None = None


class ChangeSeverity(About):
    """A level of the incident's own scheme, and why."""

    severity: str
    reason: str


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
    "note": Note,
    "timeline": Curate,
    "pin": Mark,
    "unpin": Mark,
    "follow": Follow,
    "action_item": ProposeItem,
}
