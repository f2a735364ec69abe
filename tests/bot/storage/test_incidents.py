"""Incidents come back as they went in, and the private ones only to those who may see them."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import NotFound
from bot.incident.model import (
    HOLDFAST,
    Event,
    EventKind,
    Incident,
    Milestones,
    Place,
    Places,
    Report,
    Resolution,
    State,
    Update,
)
from bot.storage import incidents
from bot.storage.db import Database
from bot.storage.incidents import IncidentStore
from tests.bot.incident.examples import ANA, BOB, CY, NOW
from tests.bot.rows import saved

OWNER = "U0OWNER"

# What people write reaches us without NUL and lone surrogates: the forms and the commands take them out.
words = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)
times = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
maybe = st.none() | times
reports = st.builds(Report, service=words, what=words, started=maybe, link=words, screenshots=st.tuples(words))
updates = st.builds(Update, text=words, next_steps=words, next_at=maybe, at=times, by=words)
resolutions = st.builds(Resolution, fix=words, cause=words, ended=times, by=words, confirmed_by=st.tuples(words))
places = st.builds(Places, room=st.none() | words, announcement=st.none() | st.builds(Place, channel=words, ts=words))
all_incidents = st.builds(
    Incident,
    id=st.just(""),
    number=st.just(0),
    title=words,
    state=st.sampled_from(State),
    severity=words,
    severity_reason=words,
    scheme=words,
    report=reports,
    reporter=words,
    lead=st.none() | words,
    milestones=st.builds(Milestones, **dict.fromkeys(Milestones.model_fields, maybe)),
    places=places,
    last_update=st.none() | updates,
    resolution=st.none() | resolutions,
    merged_into=st.none() | words,
    version=st.just(0),
)
all_events = st.lists(
    st.builds(
        Event,
        kind=st.sampled_from(EventKind),
        at=times,
        by=words,
        text=words,
        data=st.dictionaries(words, words, max_size=3),
    ),
    max_size=4,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(incident=all_incidents, happened=all_events, later=all_events)
async def test_an_incident_comes_back_as_it_went_in(
    database: Database, incident: Incident, happened: list[Event], later: list[Event]
) -> None:
    """Every field, in any script, and the timeline in the order in which it was recorded."""
    async with database.write() as connection:
        number = await incidents.next_number(connection, "incident")
        incident = incident.model_copy(update={"id": str(uuid4()), "number": number})
        first = await incidents.save(connection, incident, happened, NOW)
    async with database.write() as connection:
        assert await incidents.locked(connection, incident.id) == first
        assert await incidents.next_event(connection, incident.id) == len(happened) + 1
        second = await incidents.save(connection, first, later, NOW)
    store = IncidentStore(database, frozenset())
    assert second == first.model_copy(update={"version": 2})
    assert await store.by_id(incident.id, HOLDFAST) == second
    assert await store.timeline(incident.id) == happened + later
    for place, event in enumerate(happened + later, start=1):
        assert await store.event(incident.id, place) == event


async def _changed(database: Database, **changes: Any) -> Incident:  # Any: whichever fields a test cares for
    incident = await saved(database)
    async with database.write() as connection:
        return await incidents.save(connection, incident.model_copy(update=changes), (), NOW)


async def test_a_private_incident_is_unseen(database: Database) -> None:
    """Neither by id, nor by name, nor by its room, nor on a list; for those in it and the privileged it is there."""
    room = Places(room="C0SECRET", room_name="inc-1")
    incident = await _changed(database, private=True, lead=BOB, places=room)
    store = IncidentStore(database, frozenset({OWNER}))
    with pytest.raises(NotFound) as unseen:
        await store.by_id(incident.id, CY)
    with pytest.raises(NotFound) as unknown:
        await store.by_id("no such id", CY)
    assert unseen.value.sentence == unknown.value.sentence
    with pytest.raises(NotFound, match="may not see it"):
        await store.by_ref(incident.key, CY)
    assert await store.in_room("C0SECRET", CY) is None
    assert await store.listed(CY) == []
    for viewer in (ANA, BOB, OWNER, HOLDFAST):
        assert await store.by_id(incident.id, viewer) == incident
        assert await store.by_ref("inc-1", viewer) == incident
        assert await store.in_room("C0SECRET", viewer) == incident
        assert await store.listed(viewer) == [incident]
    assert await store.by_id(incident.id, CY, place="C0SECRET") == incident
    for elsewhere in ("", "C0OTHER"):
        with pytest.raises(NotFound):
            await store.by_id(incident.id, CY, place=elsewhere)


async def test_a_private_incident_without_a_room_is_in_no_place(database: Database) -> None:
    """Before its room is there, nobody stands in it."""
    incident = await _changed(database, private=True)
    store = IncidentStore(database, frozenset())
    for place in ("", "None", "null"):
        with pytest.raises(NotFound):
            await store.by_id(incident.id, CY, place=place)


async def test_private_incidents_take_no_place_on_a_list(database: Database) -> None:
    """The last five are five that one may see, so that their number tells nothing."""
    seen = [await saved(database) for _ in range(5)]
    for _ in range(3):
        await _changed(database, private=True)
    store = IncidentStore(database, frozenset())
    assert await store.listed(CY) == seen[::-1]


async def test_lists_are_the_newest_first_and_can_be_narrowed(database: Database) -> None:
    """By service and by whether it is open, and never longer than asked."""
    first, second = await saved(database), await saved(database)
    closed = await _changed(database, state=State.CLOSED)
    other = await _changed(database, report=Report(service="DNS", what="no answers"))
    store = IncidentStore(database, frozenset())
    assert [i.key for i in await store.listed(CY)] == [other.key, closed.key, second.key, first.key]
    assert await store.listed(CY, open_only=True, service="Nextcloud") == [second, first]
    assert await store.listed(CY, limit=1) == [other]


@pytest.mark.parametrize("ref", ["1", " 1 ", "#1", "inc-1", "INC-1", "Inc-1", "inc-1-nextcloud", "inc-1-nextcloud-2"])
async def test_an_incident_is_found_by_each_of_its_names(database: Database, ref: str) -> None:
    """However people write it."""
    incident = await saved(database)
    assert await IncidentStore(database, frozenset()).by_ref(ref, CY) == incident


@given(ref=st.text(max_size=20).filter(lambda ref: not any(c.isdigit() for c in ref)))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_what_names_no_incident_is_not_found(database: Database, ref: str) -> None:
    """Whatever is typed, the answer is a sentence."""
    with pytest.raises(NotFound):
        await IncidentStore(database, frozenset()).by_ref(ref, CY)


async def test_a_number_too_large_is_not_found(database: Database) -> None:
    """Also not an error of the database."""
    for ref in ("999999999", "9999999999", "9" * 200):
        with pytest.raises(NotFound):
            await IncidentStore(database, frozenset()).by_ref(ref, CY)


async def test_no_such_entry_is_not_found(database: Database) -> None:
    """A timeline has no entry before its first or after its last."""
    incident = await saved(database)
    store = IncidentStore(database, frozenset())
    for number in (0, 99):
        with pytest.raises(NotFound):
            await store.event(incident.id, number)
