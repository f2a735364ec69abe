"""A second story for the bot to die in: people take parts, hand over, call the owner, and two incidents become one."""

from functools import partial

from bot.incident.model import State
from bot.views.ids import Click
from bot.workspace.slack.people import Actor
from tests.kill.harness import House
from tests.kill.people import fill, incident, last_number, pressed, reported, typed
from tests.scenarios.story import GOOD


async def work_together(house: House) -> int:
    """From two reports to one incident that is resolved; every step tried until it is so. Returns its number."""
    slack = house.workspace.slack
    ana, bob, carla, viktor = (slack.person(name) for name in ("ana", "bob", "carla", "viktor"))
    number = await reported(house, ana, await last_number(house), GOOD)
    other = await reported(house, viktor, number, GOOD | {"service": "immich", "what": "Photos do not load"})
    say = partial(typed, house, bob)
    await house.until(partial(say, f"lead {number}", number, lambda it: it.lead == bob.id))
    await house.until(partial(say, f"role {number} scribe", number, lambda it: bob.id in it.roles.get("scribe", ())))
    await fill(house, bob, f"impact {number}", {"users": "About 40 people"})
    await house.until(partial(say, f"link {number} https://x.example Board", number, lambda it: bool(it.links)))
    summary = f"handover {number} @carla The disk is full"
    await house.until(partial(say, summary, number, lambda it: it.handover is not None or it.lead == carla.id))
    await house.until(partial(_clicked, house, carla, Click.OFFER_ACCEPT, number, carla.id))
    await house.until(partial(say, f"escalate {number} We need a disk", number, lambda it: it.needs_human))
    await house.until(partial(say, f"ack {number}", number, lambda it: not it.needs_human))
    await house.until(partial(say, f"merge {other} into {number}", other, lambda it: it.state is State.MERGED))
    await house.until(partial(say, f"resolve {number} A new disk", number, lambda it: it.state is State.RESOLVED))
    await house.settled(other)
    return number


async def _clicked(house: House, person: Actor, click: Click, number: int, lead: str) -> bool:
    """Take the offered lead as soon as the offer is there."""
    return await pressed(house, person, click, (await incident(house, number)).id, number, lambda it: it.lead == lead)
