"""A document that is in git from now on: kept for lists and searching, and what was sent there is not kept here."""

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.repository import Repository
from bot.deps import WorkflowDeps
from bot.errors import Permanent
from bot.incident import postmortems
from bot.incident.model import HOLDFAST, Frozen, Incident, Moved
from bot.incident.wanted import Landmark, Wanted, post, where
from bot.postmortem.card import card
from bot.postmortem.document.model import Document, Part
from bot.postmortem.document.parse import parse, part_of
from bot.postmortem.reader import read
from bot.storage import documents, incidents
from bot.storage.documents import HEAD, Stored
from bot.storage.postmortems import keep, written
from bot.workflows.changes import followed
from bot.workflows.drafting import recorded
from bot.workflows.transition import Change, House, saved


class Landed(Frozen):
    """A document that is in git. `text` is its newest, `sent` what people wrote here and is in it, `base` what they
    began from where that is known; `since` is the commit that was read last before, where that matters.
    """

    name: str
    text: str
    url: str = ""
    sent: dict[Part, str] = {}
    base: dict[Part, str] = {}
    since: str | None = None


async def take_in(deps: WorkflowDeps, connection: AsyncConnection, incident: Incident, landed: Landed) -> Stored:
    """Keep the document, and of what people wrote here only what still has to go there.

    Where somebody has read the repository meanwhile, theirs may be newer, and stands.
    """
    document = stored(deps, landed.name, landed.text)
    if landed.since is None or await read_commit(connection) == landed.since:
        await documents.replace(connection, [document], [])
    words = await written(connection, incident.id)
    left = {part: said for part, said in words.parts.items() if landed.sent.get(part) != said}
    base = {part: landed.sent.get(part, landed.base.get(part, part_of(landed.text, part))) for part in left}
    await keep(connection, incident.id, words.model_copy(update={"name": landed.name, "parts": left, "base": base}))
    return document


async def take_in_proposal(deps: WorkflowDeps, repository: Repository, incident: Incident, head: str) -> bool:
    """Whether a document of ours that was proposed is on the branch by now, and so is published: by its name, or by the
    incident and the day that it names where it was called something else.
    """
    async with deps.database.read() as connection:
        words = await written(connection, incident.id)
        renamed = await documents.naming(connection, incident.key)
    found = await _proposed(deps, repository, incident, head, words.name, renamed) if words.name else None
    if found is None:
        return False
    async with deps.database.write() as connection:
        held = await incidents.locked(connection, incident.id)
        words = await written(connection, held.id)
        there = {part for part in words.parts if part_of(found.text, part) == words.parts[part]}
        sent = {part: said for part, said in words.parts.items() if part in there or words.base.get(part) == said}
        landed = found.model_copy(update={"sent": sent, "base": words.base})
        await publish_landed(deps, connection, held, landed, f"merged:{held.id}:{head}")
    return True


async def publish_landed(
    deps: WorkflowDeps, connection: AsyncConnection, incident: Incident, landed: Landed, id: str
) -> None:
    """It is published, once; then it is followed as any document of ours."""
    now = deps.clock.now()
    moved = postmortems.published(incident, landed.name, landed.url, now)
    if not moved.events:
        return
    document = await take_in(deps, connection, incident, landed)
    change = Change(id, HOLDFAST, "publish")
    out = await saved(connection, change, incident, moved, now, House.of(deps.file))
    await follow(deps, connection, out, document)
    await followed.follow(deps, connection, document, now)


async def follow(deps: WorkflowDeps, connection: AsyncConnection, incident: Incident, document: Stored) -> None:
    """A published post-mortem: complete once nothing in it is open; owners of what is urgent are asked for."""
    now = deps.clock.now()
    after = postmortems.followed(incident, sum(item.is_open for item in document.reading.items))
    asks = await _asks(connection, after, document)
    if after != incident or asks:
        change = Change(f"follow:{document.name}:{now.isoformat()}", HOLDFAST, "follow")
        moved = Moved(incident=after, events=())
        await saved(connection, change, incident, moved, now, House.of(deps.file), asks)


async def _asks(connection: AsyncConnection, incident: Incident, document: Stored) -> tuple[Wanted, ...]:
    """Who takes the urgent action items without an owner: a question for each, once."""
    words = await written(connection, incident.id)
    found = dict.fromkeys(item.identity.digest for item in document.reading.ownerless)
    new = [digest for digest in found if digest not in words.asked]
    if not new:
        return ()
    await keep(connection, incident.id, words.model_copy(update={"asked": (*words.asked, *new)}))
    asked = post("ownerless", where(incident), needs=Landmark.CARD)
    return (asked.model_copy(update={"request": asked.request | {"items": ",".join(new)}}),)


async def _proposed(
    deps: WorkflowDeps, repository: Repository, incident: Incident, head: str, ours: str, renamed: str | None
) -> Landed | None:
    """The document on the branch that is about this incident. Under another name its key alone says little, since a
    repository may be older than our database.
    """
    day = recorded(incident, await deps.incidents.entries(incident.id), deps).date
    for name in filter(None, (ours, renamed)):
        text = await repository.text(head, f"{repository.folder}/{name}")
        about_it = text is not None and stored(deps, name, text).incident == incident.key
        if text is not None and about_it and (name == ours or parse(text).date == day):
            return Landed(name=name, text=text, url=repository.url(name))
    return None


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
