"""App Home: somebody looks, and from then on it follows what happens, as long as they look now and then."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.deps import WorkflowDeps
from bot.durable.engine import Json
from bot.durable.ledger import backoff
from bot.errors import Paced, Permanent, Temporary
from bot.incident.model import Actor
from bot.incident.requests import LookHome
from bot.incident.search import OPEN, Page
from bot.ports import Outcome
from bot.storage import homes, investigations
from bot.views.blocks import Rendered
from bot.views.home import LED, OTHERS
from bot.views.home import home as view
from bot.workflows.messages import digest
from bot.workflows.story import Desk

#: A Home that nobody has just opened is published at most once in this time.
INTERVAL = timedelta(seconds=30)


async def home(desk: Desk, id: str, payload: Json) -> Outcome:
    """Somebody opens their Home, or turns its page."""
    request = LookHome.model_validate(payload)
    page = Page(before=request.before, after=request.after)

    async def write(connection: AsyncConnection, now: datetime) -> str:
        await homes.look(connection, request.actor, page, now)
        return "Your Home is on its way."

    return await desk.transitions.keep(id, write)


async def show_home(deps: WorkflowDeps, person: Actor) -> None:
    """Publish one person's Home as things stand, unless that would change nothing."""
    now = deps.clock.now()
    async with deps.database.write() as connection:
        row = await homes.get(connection, person)
        if row is None or row.shown >= row.wanted or row.retry_at > now:
            return
        # As in `shown`: nobody else while our call may still land, and until it has nobody knows what they see.
        ours_until = now + timedelta(seconds=deps.timing.http_timeout + deps.timing.card_interval)
        await homes.change(connection, person, retry_at=ours_until, digest="")
    mine = await deps.incidents.found(person, OPEN.model_copy(update={"lead": person}), limit=LED)
    others = await deps.incidents.found(person, OPEN.model_copy(update={"lead_not": person}), row.page, OTHERS)
    async with deps.database.read() as connection:
        halt = await investigations.halted(connection)
    approver = person in (deps.file.slack.owner, *deps.file.slack.approvers)
    waiting = await deps.changes.waiting(person) if approver else ()
    rendered = view(mine, others, halt, approver=approver, waiting=waiting)
    shows = digest(Rendered(text="", blocks=[rendered]))
    done: dict[str, object] = {"shown": row.wanted, "digest": shows, "attempt": 0, "retry_at": now + INTERVAL}
    try:
        if shows != row.digest:
            await deps.slack.publish_home(person, rendered)
    except Paced as error:
        done = {"retry_at": deps.clock.now() + timedelta(seconds=error.after), "digest": row.digest}
    except Temporary as error:
        wait = max(timedelta(seconds=error.after), backoff(row.attempt, deps.timing))
        done = {"retry_at": deps.clock.now() + wait, "attempt": row.attempt + 1}
    except Permanent:  # they have left, or Home is turned off: the next time they open it asks again
        done["digest"] = ""
    await _done(deps, person, row.opened_at, done)


async def _done(deps: WorkflowDeps, person: Actor, opened_at: datetime, done: dict[str, object]) -> None:
    """Keep what came of it; somebody who has opened it anew meanwhile is not kept waiting."""
    async with deps.database.write() as connection:
        row = await homes.get(connection, person)
        if row is not None and row.opened_at != opened_at:
            done = {"shown": done["shown"]} if "shown" in done else {}
            done["retry_at"] = deps.clock.now()
        await homes.change(connection, person, **done)
