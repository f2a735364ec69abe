"""What people do while the bot dies under them: one incident from report to the end, each step tried until it is so."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from bot.errors import Refused
from bot.incident.model import HOLDFAST, EventKind, Incident, State
from bot.views.ids import Click, Form
from bot.workspace.slack.forms import Simple
from bot.workspace.slack.model import View
from bot.workspace.slack.people import Actor
from tests.kill.harness import House
from tests.scenarios.story import GOOD


async def tell_story(house: House) -> int:
    """Everything that can be done to an incident, in forms, by buttons and by single lines. Returns its number."""
    ana, bob = house.workspace.slack.person("ana"), house.workspace.slack.person("bob")
    number = await reported(house, ana, await last_number(house), GOOD)

    async def line(text: str, done: Callable[[Incident], bool]) -> None:
        await house.until(partial(typed, house, bob, text, number, done))

    await line(f"lead {number}", lambda incident: incident.lead == bob.id)
    await fill(house, bob, f"update {number}", {"text": "Looking at the database."})
    await fill(house, bob, f"note {number}", {"text": "Its disk is full.", "audience": "public"})
    await line(f"status {number} mitigating", lambda incident: incident.state is State.MITIGATING)
    await fill(house, bob, f"severity {number}", {"severity": "SEV1", "reason": "Sign-in is affected."})
    await fill(house, bob, f"resolve {number}", {"fix": "Restarted the database.", "cause": "Disk full."})
    await house.until(partial(_confirmed, house, ana, number))
    await line(f"reopen {number} It is back.", lambda incident: incident.is_open)
    await line(f"severity {number} SEV3 Only one page is slow.", lambda incident: incident.severity == "SEV3")
    await line(f"resolve {number} Cleaned the disk.", lambda incident: not incident.is_open)
    await line(f"close {number} Nothing is left.", lambda incident: incident.state is State.CLOSED)
    return number


async def reported(house: House, person: Actor, before: int, values: Mapping[str, Simple]) -> int:
    """Report, and wait for the incident after number `before`: what was taken in may be decided after the answer."""
    await fill(house, person, "", values)

    async def declared() -> bool:
        return await last_number(house) == before + 1

    await house.until(declared)
    return before + 1


async def fill(house: House, person: Actor, text: str, values: Mapping[str, Simple]) -> None:
    """Open a form and send it, again and again, as a person does who sees it fail."""
    await house.until(partial(_opened, person, text, values))
    await house.until(partial(_sent, person, values))


async def _opened(person: Actor, text: str, values: Mapping[str, Simple]) -> bool:
    """Ask for the form; one that stays empty, since the bot died while it filled it, is closed first."""
    if person.view is not None:
        await person.close_view(everything=True)
    await person.slash("/incident", text)
    return await shortly(lambda: _shows(person, values))


async def _shows(person: Actor, values: Mapping[str, Simple]) -> bool:
    shown = person.view
    return shown is not None and set(values) <= {block.get("block_id") for block in shown.blocks}


async def _sent(person: Actor, values: Mapping[str, Simple]) -> bool:
    if person.view is None:
        return True
    errors = await person.submit(values)
    shown = _top(person)
    if errors is None and shown is not None and shown.body.get("callback_id") == Form.MESSAGE:
        await person.close_view()
    return errors is None


def _top(person: Actor) -> View | None:
    return person.view


async def typed(house: House, person: Actor, text: str, number: int, done: Callable[[Incident], bool]) -> bool:
    """Type a line, unless it is so already: what was accepted before the bot died happens afterwards."""
    if not done(await incident(house, number)):
        await person.slash("/incident", text)
    return await shortly(lambda: _is(house, number, done))


async def _is(house: House, number: int, done: Callable[[Incident], bool]) -> bool:
    return done(await incident(house, number))


async def _confirmed(house: House, person: Actor, number: int) -> bool:
    """Press *Works for me* as soon as the notice is there."""
    if not await _has_happened(house, number, EventKind.CONFIRMED_FIXED):
        try:
            await person.click(Click.CONFIRM_WORKS, channel="dm", value=(await incident(house, number)).id)
        except Refused:  # the notice has not come yet
            return False
    return await shortly(lambda: _has_happened(house, number, EventKind.CONFIRMED_FIXED))


async def pressed(
    house: House, person: Actor, click: Click, value: str, number: int, done: Callable[[Incident], bool]
) -> bool:
    """Press a button in one's direct messages, unless it is so already, as soon as it is there."""
    if not done(await incident(house, number)):
        try:
            await person.click(click, channel="dm", value=value)
        except Refused:  # the message has not come yet
            return False
    return await shortly(lambda: _is(house, number, done))


async def _has_happened(house: House, number: int, kind: EventKind) -> bool:
    async with house.reading() as (_, store):
        timeline = await store.timeline((await store.by_ref(str(number), HOLDFAST)).id)
    return any(event.kind is kind for event in timeline)


async def shortly(is_so: Callable[[], Awaitable[bool]]) -> bool:
    """Whether it becomes so within half a second."""
    for _ in range(10):
        if await is_so():
            return True
        await House.moment()
    return False


async def incident(house: House, number: int) -> Incident:
    """As it stands now."""
    async with house.reading() as (_, store):
        return await store.by_ref(str(number), HOLDFAST)


async def last_number(house: House) -> int:
    async with house.reading() as (_, store):
        found = await store.listed(HOLDFAST, limit=1)
    return found[0].number if found else 0
