"""`/incident`: the verb it names, about the incident it names, the room's, or one picked from the last five."""

from collections.abc import Callable
from functools import partial

from bot.deps import HandlerDeps
from bot.errors import NotFound
from bot.incident.model import Incident, State
from bot.incident.requests import (
    About,
    ChangeSeverity,
    ChangeStatus,
    Close,
    Note,
    PostUpdate,
    Reopen,
    Resolve,
    TakeLead,
)
from bot.incident.verbs import Command, Freeform, parse
from bot.views.blocks import context, quoted
from bot.views.forms.parts import Memory, View, lost_draft
from bot.views.ids import Click
from bot.views.replies import answer, picker, shown, shown_reply
from handlers.slack import declare, show, timeline
from handlers.slack.heard import Heard
from handlers.slack.screen import Screen
from handlers.slack.stories import BY_WORKFLOW
from handlers.slack.submit import Ack, from_command, message_ack


async def incident(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """What was typed after `/incident`."""
    said = parse(heard.text)
    if isinstance(said, Freeform):
        return await declare.open_form(said.text, heard, screen, deps)
    if said.nearest:
        return message_ack(show.help_for(deps, nearest=said.verb))
    if said.verb == "new":
        return await declare.open_form(said.text, heard, screen, deps)
    if said.verb == "list":
        return message_ack(await show.list_for(heard.actor, deps))
    if said.verb == "help":
        return message_ack(show.help_for(deps, verb=said.word))
    try:
        if said.verb == "timeline":
            found, said = await _find(said, heard, deps) if said.text else (None, said)
            return await timeline.typed(said, found, heard, screen, deps)
        return await _about(said, heard, screen, deps)
    except NotFound as refusal:
        typed = context(f"You typed:\n{quoted(said.said, 1500)}")
        return message_ack(answer(refusal.sentence, typed, lost_draft(said.said)))


async def _about(command: Command, heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """A verb about one incident: done at once if everything was typed, else its form, else the picker."""
    asks = command.verb != "lead" and not (command.text or command.word)
    found, command = (None, command) if asks and command.verb != "show" else await _find(command, heard, deps)
    if found and command.verb == "show":
        return message_ack(shown_reply(found))
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
        click = story.click if story else Click.SHOW
        return picker("Which incident?", story.label if story else "Show", click, last, memory)
    here = memory.model_copy(update={"incident": found.id, "version": found.version, "draft": command.text})
    return story.build(found, here) if story else shown(found, here)


#: Verbs that are about incidents that are over as well; for the others those would only hide the open ones.
ENDED_TOO = frozenset({"show", "close", "reopen", "note"})
Inline = Callable[[Command, Heard, Incident], About | None]


def _update(said: Command, heard: Heard, about: Incident) -> About | None:
    return PostUpdate(actor=heard.actor, channel=heard.channel, incident=about.id, text=said.text)


def _note(said: Command, heard: Heard, about: Incident) -> About | None:
    return Note(actor=heard.actor, channel=heard.channel, incident=about.id, text=said.text)


def _severity(said: Command, heard: Heard, about: Incident) -> About | None:
    """Without a reason the form asks for it."""
    if not said.text:
        return None
    return ChangeSeverity(
        actor=heard.actor, channel=heard.channel, incident=about.id, severity=said.word, reason=said.text
    )


def _status(said: Command, heard: Heard, about: Incident) -> About | None:
    """A word that is no stage opens the form."""
    if said.word.casefold() not in set(State):
        return None
    state = State(said.word.casefold())
    return ChangeStatus(actor=heard.actor, channel=heard.channel, incident=about.id, state=state, note=said.text)


def _lead(said: Command, heard: Heard, about: Incident) -> About | None:
    """Nobody named: the author takes it, unless somebody leads. Naming somebody takes it over from whoever does.

    Words that name nobody open the form: `lead bob` does not mean oneself.
    """
    if said.text and not said.person:
        return None
    instead_of = about.lead if said.person else None
    lead = said.person or heard.actor
    return TakeLead(actor=heard.actor, channel=heard.channel, incident=about.id, lead=lead, instead_of=instead_of)


def _resolve(said: Command, heard: Heard, about: Incident) -> About | None:
    return Resolve(actor=heard.actor, channel=heard.channel, incident=about.id, fix=said.text)


def _reopen(said: Command, heard: Heard, about: Incident) -> About | None:
    return Reopen(actor=heard.actor, channel=heard.channel, incident=about.id, reason=said.text)


def _close(said: Command, heard: Heard, about: Incident) -> About | None:
    return Close(actor=heard.actor, channel=heard.channel, incident=about.id, note=said.text)


#: The verbs that are done at once when enough was typed; None means that the form has to ask.
INLINE: dict[str, Inline] = {
    "update": _update,
    "note": _note,
    "severity": _severity,
    "status": _status,
    "lead": _lead,
    "resolve": _resolve,
    "reopen": _reopen,
    "close": _close,
}
