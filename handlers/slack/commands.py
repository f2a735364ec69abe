"""`/incident`: the verb it names, about the incident it names, the room's, or one picked from the last five."""

from functools import partial

from bot.deps import HandlerDeps
from bot.errors import NotFound
from bot.incident.model import Incident
from bot.incident.search import after_verb
from bot.incident.verbs import Command, Freeform, parse
from bot.telemetry import log
from bot.views.forms.parts import Memory, View, message
from bot.views.ids import Click
from bot.views.replies import answer, picker
from handlers.slack import catching_up, declare, find, show, timeline
from handlers.slack.heard import Heard
from handlers.slack.inline import INLINE, INLINE_ALONE
from handlers.slack.screen import Screen
from handlers.slack.stories import BY_WORKFLOW
from handlers.slack.submit import Ack, from_command, message_ack, typed_again


async def incident(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """What was typed after `/incident`."""
    said = parse(heard.text)
    if isinstance(said, Freeform):
        return await declare.open_form(said.text, heard, screen, deps)
    if said.nearest:
        return message_ack(show.help_for(deps, nearest=said.verb))
    if said.verb in ("new", "test"):
        return await declare.open_form(said.text, heard, screen, deps, test=said.verb == "test")
    if said.verb == "list":
        return message_ack(await find.listed_for(heard.actor, after_verb(heard.text), deps))
    if said.verb == "help":
        return message_ack(show.help_for(deps, verb=said.word))
    try:
        if said.verb == "timeline":
            found, said = await _find(said, heard, deps) if said.text else (None, said)
            return await timeline.typed(said, found, heard, screen, deps)
        return await _about(said, heard, screen, deps)
    except NotFound as refusal:
        log(__name__).info("refused", actor=heard.actor, verb=said.verb, incident=said.ref, rule=refusal.rule)
        return message_ack(answer(refusal.sentence, *typed_again(heard.text, said.said, deps)))


async def _about(command: Command, heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """A verb about one incident: done at once if everything was typed, else its form, else the picker."""
    asks = command.verb not in INLINE_ALONE and not (command.text or command.word or command.other)
    found, command = (None, command) if asks and command.verb not in READS else await _find(command, heard, deps)
    if found and command.verb in READS:
        return message_ack(await READS[command.verb][1](found, heard, deps))
    request = INLINE[command.verb](command, heard, found) if found and command.verb in INLINE else None
    if request:
        return await from_command(heard, deps, command.verb, request)
    draft = command.said if command.text or command.word else ""
    memory = Memory(channel=heard.channel, draft=draft, verb=command.verb)
    title = BY_WORKFLOW[command.verb].label if command.verb in BY_WORKFLOW else "Incident"
    await screen.open_filled(title, memory, partial(_form_or_picker, command, heard, memory, deps))
    return None


async def _find(command: Command, heard: Heard, deps: HandlerDeps) -> tuple[Incident | None, Command]:
    """The incident meant, and the command as it reads there: in a room a number may be a part of the sentence."""
    if not command.ref or command.bare:
        here = await deps.incidents.in_room(heard.channel, heard.actor, heard.channel)
        if here or not command.ref:
            return here, command.in_room_of(here.key) if here else command
    return await deps.incidents.by_ref(command.ref, heard.actor, heard.channel), command


async def _form_or_picker(command: Command, heard: Heard, memory: Memory, deps: HandlerDeps) -> View:
    found, command = await _find(command, heard, deps)
    story = BY_WORKFLOW.get(command.verb)
    if found is None:
        last = await deps.incidents.listed(heard.actor, open_only=command.verb not in ENDED_TOO, limit=5)
        click = story.click if story else READS[command.verb][0]
        return picker("Which incident?", story.label if story else "Show", click, last, memory)
    here = memory.model_copy(update={"incident": found.id, "draft": command.text})
    if story:
        return await story.build(found, here, heard.actor, deps)
    reply = await READS[command.verb][1](found, heard, deps)
    return message(found.key, *reply.blocks, memory=here)


#: Verbs that are about incidents that are over as well; for the others those would only hide the open ones.
ENDED_TOO = frozenset({"show", "catchup", "investigate", "close", "reopen", "note"})
#: Verbs that only show something about one incident: the button of the picker, and what is shown.
READS = {"show": (Click.SHOW, show.card_of), "catchup": (Click.CATCH_UP, catching_up.told)}
