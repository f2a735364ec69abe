"""The repository, looked at: documents that people changed, proposals that were merged, and the site of them all."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.repository import Repository
from bot.deps import WorkflowDeps
from bot.durable.engine import Engine, Json
from bot.errors import HoldfastError, Permanent, Temporary
from bot.incident import postmortems
from bot.incident.heard import EVERY, is_time_to_look
from bot.incident.model import HOLDFAST, Incident
from bot.incident.requests_postmortem import Pushed
from bot.pages.site import site
from bot.ports import Outcome
from bot.postmortem.document.name import is_document
from bot.storage import documents, effects, incidents
from bot.storage.db import Database
from bot.storage.documents import HEAD, LOOKED, PUSHED, SITE, Stored
from bot.telemetry import log
from bot.workflows import owner
from bot.workflows.changes import finish, followed
from bot.workflows.story import Desk
from bot.workflows.taken_in import follow, stored, take_in_proposal
from bot.workflows.transition import Change, House, saved

#: The submission of the one message about what a repository held when we first saw it.
BASELINE = "repository:baseline"
#: How the commit is marked whose site was refused.
REFUSED = "refused:"


class RepositoryWatch:
    """Has somebody look at the repository: every minute, seldom where pushes are told of, at once when one is."""

    def __init__(self, database: Database, engine: Engine) -> None:
        self._database = database
        self._engine = engine
        self._slot = -1
        #: How many looks were begun so far.
        self.begun = 0

    async def tick(self, now: datetime) -> None:
        """One look in each slot of time in which one is due, whoever of several replicas begins it."""
        slot = int(now.timestamp() // EVERY.total_seconds())
        if slot == self._slot:
            return
        try:
            async with self._database.read() as connection:
                known = await documents.known(connection)
        except Temporary:
            return
        self._slot = slot
        told, looked = (known[name].at if name in known else None for name in (PUSHED, LOOKED))
        if is_time_to_look(told, looked, now):
            await self._look(f"repository:look:{slot}")

    async def pushed(self, commit: str, now: datetime) -> None:
        """GitHub says that a branch has moved to this commit. Raises Temporary."""
        async with self._database.write() as connection:
            await documents.know(connection, PUSHED, commit, now)
        await self._look(f"repository:push:{commit}")

    async def _look(self, id: str) -> None:
        self.begun += 1
        await self._engine.submit("repository_look", id, {}, "git")


async def pushed(watch: RepositoryWatch, desk: Desk, id: str, payload: Json) -> Outcome:
    """GitHub tells of a push; the look it asks for is work of its own."""
    request = Pushed.model_validate(payload)
    await watch.pushed(request.commit, request.at)
    return Outcome(ok=True, text="It is looked at.")


async def look(deps: WorkflowDeps) -> None:
    """One look. What fails is said in the log, and looked at again next time."""
    if deps.repository is None:
        return
    try:
        seen_at = deps.clock.now()
        head = await deps.repository.head()
        await _read(deps, deps.repository, head, seen_at)
        await _site(deps, deps.repository, head)
        await _settle(deps, deps.repository, head)
        await finish.moved(deps, head)
        await finish.proposals(deps)
    except HoldfastError as error:
        log(__name__).warning("repository not looked at", problem=error.sentence)
    except Exception:  # noqa: BLE001 - what one look cannot make sense of must not end the looking
        log(__name__).exception("repository not looked at")


async def _read(deps: WorkflowDeps, repository: Repository, head: str, seen_at: datetime) -> None:
    """What has changed since the last look; the first time everything, which queues nothing."""
    now = deps.clock.now()
    async with deps.database.write() as connection:
        known = await documents.known(connection)
        await documents.know(connection, LOOKED, head, now)
    before = known.get(HEAD)
    if before is not None and before.value == head:
        return
    texts = await repository.documents(head)
    changed = texts.keys() if before is None else set(await repository.changed(before.value, head))
    read = await asyncio.to_thread(_all_stored, deps, {name: texts[name] for name in changed & texts.keys()})
    async with deps.database.write() as connection:
        current = (await documents.known(connection)).get(HEAD)
        if current != before:  # somebody else looked meanwhile, and saw as much or more
            return
        about = await _held(connection, read)
        gone = sorted(filter(is_document, set(changed) - texts.keys()))
        await documents.replace(connection, read, gone)
        await documents.know(connection, HEAD, head, now)
        if before is None:
            await effects.add_answer(connection, BASELINE, owner.wanted(deps, "baseline"), now)
        for document in read:
            if document.name in about:
                await follow(deps, connection, about[document.name], document)
            await followed.follow(deps, connection, document, seen_at, first=before is None)
        for name in gone:
            await followed.gone(deps, connection, name)


def _all_stored(deps: WorkflowDeps, texts: Mapping[str, str]) -> list[Stored]:
    return [stored(deps, name, text) for name, text in texts.items()]


async def _held(connection: AsyncConnection, read: Sequence[Stored]) -> dict[str, Incident]:
    """The incidents whose post-mortems these are, by the documents' names; held before anything else, as everywhere."""
    found = {document.name: await incidents.documented(connection, document.name) for document in read}
    by_id = sorted((id, name) for name, id in found.items() if id)
    return {name: await incidents.locked(connection, id) for id, name in by_id}


