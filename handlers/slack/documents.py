"""Looking through the post-mortems in the repository: the list, the passages about something, the open action items."""

from collections.abc import Mapping, Sequence

from bot.deps import HandlerDeps
from bot.incident.model import Actor, Incident
from bot.incident.search import TYPED
from bot.postmortem.model import Reading
from bot.telemetry import log
from bot.views import documents as views
from bot.views.blocks import Rendered
from bot.views.forms import documents as form
from bot.views.forms.parts import Memory
from bot.workflows.drafting import document_of
from handlers.slack.heard import Heard
from handlers.slack.screen import Screen
from handlers.slack.submit import Ack


async def listed(deps: HandlerDeps) -> Rendered:
    """The newest."""
    return views.listed(await deps.documents.cards(), deps.document_url)


async def found(heard: Heard, words: str, deps: HandlerDeps) -> Rendered:
    """The best passages."""
    asked = words[:TYPED]
    _searched(heard, asked)
    return views.found(await deps.documents.search(asked), asked, deps.document_url)


async def todos(words: str, actor: Actor, deps: HandlerDeps) -> Rendered:
    """What is open in all of them."""
    titles = {card.name: card.title for card in await deps.documents.cards()}
    return await _todos(await deps.documents.readings(), titles, words, actor, deps, deps.document_url)


async def todos_of(incident: Incident, words: str, actor: Actor, deps: HandlerDeps) -> Rendered:
    """What is open in the post-mortem of one incident, also while it is only a draft."""
    draft = await document_of(incident, deps)
    titles = {draft.reading.document: f"{incident.key} {draft.document.title}"}
    url = incident.places.document_url or ""
    return await _todos([draft.reading], titles, words, actor, deps, lambda name: url or deps.document_url(name))


async def _todos(
    readings: Sequence[Reading],
    titles: Mapping[str, str],
    words: str,
    actor: Actor,
    deps: HandlerDeps,
    link: views.Link,
) -> Rendered:
    """With how those stand that are followed, as far as this person may see it."""
    asked = words[:TYPED]
    found = [await deps.changes.of_document(name, actor) for name in views.with_todos(readings, asked)]
    tracked = [standing for of_one in found for standing in of_one]
    works = deps.file.remediation != "off"
    return views.todos(readings, titles, asked, link, tracked=tracked, works=works)


async def opened(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """*Search*: the form."""
    await screen.open(form.build(Memory(channel=heard.channel or heard.memory.channel)))
    return None


async def submitted(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """The form sent: what was found takes its place."""
    asked = form.read(heard.view)[:TYPED]
    _searched(heard, asked)
    hits = await deps.documents.search(asked)
    return {"response_action": "update", "view": views.found_view(hits, asked, deps.document_url)}


def _searched(heard: Heard, words: str) -> None:
    log(__name__).info("searched", actor=heard.actor, characters=len(words))
