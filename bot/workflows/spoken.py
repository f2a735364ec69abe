"""What Slack tells us by itself: somebody spoke to us, whose answer is an effect; somebody is in a room, or left."""

import structlog

from bot.deps import WorkflowDeps
from bot.durable.engine import Json
from bot.durable.ledger import Result
from bot.errors import NotFound, Refused
from bot.incident.requests import Membership, Spoken
from bot.incident.schemes import scheme
from bot.incident.search import Asker, after_verb
from bot.incident.search import parse as ask
from bot.incident.verbs import VERBS, Command, parse
from bot.incident.wanted import EffectKind, Wanted
from bot.ports import Outcome
from bot.storage.effects import Effect
from bot.views.blocks import Rendered
from bot.views.investigation import looked_line
from bot.views.list import listed
from bot.views.replies import answer as said_back
from bot.views.replies import draft_reply, greeting, help_reply, shown_reply
from bot.workflows.story import Desk

log = structlog.get_logger(__name__)


async def spoken(desk: Desk, id: str, payload: Json) -> Outcome:
    """Somebody mentions us, or writes to us directly."""
    request = Spoken.model_validate(payload)
    said = {"text": request.text, "actor": request.actor, "channel": request.channel}
    return await desk.transitions.answer(id, Wanted(kind=EffectKind.ANSWER, request=said))


async def membership(desk: Desk, id: str, payload: Json) -> Outcome:
    """Somebody came into a private channel, or left it."""
    request = Membership.model_validate(payload)
    who = (request.channel, request.actor)
    return await desk.transitions.membership(id, *who, inside=request.inside, stamp=request.stamp)


async def answer(deps: WorkflowDeps, effect: Effect) -> Result:
    """Openly in a direct message, else for this person only."""
    channel, person = effect.request["channel"], effect.request["actor"]
    said = await reply(deps, effect.request["text"], person, channel)
    if channel.startswith("D"):
        await deps.slack.post(channel, said.text, said.blocks, marker=effect.marker)
    else:
        await deps.slack.whisper(channel, person, said.text, said.blocks)
    return {}


async def find_answer(deps: WorkflowDeps, effect: Effect) -> Result | None:
    """A direct message is found by its marker. What only one person sees cannot: rather twice than never."""
    channel = effect.request["channel"]
    if not channel.startswith("D"):
        return None
    found = await deps.slack.find_post(channel, effect.marker, since=effect.created_at)
    return None if found is None else {}


async def reply(deps: WorkflowDeps, text: str, person: str, channel: str) -> Rendered:
    """A report button, an incident, the list or help; never silence. `text` is as Slack sends it."""
    said = parse(text)
    if not isinstance(said, Command):
        return draft_reply(said.text) if said.text else greeting()
    if said.verb == "help" or said.nearest:
        rows = [VERBS[said.word]] if said.word in VERBS else list(VERBS.values())
        nearest = said.verb if said.nearest else ""
        return help_reply([(row.usage, row.summary) for row in rows], deps.file.links, nearest)
    if said.verb == "new":
        return draft_reply(said.text) if said.text else greeting()
    if said.verb == "list":
        return await _listed(deps, after_verb(text), person)
    return await _standing(deps, said, person, channel)


async def _listed(deps: WorkflowDeps, asked: str, person: str) -> Rendered:
    """The incidents that were asked for, or what is wrong with the question."""
    chosen = scheme(deps.file.severity.scheme)
    asker = Asker(actor=person, now=deps.clock.now(), zone=deps.people.get(person).timezone)
    try:
        found = await deps.incidents.found(person, ask(asked, asker, chosen, deps.file.catalogue))
    except Refused as refusal:
        return said_back(refusal.sentence)
    log.info("read", actor=person, verb="list", incident=" ".join(each.key for each in found.incidents))
    return listed(found, asked)


async def _standing(deps: WorkflowDeps, said: Command, person: str, channel: str) -> Rendered:
    """How the incident stands, with the buttons for what was asked; the list where none is meant."""
    try:
        found = await (
            deps.incidents.by_ref(said.ref, person, channel)
            if said.ref
            else deps.incidents.in_room(channel, person, channel)
        )
    except NotFound as refusal:
        log.info("refused", actor=person, verb="show", incident=said.ref, rule=refusal.rule)
        return draft_reply(said.said)
    if found is None:
        return await _listed(deps, "", person)
    log.info("read", actor=person, verb="show", incident=found.key)
    looked = looked_line(await deps.incidents.looked(found.id), deps.file.agents.caps)
    return shown_reply(found, deps.file.roles, await deps.incidents.troubles(found.id), looked)
