"""What everything that is asked of us shares: who asks, where, and about which incident."""

from bot.errors import Refused
from bot.incident.model import Actor, Frozen


class Request(Frozen):
    """What all of them share: who asks, and in which channel (empty where there is none, such as App Home)."""

    actor: Actor
    channel: str = ""


class About(Request):
    """A request about one incident, by its id (not its key)."""

    incident: str


def refused(**fields: str) -> Refused:
    """A refusal that is about form fields: a sentence for each."""
    return Refused(" ".join(fields.values()), fields)


def required(**fields: tuple[str, str]) -> None:
    """Raises Refused with the sentence of every field whose text is empty."""
    missing = {name: sentence for name, (text, sentence) in fields.items() if not text.strip()}
    if missing:
        raise refused(**missing)
