"""Starts and stops the whole workspace: one server on loopback, with Slack, GitHub and whatever shows them."""

import os
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from pathlib import Path
from typing import Self

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.clock import Clock
from bot.errors import Refused
from bot.workspace.bare import Bare
from bot.workspace.breakage import Services
from bot.workspace.claude import LOCAL_KEY, Claude
from bot.workspace.claude import PREFIX as CLAUDE
from bot.workspace.faults import Faults
from bot.workspace.git import GitServer
from bot.workspace.github import LOCAL_TOKEN, GitHub
from bot.workspace.kubernetes import KubernetesApi, sample_cluster
from bot.workspace.pages import Pages
from bot.workspace.prometheus import Prometheus
from bot.workspace.slack.model import App
from bot.workspace.slack.service import Slack, Transport
from bot.workspace.targets import Targets

HOST = "127.0.0.1"
REPOSITORY = "example/infra"
#: Who may triage its issues, by GitHub login; everybody else is a stranger to it.
COLLABORATORS = ("viktor", "bob")
LARGEST_BODY = 8 * 1024 * 1024
#: Adds a surface of its own to the server, before it starts.
Register = Callable[["Workspace", web.Application], None]


class Workspace:
    """A running workspace; made by `start`."""

    def __init__(self, clock: Clock, slack: Slack, github: GitHub, faults: Faults) -> None:
        self.slack = slack
        self.github = github
        self.faults = faults
        self.targets = Targets()
        self.prometheus = Prometheus(clock, self.targets)
        self.claude = Claude()
        self.kubernetes = KubernetesApi(sample_cluster(clock))
        self.services = Services(self.kubernetes.cluster, self.prometheus, self.targets, github.bare)
        people = {token: whose.login for token, whose in github.tokens.items() if "repo" in whose.scopes}
        self.git = GitServer(github.bare, REPOSITORY, people)
        self.url = ""
        #: Kills the bot without warning; given by whoever started it, so that the page can offer it.
        self.kill_bot: Callable[[], Awaitable[None]] | None = None
        #: Starts one more bot beside the first; given where the database allows two.
        self.second_bot: Callable[[], None] | None = None
        self._runner: web.AppRunner | None = None

    @classmethod
    async def start(
        cls,
        clock: Clock,
        data: Path | None = None,
        port: int = 0,
        transport: Transport = "http",
        *,
        host: str = HOST,
        app: App | None = None,
        register: tuple[Register, ...] = (),
    ) -> Self:
        """Listen on `port` (0: any free one). With a `data` folder everything is kept there. Raises Refused."""
        if host != HOST:
            raise Refused(f"The workspace listens on {HOST} only, not on {host}: it has no locks.")
        slack = Slack(clock, data and data / "slack.sqlite3", transport, app)
        bare = Bare(clock, data and data / "infra.git")
        github = GitHub(clock, data and data / "github.sqlite3", REPOSITORY, COLLABORATORS, bare=bare)
        workspace = cls(clock, slack, github, Faults())
        await workspace._listen(port, register)
        return workspace

    async def _listen(self, port: int, register: tuple[Register, ...]) -> None:
        server = web.Application(middlewares=[_local_only, self.faults.middleware()], client_max_size=LARGEST_BODY)
        pages = Pages(self.github.bare)
        looked_at = (self.prometheus, self.targets, self.claude, self.kubernetes)
        for surface in (self.slack, self.github, self.git, pages, *looked_at):
            server.add_routes(surface.routes())
        for add in register:
            add(self, server)
        self.faults.on_drop = self.slack.by_socket.drop
        self._runner = web.AppRunner(server, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, HOST, port).start()
        except OSError as error:
            await self._runner.cleanup()
            raise Refused(
                f"--port: the workspace's page cannot use port {port} ({os.strerror(error.errno or 0).lower()}). "
                "Stop whatever listens there, or choose another: holdfast demo --port 8066"
            ) from error
        self.url = self.slack.world.url = self.targets.site = f"http://{HOST}:{self._runner.addresses[0][1]}"
        self.github.site = f"{self.url}/github"

    @property
    def repository(self) -> Bare:
        """The infra repository, as it lies on this disk."""
        return self.github.bare

    @property
    def remote(self) -> str:
        """The infra repository's address for git."""
        return f"{self.url}/{REPOSITORY}.git"

    @property
    def site(self) -> str:
        """The public address of the site, as GitHub Pages would have one."""
        return f"{self.url}/pages"

    def environment(self, bot_port: int, *, claude: bool = False, kubeconfig: Path | None = None) -> dict[str, str]:
        """What the bot needs to know to live here, listening on `bot_port` itself; `claude` answers agents.

        With `kubeconfig`, a file that is written there, it reads the cluster too.
        """
        app = self.slack.world.app
        by_transport = (
            {"SLACK_SIGNING_SECRET": app.signing_secret}
            if self.slack.transport == "http"
            else {"SLACK_APP_TOKEN": app.app_token}
        )
        models = {"ANTHROPIC_API_KEY": LOCAL_KEY, "ANTHROPIC_BASE_URL": f"{self.url}{CLAUDE}"} if claude else {}
        ours = {
            "SLACK_API_URL": f"{self.url}/api/",
            "SLACK_BOT_TOKEN": app.bot_token,
            "GITHUB_API_URL": f"{self.url}/github/api/v3",
            "GITHUB_TOKEN": LOCAL_TOKEN,
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_WEBHOOK_SECRET": self.github.hooks.secret,
            "PROMETHEUS_URL": f"{self.url}/prometheus",
            "HOST": HOST,
            "PORT": str(bot_port),
        }
        cluster = {"KUBECONFIG": str(self.kubernetes.write_kubeconfig(self.url, kubeconfig))} if kubeconfig else {}
        return by_transport | models | cluster | ours

    def deliver_to(self, url: str) -> None:
        """Where the bot takes Slack's requests, such as `http://127.0.0.1:3000/slack/events`. Raises Refused."""
        if not url.startswith((f"http://{HOST}:", "http://localhost:")):
            raise Refused(f"The workspace delivers on this machine only, not to {url}.")
        self.slack.by_http.url = url
        self.github.hooks.url = url.replace("/slack/events", "/github/webhook")

    async def stop(self) -> None:
        """Let go of everything that hangs, and close."""
        self.faults.close()
        self.targets.close()
        self.claude.close()
        await self.slack.close()
        if self._runner is not None:
            await self._runner.cleanup()
        await self.github.close()


@web.middleware
async def _local_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Nobody from elsewhere, also not through a name that a foreign page made point here."""
    remote, host = request.remote or "", request.host.rpartition(":")[0] or request.host
    if not ip_address(remote or "0.0.0.0").is_loopback or host not in {HOST, "localhost"}:  # noqa: S104 - not bound
        raise web.HTTPForbidden(text="The workspace talks to this machine only.")
    return await handler(request)
