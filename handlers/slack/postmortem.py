"""`/postmortem`: what is known of an incident for its written record, and that it needs none."""

from functools import partial

from bot.deps import HandlerDeps
from bot.errors import NotFound
from bot.incident.entries import action_items
from bot.incident.model import Incident
from bot.incident.requests import Waive
from bot.postmortem.document.first_draft import by_role, first_draft
from bot.postmortem.subwords import Asked, Word, parse
from bot.views.forms.parts import Memory, View
from bot.views.postmortem import known, usage
from bot.views.replies import answer
from handlers.slack.heard import Heard
from handlers.slack.screen import Screen
from handlers.slack.show import was_read
from handlers.slack.submit import Ack, from_command, message_ack, you_typed

WHICH = "Which incident? Name it, as in `/postmortem {word} INC-12`, or ask in its room."


async def postmortem(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """What was typed after `/postmortem`."""
    asked = parse(heard.text)
    if asked.word is Word.HELP:
        return message_ack(usage())
    try:
        found = await _find(asked, heard, deps)
    except NotFound as refusal:
        return message_ack(answer(refusal.sentence, *([you_typed(heard.text, deps)] if asked.text else [])))
    if found is None:
        return message_ack(answer(WHICH.format(word=asked.word)))
    if asked.word is Word.WAIVE:
        request = Waive(actor=heard.actor, channel=heard.channel, incident=found.id, reason=asked.text)
        return await from_command(heard, deps, "waive", request)
    memory = Memory(incident=found.id, channel=heard.channel)
    await screen.open_filled(f"Post-mortem {found.key}", memory, partial(_known, found, heard, deps))
    return None


async def _find(asked: Asked, heard: Heard, deps: HandlerDeps) -> Incident | None:
    if asked.ref:
        return await deps.incidents.by_ref(asked.ref, heard.actor, heard.channel)
    return await deps.incidents.in_room(heard.channel, heard.actor, heard.channel)


async def _known(incident: Incident, heard: Heard, deps: HandlerDeps) -> View:
    was_read(heard.actor, "postmortem", incident)
    entries = await deps.incidents.entries(incident.id)
    names = {role.id: f"the {role.name.casefold()}" for role in deps.file.roles}
    document = first_draft(
        incident,
        entries,
        action_items([entry.event for entry in entries]),
        name=by_role(incident, lambda role: names.get(role, "a responder")),
        owner=lambda person: deps.people.get(person).name,
        services=deps.file.catalogue.names,
    )
    return known(incident, document)
