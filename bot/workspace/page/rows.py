"""Messages as the page shows them: who, when, grouped by author and day, with threads counted."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.workspace.page import dates, mrkdwn
from bot.workspace.page.mrkdwn import Reader
from bot.workspace.page.surface import Surface
from bot.workspace.slack.model import Channel, Ephemeral, File, Message, Shortcut
from bot.workspace.slack.world import World

#: Messages of one person closer than this stand under one name.
TOGETHER = timedelta(minutes=5)
#: As much of a channel as one page shows.
SHOWN = 200


@dataclass(frozen=True)
class Reaction:
    """One emoji under a message; `who` names those who gave it."""

    name: str
    count: int
    mine: bool
    who: str


@dataclass(frozen=True)
class Row:
    """One message for `message.html`. `day` is set where a divider goes above it."""

    dom: str
    channel: str
    ts: str
    user: str
    name: str
    at: datetime
    at_surface: Surface
    text: Markup
    blocks: list[dict[str, Any]]
    files: list[dict[str, Any]]
    reactions: list[Reaction]
    app: bool = False
    guest: bool = False
    edited: bool = False
    pinned: bool = False
    private: bool = False
    system: bool = False
    broadcast: bool = False
    compact: bool = False
    day: str = ""
    replies: int = 0
    last_reply: datetime | None = None
    thread_url: str = ""
    shortcuts: list[Shortcut] = field(default_factory=list)

    @property
    def summary(self) -> str:
        """The message in a few words, for the list of pins."""
        text = self.text.striptags()
        return text if len(text) <= 90 else text[:89] + "…"


def address(me: str, place: str, thread: str = "") -> str:
    """Where this person sees this channel (or `home`), with a thread beside it."""
    return f"/as/{me}/{place}" + (f"?thread={thread}" if thread else "")


def reader(world: World, me: str) -> Reader:
    """What this person's page may name: everybody, and the channels they can see."""
    return Reader(
        people={person.id: person.real_name for person in world.people.values()},
        channels={channel.id: (channel.name, address(me, channel.id)) for channel in world.visible(me)},
        zone=ZoneInfo(world.people[me].tz),
        now=datetime.fromtimestamp(world.now(), UTC),
        me=me,
    )


def channel_rows(world: World, channel: Channel, me: str) -> list[Row]:
    """The channel itself: no replies, unless they were sent to it too."""
    said = [m for m in world.history(channel.id) if m.thread_ts in ("", m.ts) or m.broadcast]
    hints = [e for e in world.ephemerals if (e.channel, e.user, e.thread_ts) == (channel.id, me, "")]
    return rows(world, channel, me, [*said, *hints])


def thread_rows(world: World, channel: Channel, me: str, ts: str) -> list[Row]:
    """A thread: its first message, then the replies."""
    hints = [e for e in world.ephemerals if (e.channel, e.user, e.thread_ts) == (channel.id, me, ts)]
    return rows(world, channel, me, [*world.history(channel.id, ts), *hints], thread=True)


def rows(
    world: World, channel: Channel, me: str, said: Iterable[Message | Ephemeral], *, thread: bool = False
) -> list[Row]:
    """Rows, oldest first, at most `SHOWN`."""
    who, made = reader(world, me), list[Row]()
    replies = _replies(world, channel) if not thread else {}
    for message in sorted(said, key=lambda message: float(message.ts))[-SHOWN:]:
        at = datetime.fromtimestamp(float(message.ts), who.zone)
        before = made[-1] if made else None
        new_day = before is None or before.at.date() != at.date()
        placed = {"at": at, "day": dates.day(at, who.now) if new_day and not thread else ""}
        if isinstance(message, Ephemeral):
            made.append(_hint(world, message, who, placed))
        else:
            row = _row(world, channel, message, who, placed, replies.get(message.ts, []), thread=thread)
            made.append(row if new_day or not _together(before, row) else _compact(row))
    return made


def _row(
    world: World,
    channel: Channel,
    message: Message,
    who: Reader,
    placed: dict[str, Any],
    replies: list[str],
    *,
    thread: bool,
) -> Row:
    author = world.people.get(message.user)
    return Row(
        dom=Surface("m", who).dom("t" if thread else "c", message.channel, message.ts),
        channel=message.channel,
        ts=message.ts,
        user=message.user,
        name=author.real_name if author else message.username or message.user,
        at_surface=_surface(world, f"message:{message.id}", who),
        text=mrkdwn.to_html(message.text, who),
        blocks=message.blocks if message.bot_id else [],  # what people type comes as text too, and reads better so
        files=[_file(world.files[id]) for id in message.files if id in world.files],
        reactions=[_reaction(name, given, who) for name, given in message.reactions.items()],
        app=bool(message.bot_id),
        guest=bool(author and (author.is_restricted or author.is_ultra_restricted)),
        edited=bool(message.edited),
        pinned=message.ts in channel.pins,
        system=message.subtype.startswith(("channel_", "group_")),
        broadcast=message.broadcast and not thread,
        replies=len(replies),
        last_reply=datetime.fromtimestamp(float(max(replies, key=float)), who.zone) if replies else None,
        thread_url="" if thread else address(who.me, channel.id, message.thread_ts or message.ts),
        shortcuts=world.app.menu("message"),
        **placed,
    )


def _hint(world: World, message: Ephemeral, who: Reader, placed: dict[str, Any]) -> Row:
    sender = world.people.get(message.sender or world.app.user_id)
    return Row(
        dom=Surface("e", who).dom(message.channel, message.ts),
        channel=message.channel,
        ts=message.ts,
        user=sender.id if sender else "",
        name=sender.real_name if sender else "Slackbot",
        at_surface=_surface(world, f"ephemeral:{message.id}", who),
        text=mrkdwn.to_html(message.text, who),
        blocks=message.blocks,
        files=[],
        reactions=[],
        app=sender is None or sender.is_bot,
        private=True,
        **placed,
    )


def _surface(world: World, id: str, who: Reader) -> Surface:
    return Surface(id, who, people=people(world), channels=channels(world, who.me))


def people(world: World) -> tuple[tuple[str, str], ...]:
    """Everybody who can be chosen."""
    return tuple((p.id, p.real_name) for p in world.people.values() if not p.is_bot and not p.deleted)


def channels(world: World, me: str) -> tuple[tuple[str, str], ...]:
    """Every channel this person can choose."""
    return tuple((c.id, f"#{c.name}") for c in world.visible(me) if c.kind != "im")


def _replies(world: World, channel: Channel) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for message in world.messages.get(channel.id, {}).values():
        if message.thread_ts not in ("", message.ts):
            found.setdefault(message.thread_ts, []).append(message.ts)
    return found


def _reaction(name: str, given: list[str], who: Reader) -> Reaction:
    return Reaction(name, len(given), who.me in given, ", ".join(who.people.get(id, id) for id in given))


def _file(file: File) -> dict[str, Any]:
    safe = file.mimetype in ("image/png", "image/jpeg", "image/gif", "image/webp")
    url = f"data:{file.mimetype};base64,{file.content}" if safe else ""
    return {"name": file.name, "image": safe, "url": url}


def _together(before: Row | None, row: Row) -> bool:
    if before is None or row.app or row.system or row.pinned or row.broadcast or before.system or before.private:
        return False
    return before.user == row.user and row.at - before.at < TOGETHER


def _compact(row: Row) -> Row:
    return Row(**(vars(row) | {"compact": True}))
