"""A post-mortem into git: its file and its row in the index in one commit, pushed or proposed, once."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.repository import Repository, Write
from bot.deps import WorkflowDeps
from bot.durable.ledger import Result
from bot.errors import Permanent, Refused
from bot.incident import postmortems
from bot.incident.model import HOLDFAST, Incident
from bot.postmortem.document import render
from bot.postmortem.document.index import Entry, with_entry
from bot.postmortem.document.model import Document, Part
from bot.postmortem.document.name import file_name
from bot.postmortem.document.parse import part_of
from bot.storage import incidents
from bot.storage.effects import Effect
from bot.storage.postmortems import keep, names_of_others, written
from bot.workflows.drafting import draft
from bot.workflows.taken_in import Landed, client, marked, publish_landed, stored, take_in_proposal
from bot.workflows.transition import Change, House, saved

#: The index page beside the documents.
INDEX = "index.md"


async def publish(deps: WorkflowDeps, effect: Effect) -> Result:
    """Push it, or propose it. Done again after a lost answer it finds its own commit, by the marker in its message.

    What is refused for good ends here as well: then the post-mortem is a draft again, and the room reads why.
    """
    incident = await deps.incidents.by_id(effect.incident_id, HOLDFAST)
    if not incident.publishing:
        return {}
    try:
        await _still_wanted(deps, incident)
        return await _published(deps, client(deps), effect, incident)
    except (Permanent, Refused) as refusal:
        return {"refused": refusal.sentence}


async def _published(deps: WorkflowDeps, repository: Repository, effect: Effect, incident: Incident) -> Result:
    if await take_in_proposal(deps, repository, incident, await repository.head()):
        return {}  # an earlier proposal of it was merged after all
    async with deps.database.read() as connection:
        words = await written(connection, incident.id)
    document = marked(draft(incident, await deps.incidents.entries(incident.id), words, deps).document)

    async def write(head: str) -> Mapping[str, str]:
        await _still_wanted(deps, incident)
        name = await _name(deps, incident, document, await repository.names(head))
        content = render.render(document)
        index = await repository.text(head, f"{repository.folder}/{INDEX}")
        return {
            f"{repository.folder}/{name}": content,
            f"{repository.folder}/{INDEX}": with_entry(index, _entry(deps, name, content, document)),
        }

    message = f"docs: post-mortem for {document.date.isoformat()} {' '.join(document.title.split())} [ci skip]"
    if deps.file.publish.how == "pull_request":
        return await _propose(deps, repository, effect, incident, message, write)
    commit = await repository.land(write, message, effect.marker, deps.clock.now())
    landed = await _landed(deps, repository, incident, commit)
    newest = await repository.text(await repository.head(), f"{repository.folder}/{landed.name}")
    return {"landed": landed.model_copy(update={"text": newest or landed.text}).model_dump(mode="json")}


async def _still_wanted(deps: WorkflowDeps, incident: Incident) -> None:
    """Right before a push: raises Refused for what was opened again or made private meanwhile."""
    now = await deps.incidents.by_id(incident.id, HOLDFAST)
    if now.private or now.is_open:
        raise Refused(f"{now.key} is {'private' if now.private else 'open again'}.")


async def _landed(deps: WorkflowDeps, repository: Repository, incident: Incident, commit: str) -> Landed:
    """What the commit holds, which may be an earlier attempt's: only what is in it was sent."""
    async with deps.database.read() as connection:
        words = await written(connection, incident.id)
    text = await repository.text(commit, f"{repository.folder}/{words.name}") or ""
    sent = {part: said for part, said in words.parts.items() if part_of(text, part) == said}
    return Landed(name=words.name, text=text, url=repository.url(words.name), sent=sent)


async def published(
    deps: WorkflowDeps, connection: AsyncConnection, effect: Effect, result: Result, now: datetime
) -> None:
    """It is there, or waits in a pull request, or was refused."""
    incident = await incidents.locked(connection, effect.incident_id)
    if "landed" in result:
        await publish_landed(deps, connection, incident, Landed.model_validate(result["landed"]), effect.id)
        return
    if "number" in result:
        words = await written(connection, incident.id)
        sent = {Part(part): said for part, said in result["sent"].items()}
        await keep(connection, incident.id, words.model_copy(update={"base": sent}))
        moved = postmortems.proposed(incident, result["number"], result["url"], now)
    elif "refused" in result:
        moved = postmortems.taken_back(incident, result["refused"], now)
    else:
        return
    if moved.events:
        change = Change(effect.id, HOLDFAST, "publish")
        await saved(connection, change, incident, moved, now, House.of(deps.file))


async def _propose(
    deps: WorkflowDeps, repository: Repository, effect: Effect, incident: Incident, message: str, write: Write
) -> Result:
    """A branch and a pull request of its own for each time that somebody publishes."""
    if deps.github is None:
        raise Permanent("GitHub is not set up, so there can be no pull request.")
    branch = f"holdfast/{incident.key.lower()}-{effect.id[:8]}"
    commit = await repository.propose(branch, write, message, effect.marker, deps.clock.now())
    sent = (await _landed(deps, repository, incident, commit)).model_dump(mode="json")["sent"]
    title = message.removesuffix(" [ci skip]")
    body = f"The post-mortem of {incident.key}. It is published once this is merged.\n\n<!-- {effect.marker} -->\n"
    made = await deps.github.find_pull(branch) or await deps.github.create_pull(title, body, branch, repository.branch)
    return {"number": made.number, "url": made.url, "sent": sent}


async def _name(deps: WorkflowDeps, incident: Incident, document: Document, there: Collection[str]) -> str:
    """Its file's name. It is kept before anything is pushed: whoever finds the commit later knows it from there."""
    async with deps.database.write() as connection:
        words = await written(connection, incident.id)
        taken = {*there, *await names_of_others(connection, incident.id)}
        if words.name and words.name not in taken:
            return words.name
        name = file_name(document.date, document.title, taken)
        await keep(connection, incident.id, words.model_copy(update={"name": name}))
    return name


def _entry(deps: WorkflowDeps, name: str, content: str, document: Document) -> Entry:
    told = stored(deps, name, content).card
    return Entry(name=name, title=told.title, day=document.date, severity=told.severity, services=told.services)
