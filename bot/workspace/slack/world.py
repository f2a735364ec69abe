"""The workspace's state: who is there, what was said where, and what each person has open."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.clock import Clock
from bot.errors import NotFound
from bot.workspace.slack import sample
from bot.workspace.slack.model import App, Change, Channel, Ephemeral, File, Message, Person, Surprise, View
from bot.workspace.slack.store import Store

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: Hears of what happened in a channel: the event as Slack words it, without its envelope.
Listener = Callable[[dict[str, Any]], None]


class World:
    """Everything the workspace knows. People, channels, messages, Homes and files are written through to `path`."""

    def __init__(self, clock: Clock, path: Path | None = None, app: App | None = None) -> None:
        self.app = app or App()
        #: Where the workspace listens, such as `http://127.0.0.1:8065`; set once it does.
        self.url = ""
        self.people: dict[str, Person] = {}
        self.channels: dict[str, Channel] = {}
        self.messages: dict[str, dict[str, Message]] = {}
        self.ephemerals: list[Ephemeral] = []
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self.files: dict[str, File] = {}
        self.surprises: list[Surprise] = []
        #: What reached the outside, by (method, marker): kill tests assert that each stands here exactly once.
        self.effects: Counter[tuple[str, str]] = Counter()
        self.heard: list[Listener] = []
        self._clock = clock
        self._store = Store(path)
        self._watchers: set[asyncio.Queue[Change]] = set()
        self._last_micros = 0
        self._last_id = 0
        self._load()

    def _load(self) -> None:
        """What everybody starts with, and over it what was kept: only what changed is written."""
        self._put(*sample.people(self.app), *sample.channels(self.app, int(self.now())))
        self._put(*self._store.all(Person), *self._store.all(Channel))
        self._put(*self._store.all(Message), *self._store.all(File), *self._store.all(View))
        stamps = [ts for channel in self.messages.values() for ts in channel]
        self._last_micros = max((int(ts.replace(".", "")) for ts in stamps), default=0)
        made = [*self.channels, *self.files, *(home.id for home in self.homes.values())]
        self._last_id = max((int(id[1:], 16) for id in made if id[1:3] == "9F"), default=0x9F000000)

    # What the time is, and what comes next.

    def now(self) -> float:
        """Seconds since 1970, by the workspace's clock."""
        return (self._clock.now() - EPOCH).total_seconds()

    def next_ts(self) -> str:
        """A message timestamp: unique, and later than every one before it whatever the clock does."""
        micros = round(self.now() * 1_000_000)
        self._last_micros = max(micros, self._last_micros + 1)
        return f"{self._last_micros // 1_000_000}.{self._last_micros % 1_000_000:06d}"

    def next_id(self, prefix: str) -> str:
        """A new id, such as `C9F000001`."""
        self._last_id += 1
        return f"{prefix}{self._last_id:X}"

    # Looking things up.

    def person(self, name: str) -> Person:
        """By id or by name. Raises NotFound."""
        for person in self.people.values():
            if name.removeprefix("@") in (person.id, person.name):
                return person
        raise NotFound(f"Nobody here is called {name}.")

    def channel(self, name: str) -> Channel:
        """By id or by name, with or without `#`. Raises NotFound."""
        if name in self.channels:
            return self.channels[name]
        for channel in self.channels.values():
            if channel.kind != "im" and channel.name == name.removeprefix("#"):
                return channel
        raise NotFound(f"There is no channel {name}.")

    def dm(self, user: str) -> Channel:
        """The conversation between this person and the bot; it is made when first asked for."""
        for channel in self.channels.values():
            if channel.kind == "im" and user in channel.members:
                return channel
        channel = Channel(self.next_id("D"), user, "im", user, int(self.now()), members=[user, self.app.user_id])
        self.save(channel)
        return channel

    def visible(self, user: str) -> list[Channel]:
        """The channels this person can see: public ones (guests only those they are in), and their own private ones."""
        guest = self.people[user].is_restricted or self.people[user].is_ultra_restricted
        return [c for c in self.channels.values() if user in c.members or (c.kind == "channel" and not guest)]

    def history(self, channel: str, thread_ts: str | None = None) -> list[Message]:
        """The messages of a channel, oldest first: all, or one thread with its first message."""
        ordered = sorted(self.messages.get(channel, {}).values(), key=lambda message: float(message.ts))
        return ordered if thread_ts is None else [m for m in ordered if thread_ts in (m.ts, m.thread_ts)]

    def view(self, id: str) -> View | None:
        """An open modal or a published Home, by id."""
        shown = [*self.homes.values(), *(view for stack in self.stacks.values() for view in stack)]
        return next((view for view in shown if view.id == id), None)

    # Changing things.

    def save(self, thing: Person | Channel | Message | Ephemeral | View | File) -> None:
        """Put something new or changed in its place, keep it, and tell who watches."""
        self._put(thing)
        if not isinstance(thing, Ephemeral) and not (isinstance(thing, View) and thing.kind == "modal"):
            self._store.put(thing)
        self.changed(type(thing).__name__.lower(), thing.id, getattr(thing, "channel", ""))

    def remove(self, thing: Message | Ephemeral) -> None:
        """Take a message away, and tell who watches."""
        if isinstance(thing, Message):
            del self.messages[thing.channel][thing.ts]
            self._store.drop(thing)
        else:
            self.ephemerals.remove(thing)
        self.changed(type(thing).__name__.lower(), thing.id, thing.channel)

    def _put(self, *things: Person | Channel | Message | Ephemeral | View | File) -> None:
        for thing in things:
            match thing:
                case Person():
                    self.people[thing.id] = thing
                case Channel():
                    self.channels[thing.id] = thing
                case Message():
                    self.messages.setdefault(thing.channel, {})[thing.ts] = thing
                case Ephemeral():
                    if thing not in self.ephemerals:
                        self.ephemerals.append(thing)
                case File():
                    self.files[thing.id] = thing
                case View():
                    if thing.kind == "home":
                        self.homes[thing.user] = thing

    def happened(self, event: dict[str, Any]) -> None:
        """Tell the bot's side of an event, as Slack words it."""
        for listener in self.heard:
            listener(event)

    # Watching.

    def subscribe(self) -> asyncio.Queue[Change]:
        """Every change from now on, until `unsubscribe`."""
        queue: asyncio.Queue[Change] = asyncio.Queue()
        self._watchers.add(queue)
        return queue

    def unsubscribe(self, queue: asyncio.Queue[Change]) -> None:
        self._watchers.discard(queue)

    def changed(self, kind: str, id: str, channel: str = "") -> None:
        """Tell who watches that something is to be shown anew."""
        for queue in self._watchers:
            queue.put_nowait(Change(kind, id, channel))

    def close(self) -> None:
        self._store.close()
