"""The chat.* methods: posting, editing, whispering and taking back."""

from typing import Any

from bot.workspace.slack import acts, limits, payloads, validate
from bot.workspace.slack.call import Call, Denied, Json
from bot.workspace.slack.model import TEAM_DOMAIN, Block, Channel, Ephemeral, Message


def post_message(call: Call) -> Json:
    channel = _writable(call)
    blocks = call.blocks()
    if blocks and validate.text_length(blocks) > limits.BLOCKS_TEXT_PER_MESSAGE:
        raise Denied("msg_blocks_too_long")
    text = _words(call, blocks)
    message = acts.post(
        call.world,
        channel.id,
        call.world.app.user_id,
        text[: limits.MESSAGE_TEXT],
        blocks=blocks or [],
        thread_ts=call.text("thread_ts"),
        broadcast=call.flag("reply_broadcast"),
        metadata=_metadata(call),
        bot_id=call.world.app.bot_id,
    )
    answer = {"channel": channel.id, "ts": message.ts, "message": payloads.message(call.world, message)}
    if len(text) > limits.MESSAGE_TEXT:
        return answer | {
            "warning": "message_truncated",
            "response_metadata": {"warnings": ["message_truncated"]},
        }
    return answer


def update(call: Call) -> Json:
    """What is left out stays; a text without blocks leaves the blocks as they were."""
    channel = call.channel()
    message = call.message(channel)
    if message.user != call.world.app.user_id:
        raise Denied("cant_update_message")
    if channel.is_archived:
        raise Denied("is_archived")
    blocks = call.blocks()
    text = _words(call, blocks)
    if len(text) > limits.EDITED_TEXT:
        raise Denied("msg_too_long")
    changes: dict[str, Any] = {"text": text} if "text" in call.arguments else {}
    if blocks is not None:
        changes["blocks"] = blocks
    if (metadata := _metadata(call)) is not None:
        changes["metadata"] = metadata
    acts.edit(call.world, message, **changes)
    shown = payloads.message(call.world, message)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shown}


def delete(call: Call) -> Json:
    channel = call.channel()
    message = call.message(channel)
    if message.user != call.world.app.user_id:
        raise Denied("cant_delete_message")
    acts.delete(call.world, message)
    return {"channel": channel.id, "ts": message.ts}


def post_ephemeral(call: Call) -> Json:
    channel = _writable(call)
    user = call.text("user")
    if user not in channel.members:
        raise Denied("user_not_in_channel")
    blocks = call.blocks()
    text = _words(call, blocks)
    if len(text) > limits.EDITED_TEXT:
        raise Denied("msg_too_long")
    world = call.world
    whisper = Ephemeral(
        channel.id, user, world.next_ts(), text, blocks or [], call.text("thread_ts"), world.app.user_id
    )
    world.save(whisper)
    return {"message_ts": whisper.ts}


def get_permalink(call: Call) -> Json:
    channel = call.channel()
    message = call.message(channel, "message_ts")
    return {"channel": channel.id, "permalink": permalink(message)}


def permalink(message: Message) -> str:
    """The address people copy from Slack."""
    thread = f"?thread_ts={message.thread_ts}&cid={message.channel}" if message.thread_ts else ""
    return f"https://{TEAM_DOMAIN}.slack.com/archives/{message.channel}/p{message.ts.replace('.', '')}{thread}"


def _writable(call: Call) -> Channel:
    """Where the bot may write: where it is a member, and with chat:write.public in any public channel."""
    channel = call.target()
    world = call.world
    public = channel.kind == "channel" and "chat:write.public" in world.app.scopes
    if world.app.user_id not in channel.members and not public:
        raise Denied("not_in_channel")
    if channel.is_archived:
        raise Denied("is_archived")
    thread = call.text("thread_ts")
    if thread and thread not in world.messages.get(channel.id, {}):
        raise Denied("cannot_reply_to_message" if call.text("user") == "" else "channel_not_found")
    return channel


def _words(call: Call, blocks: list[Block] | None) -> str:
    text = call.text("text")
    if not text and not blocks:
        raise Denied("no_text")
    return text


def _metadata(call: Call) -> Json | None:
    given = call.json("metadata", "invalid_metadata_format")
    if given is None or given == "":
        return None
    if not isinstance(given, dict):
        raise Denied("invalid_metadata_format")
    if not isinstance(given.get("event_type"), str) or not isinstance(given.get("event_payload"), dict):
        raise Denied("invalid_metadata_schema")
    return given
