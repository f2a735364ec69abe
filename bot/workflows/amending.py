"""A published post-mortem follows: what was recorded or written since goes into the document as git has it by then."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.deps import WorkflowDeps
from bot.durable.ledger import Result
from bot.errors import Refused
from bot.incident import postmortems
from bot.incident.model import HOLDFAST
from bot.postmortem.amend import amend
from bot.postmortem.document import render
from bot.postmortem.document.first_draft import is_proposed, proposed_as
from bot.postmortem.document.model import Document, Part
from bot.postmortem.document.parse import parse
from bot.postmortem.edit import with_row
from bot.storage import effects, incidents
from bot.storage.effects import Effect
from bot.storage.postmortems import written
from bot.workflows.drafting import recorded
from bot.workflows.taken_in import Landed, client, follow, marked, read_commit, take_in
from bot.workflows.transition import Change, House, saved


async def bring_up_to_date(deps: WorkflowDeps, effect: Effect) -> Result:
    """The bot's blocks anew, and the sections that people wrote here merged in; their edits in git stay."""
    repository = client(deps)
    incident = await deps.incidents.by_id(effect.incident_id, HOLDFAST)
    name = incident.places.document
    if name is None or incident.private:
        return {}
    path = f"{repository.folder}/{name}"
    async with deps.database.read() as connection:
        words = await written(connection, incident.id)
        known_commit = await read_commit(connection)
    known = recorded(incident, await deps.incidents.entries(incident.id), deps)
    changes = {part: (words.base.get(part, ""), said) for part, said in words.parts.items()}

    async def write(head: str) -> Mapping[str, str]:
        content = await repository.text(head, path)
        if content is None:
            return {}
        amended = amend(_with_items(content, known, effect), changes, _blocks(known, content)).text
        return {path: amended} if amended != content else {}

    title = " ".join(known.title.split())
    message = f"docs: update post-mortem for {known.date.isoformat()} {title} [ci skip]"
    commit = await repository.land(write, message, effect.marker, deps.clock.now())
    text, newest = await repository.text(commit, path), await repository.text(await repository.head(), path)
    if text is None or newest is None:
        return {}
    sent, clashes = _arrived(text, changes)
    landed = Landed(name=name, text=newest, sent=sent, base=words.base, since=known_commit)
    return {"landed": landed.model_dump(mode="json"), "clashes": clashes}


def _arrived(text: str, changes: Mapping[Part, tuple[str, str]]) -> tuple[dict[Part, str], dict[str, str]]:
    """Which changes a commit holds, or leaves to people, so that the same again would change nothing; and the latter.

    The commit may be an earlier attempt's, before somebody wrote more: memory would not tell.
    """
    sent = {part: change[1] for part, change in changes.items() if amend(text, {part: change}, {}).text == text}
    return sent, {clash.part.value: clash.ours for clash in amend(text, changes, {}).clashes}


async def brought_up_to_date(
    deps: WorkflowDeps, connection: AsyncConnection, effect: Effect, result: Result, now: datetime
) -> None:
    """Where both changed a section in different words, git's stand and people are asked; the event keeps ours."""
    if "landed" not in result:
        return
    incident = await incidents.locked(connection, effect.incident_id)
    document = await take_in(deps, connection, incident, Landed.model_validate(result["landed"]))
    for number, (part, ours) in enumerate(result["clashes"].items()):
        moved = postmortems.clashed(incident, part, ours, now)
        change = Change(f"{effect.id}:{number}", HOLDFAST, "clash")
        incident = await saved(connection, change, incident, moved, now, House.of(deps.file))
    await follow(deps, connection, incident, document)
    if effect.attempt > 0:
        await effects.want_shown(connection, incident.id)


def _with_items(content: str, known: Document, effect: Effect) -> str:
    """With a row for each action item that was proposed since; none where people keep the plan in their own way.

    `items` are keys, or `all`: what was proposed while a pull request waited.
    """
    asked = effect.request.get("items", "").split(",")
    wanted = {proposed_as(key) for key in asked}
    for row in known.plan:
        new = is_proposed(row) and f"{row.details} |" not in content
        if new and ("all" in asked or row.details in wanted):
            with suppress(Refused):
                content = with_row(content, row)
    return content


def _blocks(known: Document, content: str) -> dict[str, str]:
    """The blocks that follow what is recorded. The date of a document stays what it was published under."""
    current = marked(known.model_copy(update={"date": parse(content).date}))
    return {"facts": render.facts(current), "timeline": render.timeline(current.timeline)}
