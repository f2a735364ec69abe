"""Looking for incidents: typed, or asked in a form; a page at a time, turned where it stands."""

from functools import partial

from bot.deps import HandlerDeps
from bot.incident.model import Actor
from bot.incident.schemes import scheme
from bot.incident.search import TYPED, Asker, Found, Page, parse
from bot.views.blocks import Rendered
from bot.views.forms import list as form
from bot.views.forms.parts import Memory, View
from bot.views.ids import Click
from bot.views.list import PAGE, listed, listed_view
from handlers.slack.heard import Heard
from handlers.slack.screen import Screen
from handlers.slack.show import was_read
from handlers.slack.submit import Ack

NEWEST = Page()


async def listed_for(actor: Actor, asked: str, deps: HandlerDeps, page: Page = NEWEST) -> Rendered:
    """A page of the incidents that fit and that this person may see. Raises Refused."""
    return listed(await _found(actor, asked, page, deps), asked)


async def opened(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """*Search*: the form."""
    chosen = scheme(deps.file.severity.scheme)
    memory = Memory(channel=heard.channel or heard.memory.channel)
    await screen.open(form.build(deps.file.catalogue.names, chosen, memory))
    return None


async def submitted(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """The form sent: what was found takes its place."""
    asked = form.read(heard.view)[:TYPED]
    found = await _found(heard.actor, asked, NEWEST, deps)
    return {"response_action": "update", "view": listed_view(found, asked)}


async def turned(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """*Older* or *Newer*: the other page, in place of this one."""
    given, _, asked = heard.value.partition(" ")
    number = int(given) if given.isdecimal() and len(given) < 10 else 0
    page = Page(before=number) if heard.name == Click.LIST_OLDER else Page(after=number)
    if heard.in_form:
        screen.refill(partial(_view, heard.actor, asked, page, deps))
    else:
        screen.replace(await listed_for(heard.actor, asked, deps, page))
    return None


async def _view(actor: Actor, asked: str, page: Page, deps: HandlerDeps) -> View:
    return listed_view(await _found(actor, asked, page, deps), asked)


async def _found(actor: Actor, asked: str, page: Page, deps: HandlerDeps) -> Found:
    asker = Asker(actor=actor, now=deps.clock.now(), zone=deps.people.get(actor).timezone)
    query = parse(asked, asker, scheme(deps.file.severity.scheme), deps.file.catalogue)
    found = await deps.incidents.found(actor, query, page, PAGE)
    was_read(actor, "list", *found.incidents)
    return found
