"""Whether the public site shows what was published: nothing else would tell of a site that nobody serves any more."""

import html
from datetime import timedelta

from bot.deps import WorkflowDeps
from bot.durable.ledger import Result
from bot.errors import Paced, Permanent, Temporary
from bot.incident.model import HOLDFAST
from bot.storage import documents
from bot.storage.effects import Effect

#: How long a site usually takes, in which nobody is told; and how long we look before a person has to.
USUAL, LONGEST = timedelta(minutes=10), timedelta(hours=2)
#: Between two looks. Seconds.
AGAIN = 60.0


async def verify(deps: WorkflowDeps, effect: Effect) -> Result:
    """Look until the page answers 200 with the document's title; nothing to look at without a public address."""
    incident = await deps.incidents.by_id(effect.incident_id, HOLDFAST)
    name, site = incident.places.document, deps.file.publish.url.rstrip("/")
    if name is None or not site:
        return {}
    async with deps.database.read() as connection:
        stored = await documents.card(connection, name)
    if stored is None:
        return {}
    url = f"{site}/{stored.page}"
    why = await _wrong(deps, url, stored.title)
    if not why:
        return {"url": url}
    waited = deps.clock.now() - effect.created_at
    if waited < USUAL:
        raise Paced(AGAIN)
    if waited < LONGEST:
        raise Temporary(why, after=AGAIN)
    raise Permanent(f"{why} The post-mortem is in git, and the public site does not show it.")


async def _wrong(deps: WorkflowDeps, url: str, title: str) -> str:
    """What is wrong with the page; empty where nothing is."""
    try:
        status, text = await deps.web.page(url)
    except Temporary as error:
        return error.sentence
    if status != 200:
        return f"{url} answers {status}."
    return "" if title in html.unescape(text) else f"{url} does not show the new title yet."
