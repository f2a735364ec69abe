"""What people may ask of those who look into an incident, and how they stop all of it."""

from bot.incident.asking import About, Request


class Investigate(About):
    """Look into it. `question` is what is wanted, in their words; `after` is the id of the investigation that it goes
    on from, empty where it begins anew. `models`: whether they may see the incident from now on; None leaves it as is.
    """

    question: str = ""
    after: str = ""
    models: bool | None = None


class StopInvestigation(About):
    """An end to this investigation, at once; what it has found by then is told."""

    investigation: str


class Wrong(About):
    """What this investigation found is not so; the reason is evidence for the next one."""

    investigation: str
    reason: str


class DidThis(About):
    """The actor ran one of the commands that an investigation named; `command` counts them from 0."""

    investigation: str
    command: int


class Halt(Request):
    """Everything stops until it is released: agents, applies, and all messages but answers to people."""


class Release(Request):
    """What was stopped goes on."""


class CatchUp(Request):
    """Somebody came into a channel; if an incident lives there, they hear how it stands. `stamp` is Slack's time."""

    stamp: str


#: Their rows in `bot.incident.requests.WORKFLOWS`.
OF_INVESTIGATIONS: dict[str, type[Request]] = {
    "investigate": Investigate,
    "stop_investigation": StopInvestigation,
    "wrong": Wrong,
    "did_this": DidThis,
    "halt": Halt,
    "release": Release,
    "catch_up": CatchUp,
}
