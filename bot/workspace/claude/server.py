"""A Messages API on loopback that a real client cannot tell from the real one, as far as the bot goes."""

import asyncio
import json
from hashlib import sha256
from itertools import count
from typing import Any

from aiohttp import web

from bot.workspace.claude.canned import canned
from bot.workspace.claude.model import Answer, Answers, Asked, Broken, Failure, Hang, Json, Reply
from bot.workspace.claude.refused import Refusal, invalid
from bot.workspace.claude.script import Match, Scripts
from bot.workspace.claude.sending import Sending, refused
from bot.workspace.claude.tokens import Cache
from bot.workspace.claude.validate import MODELS, check, check_headers
from bot.workspace.claude.wire import Made

#: Given to the bot by whoever starts the workspace; worth nothing elsewhere.
LOCAL_KEY = "local-workspace-key"
PREFIX = "/claude"
CREDENTIALS = ("authorization", "x-api-key")
HIDDEN = "(hidden)"


class Claude:
    """Claude behind the Messages API. Without a script it answers what it was made to say (`canned`).

    `asked` is every request in its order, whole but for the credential. `most_at_once` is how many were being answered
    at the same time, at most.
    """

    def __init__(self, *keys: str) -> None:
        self.keys = frozenset(keys or (LOCAL_KEY,))
        self.asked: list[Asked] = []
        self.most_at_once = 0
        self._scripts = Scripts(canned)
        self._cache = Cache()
        self._sealed: dict[str, str] = {}  # signatures and what they seal
        self._numbers = count(1)
        self._now = 0
        self._closing = asyncio.Event()

    def routes(self) -> list[web.AbstractRouteDef]:
        """To be added to the workspace's server."""
        return [
            web.post(f"{PREFIX}/v1/messages", self._messages),
            web.get(f"{PREFIX}/v1/models", self._models),
            web.route("*", PREFIX + "/{rest:.*}", self._nothing),
        ]

    def script(
        self,
        *answers: Answer | Answers,
        system: str = "",
        last: str = "",
        said: str = "",
        tool: str = "",
        tools: bool | None = None,
    ) -> None:
        """Answer requests that match (`Match`) with these, one after the other; or with a function. What was scripted
        first comes first; what none matches is answered by `otherwise`.
        """
        self._scripts.add(answers, Match(system, last, said, tool, tools))

    def otherwise(self, answers: Answers) -> None:
        """Who answers what no script does, in place of the canned answers; None is an error of the test's."""

        def answer(asked: Asked) -> Answer:
            found = answers(asked)
            return found or Failure(400, "invalid_request_error", "nothing is scripted for this request")

        self._scripts.otherwise = answer

    def storm(
        self,
        what: Failure | Hang | Broken,
        times: int | None = None,
        *,
        system: str = "",
        said: str = "",
    ) -> None:
        """Let this happen to requests that match, so many times or until `calm`; it uses up no scripted answer."""
        self._scripts.storm(what, times, Match(system=system, said=said))

    def calm(self) -> None:
        """End every storm."""
        self._scripts.calm()

    def of(self, **match: Any) -> list[Asked]:  # Any: the fields of Match
        """The requests that match, as in `script`."""
        wanted = Match(**match)
        return [asked for asked in self.asked if wanted(asked)]

    def holds(self, words: str) -> bool:
        """Whether these words, such as a secret, stand in anything that was ever sent here."""
        return any(words in asked.raw or words in json.dumps(asked.headers) for asked in self.asked)

    def close(self) -> None:
        """Let go of every request that hangs."""
        self._closing.set()

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        number = next(self._numbers)
        request_id = f"req_local{number:06}"
        try:
            asked = await self._heard(request, number)
        except Refusal as refusal:
            return refused(refusal.status, refusal.kind, refusal.message, request_id)
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            return await self._answered(request, asked, request_id)
        except Refusal as refusal:
            asked.status, asked.became = refusal.status, "failed"
            return refused(refusal.status, refusal.kind, refusal.message, request_id)
        except (ConnectionError, asyncio.CancelledError):
            asked.became = "gone"
            raise
        finally:
            self._now -= 1

    async def _heard(self, request: web.Request, number: int) -> Asked:
        """The request, kept whatever becomes of it."""
        try:
            raw = await request.read()
        except web.HTTPRequestEntityTooLarge as error:
            raise Refusal(413, "request_too_large", "Request exceeds the maximum size") from error
        headers = {k: HIDDEN if k.lower() in CREDENTIALS else v for k, v in request.headers.items()}
        asked = Asked(number, headers, raw.decode(errors="replace"), {})
        self.asked.append(asked)
        return asked

    async def _answered(self, request: web.Request, asked: Asked, request_id: str) -> web.StreamResponse:
        check_headers(request.headers, self.keys)
        body = _parsed(asked.raw)
        check(body)
        asked.body = body
        self._check_seals(asked.body)
        answer = self._scripts.next(asked)
        sending = Sending(request, asked, request_id, self._closing)
        if isinstance(answer, Hang):
            asked.became = "hung"
            return await sending.hang()
        if isinstance(answer, Failure):
            asked.status, asked.became = answer.status, "failed"
            return refused(answer.status, answer.kind, answer.message, request_id, answer.headers)
        broken = answer if isinstance(answer, Broken) else None
        reply = answer if isinstance(answer, Reply) else (answer.reply or Reply(text="This will not be whole."))
        asked.status = 200
        return await sending.answer(self._made(asked, reply), broken)

    def _made(self, asked: Asked, reply: Reply) -> Made:
        number = asked.number
        signature = sha256(f"{number}:{reply.thinking}".encode()).hexdigest()
        if reply.thinking:
            self._sealed[signature] = reply.thinking
        ids = [call.id or f"toolu_{number:04}_{index}" for index, call in enumerate(reply.tool_calls)]
        return Made(f"msg_local{number:06}", asked.model, reply, self._cache.bill(asked.body), ids, signature)

    def _check_seals(self, body: dict[str, Any]) -> None:
        """What the model thought comes back as it was, byte for byte."""
        for index, said in enumerate(body["messages"]):
            for number, block in enumerate(said["content"] if isinstance(said["content"], list) else ()):
                if block["type"] == "thinking" and self._sealed.get(block["signature"]) != block["thinking"]:
                    where = f"messages.{index}.content.{number}"
                    raise Refusal(400, "invalid_request_error", f"{where}: Invalid `signature` in `thinking` block")

    async def _models(self, request: web.Request) -> web.Response:
        try:
            check_headers(request.headers, self.keys)
        except Refusal as refusal:
            return refused(refusal.status, refusal.kind, refusal.message, "req_local_models")
        data = [
            {"type": "model", "id": name, "display_name": name, "max_tokens": most} for name, most in MODELS.items()
        ]
        return web.json_response({"data": data, "has_more": False, "first_id": None, "last_id": None})

    async def _nothing(self, request: web.Request) -> web.Response:
        return refused(404, "not_found_error", f"Not found: {request.path.removeprefix(PREFIX)}", "req_local_none")


def _parsed(raw: str) -> Json:
    """The body as JSON; half of a character, which JSON can spell and nobody can send on, is none. Raises Refusal."""
    try:
        body: Json = json.loads(raw)
        json.dumps(body, ensure_ascii=False).encode()
    except ValueError as error:
        raise invalid("The request body is not valid JSON") from error
    return body
