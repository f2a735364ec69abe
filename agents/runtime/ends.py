"""How the work of an agent can end without an answer; each carries a sentence for people."""

from bot.errors import NeedsPerson, Permanent, Temporary


class NoAnswer(Permanent):
    """This agent has no answer, and the others go on: it was too late, was refused, or said nothing of use."""


class Unreachable(Permanent):
    """No model answers now, and an incident does not wait for one."""


class RunEnds(Permanent):
    """The whole run ends, with all its agents."""


class Broke(NoAnswer):
    """There is no money even for its last turn."""


class Denied(RunEnds, NeedsPerson):
    """A guardrail said no too often; a person has to look."""


class Overrun(RunEnds, NeedsPerson):
    """More was used than was asked for; a person has to look."""


class Stopped(RunEnds):
    """Somebody, or the end of the incident, stopped it."""


class Taken(Temporary):
    """Another process works on this run."""
