"""The page's routes: Slack as one person sees it, GitHub, what they do, and what changes while they look."""

import asyncio
import base64
from collections.abc import Callable
from importlib.resources import files
from typing import Any

from aiohttp import web

from bot.errors import NotFound, Refused
from bot.workspace.page import hub, live, render, rows
from bot.workspace.page.acts import Acts
from bot.workspace.page.guard import guarded
from bot.workspace.page.hub import Shelf
from bot.workspace.page.hub_acts import HubActs
from bot.workspace.page.panel import Panel, Pulse
from bot.workspace.page.screens import HOME, Screen, Screens
from bot.workspace.workspace import Workspace

STATIC = {"page.css": "text/css", "blocks.css": "text/css", "page.js": "text/javascript"}
STATIC |= {"icon.svg": "image/svg+xml", "chevron.svg": "image/svg+xml"}
#: Remembers on GitHub's pages as whom one came.
PICTURES = ("image/png", "image/jpeg", "image/gif")
COOKIE = "as"


class Page:
    """Serves the page of one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._github = workspace.github
        self._world = workspace.slack.world
        self._screens = Screens(self._world)
        self._acts = Acts(workspace.slack)
        self._hub_acts = HubActs(workspace.github)
        self._panel = Panel(workspace.faults, workspace.services, sockets=workspace.slack.transport == "socket")
        self._pulse = Pulse(lambda: workspace.slack.by_http.url, lambda: self._world.changed("bot", ""))
        self._github.heard.append(lambda: self._world.changed("github", ""))

    def routes(self) -> list[web.AbstractRouteDef]:
        """To be added to the workspace's server."""
        return [
            web.get("/", guarded(self._front)),
            web.get("/page/{name}", guarded(self._static)),
            web.get("/picture/{file}", guarded(self._picture)),
            web.get("/as/{me}", guarded(self._front)),
            web.get("/as/{me}/{place}", guarded(self._slack)),
            web.get("/as/{me}/{place}/events", guarded(self._slack_events)),
            web.post("/as/{me}/act/{what}", guarded(self._act)),
            web.get("/github", guarded(self._hub_front)),
            web.get("/github/{owner}/{repo}", guarded(self._hub_front)),
            web.get("/github/{owner}/{repo}/issues", guarded(self._hub)),
            web.get("/github/{owner}/{repo}/issues/events", guarded(self._hub_events)),
            web.get("/github/{owner}/{repo}/issues/new", guarded(self._hub)),
            web.get("/github/{owner}/{repo}/issues/{number:\\d+}", guarded(self._hub)),
            web.get("/github/{owner}/{repo}/issues/{number:\\d+}/events", guarded(self._hub_events)),
            web.get("/github/{owner}/{repo}/pull/{number:\\d+}", guarded(self._hub)),
            web.get("/github/{owner}/{repo}/pull/{number:\\d+}/events", guarded(self._hub_events)),
            web.get("/{owner}/{repo}/blob/{file:.+}", guarded(self._file)),
        ]

    async def _front(self, request: web.Request) -> web.Response:
        me = request.match_info.get("me") or self._remembered(request)
        self._screens.check(Screen(me, HOME))
        raise web.HTTPFound(rows.address(me, self._screens.first(me)))

    async def _picture(self, request: web.Request) -> web.Response:
        """A picture that somebody uploaded. Only pictures: anything else could be a page of its own."""
        file = self._world.files.get(request.match_info["file"])
        if file is None or file.mimetype not in PICTURES:
            raise web.HTTPNotFound(text="There is no such picture.")
        return web.Response(body=base64.b64decode(file.content), content_type=file.mimetype)

    async def _static(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in STATIC:
            raise NotFound("There is no such file.")
        text = files(__package__).joinpath("static", name).read_text("utf-8")
        return web.Response(text=text, content_type=STATIC[name], headers={"Cache-Control": "no-cache"})

    async def _slack(self, request: web.Request) -> web.Response:
        screen = self._screen(request)
        self._acts.arrived(screen)
        response = self._page(
            "slack.html",
            tab="slack",
            me=screen.me,
            place=screen.place,
            fragments=self._slack_fragments(screen),
            events=rows.address(screen.me, screen.place) + f"/events?thread={screen.thread}",
            title=self._screens.title(screen),
            thread=screen.thread,
            close_thread=rows.address(screen.me, screen.place),
            thread_composer=self._screens.composer(screen, screen.thread) if screen.thread else "",
            commands=self._world.app.commands,
            app=self._world.people[self._world.app.user_id].real_name,
        )
        response.set_cookie(COOKIE, screen.me, httponly=True, samesite="Strict")
        return response

    async def _slack_events(self, request: web.Request) -> web.StreamResponse:
        screen = self._screen(request)
        return await self._stream(request, lambda: self._slack_fragments(screen))

    async def _act(self, request: web.Request) -> web.Response:
        me = request.match_info["me"]
        self._screens.check(Screen(me, HOME))
        try:
            given = await request.json()
        except ValueError as broken:
            raise Refused("This is not JSON.") from broken
        if not isinstance(given, dict):
            raise Refused("An object was expected.")
        return web.json_response({"trouble": await self._done(me, request.match_info["what"], given)})

    async def _done(self, me: str, what: str, given: dict[str, Any]) -> str:
        if what == "fault":
            self._panel.flip(str(given.get("name")))
            self._world.changed("faults", "")
        elif what == "kill" and self._workspace.kill_bot is not None:
            await self._workspace.kill_bot()
        elif what.startswith("hub-"):
            self._hub_acts.do(self._world.people[me].name, what, given)
        elif what == "second" and self._workspace.second_bot is not None:
            self._workspace.second_bot()
        else:
            return await self._acts.do(me, what, given)
        return ""

    def _shown_panel(self) -> str:
        killable, second = self._workspace.kill_bot is not None, self._workspace.second_bot is not None
        return self._panel.render(self._pulse.up, killable=killable, second=second)

    async def _hub_front(self, request: web.Request) -> web.Response:
        raise web.HTTPFound(hub.address(self._github))

    async def _hub(self, request: web.Request) -> web.Response:
        shelf = self._shelf(request)
        return self._page(
            "github.html",
            tab="github",
            me=self._remembered(request),
            place="",
            fragments=self._hub_fragments(request, shelf),
            number=shelf.number,
            pull=shelf.pull,
            events=f"{request.path}/events?{request.query_string}" if shelf.form is None else "",
            title=hub.title(self._github, shelf),
        )

    async def _hub_events(self, request: web.Request) -> web.StreamResponse:
        shelf = self._shelf(request)
        return await self._stream(request, lambda: self._hub_fragments(request, shelf))

    async def _file(self, request: web.Request) -> web.Response:
        """A file of the infra repository, at the address that GitHub would have it at."""
        self._ours(request)
        bare, asked = self._github.bare, request.match_info["file"]
        branch = next((name for name in bare.branches() if asked.startswith(f"{name}/")), "")
        path = asked.removeprefix(f"{branch}/")
        text = bare.read(path, branch) if branch else None
        if text is None:
            raise NotFound("There is no such file here.")
        return self._page(
            "file.html",
            tab="github",
            me=self._remembered(request),
            place="",
            fragments={"panel": self._shown_panel()},
            events="",
            repository=self._github.name,
            branch=branch,
            path=path,
            text=text,
            last=bare.last(path, branch),
        )

    def _page(self, template: str, *, me: str, place: str, **data: Any) -> web.Response:  # Any: what the template takes
        about = {
            "me": self._world.people[me],
            "people": self._screens.people(place or self._screens.first(me)),
            "act": f"/as/{me}/act",
            "slack_url": rows.address(me, place or self._screens.first(me)),
            "github_url": hub.address(self._github),
        }
        html = render.page(template, **about, **data)
        return web.Response(text=html, content_type="text/html", headers={"Cache-Control": "no-store"})

    def _slack_fragments(self, screen: Screen) -> dict[str, str]:
        return self._screens.fragments(screen) | {"panel": self._shown_panel()}

    def _hub_fragments(self, request: web.Request, shelf: Shelf) -> dict[str, str]:
        me = self._remembered(request)
        who, login = rows.reader(self._world, me), self._world.people[me].name
        pieces = {"hub": hub.fragment(self._github, shelf, who, login), "panel": self._shown_panel()}
        return pieces | {"issuebuttons": hub.buttons(self._github, shelf, login)}

    async def _stream(self, request: web.Request, fragments: Callable[[], dict[str, str]]) -> web.StreamResponse:
        changes = self._world.subscribe()
        watch = asyncio.create_task(self._pulse.watch())
        try:
            return await live.stream(request, changes, fragments)
        finally:
            watch.cancel()
            self._world.unsubscribe(changes)

    def _screen(self, request: web.Request) -> Screen:
        screen = Screen(request.match_info["me"], request.match_info["place"], request.query.get("thread", ""))
        self._screens.check(screen)
        return screen

    def _shelf(self, request: web.Request) -> Shelf:
        self._ours(request)
        number = request.match_info.get("number")
        state, form = "closed" if request.query.get("state") == "closed" else "open", request.query.get("form", "")
        shelf = Shelf(int(number) if number else None, state, pull="/pull/" in request.path)
        if "/issues/new" in request.path:
            shelf = Shelf(form=int(form) if form.isdigit() else -1)
        hub.check(self._github, shelf)
        return shelf

    def _ours(self, request: web.Request) -> None:
        if f"{request.match_info['owner']}/{request.match_info['repo']}" != self._github.name:
            raise NotFound("There is no such repository here.")

    def _remembered(self, request: web.Request) -> str:
        """As whom this browser came last; Ana, or whoever is there first, if it never came."""
        people = [person.id for person in self._world.people.values() if not person.is_bot]
        me = request.cookies.get(COOKIE, "U0ANA")
        return me if me in people else people[0]
