"""A report of something that works: answered with what was checked, and open again at once for whoever disagrees."""

from datetime import timedelta

import pytest

from bot.incident.model import EventKind, Incident, State
from bot.investigation.model import State as Looking
from bot.storage import effects, investigations
from bot.workflows.looking import no_model
from tests.bot.incident.examples import ANA, BOB, CY
from tests.bot.workflows.conftest import GUEST, Looker, Office


async def said(office: Office, incident: Incident) -> list[str]:
    """What is to be said about it, in order."""
    async with office.database.read() as connection:
        return [effect.request.get("say", "") for effect in await effects.of_incident(connection, incident.id)]


async def test_what_works_is_answered_with_what_was_checked(looker: Looker) -> None:
    """From two places, just now: declined by itself; the reporter is told, and why nobody looked further."""
    incident = await looker.look(await looker.office.declared())
    assert incident.state is State.DECLINED
    assert incident.found_healthy
    (declined,) = [e for e in await looker.office.store.timeline(incident.id) if e.kind is EventKind.DECLINED]
    assert declined.by == "holdfast"
    assert "seen from Holdfast" in declined.text
    assert "seen from frankfurt" in declined.text
    assert "declined" in await said(looker.office, incident)


async def test_still_broken_reopens_at_once_and_for_good(looker: Looker) -> None:
    """A guest who reported it may say so; and however well it then looks, it is not closed over their heads again."""
    office = looker.office
    incident = await looker.look(await office.declared())
    again = await office.tell("confirm", "view:1", ANA, incident=incident.id, works=False, words="Still 502 here")
    assert again.ok, again.text
    assert (await office.now(incident)).state is State.TRIAGING
    assert not (await office.now(incident)).found_healthy
    incident = await looker.look(await office.now(incident))
    assert incident.state is State.TRIAGING


async def test_a_guest_may_not_bring_back_what_somebody_declined(looker: Looker) -> None:
    """A person's word is another matter; but what was only seen to work, its reporter may contradict."""
    office = looker.office
    waits = await office.declared(GUEST, what="from outside")
    accepted = await office.tell("accept", "click:1", BOB, incident=waits.id)
    assert accepted.ok, accepted.text
    incident = await looker.look(await office.now(waits))
    assert incident.state is State.DECLINED
    back = await office.tell("confirm", "view:2", GUEST, incident=incident.id, works=False, words="Still 502")
    assert back.ok, back.text
    await office.tell("decline", "view:3", BOB, incident=incident.id, checked="Works for me")
    refused = await office.tell("confirm", "view:4", GUEST, incident=incident.id, works=False, words="Still")
    assert not refused.ok


@pytest.mark.parametrize("place", ["Holdfast", "frankfurt"])
async def test_one_place_that_sees_it_broken_is_enough(looker: Looker, place: str) -> None:
    """Then it stays open."""
    looker.seen.broken.add(place)
    assert (await looker.look(await looker.office.declared())).state is State.TRIAGING


async def test_what_somebody_has_in_hand_is_theirs_to_close(looker: Looker) -> None:
    """It is said in the room that nothing is wrong to be seen, and left to them."""
    incident = await looker.office.declared()
    await looker.office.tell("lead", "click:1", BOB, incident=incident.id, lead=BOB)
    incident = await looker.look(await looker.office.now(incident))
    assert incident.state is State.TRIAGING
    kinds = [event.kind for event in await looker.office.store.timeline(incident.id)]
    assert EventKind.SUGGESTED_HEALTHY in kinds


async def test_what_somebody_asked_about_is_not_closed(looker: Looker) -> None:
    """They wanted an answer, and get the report."""
    assert (await looker.look(await looker.office.declared(), by=CY)).state is State.TRIAGING


async def test_the_worst_and_what_several_see_is_for_people(looker: Looker) -> None:
    """However well it looks."""
    office = looker.office
    worst = await office.declared(what="All is lost", data_at_risk=True)
    assert worst.severity == "SEV1"
    assert (await looker.look(worst)).state is State.TRIAGING
    office.clock.advance(timedelta(days=1).total_seconds())
    both = await office.declared(what="It is slow", error_kind="slow")
    joined = await office.tell("declare", "view:2", CY, report=both.report.model_dump(mode="json"), joins=both.id)
    assert joined.ok, joined.text
    assert len((await office.now(both)).reporters) == 2
    assert (await looker.look(await office.now(both))).state is State.TRIAGING


async def test_whoever_may_no_longer_start_it_gets_nothing_looked_into(looker: Looker) -> None:
    """They were trusted when they asked, and are a guest when the work begins: nothing is collected."""
    incident = await looker.office.declared()
    looker.seen.broken = {"Holdfast"}
    after = await looker.look(incident, GUEST)
    async with looker.office.database.read() as connection:
        (one,) = await investigations.of_incident(connection, incident.id)
    assert one.state is Looking.STOPPED
    assert "trusted" in one.problem
    assert one.evidence is None
    assert after.state is State.TRIAGING


async def test_somebody_may_keep_an_incident_from_models_or_show_them_a_private_one(looker: Looker) -> None:
    """Their choice is kept with the incident, whatever the configuration says of others."""
    office = looker.office
    incident = await office.declared()
    await office.tell("investigate", "view:i", BOB, incident=incident.id, models=False)
    assert (await office.now(incident)).models is False
    assert "no model" in await no_model(looker.deps, await office.now(incident))
    private = (await office.now(incident)).model_copy(update={"private": True, "models": True})
    assert "private" not in await no_model(looker.deps, private)
    assert "private" in await no_model(looker.deps, private.model_copy(update={"models": None}))
