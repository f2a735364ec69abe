"""What everything that is asked of us shares: who asks, where, and about which incident."""

from bot.incident.model import Actor, Frozen


class Request(Frozen):
    """What all of them share: who asks, and in which channel (empty where there is none, such as App Home)."""

    actor: Actor
    channel: str = ""


class About(Request):
    """A request about one incident, by its id (not its key)."""

    incident: str
