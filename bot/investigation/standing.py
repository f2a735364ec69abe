"""How agents stand with an incident, as people see it: the last investigation, what all of them cost, and a stop."""

from datetime import datetime

from bot.budget.caps import Caps, Totals
from bot.incident.model import Actor, Frozen
from bot.investigation.model import Investigation


class Halt(Frozen):
    """Everything is stopped: by whom, and since when."""

    by: Actor
    at: datetime


class Money(Frozen):
    """What one investigation has cost and holds, what all about its incident have, and what they may."""

    run: Totals = Totals()
    issue: Totals = Totals()
    caps: Caps = Caps()


class Looked(Frozen):
    """What agents did about an incident so far: the newest investigation, and the cost of all of them."""

    last: Investigation | None = None
    cost: Totals = Totals()
