"""What we hear from Slack: one listener per kind of request, so that nothing stays unanswered, routed by id."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.deps import HandlerDeps
from bot.incident.text import readable
from bot.telemetry import log
from bot.views.replies import answer
from handlers.slack import heard as hear
from handlers.slack.heard import Body, Heard
from handlers.slack.routes import ACTIONS, COMMANDS, EVENTS, SHORTCUTS, VIEWS, Routes
from handlers.slack.screen import Screen
from handlers.slack.seen import Seen
from handlers.slack.submit import Ack, message_ack, refused_ack, typed_again
from handlers.slack.trouble import Wrong, trouble

ANYTHING = re.compile("")
#: Slack waits three seconds; whatever is not there by now is answered with a sentence.
PATIENCE = 2.6
_UNKNOWN = "I do not know this any more. It may come from an older version of me; please try the newest message."


#: Events that nobody repeats by hand: one that could not be stored is not acknowledged, so that Slack tells it again.
KEPT = {"message", "reaction_added", "reaction_removed"}


class Unheard(Exception):
    """It could not be stored for now."""


def register(app: AsyncApp, deps: HandlerDeps, patience: float = PATIENCE) -> None:
    """Answer everything that Slack sends to `app`, which was made with process_before_response=True.

    `patience` is how many seconds a handler may take before the answer is a sentence.
    """
    ear = _Ear(deps, patience)
    app.command(ANYTHING)(ear.listener(hear.command, COMMANDS))
    app.action(ANYTHING)(ear.listener(hear.action, ACTIONS))
    app.view(ANYTHING)(ear.listener(hear.view, VIEWS))
    app.view_closed(ANYTHING)(_nothing)
    app.shortcut(ANYTHING)(ear.listener(hear.shortcut, SHORTCUTS))
    app.options(ANYTHING)(_no_options)
    app.event(ANYTHING)(ear.listener(hear.event, EVENTS))
    app.error(_unheard)


@dataclass
class _Ear:
    """Takes a request to its handler, and always brings back an answer."""

    deps: HandlerDeps
    patience: float
    seen: Seen = field(default_factory=Seen)

    def listener(self, understand: Callable[[Body], Heard], routes: Routes) -> Callable[..., object]:
        """A listener for one kind of request."""

        async def listen(body: Body, ack: AsyncAck, client: AsyncWebClient, respond: AsyncRespond) -> None:
            heard = understand(body)
            screen = Screen(heard, client, respond, self.deps.tasks, self.seen)
            await ack(**(await self._answer(heard, screen, routes) or {}))

        return listen

    async def _answer(self, heard: Heard, screen: Screen, routes: Routes) -> Ack:
        handler = routes.get(heard.name)
        if handler is None:
            return await self._tell(heard, screen, Wrong(_unknown(heard)))
        reply: Ack = None
        with trouble(heard) as wrong:
            async with asyncio.timeout(self.patience):
                reply = await handler(heard, screen, self.deps)
        if wrong.later and heard.kind == "event" and heard.name in KEPT:
            raise Unheard(wrong.sentence)
        return await self._tell(heard, screen, wrong) if wrong.sentence else reply

    async def _tell(self, heard: Heard, screen: Screen, wrong: Wrong) -> Ack:
        """The sentence, where this kind of request can be answered."""
        if not wrong.sentence:
            return None
        if heard.kind == "command":
            again = typed_again(heard.text, readable(heard.text), self.deps) if heard.text.strip() else []
            return message_ack(answer(wrong.sentence, *again))
        if heard.kind == "view":
            return refused_ack(heard, wrong.sentence, wrong.fields, self.deps.people)
        with trouble(heard):
            await screen.tell(answer(wrong.sentence))
        return None


def _unknown(heard: Heard) -> str:
    """What to say to an id that we have no handler for; events and links are heard without an answer."""
    if heard.kind == "event" or (heard.kind == "action" and heard.text):
        return ""
    log(__name__).warning("unknown id from slack", kind=heard.kind, name=heard.name[:100], actor=heard.actor)
    return _UNKNOWN


async def _nothing(ack: AsyncAck) -> None:
    await ack()


async def _no_options(ack: AsyncAck) -> None:
    await ack(options=[])


async def _unheard(error: Exception) -> BoltResponse:
    """What Bolt could not handle is answered, so that Slack does not send it again; what was not stored is not."""
    if isinstance(error, Unheard):
        return BoltResponse(status=503, body="")
    log(__name__).error("slack request not understood", error=str(error)[:300])
    return BoltResponse(status=200, body="")
