"""What the person who acted sees next: a form opened or filled, or a sentence only they can read.

Opening a form is the only call before the answer; all else runs beside it and may be lost with the process, since a
form that did not come is simply opened again.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.deps import Tasks
from bot.telemetry import log
from bot.views.blocks import Rendered
from bot.views.forms.parts import Memory, View, message, one_moment
from bot.views.ids import Form
from handlers.slack.heard import Heard
from handlers.slack.seen import Seen
from handlers.slack.trouble import trouble

Fill = Callable[[], Awaitable[View]]


@dataclass(frozen=True)
class Screen:
    """The screen of one person, for the length of one request."""

    heard: Heard
    client: AsyncWebClient
    respond: AsyncRespond
    tasks: Tasks
    seen: Seen

    async def open(self, view: View) -> None:
        """Show a view now: over an open form, or in place of a view that only says something."""
        await self._place(view)

    async def open_filled(self, title: str, memory: Memory, fill: Fill) -> None:
        """Show that something comes, then, beside the answer, what `fill` reads and builds."""
        await self.open_then(one_moment(title, memory), fill)

    async def open_then(self, view: View, fill: Fill) -> None:
        """Show a view that is useful already, then its fuller form."""
        if placed := await self._place(view):
            self._fill(placed, fill)

    def refill(self, fill: Fill) -> None:
        """Change the form in which something was just chosen; there is none where a click is forged."""
        if self.heard.in_form:
            self._fill(self.heard.view, fill)

    async def tell(self, reply: Rendered) -> None:
        """Say something to this person only: where they clicked, or in a form where there is no such place."""
        if self.heard.answerable:
            self.tasks.track(self._respond(reply), "tell")
        elif self.heard.trigger:
            await self._place(message("Holdfast", *reply.blocks))

    def whisper(self, reply: Rendered) -> None:
        """Say something to this person only, where what they did has no answer of its own, such as a reaction."""
        self.tasks.track(self._whisper(reply), "whisper")

    def replace(self, reply: Rendered) -> None:
        """Say something in place of the message that was clicked."""
        self.tasks.track(self._replace(reply), "replace")

    async def _place(self, view: View) -> View | None:
        """The view as Slack keeps it; None where an earlier delivery of the same request has opened it."""
        if not self.seen.first(self.heard.trigger):
            return None
        current = self.heard.view
        if self.heard.in_form and current.get("callback_id") in (Form.MESSAGE, Form.PICK):
            shown = await self.client.views_update(view_id=current["id"], view=view)
        elif self.heard.in_form:
            shown = await self.client.views_push(trigger_id=self.heard.trigger, view=view)
        else:
            shown = await self.client.views_open(trigger_id=self.heard.trigger, view=view)
        placed: View = shown["view"]
        return placed

    def _fill(self, placed: View, fill: Fill) -> None:
        self.tasks.track(self._filled(placed["id"], placed.get("hash"), fill), "fill")

    async def _filled(self, view_id: str, hash: str | None, fill: Fill) -> None:
        with trouble(self.heard) as wrong:
            await self.client.views_update(view_id=view_id, hash=hash, view=await fill())
        if wrong.view is not None:
            with trouble(self.heard):
                await self.client.views_update(view_id=view_id, view=wrong.view)

    async def _respond(self, reply: Rendered) -> None:
        """Where they clicked; should that door be shut, as an ephemeral message of its own."""
        with trouble(self.heard):
            answered = await self.respond(
                text=reply.text, blocks=reply.blocks, response_type="ephemeral", replace_original=False
            )
            if answered.status_code != 200 and self.heard.channel:
                log(__name__).warning("answer said another way", status=answered.status_code, name=self.heard.name)
                await self._whisper(reply)

    async def _whisper(self, reply: Rendered) -> None:
        with trouble(self.heard):
            where, user = self.heard.channel, self.heard.actor
            await self.client.chat_postEphemeral(channel=where, user=user, text=reply.text, blocks=reply.blocks)

    async def _replace(self, reply: Rendered) -> None:
        with trouble(self.heard):
            await self.respond(text=reply.text, blocks=reply.blocks, replace_original=True)
