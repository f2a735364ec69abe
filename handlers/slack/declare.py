"""Reporting an incident: the form, prefilled from what was typed, and what is known about the service chosen."""

from functools import partial

from bot.deps import HandlerDeps
from bot.incident.catalogue import Catalogue
from bot.incident.duplicates import duplicates
from bot.incident.model import Actor
from bot.incident.report import Draft, draft
from bot.views.forms import declare
from bot.views.forms.declare import DeclareForm
from bot.views.forms.parts import Memory, View
from handlers.slack.heard import Heard
from handlers.slack.screen import Screen
from handlers.slack.submit import Ack, from_form


async def clicked(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """*Report an incident*, or *Report this as a new incident* with its words as the value."""
    return await open_form(heard.value, heard, screen, deps)


async def open_form(text: str, heard: Heard, screen: Screen, deps: HandlerDeps, *, test: bool = False) -> Ack:
    """The form at once, from memory; then, beside the answer, what is open for that service. `test` ticks the drill."""
    zone = deps.people.get(heard.actor).timezone
    found = draft(text, Catalogue(services=deps.file.services), deps.clock.now(), zone)
    model = _model(found, Memory(channel=heard.channel or heard.memory.channel), heard.actor, deps)
    model = model.model_copy(update={"test": test})
    if found.service:
        await screen.open_then(declare.build(model), partial(_with_known, model, heard.actor, deps))
    else:
        await screen.open(declare.build(model))
    return None


async def chosen(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """A service or a kind of error was chosen in the open form: show what is worth trying, and what is known."""
    model = _model(declare.chosen(heard.view), heard.memory, heard.actor, deps)
    screen.refill(partial(_with_known, model, heard.actor, deps))
    return None


async def submitted(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """The report is sent; the form closes once it is stored."""
    return await from_form(heard, deps, "declare", declare.read(heard.view, heard.actor))


def _model(found: Draft, memory: Memory, actor: Actor, deps: HandlerDeps) -> DeclareForm:
    return DeclareForm(
        draft=found,
        catalogue=Catalogue(services=deps.file.services),
        quick_checks=deps.file.quick_checks,
        zone=deps.people.get(actor).timezone,
        memory=memory,
    )


async def _with_known(model: DeclareForm, actor: Actor, deps: HandlerDeps) -> View:
    incidents = await deps.incidents.listed(actor, service=model.draft.service, limit=20)
    known = duplicates(incidents, model.draft.service, deps.clock.now())
    return declare.build(model.model_copy(update={"known": known}))
