"""The outside that the benchmarks run in: the workspace in this process, the bot in its own."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bot.clock import SystemClock
from bot.views.forms.declare import ANEW
from bot.views.ids import Field, Form, action
from bot.workspace.slack import payloads
from bot.workspace.slack.people import Actor
from bot.workspace.workspace import Workspace

REPORT = {
    "service": "nextcloud",
    "what": "502 Bad Gateway on every page",
    "error_kind": "bad_gateway",
    "scope": "multiple",
}


@asynccontextmanager
async def workspace() -> AsyncIterator[Workspace]:
    """A workspace until the block ends; the bot is to be started with `environment`."""
    started = await Workspace.start(SystemClock())
    try:
        yield started
    finally:
        await started.stop()


def environment(here: Workspace, port: int, folder: Path, database_url: str | None = None) -> dict[str, str]:
    """For a bot on `port` whose data is in `folder`; the workspace delivers there from now on."""
    config = folder / "holdfast.yml"
    config.write_text((files("bot.settings") / "example.yml").read_text().replace("# owner:", "owner:"))
    here.deliver_to(f"http://127.0.0.1:{port}/slack/events")
    ours = {"HOLDFAST_DATA": str(folder), "HOLDFAST_CONFIG": str(config), "DATABASE_URL": database_url or ""}
    return here.environment(port) | ours


async def declared(here: Workspace) -> Callable[[int], bytes]:
    """Makes the body of the n-th submitted declare form, as Slack sends it; each says that it is something else."""
    ana = here.slack.person("ana")
    view: dict[str, Any] = await filled_form(ana)
    anew = {"type": "static_select", "selected_option": {"value": ANEW}}
    view["state"]["values"][Field.JOINS] = {action(Form.DECLARE, Field.JOINS): anew}
    world = here.slack.world
    user = {"id": ana.id, "username": "ana", "name": "ana", "team_id": "T0DEMO0001"}
    sent = {
        "type": "view_submission",
        "api_app_id": world.app.id,
        "team": {"id": "T0DEMO0001", "domain": "sandbox"},
        "user": user,
        "view": view,
        "response_urls": [],
    }

    def body(number: int) -> bytes:
        one = sent | {"trigger_id": f"{number}.form", "view": view | {"id": f"V{number:010d}"}}
        return urlencode({"payload": json.dumps(one)}).encode()

    return body


async def filled_form(person: Actor) -> dict[str, Any]:
    """The declare form with a good report in it, as it stands in a submission."""
    await person.slash("/incident", "")
    for block_id, value in REPORT.items():
        await person.fill(block_id, value)
    assert person.view is not None
    shown: dict[str, Any] = payloads.view(person._world, person.view)
    await person.close_view()
    return shown
