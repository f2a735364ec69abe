"""The conversations.* methods: channels, who is in them, and what was said."""

from bot.workspace.slack import acts, limits, payloads
from bot.workspace.slack.call import Call, Denied, Json
from bot.workspace.slack.model import Channel, Message
from bot.workspace.slack.world import World

KINDS = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}


def create(call: Call) -> Json:
    world, name = call.world, call.text("name")
    _check_name(world, name)
    channel = Channel(
        world.next_id("C"),
        name,
        "group" if call.flag("is_private") else "channel",
        creator=world.app.user_id,
        created=int(world.now()),
        members=[world.app.user_id],
    )
    world.save(channel)
    return {"channel": payloads.channel(world, channel)}


def _check_name(world: World, name: str) -> None:
    if not name:
        raise Denied("invalid_name_required")
    if len(name) > limits.CHANNEL_NAME:
        raise Denied("invalid_name_maxlength")
    if not any(char.isalnum() for char in name):
        raise Denied("invalid_name_punctuation" if set(name) <= set("-_.,!?:;'\"") else "invalid_name_specials")
    if any(not (char.isalnum() or char in "-_") or char != char.lower() for char in name):
        raise Denied("invalid_name_specials")
    # An archived channel keeps its name, and so does a private one that nobody else sees.
    if any(channel.name == name for channel in world.channels.values() if channel.kind != "im"):
        raise Denied("name_taken")


def invite(call: Call) -> Json:
    """Several at once; one who cannot be invited stops all, unless `force` lets the others in."""
    world, channel = call.world, _room(call)
    users = [user.strip() for user in call.text("users").split(",") if user.strip()]
    if not users:
        raise Denied("no_user")
    if len(users) > limits.INVITED_AT_ONCE:
        raise Denied("too_many_users")
    wrong = {user: error for user in users if (error := _cannot_invite(world, channel, user))}
    welcome = [user for user in users if user not in wrong]
    if wrong and not (call.flag("force") and welcome):
        errors = [{"user": user, "ok": False, "error": error} for user, error in wrong.items()]
        raise Denied(next(iter(wrong.values())), errors=errors)
    for user in welcome:
        acts.join(world, channel, user, world.app.user_id)
        world.effects["conversations.invite", f"{channel.id}:{user}"] += 1
    return {"channel": payloads.channel(world, channel)}


def _cannot_invite(world: World, channel: Channel, user: str) -> str:
    if user == world.app.user_id:
        return "cant_invite_self"
    person = world.people.get(user)
    if person is None:
        return "user_not_found"
    if user in channel.members:
        return "already_in_channel"
    if person.is_ultra_restricted:
        return "ura_max_channels"
    return "cant_invite" if person.deleted else ""


def _room(call: Call) -> Channel:
    """A channel the bot is in and that is in use. Raises Denied."""
    channel = call.channel(member=True)
    if channel.kind == "im":
        raise Denied("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise Denied("is_archived")
    return channel


def join(call: Call) -> Json:
    world, channel = call.world, call.channel()
    if channel.kind != "channel":
        raise Denied("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise Denied("is_archived")
    answer: Json = {"channel": payloads.channel(world, channel)}
    if world.app.user_id in channel.members:
        return answer | {
            "warning": "already_in_channel",
            "response_metadata": {"warnings": ["already_in_channel"]},
        }
    acts.join(world, channel, world.app.user_id)
    return {"channel": payloads.channel(world, channel)}


def info(call: Call) -> Json:
    return {"channel": payloads.channel(call.world, call.channel())}


def members(call: Call) -> Json:
    return call.page(call.channel().members, "members", str)


def listed(call: Call) -> Json:
    """What the bot can see: every public channel, and private ones and conversations it is in."""
    world, wanted = call.world, call.text("types", "public_channel").split(",")
    if any(kind.strip() not in KINDS for kind in wanted):
        raise Denied("invalid_types")
    kinds = {KINDS[kind.strip()] for kind in wanted}
    shown = [
        channel
        for channel in world.channels.values()
        if channel.kind in kinds
        and (channel.kind == "channel" or world.app.user_id in channel.members)
        and not (call.flag("exclude_archived") and channel.is_archived)
    ]
    return call.page(shown, "channels", lambda channel: payloads.channel(world, channel))


def history(call: Call) -> Json:
    """The newest first; what stands only in a thread is not listed."""
    channel = call.channel(member=True)
    said = [m for m in call.world.history(channel.id) if not m.thread_ts or m.broadcast]
    return _messages(call, list(reversed(said)))


def replies(call: Call) -> Json:
    """A thread, its first message first."""
    channel = call.channel(member=True)
    said = call.world.history(channel.id, call.text("ts"))
    if not said:
        raise Denied("thread_not_found")
    return _messages(call, said, keep=said[0])


def _messages(call: Call, said: list[Message], keep: Message | None = None) -> Json:
    """Those between `oldest` and `latest`; `keep` is the thread's first message, which is always shown."""
    try:
        oldest = float(call.text("oldest") or 0)
        latest = float(call.text("latest") or "inf")
    except ValueError:
        raise Denied("invalid_ts_oldest" if "oldest" in call.arguments else "invalid_ts_latest") from None
    inclusive = call.flag("inclusive")

    def within(message: Message) -> bool:
        at = float(message.ts)
        return oldest < at < latest or (inclusive and at in (oldest, latest)) or message is keep

    metadata = call.flag("include_all_metadata")
    page = call.page(
        [message for message in said if within(message)],
        "messages",
        lambda message: payloads.message(call.world, message, metadata=metadata),
    )
    return page | {"has_more": bool(page["response_metadata"]["next_cursor"])}


def opened(call: Call) -> Json:
    """The conversation with one person. Several people at once are a thing the bot has no use for."""
    world = call.world
    if given := call.text("channel"):
        channel = call.channel()
        return {"channel": payloads.channel(world, channel), "no_op": True, "already_open": bool(given)}
    users = [user.strip() for user in call.text("users").split(",") if user.strip()]
    if not users:
        raise Denied("users_list_not_supplied")
    if len(users) > limits.OPENED_AT_ONCE:
        raise Denied("too_many_users")
    if any(user not in world.people for user in users):
        raise Denied("user_not_found")
    if any(world.people[user].deleted for user in users):
        raise Denied("user_disabled")
    if len(users) > 1:
        raise Denied("unknown_method")
    return {"channel": {"id": world.dm(users[0]).id}}


def set_topic(call: Call) -> Json:
    channel = _room(call)
    topic = call.text("topic")
    if len(topic) > limits.TOPIC:
        raise Denied("too_long")
    channel.topic = topic
    call.world.save(channel)
    bot = call.world.app
    acts.post(
        call.world,
        channel.id,
        bot.user_id,
        f"set the channel topic: {topic}",
        subtype="channel_topic",
        bot_id=bot.bot_id,
    )
    return {"channel": payloads.channel(call.world, channel)}
