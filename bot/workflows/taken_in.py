"""A document that is in git from now on: kept for lists and searching, and what was sent there is not kept here."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.repository import Repository
from bot.deps import WorkflowDeps
from bot.errors import Permanent
from bot.incident import postmortems
from bot.incident.model import HOLDFAST, Incident
from bot.postmortem.card import card
from bot.postmortem.document.model import Document, Part
from bot.postmortem.document.parse import parse, part_of
from bot.postmortem.reader import read
from bot.storage import documents, incidents
from bot.storage.documents import HEAD, Stored
from bot.storage.postmortems import keep, written
from bot.workflows.transition import Change, saved


async def take_in(
    deps: WorkflowDeps,
    connection: AsyncConnection,
    incident: Incident,
    name: str,
    text: str,
    sent: Mapping[Part, str],
    *,
    since: str | None = None,
) -> None:
    """Git has `text` by now. Of what people wrote here only what is not among `sent` still has to go there.

    Where somebody has read the repository `since` that commit, theirs may be newer, and stands.
    """
    if since is None or await read_commit(connection) == since:
        await documents.replace(connection, [stored(deps, name, text)], [])
    words, there = await written(connection, incident.id), {Part(part): said for part, said in sent.items()}
    left = {part: said for part, said in words.parts.items() if there.get(part) != said}
    base = {part: there.get(part, words.base.get(part, part_of(text, part))) for part in left}
    await keep(connection, incident.id, words.model_copy(update={"name": name, "parts": left, "base": base}))


async def take_in_proposal(deps: WorkflowDeps, repository: Repository, incident: Incident, head: str) -> bool:
    """Whether the document of a pull request is on the branch by now, by its name or by the incident that it names."""
    async with deps.database.read() as connection:
        name = (await written(connection, incident.id)).name
        renamed = await documents.naming(connection, incident.key)
    text = await repository.text(head, f"{repository.folder}/{name}") if name else None
    if text is None and renamed is not None:
        name, text = renamed, await repository.text(head, f"{repository.folder}/{renamed}")
    if text is None:
        return False
    async with deps.database.write() as connection:
        now = deps.clock.now()
        held = await incidents.locked(connection, incident.id)
        moved = postmortems.published(held, name, repository.url(name), now)
        if moved.events:
            words = await written(connection, held.id)
            sent = {part: said for part, said in words.parts.items() if part_of(text, part) == said}
            await take_in(deps, connection, held, name, text, sent)
            change = Change(f"merged:{held.id}:{head}", HOLDFAST, "publish")
            await saved(connection, change, held, moved, now, deps.file.slack.owner)
    return True


async def read_commit(connection: AsyncConnection) -> str:
    """The commit whose documents are kept; empty before the first look."""
    known = (await documents.known(connection)).get(HEAD)
    return known.value if known else ""


def stored(deps: WorkflowDeps, name: str, text: str) -> Stored:
    """The document as it is kept."""
    reading = read(name, text, deps.file.item_policy)
    facts = {fact.name: fact.value.text for fact in parse(text).facts}
    named = facts.get("Incident", "")[:40]
    return Stored(name=name, incident=named, text=text, card=card(text, reading), reading=reading)


def marked(document: Document) -> Document:
    """With *Published* as its status in the table at the top."""
    facts = tuple(
        fact.model_copy(update={"value": fact.value.model_copy(update={"text": "Published"})})
        if fact.name == "Status"
        else fact
        for fact in document.facts
    )
    return document.model_copy(update={"facts": facts})


def client(deps: WorkflowDeps) -> Repository:
    """Raises Permanent where no repository is set up."""
    if deps.repository is None:
        raise Permanent("No repository is set up, so there is nowhere to publish to.")
    return deps.repository
