"""What a person can do in Slack's client; the page and the tests both act through this."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.errors import NotFound, Refused
from bot.workspace.slack import acts, forms, payloads, views
from bot.workspace.slack.answers import Answers
from bot.workspace.slack.call import Denied
from bot.workspace.slack.delivery import Parcel, Reply
from bot.workspace.slack.interactions import Interactions, Target, field_of, targets
from bot.workspace.slack.model import Block, Channel, Ephemeral, Message, Person, Surprise, View
from bot.workspace.slack.tickets import Tickets
from bot.workspace.slack.typed import rich, typed
from bot.workspace.slack.world import World


@dataclass(frozen=True)
class Answer:
    """What somebody sees at once: the bot's words, or Slack's word for what went wrong."""

    text: str = ""
    blocks: list[Block] = field(default_factory=list)
    error: str = ""


@dataclass(frozen=True)
class Desk:
    """What every person's client is connected to."""

    world: World
    tickets: Tickets
    interactions: Interactions
    answers: Answers
    send: Callable[[Parcel], Awaitable[Reply]]
    settle: Callable[[], Awaitable[None]]


class Actor:
    """A person at Slack's client. What nobody could do there raises Refused."""

    def __init__(self, desk: Desk, person: Person) -> None:
        self.person = person
        self._desk = desk
        self._world = desk.world

    # What they see.

    @property
    def id(self) -> str:
        return self.person.id

    @property
    def view(self) -> View | None:
        """The topmost open modal."""
        stack = self._world.stacks.get(self.id)
        return stack[-1] if stack else None

    @property
    def home(self) -> View | None:
        """What the bot published for them."""
        return self._world.homes.get(self.id)

    @property
    def ephemerals(self) -> list[Ephemeral]:
        """What only they see, oldest first."""
        return [whisper for whisper in self._world.ephemerals if whisper.user == self.id]

    @property
    def dm(self) -> list[Message]:
        """Their conversation with the bot, oldest first."""
        return self._world.history(self._world.dm(self.id).id)

    @property
    def channels(self) -> list[Channel]:
        return self._world.visible(self.id)

    def messages(self, channel: str) -> list[Message]:
        """What was said in a channel, oldest first."""
        return self._world.history(self._channel(channel).id)

    # Talking.

    async def slash(self, command: str, text: str = "", channel: str = "alerts") -> Answer:
        """Use a slash command; waits for the bot's acknowledgement, and shows what it says."""
        place = self._channel(channel)
        if command not in self._world.app.commands:
            return Answer(error=f"{command} is not a valid command.")
        parcel, path = self._desk.interactions.slash(self.person, place, command, typed(self._world, text, named=True))
        reply = await self._desk.send(parcel)
        if reply.error:
            self._desk.answers.whisper(place.id, self.id, f'{command} failed with the error "{reply.error}"', [])
            return Answer(error=reply.error)
        if not reply.body:
            return Answer()
        try:
            self._desk.answers.give(self._desk.tickets.urls[path], reply.body)
        except Denied as denied:
            self._world.surprises.append(Surprise(command, f"{denied.error}: {denied.more}"))
            return Answer(error=denied.error)
        return Answer(str(reply.body.get("text") or ""), list(reply.body.get("blocks") or []))

    async def say(
        self, text: str, channel: str = "alerts", thread_ts: str | None = None, files: Sequence[str] = ()
    ) -> Message:
        """Write a message as a member of the channel; `@name` and `#channel` become mentions.

        `files` are ids of what was uploaded before.
        """
        place = self._member(channel)
        words = typed(self._world, text)
        blocks = [rich(words, self._world.next_id("b"))]
        return acts.post(
            self._world,
            place.id,
            self.id,
            words,
            blocks=blocks,
            thread_ts=thread_ts or "",
            client_msg_id=self._world.next_id("msg-"),
            files=list(files),
            subtype="file_share" if files else "",
        )

    async def edit(self, message: Message, text: str) -> None:
        """Change one's own message."""
        if message.user != self.id:
            raise Refused("People can edit their own messages only.")
        words = typed(self._world, text)
        acts.edit(self._world, message, text=words, blocks=[rich(words, self._world.next_id("b"))])

    async def delete(self, message: Message) -> None:
        """Take one's own message away."""
        if message.user != self.id:
            raise Refused("People can delete their own messages only.")
        acts.delete(self._world, message)

    async def react(self, name: str, message: Message) -> None:
        """Give this reaction, or take it back."""
        self._member(message.channel)
        given = self.id in message.reactions.get(name, [])
        acts.react(self._world, message, self.id, name, away=given)

    async def join(self, channel: str) -> None:
        place = self._channel(channel)
        if self.id not in place.members:
            acts.join(self._world, place, self.id)

    async def leave(self, channel: str) -> None:
        """Leave a channel; nobody leaves the one that everybody is in."""
        place = self._member(channel)
        if place.is_general:
            raise Refused(f"Nobody can leave #{place.name}.")
        acts.leave(self._world, place, self.id)

    async def invite(self, name: str, channel: str) -> None:
        """Bring somebody, also the bot, into a channel."""
        place, other = self._member(channel), self._world.person(name)
        if other.id not in place.members:
            acts.join(self._world, place, other.id, self.id)

    async def change(self, **changes: Any) -> None:  # Any: fields of Person
        """Edit one's profile, such as `tz`."""
        for name, value in changes.items():
            setattr(self.person, name, value)
        self._world.save(self.person)
        event = {"type": "user_change", "user": payloads.user(self.person), "event_ts": self._world.next_ts()}
        self._world.happened(event | {"cache_ts": int(self._world.now())})

    async def upload(self, name: str, content: bytes, mimetype: str = "text/plain") -> str:
        """Hand over a file; its id goes into a file_input."""
        return acts.upload(self._world, self.id, name, content, mimetype).id

    # Opening and clicking.

    async def open_home(self, tab: str = "home") -> View | None:
        """Open the bot's Home (or `messages` tab); what it shows once the bot was told."""
        event = {"type": "app_home_opened", "user": self.id, "channel": self._world.dm(self.id).id, "tab": tab}
        shown = {"view": payloads.view(self._world, self.home)} if self.home else {}
        self._world.happened(event | {"event_ts": self._world.next_ts()} | shown)
        await self._desk.settle()
        return self.home

    async def shortcut(self, callback_id: str, message: Message | None = None) -> Answer:
        """Choose this from Slack's menu, or from a message's; only what the app has can be chosen, where it belongs."""
        if message is not None:
            self._channel(message.channel)
        if not self._world.app.offers(callback_id, "global" if message is None else "message"):
            raise Refused(f"The app has no such shortcut here: {callback_id}.")
        parcel = self._desk.interactions.shortcut(self.person, callback_id, message)
        return Answer(error=(await self._desk.send(parcel)).error)

    async def click(self, action_id: str, channel: str | None = None, value: str | None = None) -> Answer:
        """Use the newest button or menu with this id: in the open modal, in messages, in the Home.

        `channel` narrows it to a channel (`dm` and `home` too); `value` picks one of several buttons, or an option.
        """
        found = [target for target in self._targets(channel) if target.element["action_id"] == action_id]
        if value is not None and len(found) > 1:
            found = [t for t in found if t.element["type"] != "button" or t.element.get("value") == value]
        if not found:
            raise Refused(f"{self.person.name} sees nothing with the action {action_id}.")
        return await self.use(found[0], value)

    async def use(self, target: Target, value: forms.Simple = None) -> Answer:
        """Click this button, or choose `value` in this menu."""
        chosen: dict[str, Any] = {}
        if target.element["type"] == "button":
            if value is not None and value != target.element.get("value"):
                raise Refused(f"The button {target.element['action_id']} has another value than {value}.")
        else:
            chosen = self._held(target, value)
        if isinstance(target.place, View) and chosen and target.element["type"] != "overflow":
            self._hold(target.place, target, chosen)
        reply = await self._desk.send(self._desk.interactions.action(self.person, target, chosen))
        return Answer(error=reply.error)

    def _targets(self, channel: str | None) -> list[Target]:
        """What can be used, the nearest first."""
        if channel == "home":
            return targets(self.home) if self.home else []
        modal = targets(self.view) if self.view and channel is None else []
        rooms = self.channels if channel is None else [self._channel(channel)]
        ids = {room.id for room in rooms}
        shown: list[Message | Ephemeral] = [w for w in self.ephemerals if w.channel in ids]
        shown += [message for id in ids for message in self._world.history(id)]
        shown.sort(key=lambda place: float(place.ts), reverse=True)
        home = targets(self.home) if self.home and channel is None else []
        return modal + [target for place in shown for target in targets(place)] + home

    # Forms.

    async def fill(self, block_id: str, value: forms.Simple) -> Answer:
        """Enter something; the bot hears of it where the element says so."""
        view = self._open()
        target = field_of(view, block_id)
        if target.block["type"] != "input" or target.block.get("dispatch_action"):
            return await self.use(target, value)
        self._hold(view, target, self._held(target, value))
        return Answer()

    async def submit(self, values: Mapping[str, forms.Simple] | None = None) -> dict[str, str] | None:
        """Enter these values (by block id) and send the form. None, or what is wrong: a sentence by block id.

        The key "" stands for trouble that is about no field.
        """
        view = self._open()
        for block_id, value in (values or {}).items():
            target = field_of(view, block_id)
            self._hold(view, target, self._held(target, value))
        view.trouble, view.errors = "", forms.complaints(view.blocks, view.state)
        if view.errors:
            self._world.save(view)
            return view.errors
        reply = await self._desk.send(self._desk.interactions.submission(self.person, view))
        if reply.failure or not views.answer(self._world, view, reply.body):
            view.trouble = forms.CONNECTION_TROUBLE
        self._world.save(view)
        return {"": view.trouble} if view.trouble else view.errors or None

    async def close_view(self, *, everything: bool = False) -> None:
        """Cancel the topmost modal, or close all of them."""
        view = self._open()
        views.close(self._world, self.id, everything=everything)
        if view.body.get("notify_on_close"):
            await self._desk.send(self._desk.interactions.closed(self.person, view, cleared=everything))

    # How it is found.

    def _open(self) -> View:
        if self.view is None:
            raise Refused(f"{self.person.name} has no form open.")
        return self.view

    def _channel(self, name: str) -> Channel:
        """A channel this person can see. Raises NotFound, also where there is one they cannot see."""
        channel = self._world.dm(self.id) if name == "dm" else self._world.channel(name)
        if channel not in self.channels:
            raise NotFound(f"There is no channel {name}.")
        return channel

    def _member(self, name: str) -> Channel:
        channel = self._channel(name)
        if self.id not in channel.members:
            raise Refused(f"{self.person.name} is not a member of {channel.name}.")
        return channel

    def _held(self, target: Target, value: forms.Simple) -> dict[str, Any]:
        chosen = forms.held(target.element, value)
        if chosen["type"] == "file_input":
            chosen["files"] = [payloads.file(self._world, self._world.files[id]) for id in chosen["files"]]
        return chosen

    def _hold(self, view: View, target: Target, chosen: dict[str, Any]) -> None:
        block_id, action_id = target.key
        view.state.setdefault(block_id, {})[action_id] = chosen
        view.errors.pop(block_id, None)
        self._world.save(view)
