"""Messages that become part of an incident: by a reaction, by what happens to them later, and by a shortcut."""

from collections.abc import Callable, Sequence
from functools import partial

from bot.deps import HandlerDeps
from bot.errors import Temporary
from bot.incident.entries import Mark as How
from bot.incident.message import files, pictures, words
from bot.incident.model import HOLDFAST, Incident, Place
from bot.incident.requests import Follow, Mark
from bot.incident.text import readable
from bot.ports import Outcome
from bot.views.forms import capture
from bot.views.forms.parts import Memory, View
from bot.views.replies import outcome_reply
from handlers.slack import declare, mention
from handlers.slack.heard import Body, Heard
from handlers.slack.screen import Screen
from handlers.slack.submit import Ack, from_form

#: What each reaction means: for everybody, or for the people who work on it.
REACTIONS = {"pushpin": How.PIN, "star": How.STAR}


async def reacted(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """A pushpin or a star, given or taken back; other reactions mean nothing to us."""
    item, how = heard.event.get("item"), REACTIONS.get(str(heard.event.get("reaction")))
    if how is None or not isinstance(item, dict) or item.get("type") != "message":
        return None
    on, incident = heard.name == "reaction_added", await _here(heard, "", deps)
    if incident is None and not await deps.incidents.announced_in(heard.channel):
        return None
    request = Mark(
        actor=heard.actor,
        channel=heard.channel,
        incident=incident.id if incident else "",
        mark=how,
        on=on,
        place=heard.channel,
        ts=str(item.get("ts", "")),
        stamp=heard.stamp,
    )
    story = ("pin" if on else "unpin") if incident else "locate"
    outcome = _stored(await deps.start(story, f"ev:{heard.delivery}", request.model_dump(mode="json")))
    if not outcome.ok:  # a reaction shows by itself that it was heard; only what was refused needs words
        screen.whisper(outcome_reply(outcome))
    return None


async def said(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """A message: edited, deleted, or said to us."""
    subtype = heard.event.get("subtype")
    if subtype not in ("message_changed", "message_deleted"):
        return await mention.spoken(heard, screen, deps)
    now, before = (_part(heard.event, name) for name in ("message", "previous_message"))
    message = now or before
    gone = subtype == "message_deleted" or now.get("subtype") == "tombstone"
    ours = message.get("app_id") == heard.app and bool(heard.app)
    if (ours and not gone) or (not gone and _same(now, before)):
        return None  # our own messages change all the time; and Slack says so too when it unfolds a link
    place = Place(channel=heard.channel, ts=str(message.get("ts") or heard.event.get("deleted_ts") or ""))
    incident = await _here(heard, str(message.get("thread_ts") or before.get("thread_ts") or ""), deps)
    if incident is None or not await deps.incidents.has_marked(incident.id, place):
        return None
    author = str(before.get("user") or message.get("user") or HOLDFAST)
    request = Follow(
        actor=author, channel=heard.channel, incident=incident.id, place=place.channel, ts=place.ts, gone=gone
    )
    _stored(await deps.start("follow", f"ev:{heard.delivery}", request.model_dump(mode="json")))
    return None


async def report(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """*Report an incident*, alone or on a message, whose words are in the form then."""
    return await declare.open_form(heard.text, heard, screen, deps)


async def adding(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """*Add to timeline*."""
    await screen.open_filled("Add to timeline", _memory(heard), partial(_filled, capture.add, heard, deps))
    return None


async def added(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """The message goes on the timeline: itself, or its words where it is somewhere else."""
    request = capture.read_add(heard.view, heard.actor)
    return await from_form(heard, deps, "pin" if isinstance(request, Mark) else "note", request)


async def following_up(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """*Make an action item*."""
    await screen.open_filled("Action item", _memory(heard), partial(_filled, capture.item, heard, deps))
    return None


async def followed_up(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """The action item is kept."""
    return await from_form(heard, deps, "action_item", capture.read_item(heard.view, heard.actor))


def _memory(heard: Heard) -> Memory:
    ts = str(heard.message.get("ts", ""))
    return Memory(channel=heard.channel, draft=readable(heard.text), ts=ts, stamp=heard.stamp)


async def _filled(
    build: Callable[[Incident | None, Sequence[Incident], Memory], View], heard: Heard, deps: HandlerDeps
) -> View:
    """The form: about the incident whose room or thread this is, else with the ones that are open to choose from."""
    about = await _here(heard, str(heard.message.get("thread_ts") or ""), deps, heard.actor)
    others = [] if about else await deps.incidents.listed(heard.actor, open_only=True, limit=100)
    memory = _memory(heard)
    return build(about, others, memory.model_copy(update={"incident": about.id}) if about else memory)


async def _here(heard: Heard, thread: str, deps: HandlerDeps, viewer: str = HOLDFAST) -> Incident | None:
    """The incident in whose room, or in whose announcement's thread, this happened."""
    if found := await deps.incidents.in_room(heard.channel, viewer, heard.channel):
        return found
    return await deps.incidents.in_thread(Place(channel=heard.channel, ts=thread), viewer) if thread else None


def _stored(outcome: Outcome) -> Outcome:
    """The outcome, where there is one or will be; raises Temporary where nobody knows whether it was stored."""
    if outcome.pending and not outcome.ok:
        raise Temporary(outcome.text)
    return outcome


def _same(now: Body, before: Body) -> bool:
    return all(of(now) == of(before) for of in _WORDS)


_WORDS: tuple[Callable[[Body], object], ...] = (words, pictures, files)


def _part(body: Body, name: str) -> Body:
    part = body.get(name)
    return part if isinstance(part, dict) else {}
