"""What the engine runs beside the stories: effects, what is shown, and looking at GitHub and the repository."""

from collections.abc import Awaitable, Callable, Mapping

from bot.deps import Start, WorkflowDeps
from bot.durable.engine import Json
from bot.durable.ledger import Ledger
from bot.workflows import repository_look
from bot.workflows.changes import rounds
from bot.workflows.changes.carry_out import carry_out
from bot.workflows.changes.expire import expire
from bot.workflows.github_poll import poll
from bot.workflows.home import show_home
from bot.workflows.investigate import investigate
from bot.workflows.performers import performers
from bot.workflows.shown import show
from bot.workflows.transition import Transitions

Work = Callable[[str, Json], Awaitable[Json]]


def works(deps: WorkflowDeps, transitions: Transitions, start: Start, wake: Callable[[], None]) -> Mapping[str, Work]:
    """Each by its name; `start` submits what a look at GitHub has found, `wake` says that there may be new work."""
    ledger = Ledger(deps.database, deps.clock, deps.timing, performers(deps))

    async def effect(_: str, payload: Json) -> Json:
        await ledger.perform(payload["effect"], payload["attempt"])
        wake()
        return {}

    async def shown(_: str, payload: Json) -> Json:
        await show(deps, payload["incident"], payload["surface"])
        wake()
        return {}

    async def shown_home(_: str, payload: Json) -> Json:
        await show_home(deps, payload["person"])
        wake()
        return {}

    async def looked(_: str, payload: Json) -> Json:
        await poll(deps, start)
        return {}

    async def looked_at_repository(_: str, payload: Json) -> Json:
        await repository_look.look(deps)
        wake()
        return {}

    async def looked_into(work: str, payload: Json) -> Json:
        await investigate(deps, transitions, work, payload)
        return {}

    return {
        "look_into": looked_into,
        "effect": effect,
        "show": shown,
        "show_home": shown_home,
        "github_poll": looked,
        "repository_look": looked_at_repository,
        **_of_changes(deps, wake),
    }


def _of_changes(deps: WorkflowDeps, wake: Callable[[], None]) -> Mapping[str, Work]:
    """Carrying out action items, and what is told of it."""

    async def carried_out(work: str, payload: Json) -> Json:
        await carry_out(deps, work, payload)
        wake()
        return {}

    async def shown_round(_: str, payload: Json) -> Json:
        await rounds.show(deps, payload["round"])
        wake()
        return {}

    async def expired(_: str, payload: Json) -> Json:
        await expire(deps, payload["approval"])
        return {}

    return {"carry_out": carried_out, "show_round": shown_round, "expire": expired}