async def _settle(deps: WorkflowDeps, repository: Repository, head: str) -> None:
    """Proposals: published once their document is on the branch, taken back where the pull request was closed."""
    async with deps.database.read() as connection:
        waiting = await incidents.proposed(connection)
    for incident_id, number in waiting:
        try:
            await _settle_one(deps, repository, incident_id, number, head)
        except HoldfastError as error:  # one that cannot be looked at keeps no other waiting
            log(__name__).warning("proposal not looked at", pull=number, problem=error.sentence)


async def _settle_one(deps: WorkflowDeps, repository: Repository, incident_id: str, number: int, head: str) -> None:
    incident = await deps.incidents.by_id(incident_id, HOLDFAST)
    if await take_in_proposal(deps, repository, incident, head) or deps.github is None:
        return
    pull = await deps.github.pull(number)
    if pull.state == "closed":
        await _take_back(deps, incident_id, number, f"Pull request #{number} was closed without a merge.")
    elif pull.state == "merged":
        await _take_back(deps, incident_id, number, f"Pull request #{number} was merged without its document.")


async def _take_back(deps: WorkflowDeps, incident_id: str, number: int, why: str) -> None:
    async with deps.database.write() as connection:
        now = deps.clock.now()
        incident = await incidents.locked(connection, incident_id)
        moved = postmortems.taken_back(incident, why, now)
        if moved.events:
            change = Change(f"pull:{number}", HOLDFAST, "publish")
            await saved(connection, change, incident, moved, now, House.of(deps.file))


async def _site(deps: WorkflowDeps, repository: Repository, head: str) -> None:
    """The site of what was read, on its own branch. Where that is refused for good, it is tried at the next change."""
    branch = deps.file.publish.pages_branch
    async with deps.database.read() as connection:
        shown = (await documents.known(connection)).get(SITE)
        current = shown is not None and shown.value.removeprefix(REFUSED) == head
        texts: Mapping[str, str] = {} if current or not branch else await documents.texts(connection)
    if current or not branch or (not texts and shown is None):
        return
    refused = ""
    files = await asyncio.to_thread(site, texts, deps.file.publish.title, deps.file.item_policy)
    try:
        await repository.replace_branch(branch, files, f"docs: the site as of {head[:12]}", deps.clock.now())
    except Permanent as error:
        refused = error.sentence
        log(__name__).error("site not pushed", problem=refused)
    async with deps.database.write() as connection:
        now = deps.clock.now()
        again = shown is not None and shown.value.startswith(REFUSED)
        await documents.know(connection, SITE, f"{REFUSED}{head}" if refused else head, now)
        if refused and not again:
            await effects.add_answer(connection, f"repository:site:{head}", owner.wanted(deps, "site", refused), now)
