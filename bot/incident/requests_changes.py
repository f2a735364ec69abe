"""What people may ask about action items and changes: what waits, who decides, who does it instead."""

from bot.incident.asking import Request


class Approve(Request):
    """Let happen what this approval asks; what exactly stands in its row, never in the click."""

    approval: str


class Reject(Request):
    """No, and why: whoever prepares it next reads the reason."""

    approval: str
    reason: str


class NotNow(Request):
    """Neither yes nor no; `morning`: the actor wants to be asked again at nine, in their own time zone."""

    approval: str
    morning: bool = False


class TakeItem(Request):
    """The actor does it themselves; `done`: they have done it, `back`: somebody else has to."""

    item: str
    done: bool = False
    back: bool = False


class SetType(Request):
    """What an item is, in a person's words: one of `bot.postmortem.model.Kind`."""

    item: str
    kind: str


class Prepare(Request):
    """Take this item up (again): prepare it, plan it anew, or ask about it."""

    item: str


class RollBack(Request):
    """Prepare the change that takes this one back; it is judged, planned and asked about like any other."""

    change: str


class WorkThrough(Request):
    """Take up everything in a document that may go by itself; an empty name means all documents."""

    document: str = ""


class ProposeFix(Request):
    """Take up a fix that agents proposed in this investigation: it becomes an item that waits for a click."""

    incident: str
    investigation: str


#: Their rows in `bot.incident.requests.WORKFLOWS`.
OF_CHANGES: dict[str, type[Request]] = {
    "approve": Approve,
    "reject": Reject,
    "not_now": NotNow,
    "take_item": TakeItem,
    "set_type": SetType,
    "prepare": Prepare,
    "roll_back": RollBack,
    "work_through": WorkThrough,
    "propose_fix": ProposeFix,
}
