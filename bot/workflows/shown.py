"""Shown state: card, announcement and topic, edited in place until they show the newest. Editing twice is harmless."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.deps import WorkflowDeps
from bot.durable.ledger import backoff
from bot.errors import Paced, Permanent, Temporary
from bot.incident.model import HOLDFAST, Incident, Place
from bot.incident.roles import Role
from bot.storage import effects
from bot.storage.effects import Surface
from bot.storage.troubles import problems
from bot.views.blocks import Rendered
from bot.views.card import card
from bot.views.github_messages import issue_closed
from bot.views.messages import announcement, moved_card, topic, welcome
from bot.views.notices import resolved_notice
from bot.views.people import offer
from bot.workflows import investigation_said
from bot.workflows.messages import digest


async def show(deps: WorkflowDeps, incident_id: str, name: str) -> None:
    """Render the newest version of one surface, and edit it if that changes anything."""
    now = deps.clock.now()
    async with deps.database.write() as connection:
        surface = await effects.surface(connection, incident_id, name, lock=True)
        if surface is None or surface.shown >= surface.wanted or surface.retry_at > now:
            return
        # Nobody else renders it while our edit may still land: the older of two must not be the last. Until we know
        # that it has landed nobody knows what the message shows, so that no digest may be taken for it.
        ours_until = now + timedelta(seconds=deps.timing.http_timeout + deps.timing.card_interval)
        await effects.change_surface(connection, surface, retry_at=ours_until, digest="")
        waiting = await effects.waiting(connection, incident_id)
        failed = await effects.failed(connection, incident_id)
    incident = await deps.incidents.by_id(incident_id, HOLDFAST)
    rendered = await _rendered(deps, name, incident, problems(waiting, failed))
    shows = digest(rendered)
    try:
        if shows != surface.digest:
            await _edit(deps, surface, rendered)
    except Paced as error:
        await _again(deps, surface, timedelta(seconds=error.after), digest=surface.digest)
    except Temporary as error:
        wait = max(timedelta(seconds=error.after), backoff(surface.attempt, deps.timing))
        await _again(deps, surface, wait, attempt=surface.attempt + 1, problem=error.sentence)
    except Permanent as error:
        await _shown(deps, surface, now, shows, error.sentence)
    else:
        await _shown(deps, surface, now, shows, "")


async def _rendered(deps: WorkflowDeps, name: str, incident: Incident, troubles: list[str]) -> Rendered:
    """The surface of that name as it should look now, with what only the database knows."""
    kind, _, which = name.partition(":")
    if kind == "investigation":
        return await investigation_said.progress(deps, which)
    looked = await investigation_said.looked(deps, incident) if kind == "card" else ""
    return render(name, incident, troubles, deps.file.roles, looked)


def render(
    name: str, incident: Incident, troubles: list[str], roles: Sequence[Role] = (), looked: str = ""
) -> Rendered:
    """The surface of that name, as it should look now; `notice:<person>` is that person's. `looked` is for the card."""
    kind, _, reader = name.partition(":")
    match kind:
        case "topic":
            return Rendered(text=topic(incident), blocks=[])
        case "left":
            return moved_card(incident)
        case "announcement":
            return announcement(incident, troubles)
        case "notice":
            return resolved_notice(incident, reader)
        case "question":
            return issue_closed(incident)
        case "welcome":
            return welcome(incident, roles)
        case "offer":
            return offer(incident)
        case "card":
            return card(incident, troubles, looked)
        case unknown:
            raise LookupError(f"nothing that is shown is called {unknown}")


async def _edit(deps: WorkflowDeps, surface: Surface, rendered: Rendered) -> None:
    if surface.name == "topic":
        await deps.slack.set_topic(surface.channel, rendered.text)
    else:
        await deps.slack.edit(Place(channel=surface.channel, ts=surface.ts), rendered.text, rendered.blocks)


async def _shown(deps: WorkflowDeps, surface: Surface, began: datetime, shows: str, problem: str) -> None:
    done: dict[str, object] = {"shown": surface.wanted, "digest": shows, "attempt": 0, "problem": problem}
    next_edit = began + timedelta(seconds=deps.timing.card_interval)
    async with deps.database.write() as connection:
        await effects.change_surface(connection, surface, retry_at=next_edit, **done)


async def _again(deps: WorkflowDeps, surface: Surface, wait: timedelta, **values: object) -> None:
    async with deps.database.write() as connection:
        await effects.change_surface(connection, surface, retry_at=deps.clock.now() + wait, **values)
