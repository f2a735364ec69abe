"""A post-mortem into git: its file, its row in the index, once; and the same again for what changes after that."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.repository import Repository, Write
from bot.deps import WorkflowDeps
from bot.durable.ledger import Result
from bot.errors import Permanent, Refused
from bot.incident import postmortems
from bot.incident.model import HOLDFAST, Incident
from bot.postmortem.amend import Amended, amend
from bot.postmortem.card import card
from bot.postmortem.document import render
from bot.postmortem.document.first_draft import proposed_as
from bot.postmortem.document.index import Entry, with_entry
from bot.postmortem.document.model import Document, Part
from bot.postmortem.document.name import file_name
from bot.postmortem.document.parse import parse, part_of
from bot.postmortem.edit import with_row
from bot.postmortem.reader import read
from bot.storage import documents, effects, incidents
from bot.storage.documents import Stored
from bot.storage.effects import Effect
from bot.storage.postmortems import keep, written
from bot.workflows.drafting import draft, recorded
from bot.workflows.transition import Change, saved

#: The index page beside the documents.
INDEX = "index.md"


async def publish(deps: WorkflowDeps, effect: Effect) -> Result:
    """Push it, or propose it as a pull request. Done again after a lost answer it finds its own commit."""
    repository = client(deps)
    incident = await deps.incidents.by_id(effect.incident_id, HOLDFAST)
    if not incident.publishing:
        return {}
    async with deps.database.read() as connection:
        kept = await written(connection, incident.id)
    entries = await deps.incidents.entries(incident.id)
    made = draft(incident, entries, kept, deps.people, deps.file, deps.redactor)
    document = _marked(made.document, "Published")

    async def write(head: str) -> Mapping[str, str]:
        taken = await repository.documents(head)
        name = await _name(deps, incident, document, taken)
        content = render.render(document)
        index = await repository.text(head, f"{repository.folder}/{INDEX}")
        return {
            f"{repository.folder}/{name}": content,
            f"{repository.folder}/{INDEX}": with_entry(index, _entry(name, content, deps)),
        }

    day_and_title = f"{document.date.isoformat()} {' '.join(document.title.split())}"
    message = f"docs: post-mortem for {day_and_title} [ci skip]"
    try:
        if deps.file.publish.how == "pull_request":
            return await _propose(deps, repository, effect, incident, (message, write))
        commit = await repository.land(write, message, effect.marker, deps.clock.now())
        name = await _kept_name(deps, incident.id)
        text = await repository.text(commit, f"{repository.folder}/{name}")
    except (Permanent, Refused) as refusal:
        return {"refused": refusal.sentence}
    return {"name": name, "text": text or "", "url": repository.url(name), "sent": kept.parts}


async def published(
    deps: WorkflowDeps, connection: AsyncConnection, effect: Effect, result: Result, now: datetime
) -> None:
    """It is there, or waits in a pull request, or was refused."""
    incident = await incidents.locked(connection, effect.incident_id)
    if "refused" in result:
        moved = postmortems.kept(incident, result["refused"], now)
    elif "number" in result:
        moved = postmortems.proposed(incident, result["number"], result["url"], now)
    elif "name" in result:
        moved = postmortems.published(incident, result["name"], result["url"], now)
        await take_in(deps, connection, incident, result["name"], result)
    else:
        return
    if moved.events:
        change = Change(effect.id, HOLDFAST, "publish")
        await saved(connection, change, incident, moved, now, deps.file.slack.owner)


async def take_in_proposal(deps: WorkflowDeps, repository: Repository, incident_id: str, head: str) -> bool:
    """Whether the document of a pull request is on the branch by now, and so is published."""
    async with deps.database.read() as connection:
        name = (await written(connection, incident_id)).name
    text = await repository.text(head, f"{repository.folder}/{name}") if name else None
    if text is None:
        return False
    async with deps.database.write() as connection:
        now = deps.clock.now()
        incident = await incidents.locked(connection, incident_id)
        moved = postmortems.published(incident, name, repository.url(name), now)
        if moved.events:
            kept = await written(connection, incident_id)
            sent = {part: said for part, said in kept.parts.items() if part_of(text, part) == said}
            await take_in(deps, connection, incident, name, {"text": text, "sent": sent})
            change = Change(f"merged:{incident_id}:{head}", HOLDFAST, "publish")
            await saved(connection, change, incident, moved, now, deps.file.slack.owner)
    return True


async def take_in(
    deps: WorkflowDeps, connection: AsyncConnection, incident: Incident, name: str, result: Result
) -> None:
    """From now on git has the document: what was sent there need not be kept, what was written since goes on top."""
    await documents.replace(connection, [stored(deps, name, result["text"])], [])
    kept, sent = await written(connection, incident.id), {Part(part): said for part, said in result["sent"].items()}
    left = {part: said for part, said in kept.parts.items() if sent.get(part) != said}
    base = {part: sent.get(part, kept.base.get(part, part_of(result["text"], part))) for part in left}
    await keep(connection, incident.id, kept.model_copy(update={"name": name, "parts": left, "base": base}))


async def bring_up_to_date(deps: WorkflowDeps, effect: Effect) -> Result:
    """What was recorded or written since, into the document as git has it now; people's edits there stay."""
    repository = client(deps)
    incident = await deps.incidents.by_id(effect.incident_id, HOLDFAST)
    name = incident.places.document
    if name is None or incident.private:
        return {}
    path = f"{repository.folder}/{name}"
    async with deps.database.read() as connection:
        kept = await written(connection, incident.id)
    entries = await deps.incidents.entries(incident.id)
    known = recorded(incident, entries, deps.people, deps.file, deps.redactor)
    changes = {part: (kept.base.get(part, ""), said) for part, said in kept.parts.items()}
    found: list[Amended] = []

    async def write(head: str) -> Mapping[str, str]:
        content = await repository.text(head, path)
        if content is None:
            return {}
        found.append(amend(_with_items(content, known, effect), changes, _blocks(known, content)))
        return {path: found[-1].text} if found[-1].text != content else {}

    title = " ".join(known.title.split())
    message = f"docs: update post-mortem for {known.date.isoformat()} {title} [ci skip]"
    commit = await repository.land(write, message, effect.marker, deps.clock.now())
    text = await repository.text(commit, path)
    clashes = {clash.part.value: clash.ours for clash in found[-1].clashes} if found else {}
    return {"name": name, "text": text, "clashes": clashes, "sent": kept.parts}


