"""The door of the Web API: who calls, may they, and do we know what they ask for; only then is it done."""

import json
import math
from collections.abc import Callable
from typing import Any

from aiohttp import web

from bot.workspace.slack import chat, conversations, limits, others, views
from bot.workspace.slack.call import Call, Denied, Json, said
from bot.workspace.slack.methods import EVERYWHERE, METHODS, Method
from bot.workspace.slack.model import App, Surprise
from bot.workspace.slack.tickets import Tickets
from bot.workspace.slack.world import World

HANDLERS: dict[str, Callable[[Call], Json]] = {
    "apps.connections.open": others.open_connection,
    "auth.test": others.auth_test,
    "bookmarks.add": others.bookmark,
    "chat.delete": chat.delete,
    "chat.getPermalink": chat.get_permalink,
    "chat.postEphemeral": chat.post_ephemeral,
    "chat.postMessage": chat.post_message,
    "chat.update": chat.update,
    "conversations.create": conversations.create,
    "conversations.history": conversations.history,
    "conversations.info": conversations.info,
    "conversations.invite": conversations.invite,
    "conversations.join": conversations.join,
    "conversations.list": conversations.listed,
    "conversations.members": conversations.members,
    "conversations.open": conversations.opened,
    "conversations.replies": conversations.replies,
    "conversations.setTopic": conversations.set_topic,
    "files.info": others.file_info,
    "pins.add": others.pin,
    "reactions.add": others.react,
    "team.info": others.team_info,
    "users.info": others.user_info,
    "users.list": others.users_list,
    "views.open": views.open_view,
    "views.publish": views.publish_view,
    "views.push": views.push_view,
    "views.update": views.update_view,
}
PREFIXES = {"channel": "channels", "group": "groups", "im": "im"}


class Api:
    """Answers `/api/<method>`. With `enforce_rates` calls above Slack's rates get HTTP 429."""

    def __init__(self, world: World, tickets: Tickets) -> None:
        self._world = world
        self._tickets = tickets
        self.enforce_rates = False
        #: Calls by method, counted whether they were refused or not.
        self.calls: list[str] = []
        self._recent: dict[tuple[str, str], list[float]] = {}

    def routes(self) -> list[web.AbstractRouteDef]:
        return [web.get("/api/{method}", self.answer), web.post("/api/{method}", self.answer)]

    async def answer(self, request: web.Request) -> web.Response:
        """HTTP 200 whatever the answer is, except for 429."""
        name = request.match_info["method"]
        self.calls.append(name)
        arguments, token = await _read(request)
        headers = {"x-oauth-scopes": ",".join(self._world.app.scopes)}
        try:
            body: Json = {"ok": True} | self._perform(name, arguments, token)
        except Denied as denied:
            body = {"ok": False, "error": denied.error} | denied.more
            self._notice(name, body)
            if denied.error == "ratelimited":
                headers["Retry-After"] = str(denied.more["retry_after"])
                return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
        return web.json_response(body, headers=headers)

    def _perform(self, name: str, arguments: Json, token: str) -> Json:
        method = METHODS.get(name)
        if method is None:
            self._world.surprises.append(Surprise(name, "unknown method"))
            raise Denied("unknown_method", req_method=name)
        call = Call(self._world, self._tickets, arguments)
        _check_token(self._world.app, method, token)
        _check_scope(call, method)
        self._check_arguments(name, method, arguments)
        self._check_rate(name, method, call.text("channel"))
        answer = HANDLERS[name](call)
        if method.writes:
            self._world.effects[name, _marker(call, method)] += 1
        return answer

    def _check_arguments(self, name: str, method: Method, arguments: Json) -> None:
        if unknown := [key for key in arguments if key not in EVERYWHERE | method.optional | {*method.required}]:
            self._world.surprises.extend(Surprise(name, f"unknown argument: {key}") for key in unknown)
            raise Denied("invalid_arguments", **said(*(f"invalid additional property: {key}" for key in unknown)))
        if name == "conversations.create":
            return  # has a word of its own for a missing name
        if missing := [key for key in method.required if key not in arguments]:
            raise Denied("invalid_arguments", **said(*(f"missing required field: {key}" for key in missing)))

    def _check_rate(self, name: str, method: Method, channel: str) -> None:
        per_channel = name == "chat.postMessage"
        if not self.enforce_rates or not (method.tier or per_channel):
            return
        most, window = (1, 1.0) if per_channel else (limits.TIERS[method.tier], 60.0)
        now = self._world.now()
        recent = self._recent.setdefault((name, channel if per_channel else ""), [])
        recent[:] = [at for at in recent if now - at < window]
        if len(recent) >= most:
            raise Denied("ratelimited", retry_after=max(1, math.ceil(recent[0] + window - now)))
        recent.append(now)

    def _notice(self, name: str, body: Json) -> None:
        """A block nobody here knows is a surprise: either a mistake or something to build."""
        problems = body.get("response_metadata", {}).get("messages", [])
        unknown = [problem for problem in problems if "unsupported type" in problem]
        self._world.surprises.extend(Surprise(name, problem) for problem in unknown)


def _marker(call: Call, method: Method) -> str:
    """What tells one effect from another: the key the bot put into the metadata, else the arguments."""
    metadata = call.json("metadata")
    if metadata and (key := metadata["event_payload"].get("key")):
        return str(key)
    return ":".join(call.text(name) for name in (*method.required, "text") if name in call.arguments)


def _check_token(app: App, method: Method, token: str) -> None:
    if not token:
        raise Denied("not_authed")
    if token not in (app.bot_token, app.app_token):
        raise Denied("invalid_auth")
    if token != (app.app_token if method.app_token else app.bot_token):
        raise Denied("not_allowed_token_type")


def _check_scope(call: Call, method: Method) -> None:
    app = call.world.app
    if not method.scope or method.app_token:
        return
    channel = call.world.channels.get(call.text("channel"))
    kind = channel.kind if channel else "group" if call.flag("is_private") else "channel"
    needed = method.scope.format(kind=PREFIXES[kind]).replace("groups:manage", "groups:write")
    if needed.replace("im:manage", "im:write") not in app.scopes:
        raise Denied("missing_scope", needed=needed, provided=",".join(app.scopes))


async def _read(request: web.Request) -> tuple[Json, str]:
    """The arguments from query, form and JSON body together, and the bearer token."""
    arguments: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.text() or "{}")
        except ValueError:
            body = {}
        arguments |= body if isinstance(body, dict) else {}
    elif request.method == "POST":
        arguments |= {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    given = str(arguments.pop("token", ""))
    return arguments, token.strip() if scheme.lower() == "bearer" else given
