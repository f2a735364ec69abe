"""What can be done to a channel, whoever does it; each act is kept, shown, and told to the bot as Slack would."""

import base64
from typing import Any

from bot.workspace.slack import payloads
from bot.workspace.slack.model import TEAM_ID, Channel, File, Message
from bot.workspace.slack.world import World


def post(world: World, channel: str, user: str, text: str, **more: Any) -> Message:  # Any: fields of Message
    """Say something. A reply to a reply goes to the thread's first message."""
    if parent := world.messages.get(channel, {}).get(more.get("thread_ts", "")):
        more["thread_ts"] = parent.thread_ts or parent.ts
    message = Message(channel, world.next_ts(), user, text, **more)
    world.save(message)
    if message.thread_ts:
        world.changed("message", f"{channel}:{message.thread_ts}", channel)
    _tell(world, message, payloads.message(world, message))
    return message


def edit(world: World, message: Message, **changes: Any) -> None:  # Any: fields of Message
    """Change what a message says."""
    before = payloads.message(world, message)
    for name, value in changes.items():
        setattr(message, name, value)
    message.edited = world.next_ts()
    world.save(message)
    told = {"subtype": "message_changed", "hidden": True, "previous_message": before}
    _tell(world, message, {"type": "message", "message": payloads.message(world, message)} | told)


def post_as_app(
    world: World, channel: str, username: str, text: str = "", *, attachments: list[dict[str, Any]], **more: Any
) -> Message:  # Any: fields of Message
    """Say something as another app: a monitoring system, say, whose words stand in attachments or blocks."""
    told = {"username": username, "attachments": attachments, "bot_id": world.next_id("B"), "subtype": "bot_message"}
    return post(world, channel, "", text, **told, **more)


def upload(world: World, user: str, name: str, content: bytes, mimetype: str) -> File:
    """Hand over a file; it stands nowhere yet."""
    encoded, made = base64.b64encode(content).decode(), int(world.now())
    file = File(world.next_id("F"), user, name, mimetype, len(content), made, encoded)
    world.save(file)
    return file


def delete(world: World, message: Message) -> None:
    """Take a message away; its pin goes with it. One that began a thread leaves a tombstone, which is an edit."""
    before = payloads.message(world, message)
    if any(reply.thread_ts == message.ts for reply in world.messages[message.channel].values()):
        message.user, message.text, message.subtype = "USLACKBOT", "This message was deleted.", "tombstone"
        message.blocks, message.files, message.reactions, message.metadata = [], [], {}, None
        world.save(message)
        told = {"subtype": "message_changed", "hidden": True, "previous_message": before}
        _tell(world, message, {"type": "message", "message": payloads.message(world, message)} | told)
        return
    channel = world.channels[message.channel]
    if message.ts in channel.pins:
        channel.pins.remove(message.ts)
        world.save(channel)
    world.remove(message)
    told = {"subtype": "message_deleted", "hidden": True, "previous_message": before, "deleted_ts": message.ts}
    _tell(world, message, {"type": "message"} | told)


def join(world: World, channel: Channel, user: str, inviter: str = "") -> None:
    """Become a member; the channel says so."""
    channel.members.append(user)
    world.save(channel)
    event = _membership(world, "member_joined_channel", channel, user)
    world.happened(event | ({"inviter": inviter} if inviter else {}))
    post(world, channel.id, user, f"<@{user}> has joined the channel", subtype="channel_join")


def leave(world: World, channel: Channel, user: str) -> None:
    """Be no member any more; the channel says so, and a private one is not seen from then on."""
    channel.members.remove(user)
    world.save(channel)
    world.happened(_membership(world, "member_left_channel", channel, user))
    post(world, channel.id, user, f"<@{user}> has left the channel", subtype="channel_leave")


def _membership(world: World, kind: str, channel: Channel, user: str) -> dict[str, Any]:
    """The event, as Slack words it."""
    return {
        "type": kind,
        "user": user,
        "channel": channel.id,
        "channel_type": {"channel": "C", "group": "G"}.get(channel.kind, "D"),
        "team": TEAM_ID,
        "event_ts": world.next_ts(),
    }


def react(world: World, message: Message, user: str, name: str, *, away: bool = False) -> None:
    """Give or take back a reaction."""
    people = message.reactions.setdefault(name, [])
    if away:
        people.remove(user)
    else:
        people.append(user)
    if not people:
        del message.reactions[name]
    world.save(message)
    world.happened(
        {
            "type": "reaction_removed" if away else "reaction_added",
            "user": user,
            "reaction": name,
            "item_user": message.user,
            "item": {"type": "message", "channel": message.channel, "ts": message.ts},
            "event_ts": world.next_ts(),
        }
    )


def _tell(world: World, message: Message, body: dict[str, Any]) -> None:
    """The message event, and the mention where the bot is named: two events with one timestamp."""
    place = {"channel": message.channel, "event_ts": body.get("ts") or world.next_ts()}
    kind = {"channel_type": world.channels[message.channel].kind}
    stamp = {} if "ts" in body else {"ts": place["event_ts"]}
    plain = {key: value for key, value in body.items() if key != "metadata"}
    if f"<@{world.app.user_id}>" in message.text and not message.bot_id and not body.get("subtype"):
        world.happened(plain | place | {"type": "app_mention"})
    world.happened(plain | stamp | place | kind)
