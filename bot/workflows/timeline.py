"""The timeline: what people put on it, by words, reactions or shortcuts, and what they correct."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from bot.durable.engine import Json
from bot.incident import capture
from bot.incident.asking import refused
from bot.incident.entries import Entry
from bot.incident.model import Incident, Moved
from bot.incident.requests import Curate, Follow, Mark, Note, ProposeItem
from bot.ports import Outcome
from bot.storage import incidents
from bot.workflows.story import Desk


async def note(desk: Desk, id: str, payload: Json) -> Outcome:
    """Something to remember."""
    request = Note.model_validate(payload)

    def say(incident: Incident) -> str:
        if not request.public or incident.private or incident.test:
            return f"It is on the timeline of {incident.key}, for the people who work on it."
        return f"It is on the timeline of {incident.key}, and goes into its issue."

    return await desk.change(
        id,
        "note",
        request,
        lambda incident, now: capture.note(
            incident, request.text, request.actor, now, when=request.at, public=request.public
        ),
        say,
    )


async def curate(desk: Desk, id: str, payload: Json) -> Outcome:
    """One entry gets a star, is taken back, or moves to its true time."""
    request = Curate.model_validate(payload)

    def decide(incident: Incident, entries: Sequence[Entry], now: datetime) -> Moved:
        if request.do == "star":
            return capture.star(incident, entries, request.entry, request.actor, now)
        if request.do == "hide":
            return capture.hide(incident, entries, request.entry, request.text, request.actor, now)
        if request.do == "time":
            return capture.correct_time(incident, entries, request.entry, request.at, request.actor, now)
        raise refused(do="Choose what to do with the entry: star it, hide it, or correct its time.")

    def say(incident: Incident) -> str:
        done = {"star": "has a star", "hide": "is hidden; the record keeps it", "time": "has its new time"}
        return f"Entry {request.entry} of {incident.key} {done[request.do]}."

    fetch = partial(incidents.entries, incident_id=request.incident)
    return await desk.change_with(id, "timeline", request, fetch, decide, say)


async def pin(desk: Desk, id: str, payload: Json) -> Outcome:
    """A message is put on the timeline."""
    return await _mark(desk, id, "pin", Mark.model_validate(payload))


async def unpin(desk: Desk, id: str, payload: Json) -> Outcome:
    """A message is taken off the timeline."""
    return await _mark(desk, id, "unpin", Mark.model_validate(payload))


async def _mark(desk: Desk, id: str, story: str, request: Mark) -> Outcome:
    def decide(incident: Incident, now: datetime) -> Moved:
        at = (request.place, request.ts, request.stamp)
        return capture.mark(incident, request.mark, story == "pin", *at, request.actor, now)

    def say(incident: Incident) -> str:
        inside = request.mark == "star" or incident.private or incident.test
        more = "" if inside or story != "pin" else " It is public: it goes into the issue."
        return f"The message is {'on' if story == 'pin' else 'off'} the timeline of {incident.key}.{more}"

    return await desk.change(id, story, request, decide, say)


async def follow(desk: Desk, id: str, payload: Json) -> Outcome:
    """A message on the timeline was edited or deleted."""
    request = Follow.model_validate(payload)
    return await desk.change(
        id,
        "follow",
        request,
        lambda incident, now: capture.follow(incident, request.place, request.ts, request.gone, request.actor, now),
        lambda incident: f"The timeline of {incident.key} follows.",
    )


async def action_item(desk: Desk, id: str, payload: Json) -> Outcome:
    """A follow-up is proposed; its key is never used twice."""
    request = ProposeItem.model_validate(payload)
    drawn: list[int] = []

    def decide(incident: Incident, number: int, now: datetime) -> Moved:
        drawn.append(number)
        what = (number, request.text, request.type, request.owner, request.due)
        return capture.propose(incident, *what, request.actor, now)

    return await desk.change_with(
        id,
        "action_item",
        request,
        partial(incidents.next_number, counter="action_item"),
        decide,
        lambda incident: f"T-{drawn[-1]} is kept with {incident.key}, for its post-mortem.",
    )
