"""What people press on an investigation, and what stops everything: each click leads to the workflow of its name."""

from functools import partial

from bot.deps import HandlerDeps
from bot.incident.requests_investigation import DidThis, Halt, Release, StopInvestigation
from bot.views.forms import investigate as form
from bot.views.forms import wrong
from bot.views.forms.parts import Memory, View
from bot.views.ids import Click
from bot.views.replies import outcome_reply
from handlers.slack.heard import Heard
from handlers.slack.screen import Screen
from handlers.slack.submit import Ack, from_click, from_form


async def answering(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """*Dig deeper* or *Wrong*, below what was found: each asks for words first."""
    incident, investigation, _ = named(heard.value)
    where = heard.channel or heard.memory.channel
    memory = Memory(incident=incident, channel=where, investigation=investigation)
    title = "Wrong" if heard.name == Click.WRONG else "Dig deeper"
    await screen.open_filled(title, memory, partial(_asked, Click(heard.name), memory, heard.actor, deps))
    return None


async def answered(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """The form of *Wrong*, sent."""
    return await from_form(heard, deps, "wrong", wrong.read(heard.view, heard.actor))


async def stopped(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """*Stop*: at once, by anybody who works on it."""
    incident, investigation, _ = named(heard.value)
    request = StopInvestigation(
        actor=heard.actor, channel=heard.channel, incident=incident, investigation=investigation
    )
    await screen.tell(outcome_reply(await from_click(heard, deps, "stop_investigation", request)))
    return None


async def did(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """*I did this*, beside a command."""
    incident, investigation, command = named(heard.value)
    request = DidThis(
        actor=heard.actor, channel=heard.channel, incident=incident, investigation=investigation, command=command
    )
    await screen.tell(outcome_reply(await from_click(heard, deps, "did_this", request)))
    return None


async def everything(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """*Stop everything* or *Release*, on App Home."""
    name = "halt" if heard.name == Click.HALT else "release"
    request = (Halt if heard.name == Click.HALT else Release)(actor=heard.actor, channel=heard.channel)
    await screen.tell(outcome_reply(await from_click(heard, deps, name, request)))
    return None


def named(value: str) -> tuple[str, str, int]:
    """The incident, the investigation and the command that a button's value names; a command that is none is -1."""
    incident, _, rest = value.partition(":")
    investigation, _, command = rest.partition(":")
    return incident, investigation, int(command) if command.isdecimal() and len(command) < 4 else -1


async def _asked(click: Click, memory: Memory, actor: str, deps: HandlerDeps) -> View:
    incident = await deps.incidents.by_id(memory.incident, actor, memory.channel)
    if click is Click.WRONG:
        return wrong.build(incident, memory)
    return form.build(incident, memory, deps.file.agents.caps)
