"""The public timeline as comments of the issue: each entry's is made, edited or taken away until it is right."""

from collections.abc import Sequence
from datetime import timedelta

from bot.deps import WorkflowDeps
from bot.durable.ledger import Result
from bot.errors import Permanent
from bot.incident.entries import Entry, hash_of, mirrored
from bot.incident.model import HOLDFAST
from bot.incident.text import readable
from bot.incident.wanted import EffectKind
from bot.storage import effects, incidents
from bot.storage.effects import DONE, Effect
from bot.views import issue as issues
from bot.workflows.leaving import outgoing


async def mirror(deps: WorkflowDeps, effect: Effect) -> Result:
    """Bring the comment of one entry to what the entry is now.

    A comment that people deleted on GitHub stays deleted, until the entry itself was taken back and put there again.
    """
    incident = await deps.incidents.by_id(effect.incident_id, HOLDFAST)
    number, (entry, last) = incident.places.issue_number, await _standing(deps, effect)
    if number is None or entry is None:
        return {}
    if deps.github is None:
        raise Permanent("GitHub is not set up, so there is no issue.")
    done: Result = {"entry": entry.number}
    if not mirrored(incident, entry):
        if "comment" in last:
            await deps.github.delete_comment(number, last["comment"])
        return done
    said = readable(outgoing(deps, incident).text(entry.text))
    body, shows = (issues.timeline_comment(entry, said, effect.id), hash_of(issues.timeline_comment(entry, said, "")))
    if "gone" in last or shows == last.get("shows"):
        return last
    if "comment" not in last:
        return done | {"comment": await deps.github.comment(number, body), "shows": shows}
    there = await deps.github.edit_comment(number, last["comment"], body)
    return done | ({"comment": last["comment"], "shows": shows} if there else {"gone": True})


async def find_mirror(deps: WorkflowDeps, effect: Effect) -> Result | None:
    """After a lost answer: the comment that this very effect made. Editing and deleting are simply done again."""
    number = (await deps.incidents.by_id(effect.incident_id, HOLDFAST)).places.issue_number
    entry, last = await _standing(deps, effect)
    if number is None or entry is None:
        return {}
    if "comment" in last or deps.github is None:
        return None
    since = effect.created_at - timedelta(seconds=1)
    found = await deps.github.find_comment(number, issues.marker(effect.id), since=since)
    return None if found is None else {"entry": entry.number, "comment": found}


async def _standing(deps: WorkflowDeps, effect: Effect) -> tuple[Entry | None, Result]:
    """The entry that is meant, and what became of its comment the last time."""
    async with deps.database.read() as connection:
        entry = meant(await incidents.entries(connection, effect.incident_id), effect.request["entry"])
        earlier = await effects.of_incident(connection, effect.incident_id)
    done = (each.result or {} for each in earlier if each.kind is EffectKind.MIRROR and each.state == DONE)
    ours = [result for result in done if entry is not None and result.get("entry") == entry.number]
    return entry, ours[-1] if ours else {}


def meant(entries: Sequence[Entry], about: str) -> Entry | None:
    """The entry with this number, or of the message `channel:ts`."""
    for entry in entries:
        at = f"{entry.source.channel}:{entry.source.ts}" if entry.source else ""
        if about in (str(entry.number), at):
            return entry
    return None
