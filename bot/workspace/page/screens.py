"""What one person sees of Slack at one place: each live piece of the page by the id it stands under."""

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from bot.errors import NotFound
from bot.workspace.page import mrkdwn, render, rows
from bot.workspace.page.rows import address
from bot.workspace.page.surface import Surface
from bot.workspace.slack.model import Channel
from bot.workspace.slack.world import World

HOME = "home"
SIGNS = {"channel": "#", "group": "🔒", "im": "💬"}
WELCOME = {
    "channel": "This is the very beginning of #{}. Type /incident to report that something is broken.",
    "group": "This is the very beginning of {}. Only its members can see it.",
    "im": "This is between you and {}.",
}


@dataclass(frozen=True)
class Screen:
    """`me` is a person's id, `place` a channel's id or `home`, `thread` a message's timestamp or nothing."""

    me: str
    place: str
    thread: str = ""


class Screens:
    """Renders Slack as people see it, and remembers how far each has read."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._read: dict[tuple[str, str], float] = {}

    def check(self, screen: Screen) -> None:
        """Raises NotFound for a person, channel or thread that is not there for this person."""
        if screen.me not in self._world.people or self._world.people[screen.me].is_bot:
            raise NotFound("There is nobody with this id.")
        if screen.place != HOME:
            channel = self._channel(screen)
            if screen.thread and screen.thread not in self._world.messages.get(channel.id, {}):
                raise NotFound("This thread is not there.")

    def first(self, me: str) -> str:
        """Where a person starts: #alerts if they can see it."""
        names = {channel.name: channel.id for channel in self._world.visible(me)}
        return names.get("alerts") or next(iter(names.values()), HOME)

    def title(self, screen: Screen) -> str:
        return self._app_name() if screen.place == HOME else self._name(self._channel(screen))

    def fragments(self, screen: Screen) -> dict[str, str]:
        """Every live piece: `sidebar`, `place`, `thread`, `modal`."""
        if screen.place != HOME:
            self._read[screen.me, screen.place] = self._newest(self._channel(screen), screen.me)
        found = {
            "sidebar": self._sidebar(screen),
            "place": self._home(screen) if screen.place == HOME else self._place(screen),
            "modal": self._modal(screen),
            "composer": self.composer(screen),
        }
        if screen.thread:
            shown = rows.thread_rows(self._world, self._channel(screen), screen.me, screen.thread)
            found["thread"] = render.page("thread.html", messages=shown)
        return found

    def composer(self, screen: Screen, thread: str = "") -> Markup:
        """Where to write; nobody writes on the Home tab."""
        if screen.place == HOME:
            return Markup("")
        channel = self._channel(screen)
        name = self._name(channel)
        return render.page(
            "composer.html",
            channel=channel.id,
            name=name,
            thread=thread,
            label="Reply…" if thread else f"Message {'' if channel.kind == 'im' else '#'}{name}",
            member=screen.me in channel.members,
        )

    def people(self, place: str) -> list[dict[str, str]]:
        """Whom one can be, each with the address of the same place where they can see it."""
        found = []
        for person in self._world.people.values():
            if not person.is_bot and not person.deleted:
                seen = place == HOME or place in {channel.id for channel in self._world.visible(person.id)}
                note = "guest" if person.is_restricted else "owner" if person.is_owner else ""
                url = address(person.id, place if seen else self.first(person.id))
                found.append({"id": person.id, "name": person.real_name, "note": note, "url": url})
        return found

    def _channel(self, screen: Screen) -> Channel:
        for channel in [*self._world.visible(screen.me), self._world.dm(screen.me)]:
            if channel.id == screen.place:
                return channel
        raise NotFound("There is no such channel, or you may not see it.")

    def _sidebar(self, screen: Screen) -> str:
        world, me = self._world, self._world.people[screen.me]
        shown = [channel for channel in world.visible(me.id) if channel.kind != "im" and not channel.is_archived]
        home = {"url": address(me.id, HOME), "sign": "🏠", "name": self._app_name(), "current": screen.place == HOME}
        return render.page(
            "sidebar.html",
            me=me,
            guest=me.is_restricted,
            channels=[self._entry(screen, channel) for channel in sorted(shown, key=lambda channel: channel.name)],
            dm=self._entry(screen, world.dm(me.id)),
            home=home,
        )

    def _entry(self, screen: Screen, channel: Channel) -> dict[str, Any]:
        read = self._read.setdefault((screen.me, channel.id), self._newest(channel, screen.me))
        return {
            "url": address(screen.me, channel.id),
            "sign": SIGNS[channel.kind],
            "name": self._name(channel),
            "private": channel.kind == "group",
            "current": channel.id == screen.place,
            "unread": self._newest(channel, screen.me) > read,
        }

    def _place(self, screen: Screen) -> str:
        world, channel = self._world, self._channel(screen)
        shown = rows.channel_rows(world, channel, screen.me)
        names = [world.people[id].real_name for id in channel.members if id in world.people]
        return render.page(
            "place.html",
            shortcuts=world.app.menu("global"),
            name=self._name(channel),
            sign=SIGNS[channel.kind],
            private=channel.kind == "group",
            topic=mrkdwn.to_html(channel.topic, rows.reader(world, screen.me)),
            tabs=self._tabs(screen) if channel.kind == "im" else [],
            pinned=[row for row in shown if row.pinned],
            members=names if channel.kind != "im" else [],
            bookmarks=channel.bookmarks,
            welcome=WELCOME[channel.kind].format(self._name(channel)) if len(shown) < rows.SHOWN else "",
            messages=shown,
        )

    def _home(self, screen: Screen) -> str:
        view = self._world.homes.get(screen.me)
        at = self._surface(screen, f"view:{view.id}", view.state) if view else self._surface(screen, "view:", {})
        body = view.blocks if view else []
        return render.page("home.html", name=self._app_name(), tabs=self._tabs(screen), at=at, body=body)

    def _modal(self, screen: Screen) -> str:
        if not (stack := self._world.stacks.get(screen.me)):
            return ""
        view = stack[-1]
        at = self._surface(screen, f"view:{view.id}", view.state, view.errors)
        return render.page("modal.html", view=view.body, at=at, trouble=view.trouble)

    def _surface(
        self, screen: Screen, id: str, state: Any, errors: dict[str, str] | None = None
    ) -> Surface:  # Any: JSON
        world, who = self._world, rows.reader(self._world, screen.me)
        return Surface(id, who, state, errors or {}, rows.people(world), rows.channels(world, screen.me))

    def _tabs(self, screen: Screen) -> list[dict[str, Any]]:
        dm = self._world.dm(screen.me).id
        named = (("Home", HOME), ("Messages", dm))
        return [{"name": n, "url": address(screen.me, p), "current": p == screen.place} for n, p in named]

    def _newest(self, channel: Channel, me: str) -> float:
        said = self._world.messages.get(channel.id, {}).values()
        return max((float(m.ts) for m in said if m.user != me), default=0.0)

    def _name(self, channel: Channel) -> str:
        return self._app_name() if channel.kind == "im" else channel.name

    def _app_name(self) -> str:
        return self._world.people[self._world.app.user_id].real_name
