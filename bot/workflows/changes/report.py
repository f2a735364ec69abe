"""An item that asks to find something out: evidence is collected, agents look where they may, and all of it is read."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import NAMESPACE_URL, uuid5

from bot.change.lifecycle import through
from bot.change.model import Change, ChangeKind
from bot.errors import Permanent, Refused
from bot.evidence.written import Past, written
from bot.incident.acts import declare
from bot.incident.catalogue import OTHER
from bot.incident.model import HOLDFAST, Incident, Report
from bot.incident.schemes import scheme
from bot.investigation import paragraphs
from bot.investigation.model import Investigation, Kind, State
from bot.investigation.model import Step as Line
from bot.ports import Case
from bot.sources.collect import about, collect, remember
from bot.workflows.changes.hand import Hand
from bot.workflows.drafting import leaving
from bot.workflows.looking import no_model


async def look(hand: Hand, number: int) -> None:
    """What was found out, as a change of the document. Nothing but the document is ever changed by it."""
    deps, item = hand.deps, hand.item
    incident = await hand.incident() or _subject(hand)
    id = str(uuid5(NAMESPACE_URL, f"{item.id}.{number}"))
    await hand.say("Evidence is collected.")
    keys, now = deps.file.agents.evidence, deps.clock.now()
    asked = about(incident, (), deps.file.catalogue, keys.spans, now)
    found = await collect(deps.sources, asked, keys.seconds, deps.redactor)
    past = await remember(deps.memory, asked, keys.seconds, deps.redactor) if deps.memory else Past()
    evidence, report = await asyncio.to_thread(written, found, deps.file.catalogue, incident, past)
    one = Investigation(
        id=id,
        incident_id=incident.id,
        number=number,
        kind=Kind.INVESTIGATION,
        state=State.LOOKING,
        by=item.requested_by or HOLDFAST,
        question=f"{item.action}. {item.details}".strip(),
        asked_at=now,
    )
    text = ""
    why = await no_model(deps, incident)
    if not why:
        await hand.say("Agents look into it.")
        try:
            case = Case(investigation=one, incident=incident, evidence=evidence, report=report)
            text = paragraphs.of_findings(await deps.agents.look(case, lambda line: _note(hand, line), _halted(hand)))
        except (Permanent, Refused) as error:
            why = error.sentence
    text = leaving(deps).text(text or paragraphs.of_report(report, why))
    await hand.keep(change=through(_change(hand, id, number, text)))


def _change(hand: Hand, id: str, number: int, text: str) -> Change:
    return Change(
        id=id,
        item_id=hand.item.id,
        number=number,
        kind=ChangeKind.REPORT,
        by="investigation",
        summary=text,
        made_at=hand.deps.clock.now(),
    )


async def _note(hand: Hand, line: Line) -> None:
    await hand.say(line.text)


def _halted(hand: Hand) -> Callable[[], Awaitable[str]]:
    async def halted() -> str:
        return await no_model(hand.deps, await hand.incident() or _subject(hand))

    return halted


def _subject(hand: Hand) -> Incident:
    """What stands in for an incident where the document is about none that we know: the item, with money of its own."""
    deps, item = hand.deps, hand.item
    words = f"{item.action} {item.details}".casefold()
    service = next((each.name for each in deps.file.services if each.name.casefold() in words), OTHER)
    moved = declare(
        Report(service=service, what=item.action),
        id=item.id,
        number=0,
        by=item.requested_by or HOLDFAST,
        at=hand.deps.clock.now(),
        trusted=True,
        scheme=scheme(deps.file.severity.scheme),
        catalogue=deps.file.catalogue,
    )
    return moved.incident