async def brought_up_to_date(
    deps: WorkflowDeps, connection: AsyncConnection, effect: Effect, result: Result, now: datetime
) -> None:
    """Where both changed a section in different words, git's stand and people are asked; the event keeps ours."""
    if result.get("text") is None:
        return
    incident = await incidents.locked(connection, effect.incident_id)
    await take_in(deps, connection, incident, result["name"], result)
    for number, (part, ours) in enumerate(result["clashes"].items()):
        moved = postmortems.clashed(incident, part, ours, now)
        change = Change(f"{effect.id}:{number}", HOLDFAST, "clash")
        incident = await saved(connection, change, incident, moved, now, deps.file.slack.owner)
    if effect.attempt > 0:
        await effects.want_shown(connection, incident.id)


def stored(deps: WorkflowDeps, name: str, text: str) -> Stored:
    """The document as it is kept for lists and searching."""
    reading = read(name, text, deps.file.item_policy)
    facts = {fact.name: fact.value.text for fact in parse(text).facts}
    incident = facts.get("Incident", "")
    return Stored(name=name, incident=incident[:40], text=text, card=card(text, reading), reading=reading)


def client(deps: WorkflowDeps) -> Repository:
    """Raises Permanent where no repository is set up."""
    if deps.repository is None:
        raise Permanent("No repository is set up, so there is nowhere to publish to.")
    return deps.repository


async def _propose(
    deps: WorkflowDeps, repository: Repository, effect: Effect, incident: Incident, change: tuple[str, Write]
) -> Result:
    """A branch and a pull request of its own for each time that somebody publishes."""
    if deps.github is None:
        raise Permanent("GitHub is not set up, so there can be no pull request.")
    message, write = change
    branch = f"holdfast/{incident.key.lower()}-{effect.id[:8]}"
    await repository.propose(branch, write, message, effect.marker, deps.clock.now())
    title = message.removesuffix(" [ci skip]")
    body = f"The post-mortem of {incident.key}. It is published once this is merged.\n\n<!-- {effect.marker} -->\n"
    made = await deps.github.find_pull(branch) or await deps.github.create_pull(title, body, branch, repository.branch)
    return {"number": made.number, "url": made.url}


async def _name(deps: WorkflowDeps, incident: Incident, document: Document, taken: Mapping[str, str]) -> str:
    """Its file's name, decided before anything is pushed, so that whoever looks for it later knows it."""
    async with deps.database.write() as connection:
        kept = await written(connection, incident.id)
        if kept.name and kept.name not in taken:
            return kept.name
        name = file_name(document.date, document.title, taken)
        await keep(connection, incident.id, kept.model_copy(update={"name": name}))
    return name


async def _kept_name(deps: WorkflowDeps, incident_id: str) -> str:
    async with deps.database.read() as connection:
        return (await written(connection, incident_id)).name


def _entry(name: str, content: str, deps: WorkflowDeps) -> Entry:
    told = card(content, read(name, content, deps.file.item_policy))
    day = parse(content).date
    return Entry(name=name, title=told.title, day=day, severity=told.severity, services=told.services)


def _marked(document: Document, status: str) -> Document:
    """With its own status in the table at the top."""
    facts = tuple(
        fact.model_copy(update={"value": fact.value.model_copy(update={"text": status})})
        if fact.name == "Status"
        else fact
        for fact in document.facts
    )
    return document.model_copy(update={"facts": facts})


def _with_items(content: str, known: Document, effect: Effect) -> str:
    """With a row for each action item that was proposed since; none where people keep the plan in their own way."""
    for key in filter(None, effect.request.get("items", "").split(",")):
        row = next((row for row in known.plan if row.details == proposed_as(key)), None)
        if row is not None:
            with suppress(Refused):
                content = with_row(content, row)
    return content


def _blocks(known: Document, content: str) -> dict[str, str]:
    """The blocks that follow what is recorded. The date of a document stays what it was published under."""
    day = parse(content).date
    current = _marked(known.model_copy(update={"date": day}), "Published")
    return {"facts": render.facts(current), "timeline": render.timeline(current.timeline)}
