"""The workspace's web page: looks and behaves like Slack, with GitHub in a second tab."""

from aiohttp import web

from bot.workspace.page.server import Page
from bot.workspace.workspace import Workspace


def routes(workspace: Workspace) -> list[web.AbstractRouteDef]:
    """The page of this workspace, to be added to its server."""
    return Page(workspace).routes()


def register(workspace: Workspace, server: web.Application) -> None:
    """Adds the page while the workspace starts: `Workspace.start(clock, register=(page.register,))`."""
    server.add_routes(routes(workspace))
