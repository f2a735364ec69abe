"""What is done to one incident: each story's button, form and verb lead to the workflow of its name."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from bot.deps import HandlerDeps
from bot.incident.model import Actor, Incident
from bot.incident.requests import About, Accept, Confirm, TakeLead
from bot.ports import Outcome
from bot.views.forms import close, confirm, decline, lead, note, reopen, resolve, severity, status, update
from bot.views.forms.parts import Memory, View
from bot.views.ids import Click, Form
from bot.views.replies import outcome_reply
from handlers.slack.heard import Heard
from handlers.slack.screen import Screen
from handlers.slack.submit import Ack, from_click, from_form


@dataclass(frozen=True)
class Story:
    """A form about one incident: what opens it, how it is built and read, and the workflow that it starts."""

    workflow: str
    label: str
    click: Click
    form: Form
    build: Callable[[Incident, Memory], View]
    read: Callable[[View, Actor], About]


STORIES = (
    Story("update", "Post update", Click.UPDATE, Form.UPDATE, update.build, update.read),
    Story("severity", "Severity", Click.SEVERITY, Form.SEVERITY, severity.build, severity.read),
    Story("status", "Status", Click.STATUS, Form.STATUS, status.build, status.read),
    Story("lead", "Lead", Click.LEAD, Form.LEAD, lead.build, lead.read),
    Story("note", "Note", Click.NOTE, Form.NOTE, note.build, note.read),
    Story("resolve", "Resolve", Click.RESOLVE, Form.RESOLVE, resolve.build, resolve.read),
    Story("reopen", "Reopen", Click.REOPEN, Form.REOPEN, reopen.build, reopen.read),
    Story("close", "Close", Click.CLOSE, Form.CLOSE, close.build, close.read),
    Story("decline", "Decline", Click.DECLINE, Form.DECLINE, decline.build, decline.read),
    Story("confirm", "Still broken", Click.CONFIRM_BROKEN, Form.CONFIRM, confirm.build, confirm.read),
)
BY_WORKFLOW = {story.workflow: story for story in STORIES}
_BY_CLICK = {story.click: story for story in STORIES}
_BY_FORM = {story.form: story for story in STORIES}


async def clicked(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """A button that asks something first: its form."""
    story = _BY_CLICK[Click(heard.name)]
    memory = Memory(incident=heard.value, channel=heard.channel or heard.memory.channel, draft=heard.memory.draft)
    memory = memory.model_copy(update={"verb": heard.memory.verb})
    await screen.open_filled(story.label, memory, partial(filled, story, memory, heard.actor, deps))
    return None


async def filled(story: Story, memory: Memory, actor: Actor, deps: HandlerDeps) -> View:
    """The form, once its incident is read."""
    incident = await deps.incidents.by_id(memory.incident, actor, memory.channel)
    return story.build(incident, memory.model_copy(update={"version": incident.version}))


async def submitted(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """A form sent."""
    story = _BY_FORM[Form(heard.name)]
    return await from_form(heard, deps, story.workflow, story.read(heard.view, heard.actor))


async def lead_taken(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """*Take the lead*: nothing to ask."""
    request = TakeLead(actor=heard.actor, channel=heard.channel, incident=heard.value, lead=heard.actor)
    return await _done(heard, screen, await from_click(heard, deps, "lead", request))


async def accepted(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """*Accept*: a queued report is let in."""
    request = Accept(actor=heard.actor, channel=heard.channel, incident=heard.value)
    return await _done(heard, screen, await from_click(heard, deps, "accept", request))


async def confirmed(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """*Works for me*."""
    request = Confirm(actor=heard.actor, channel=heard.channel, incident=heard.value, works=True)
    return await _done(heard, screen, await from_click(heard, deps, "confirm", request))


async def _done(heard: Heard, screen: Screen, outcome: Outcome) -> Ack:
    """What became of a click, unless the message that was clicked shows it to everybody by itself."""
    if outcome.pending or not (outcome.ok and heard.shared):
        await screen.tell(outcome_reply(outcome))
    return None
