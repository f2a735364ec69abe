"""Looking, without changing anything: one incident, help, and App Home; the list is in `find.py`."""

from functools import partial

from bot.deps import HandlerDeps
from bot.incident.model import Actor, Incident
from bot.incident.requests import LookHome
from bot.incident.verbs import VERBS
from bot.telemetry import log
from bot.views.blocks import Rendered
from bot.views.forms.parts import Memory, View
from bot.views.ids import Click
from bot.views.investigation import looked_line
from bot.views.replies import help_reply, shown, shown_reply
from handlers.slack.heard import Heard
from handlers.slack.screen import Screen
from handlers.slack.submit import Ack, from_click


async def clicked(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """*Show*: the incident's card, over whatever is open."""
    memory = Memory(incident=heard.value, channel=heard.channel or heard.memory.channel)
    await screen.open_filled("Incident", memory, partial(_shown, memory, heard.actor, deps))
    return None


async def help_clicked(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """*Help*."""
    await screen.tell(help_for(deps))
    return None


async def home_opened(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """Somebody looks at App Home (its messages tab needs nothing)."""
    opened = heard.event.get("event_ts")
    if heard.event.get("tab") == "home" and heard.actor and isinstance(opened, str):
        looks = LookHome(actor=heard.actor, channel=heard.channel)
        await deps.start("home", f"home:{heard.actor}:{opened}", looks.model_dump(mode="json"))
    return None


async def home_turned(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """*Older* or *Newer* in App Home."""
    number = int(heard.value) if heard.value.isdecimal() and len(heard.value) < 10 else 0
    where = {"before": number} if heard.name == Click.HOME_OLDER else {"after": number}
    await from_click(heard, deps, "home", LookHome(actor=heard.actor, channel=heard.channel, **where))
    return None


def help_for(deps: HandlerDeps, verb: str = "", nearest: str = "") -> Rendered:
    """All verbs, or the one asked for; `nearest` is what was probably meant."""
    rows = [VERBS[verb]] if verb in VERBS else list(VERBS.values())
    return help_reply([(row.usage, row.summary) for row in rows], deps.file.links, nearest)


async def card_of(incident: Incident, heard: Heard, deps: HandlerDeps) -> Rendered:
    """The card and the rest, as an answer to somebody who may see it."""
    was_read(heard.actor, "show", incident)
    looked = await looked_of(incident, deps)
    return shown_reply(incident, deps.file.roles, await deps.incidents.troubles(incident.id), looked)


async def looked_of(incident: Incident, deps: HandlerDeps) -> str:
    """The line about what agents did, and what that has cost."""
    return looked_line(await deps.incidents.looked(incident.id), deps.file.agents.caps)


def was_read(actor: Actor, verb: str, *incidents: Incident) -> None:
    """One line for the log: who looked at what."""
    log(__name__).info("read", actor=actor, verb=verb, incident=" ".join(each.key for each in incidents))


async def _shown(memory: Memory, actor: Actor, deps: HandlerDeps) -> View:
    incident = await deps.incidents.by_id(memory.incident, actor, memory.channel)
    was_read(actor, "show", incident)
    looked = await looked_of(incident, deps)
    return shown(incident, memory, deps.file.roles, await deps.incidents.troubles(incident.id), looked)
