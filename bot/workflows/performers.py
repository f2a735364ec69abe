"""How each kind of outside effect is done, found again after a lost answer, and recorded."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.slack.client import NameTaken
from bot.deps import WorkflowDeps
from bot.durable.ledger import Performer, Result
from bot.errors import Permanent
from bot.incident.model import HOLDFAST, Event, EventKind, Incident, Place
from bot.incident.wanted import ALERTS, ALERTS_THREAD, LEAD, ROOM, EffectKind, Landmark
from bot.storage import effects, github, homes, incidents
from bot.storage.effects import Effect
from bot.views import issue as issues
from bot.workflows import amending, assessing, captured, catching_up, mirror, owner, private_effects, publish
from bot.workflows import github_effects as on_github
from bot.workflows.changes import document, handover, rounds
from bot.workflows.leaving import incident_leaving
from bot.workflows.messages import comment, digest, message, reader, room_name
from bot.workflows.spoken import answer, find_answer
from bot.workflows.verify import verify

#: How many rooms of one name we step over: they are from before our database was new.
ROOM_SUFFIXES = 20


def performers(deps: WorkflowDeps) -> Mapping[EffectKind, Performer]:
    """One for each kind."""
    kinds = {
        EffectKind.ROOM: Performer(partial(open_room, deps), partial(find_room, deps), partial(room_opened, deps)),
        EffectKind.INVITE: Performer(partial(invite, deps), None, nothing_more),
        EffectKind.POST: Performer(partial(post, deps), partial(find_post, deps), posted),
        EffectKind.PIN: Performer(partial(pin, deps), None, nothing_more),
        EffectKind.ISSUE: Performer(partial(file_issue, deps), partial(find_issue, deps), issue_filed),
        EffectKind.COMMENT: Performer(partial(add_comment, deps), partial(find_comment, deps), nothing_more),
        EffectKind.ISSUE_STATE: Performer(partial(on_github.set_issue_state, deps), None, on_github.issue_state_set),
        EffectKind.HEAR: Performer(partial(on_github.look, deps), None, partial(on_github.seen, deps)),
        EffectKind.REPLY: Performer(
            partial(on_github.reply, deps), partial(on_github.find_reply, deps), on_github.nothing_to_remember
        ),
        EffectKind.RETRACT: Performer(partial(private_effects.retract, deps), None, nothing_more),
        EffectKind.ISSUE_BLANK: Performer(partial(private_effects.blank_issue, deps), None, nothing_more),
        EffectKind.CAPTURE: captured.reader(deps),
        EffectKind.MIRROR: Performer(partial(mirror.mirror, deps), partial(mirror.find_mirror, deps), nothing_more),
        EffectKind.ANSWER: Performer(partial(answer, deps), partial(find_answer, deps), nothing_more),
        # done again it goes on where it was, and pays for nothing twice
        EffectKind.ASSESS: Performer(partial(assessing.assess, deps), None, partial(assessing.assessed, deps)),
        EffectKind.TELL: Performer(partial(owner.tell, deps), partial(owner.find, deps), nothing_more),
        EffectKind.CATCH_UP: Performer(partial(catching_up.tell, deps), None, nothing_more),
        # done again they find their own commit, and change nothing
        EffectKind.PUBLISH: Performer(partial(publish.publish, deps), None, partial(publish.published, deps)),
        EffectKind.AMEND: Performer(
            partial(amending.bring_up_to_date, deps), None, partial(amending.brought_up_to_date, deps)
        ),
        EffectKind.ROUND: Performer(partial(rounds.post, deps), partial(rounds.find, deps), rounds.posted),
        EffectKind.FOLLOW_UP: Performer(partial(document.follow_up, deps), None, partial(document.followed_up, deps)),
        EffectKind.ITEM_ISSUE: Performer(
            partial(handover.on_issue, deps), partial(handover.find_on_issue, deps), on_github.nothing_to_remember
        ),
        EffectKind.VERIFY: Performer(partial(verify, deps), None, nothing_more),
    }
    assert kinds.keys() == set(EffectKind)
    return kinds


async def open_room(deps: WorkflowDeps, effect: Effect) -> Result:
    incident = await _incident(deps, effect)
    for name in _room_names(incident):
        try:
            room = await deps.slack.open_room(name, private=incident.private)
        except NameTaken:
            continue
        return {"room": room.id, "name": room.name}
    raise Permanent(f"No room could be opened: every name like {room_name(incident)} is taken.")


async def find_room(deps: WorkflowDeps, effect: Effect) -> Result | None:
    incident = await _incident(deps, effect)
    room = await deps.slack.find_room(_room_names(incident), since=_intent(effect), private=incident.private)
    return None if room is None else {"room": room.id, "name": room.name}


async def room_opened(
    deps: WorkflowDeps, connection: AsyncConnection, effect: Effect, result: Result, now: datetime
) -> None:
    opened = Event(kind=EventKind.ROOM_OPENED, at=now, by=HOLDFAST, text="", data={"room": result["room"]})
    await _placed(connection, effect, now, opened, room=result["room"], room_name=result["name"])
    place = Place(channel=result["room"], ts="")
    # Slack says in the room when its topic changes; waiting for the issue's address makes that once instead of twice.
    later = now + 2 * timedelta(seconds=deps.timing.card_interval)
    await effects.show(connection, effect.incident_id, "topic", place, "", later)


async def invite(deps: WorkflowDeps, effect: Effect) -> Result:
    incident = await _incident(deps, effect)
    people = [person for person in effect.request["people"].split(",") if person]
    if incident.places.room and people:
        await deps.slack.invite(incident.places.room, people)
    return {}


async def post(deps: WorkflowDeps, effect: Effect) -> Result:
    """Post what `request["say"]` names where `request["to"]` says; nothing where neither makes sense any more."""
    incident = await _incident(deps, effect)
    target = await _target(deps, effect, incident)
    said = await message(deps, effect, incident)
    if target is None or said is None:
        return {}
    channel, thread = target
    place = await deps.slack.post(channel, said.text, said.blocks, marker=effect.marker, thread=thread)
    return {"channel": place.channel, "ts": place.ts, "digest": digest(said)}


async def find_post(deps: WorkflowDeps, effect: Effect) -> Result | None:
    target = await _target(deps, effect, await _incident(deps, effect))
    if target is None:
        return {}
    channel, thread = target
    place = await deps.slack.find_post(channel, effect.marker, since=_intent(effect), thread=thread)
    return None if place is None else {"channel": place.channel, "ts": place.ts, "digest": ""}


async def _target(deps: WorkflowDeps, effect: Effect, incident: Incident) -> tuple[str, str | None] | None:
    """Channel and thread. A room that could not be opened is stood in for by the announcement's thread.

    What waited while an incident became private is said in its room, too: the thread is for everybody.
    """
    to, places = effect.request["to"], incident.places
    if to == ALERTS_THREAD and incident.private:
        to = ROOM
    if to == LEAD and incident.lead:
        return await deps.slack.open_dm(incident.lead), None
    if to.startswith("dm:"):
        return await deps.slack.open_dm(to.removeprefix("dm:")), None
    if to.startswith("channel:"):
        return to.removeprefix("channel:"), None
    if to == ALERTS:
        return deps.alerts_channel, None
    if to in (ROOM, LEAD) and places.room:
        return places.room, None
    thread = None if incident.private else places.announcement
    return (thread.channel, thread.ts) if thread else None


#: Messages that ask something of one person, and show when it is answered.
_STANDS = {"resolved": "notice", "offer": "offer"}


async def posted(connection: AsyncConnection, effect: Effect, result: Result, now: datetime) -> None:
    await nothing_more(connection, effect, result, now)
    if "ts" not in result:
        return
    place = Place(channel=result["channel"], ts=result["ts"])
    if effect.provides is not None:
        before = await effects.surface(connection, effect.incident_id, effect.provides.value)
        if before is not None and effect.provides is Landmark.CARD:  # it has moved into a room: the old one says where
            left = Place(channel=before.channel, ts=before.ts)
            once_edited = max(now, before.retry_at)  # an edit of the card that is under way must not be the last one
            await effects.show(connection, effect.incident_id, "left", left, before.digest, once_edited)
        if effect.provides is not Landmark.WELCOME:
            await _placed(connection, effect, now, None, **{effect.provides.value: place})
        await effects.show(connection, effect.incident_id, effect.provides.value, place, result["digest"], now)
    elif name := _STANDS.get(effect.request["say"]):  # its buttons go once they are answered
        surface = f"{name}:{reader(effect)}"
        await effects.show(connection, effect.incident_id, surface, place, result["digest"], now)
    elif effect.request["say"] == "investigation":
        surface = f"investigation:{effect.request['investigation']}"
        await effects.show(connection, effect.incident_id, surface, place, result["digest"], now)
    elif effect.request["say"] == "issue_closed":  # likewise
        await effects.show(connection, effect.incident_id, "question", place, result["digest"], now)


async def pin(deps: WorkflowDeps, effect: Effect) -> Result:
    incident = await _incident(deps, effect)
    if incident.places.card and incident.places.card.channel == incident.places.room:
        await deps.slack.pin(incident.places.card)
    return {}


async def file_issue(deps: WorkflowDeps, effect: Effect) -> Result:
    text = issues.issue(incident_leaving(deps, await _incident(deps, effect)), effect.id)
    made = await on_github.client(deps).create_issue(text.title, text.body, text.labels)
    return {"number": made.number, "url": made.url, "labels": list(text.labels)}


async def find_issue(deps: WorkflowDeps, effect: Effect) -> Result | None:
    found = await on_github.client(deps).find_issue(issues.marker(effect.id), since=_intent(effect))
    return None if found is None else {"number": found.number, "url": found.url}


async def issue_filed(connection: AsyncConnection, effect: Effect, result: Result, now: datetime) -> None:
    data = {"number": str(result["number"]), "url": result["url"]}
    filed = Event(kind=EventKind.ISSUE_FILED, at=now, by=HOLDFAST, text="", data=data)
    await github.remember(connection, result["number"], github.INCIDENT, effect.incident_id, result.get("labels", []))
    await _placed(connection, effect, now, filed, issue_number=result["number"], issue_url=result["url"])


async def add_comment(deps: WorkflowDeps, effect: Effect) -> Result:
    incident = await _incident(deps, effect)
    body = await comment(deps, effect, incident)
    if incident.places.issue_number and body:
        await on_github.client(deps).comment(incident.places.issue_number, body)
    return {}


async def find_comment(deps: WorkflowDeps, effect: Effect) -> Result | None:
    number = (await _incident(deps, effect)).places.issue_number
    if number is None:
        return {}
    found = await on_github.client(deps).has_comment(number, issues.marker(effect.id), since=_intent(effect))
    return {} if found else None


async def nothing_more(connection: AsyncConnection, effect: Effect, result: Result, now: datetime) -> None:
    """The row is all that is to be remembered; the card may have spoken of trouble that is over."""
    if effect.attempt > 0:
        await effects.want_shown(connection, effect.incident_id)


async def _placed(
    connection: AsyncConnection, effect: Effect, now: datetime, happened: Event | None, **places: object
) -> None:
    """Remember where a part of the incident lives, and let everything that shows it follow."""
    incident = await incidents.locked(connection, effect.incident_id)
    placed = incident.places.model_copy(update=places)
    events = () if happened is None else (happened,)
    saved = await incidents.save(connection, incident.model_copy(update={"places": placed}), events, now)
    await effects.want_shown(connection, effect.incident_id)
    await homes.changed(connection, incident, saved, now)


async def _incident(deps: WorkflowDeps, effect: Effect) -> Incident:
    return await deps.incidents.by_id(effect.incident_id, HOLDFAST)


def _room_names(incident: Incident) -> tuple[str, ...]:
    name = room_name(incident)
    return (name, *(f"{name}-{number}" for number in range(2, ROOM_SUFFIXES)))


def _intent(effect: Effect) -> datetime:
    """When the first attempt may have begun: the row's creation, since later attempts look for the earliest too."""
    return effect.created_at - timedelta(seconds=1)
