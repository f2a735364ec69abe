"""`holdfast demo`: the local workspace, and beside it the bot as a process of its own, started again when it dies."""

import asyncio
import os
import shutil
import signal
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from bot.clock import SystemClock
from bot.workspace import page
from bot.workspace.breakage import Services
from bot.workspace.slack.model import App
from bot.workspace.slack.service import Transport
from bot.workspace.workspace import HOST, Workspace

#: A bot that dies at once is not started again at once. Seconds.
PAUSE = 1.0


class Supervised:
    """The bot's process. It is started again whenever it ends, until we stop it."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._process: asyncio.subprocess.Process | None = None

    async def run(self) -> None:
        """Until cancelled."""
        try:
            while True:
                self._process = await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "bot", "run", env=dict(self._environment)
                )
                code = await self._process.wait()
                print(f"The bot ended ({_said(code)}) and is started again.")  # noqa: T201 - the terminal is its user
                await asyncio.sleep(PAUSE)
        finally:
            await self._end()

    async def kill(self) -> None:
        """As a power cut would: no warning, no tidying up."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()

    async def _end(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            with suppress(TimeoutError):
                async with asyncio.timeout(10):
                    await self._process.wait()
            await self.kill()


def _said(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


async def demo(
    port: int,
    bot_port: int,
    manifest: Mapping[str, Any],  # Any: the manifest is JSON
    transport: Transport = "http",
    forms: Sequence[str] = (),
) -> None:
    """The workspace with its page on `port`, the bot on `bot_port`; both on this machine alone, until interrupted.

    The app is installed from `manifest`, as in Slack; `forms` are the repository's issue forms, as YAML. Nobody types
    the bot's port, so where it is taken, another one is found. Raises Refused where the page's is. On PostgreSQL a
    second bot can be started, on the next port.
    """
    data = Path(os.environ.get("HOLDFAST_DATA", "data"))
    (data / "workspace").mkdir(parents=True, exist_ok=True)
    app = App.from_manifest(manifest)
    kept = data / "workspace"
    workspace = await Workspace.start(SystemClock(), kept, port, transport, app=app, register=(page.register,))
    workspace.github.install(*forms)
    bot_port = free_port(bot_port)
    workspace.deliver_to(f"http://127.0.0.1:{bot_port}/slack/events")
    bot = Supervised(_environment(workspace, bot_port, data))
    workspace.kill_bot = bot.kill
    tasks = [asyncio.create_task(bot.run(), name="bot")]
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        second = Supervised(_environment(workspace, free_port(bot_port + 1), data))
        workspace.second_bot = _once(lambda: tasks.append(asyncio.create_task(second.run(), name="second bot")))
    print(f"The workspace is at {workspace.url}  (the bot listens on port {bot_port}; Ctrl-C ends both)")  # noqa: T201
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    await stop.wait()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await workspace.stop()


def free_port(first: int) -> int:
    """The first port from this one on that nobody here uses; any free one where the next hundred are taken."""
    for port in (*range(first, min(first + 100, 65536)), 0):
        with socket.socket() as found, suppress(OSError):
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # one that was just let go is free
            found.bind((HOST, port))
            return int(found.getsockname()[1])
    raise AssertionError("the system always has one more")


def _once(start: Callable[[], None]) -> Callable[[], None]:
    """The first call starts it; further ones do nothing."""
    left = [start]
    return lambda: left.pop()() if left else None


def _environment(workspace: Workspace, bot_port: int, data: Path) -> dict[str, str]:
    """Ours, less what reaches the real services, with the workspace's, and a configuration to go with it."""
    own_key = bool(os.environ.get("ANTHROPIC_API_KEY"))  # whoever has one sees what models really say
    theirs = ("SLACK_", "GITHUB_", "VAULT_", "PROMETHEUS_", "KUBECONFIG", *(() if own_key else ("ANTHROPIC_",)))
    kept = {name: value for name, value in os.environ.items() if not name.startswith(theirs)}
    own = Path(kept.get("HOLDFAST_CONFIG") or "holdfast.yml")
    text = own.read_text(encoding="utf-8") if own.exists() else _example()
    config = data / "workspace" / "holdfast.yml"
    config.write_text(configuration(text, workspace.remote, workspace.site, workspace.services), encoding="utf-8")
    ours = workspace.environment(bot_port, claude=not own_key, kubeconfig=data / "workspace" / "kubeconfig")
    return kept | {"HOLDFAST_CONFIG": str(config)} | ours


def _example() -> str:
    return (files("bot.settings") / "example.yml").read_text(encoding="utf-8").replace("# owner:", "owner:")


def _planned() -> dict[str, list[str]]:
    """The command that plans, where this machine has it; else nothing is planned, and the bot says so."""
    return {"plan": ["terraform", "plan"]} if shutil.which("terraform") else {}


def configuration(text: str, remote: str, site: str, services: Services) -> str:
    """`holdfast.yml` as it stands, with the workspace's repository, site and services: a demo touches no other.

    The text has been read as a configuration before, so it is known to be one.
    """
    said = yaml.safe_load(text) or {}
    how = {key: value for key, value in (said.get("publish") or {}).items() if key in {"how", "title"}}
    listed = said.get("services") or []
    services.know(service["name"] for service in listed)
    here = [service | services.configured(service["name"]) for service in listed]
    ours = {"repository": {"remote": remote} | _planned(), "publish": how | {"url": site}, "services": here}
    return yaml.safe_dump(said | ours, sort_keys=False, allow_unicode=True, width=120)
