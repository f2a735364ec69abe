"""GitHub Pages: whatever stands on the branch of the site, as it is, and nothing where there is no such branch."""

import mimetypes

from aiohttp import web

from bot.workspace.bare import Bare

BRANCH = "gh-pages"


class Pages:
    """Serves `/pages/` from the branch."""

    def __init__(self, bare: Bare) -> None:
        self._bare = bare

    def routes(self) -> list[web.AbstractRouteDef]:
        """To be added to the workspace's server."""
        return [web.get("/pages/{path:.*}", self._serve)]

    async def _serve(self, request: web.Request) -> web.Response:
        path = request.match_info["path"] or "index.html"
        text = self._bare.read(path, BRANCH) if self._bare.head(BRANCH) else None
        if text is None:
            raise web.HTTPNotFound(text="404: there is no GitHub Pages site here, or no such page on it.")
        kind, _ = mimetypes.guess_type(path)
        return web.Response(text=text, content_type=kind or "text/plain")
