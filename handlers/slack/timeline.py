"""`/incident timeline` and its sub-words: done at once when enough was typed, else shown or asked in a form."""

from collections.abc import Sequence
from functools import partial

from bot.deps import HandlerDeps
from bot.incident import entries as timeline
from bot.incident import subwords
from bot.incident.entries import Entry
from bot.incident.model import Actor, Incident
from bot.incident.requests import Curate, Note
from bot.incident.subwords import SUBWORDS, Sub
from bot.incident.verbs import Command, parse
from bot.views import timeline as views
from bot.views.forms import note
from bot.views.forms import timeline as form
from bot.views.forms.parts import Memory, View
from bot.views.ids import Click
from bot.views.replies import picker
from handlers.slack.heard import Heard
from handlers.slack.screen import Screen
from handlers.slack.submit import Ack, from_command, from_form, message_ack


async def typed(command: Command, about: Incident | None, heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """What was typed after `timeline`; `about` is the incident where it is known already."""
    sub = _sub(command.text, heard.actor, deps)
    if command.text and sub.word not in SUBWORDS:
        return message_ack(views.subword_help(command.said, sub.near))
    if sub.unclear:
        return message_ack(views.unclear_time(sub.unclear, heard.text))
    if about and (request := _inline(sub, about, heard)):
        return await from_command(heard, deps, "note" if isinstance(request, Note) else "timeline", request)
    memory = Memory(incident=about.id if about else "", channel=heard.channel, draft=command.said, verb="timeline")
    await screen.open_filled("Timeline", memory, partial(_asked, command, memory, heard.actor, deps))
    return None


async def clicked(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """An incident was picked for what was typed before; its timeline, or the form for the sub-word."""
    memory = heard.memory.model_copy(update={"incident": heard.value, "channel": heard.channel or heard.memory.channel})
    said = parse(memory.draft)
    command = said if isinstance(said, Command) and said.verb == "timeline" else Command(verb="timeline")
    await screen.open_filled("Timeline", memory, partial(_asked, command, memory, heard.actor, deps))
    return None


async def turned(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """*Older* or *Newer*, in the view that shows the timeline; anywhere else the timeline is opened."""
    if not heard.in_form:
        return await clicked(heard, screen, deps)
    step = 1 if heard.name == Click.TIMELINE_OLDER else -1
    memory = heard.memory.model_copy(update={"page": heard.memory.page + step})
    screen.refill(partial(_page, memory, heard.actor, deps))
    return None


async def curating(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """*Star, hide, correct*: the form over the entries."""
    memory = Memory(incident=heard.value, channel=heard.channel or heard.memory.channel, verb="timeline")
    await screen.open_filled("Timeline", memory, partial(_curate, Sub(word=""), memory, heard.actor, deps))
    return None


async def submitted(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """An entry is changed."""
    return await from_form(heard, deps, "timeline", form.read(heard.view, heard.actor))


def _inline(sub: Sub, about: Incident, heard: Heard) -> Note | Curate | None:
    """The request, where everything was typed; what the timeline gets by its own verb is public."""
    if sub.word == "add" and sub.text:
        public = not (about.private or about.test)
        return Note(
            actor=heard.actor, channel=heard.channel, incident=about.id, text=sub.text, at=sub.at, public=public
        )
    if sub.word == "add" or not sub.entry or (sub.word == "time" and sub.at is None):
        return None
    return Curate(
        actor=heard.actor,
        channel=heard.channel,
        incident=about.id,
        do=sub.word,
        entry=sub.entry,
        text=sub.text,
        at=sub.at,
    )


def _sub(text: str, actor: Actor, deps: HandlerDeps) -> Sub:
    return subwords.read(text, deps.clock.now(), deps.people.get(actor).timezone)


async def _asked(command: Command, memory: Memory, actor: Actor, deps: HandlerDeps) -> View:
    """What to show: the picker where no incident is meant, a form for a sub-word, else the timeline."""
    if not memory.incident:
        found = await _named(command, memory, actor, deps)
        if found is None:
            last = await deps.incidents.listed(actor, limit=5)
            return picker("Which incident?", "Timeline", Click.TIMELINE, last, memory)
        memory = memory.model_copy(update={"incident": found.id})
    sub = _sub(command.text, actor, deps)
    if sub.word == "add":
        incident = await deps.incidents.by_id(memory.incident, actor, memory.channel)
        return note.build(incident, memory.model_copy(update={"draft": sub.text}), sub.at)
    if sub.word in SUBWORDS:
        return await _curate(sub, memory, actor, deps)
    return await _page(memory, actor, deps)


async def _named(command: Command, memory: Memory, actor: Actor, deps: HandlerDeps) -> Incident | None:
    if command.ref:
        return await deps.incidents.by_ref(command.ref, actor, memory.channel)
    return await deps.incidents.in_room(memory.channel, actor, memory.channel)


async def _page(memory: Memory, actor: Actor, deps: HandlerDeps) -> View:
    incident, entries = await _read(memory, actor, deps)
    return views.page(incident, entries, memory, lambda person: deps.people.get(person).name)


async def _curate(sub: Sub, memory: Memory, actor: Actor, deps: HandlerDeps) -> View:
    incident, entries = await _read(memory, actor, deps)
    zone = deps.people.get(actor).timezone
    lines = [(entry, views.label(entry, lambda person: deps.people.get(person).name, zone)) for entry in entries]
    kept = memory.model_copy(update={"draft": ""})
    return form.build(incident, kept, lines, do=sub.word, entry=sub.entry, at=sub.at, why=sub.text)


async def _read(memory: Memory, actor: Actor, deps: HandlerDeps) -> tuple[Incident, Sequence[Entry]]:
    """The incident and the entries this person sees: internal ones are for members, and for who is in its room."""
    incident = await deps.incidents.by_id(memory.incident, actor, memory.channel)
    inside = bool(memory.channel) and memory.channel == incident.places.room
    internal = inside or not deps.people.get(actor).guest
    return incident, timeline.shown(await deps.incidents.entries(incident.id), internal=internal)
