"""What the workspace itself shows at the end: every effect once, nothing that nobody wanted, and the newest state."""

from collections import Counter
from collections.abc import Sequence

from bot.incident.model import HOLDFAST, Event, EventKind, Incident, Place
from bot.incident.wanted import EffectKind
from bot.storage import audit, effects
from bot.storage.db import Database
from bot.storage.effects import Effect
from bot.views import issue as issues
from bot.workflows.intake import LATE
from bot.workflows.shown import render
from tests.kill.harness import House
from tests.scenarios.story import texts

#: (where, what, how often it is there); what should be there once, or be as it should.
Wrong = tuple[str, str, int]
LATE_NEWS = f"holdfast:{LATE}:"
MARKED = {EffectKind.POST, EffectKind.ISSUE, EffectKind.MIRROR}


async def verdict(house: House) -> list[Wrong]:
    """Everything that is lost, doubled, unwanted or not the newest; empty when all is well."""
    outside, wrong = markers(house), list[Wrong]()
    async with house.reading() as (database, store):
        for incident in await store.listed(HOLDFAST, limit=1000):
            rows, timeline = await _all(database, incident), await store.timeline(incident.id)
            wrong += [(incident.key, what, times) for what, times in _effects(house, incident, rows, timeline, outside)]
            wrong += [(incident.key, what, 0) for what in _shown(house, incident)]
        outside -= Counter(await _answered(database, outside))
        if broken := await audit.check(database):
            wrong.append(("audit", broken.why, broken.number))
    told = Counter({marker for marker in outside if marker.startswith(LATE_NEWS)})  # that a resent step was refused
    return [*wrong, *(("nobody wanted", marker, times) for marker, times in (outside - told).items())]


def markers(house: House) -> Counter[str]:
    """How often each of our markers stands in messages, issues and comments."""
    world, github = house.workspace.slack.world, house.workspace.github.repository
    found: Counter[str] = Counter()
    for message in (message for channel in world.messages.values() for message in channel.values()):
        if key := (message.metadata or {}).get("event_payload", {}).get("key"):
            found[key] += 1
    for issue in github.issues.values():
        for text in (issue.body or "", *(comment.body for comment in issue.comments)):
            found.update(word for word in text.split() if word.startswith("holdfast:"))
    return found


def _effects(
    house: House, incident: Incident, rows: list[Effect], timeline: Sequence[Event], outside: Counter[str]
) -> list[tuple[str, int]]:
    """Effects that are not there once; the markers of the others are taken out of `outside`."""
    wrong = []
    rooms = [room for room in house.workspace.slack.world.channels.values() if _is_of(room.name, incident)]
    for effect in filter(house.is_soon, rows):
        if effect.kind is EffectKind.COMMENT:
            times = outside.pop(effect.marker, int(_is_overtaken(effect, timeline)))
        elif effect.kind in MARKED and effect.result != {}:
            times = outside.pop(effect.marker, 0)
        elif effect.kind is EffectKind.INVITE:
            people = set(filter(None, effect.request["people"].split(",")))
            times = int(all(people <= {*room.members} for room in rooms))
        else:
            times = int(effect.state == effects.DONE)
        if times != 1:
            wrong.append((f"{effect.kind} {effect.request}", times))
    wanted = sum(effect.kind is EffectKind.ROOM for effect in rows)
    return wrong if len(rooms) == wanted else [*wrong, ("room", len(rooms))]


def _is_overtaken(effect: Effect, timeline: Sequence[Event]) -> bool:
    """Whether it speaks of a resolution that was taken back since: then there is nothing to say."""
    if "event" not in effect.request:
        return False
    number = int(effect.request["event"])
    later = (event.kind for event in timeline[number:])
    return timeline[number - 1].kind is EventKind.RESOLVED and EventKind.REOPENED in later


def _is_of(name: str, incident: Incident) -> bool:
    return f"{name}-".startswith(f"inc-{incident.number}-")


def _shown(house: House, incident: Incident) -> list[str]:
    """What does not look as it should, by the services' own state: room, messages, issue."""
    world, places = house.workspace.slack.world, incident.places
    if places.room is None:
        return []
    involved = {person for person in (incident.reporter, incident.lead) if person and person[:1] in {"U", "W"}}
    room = world.channels[places.room or ""]
    issue = house.workspace.github.repository.issues[places.issue_number or 0]
    checks = {
        "members": involved <= {*room.members},
        "pins": places.card is not None and room.pins == [places.card.ts],
        "topic": room.topic == render("topic", incident, []).text,
        "card": _looks(house, places.card, incident, "card"),
        "announcement": _looks(house, places.announcement, incident, "announcement"),
        "issue's state": issue.state == ("open" if incident.is_open else "closed"),
        "issue's labels": set(issue.labels) == set(issues.labels(incident)),
    }
    return [what for what, is_right in checks.items() if not is_right]


def _looks(house: House, place: Place | None, incident: Incident, surface: str) -> bool:
    """Whether the message shows the incident as it is now, word for word, and no trouble."""
    if place is None:
        return False
    shown = house.workspace.slack.world.messages[place.channel][place.ts]
    wanted = render(surface, incident, [])
    return (shown.text, texts(shown.blocks)) == (wanted.text, texts(wanted.blocks))


async def _answered(database: Database, outside: Counter[str]) -> list[str]:
    """The markers of what was said about no incident."""
    found = []
    async with database.read() as connection:
        for marker in outside:
            effect = await effects.get(connection, marker.removeprefix("holdfast:"))
            found += [marker] if effect is not None and not effect.incident_id else []
    return found


async def _all(database: Database, incident: Incident) -> list[Effect]:
    async with database.read() as connection:
        return list(await effects.of_incident(connection, incident.id))
