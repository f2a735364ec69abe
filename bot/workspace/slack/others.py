"""The methods that are about neither messages nor channels nor views: who is who, pins, reactions, files, the app."""

import re

from bot.workspace.slack import acts, limits, payloads
from bot.workspace.slack.call import Call, Denied, Json
from bot.workspace.slack.model import TEAM_DOMAIN, TEAM_ID, Message

TS = re.compile(r"\d{10}\.\d{6}")


def auth_test(call: Call) -> Json:
    app = call.world.app
    return {
        "url": f"https://{TEAM_DOMAIN}.slack.com/",
        "team": "Holdfast",
        "user": call.world.people[app.user_id].name,
        "team_id": TEAM_ID,
        "user_id": app.user_id,
        "bot_id": app.bot_id,
        "is_enterprise_install": False,
    }


def open_connection(call: Call) -> Json:
    address = call.world.url.replace("http", "ws", 1)
    return {"url": f"{address}/link/?ticket={call.tickets.link()}&app_id={call.world.app.id}"}


def team_info(call: Call) -> Json:
    domain = f"{TEAM_DOMAIN}.slack.com"
    return {"team": {"id": TEAM_ID, "name": "Holdfast", "domain": TEAM_DOMAIN, "url": f"https://{domain}/"}}


def user_info(call: Call) -> Json:
    person = call.world.people.get(call.text("user"))
    if person is None:
        raise Denied("user_not_found")
    return {"user": payloads.user(person)}


def users_list(call: Call) -> Json:
    page = call.page(list(call.world.people.values()), "members", payloads.user)
    return page | {"cache_ts": int(call.world.now())}


def pin(call: Call) -> Json:
    message = _message(call)
    channel = call.world.channels[message.channel]
    if message.ts in channel.pins:
        raise Denied("already_pinned")
    if len(channel.pins) >= limits.PINS:
        raise Denied("too_many_pins")
    channel.pins.append(message.ts)
    call.world.save(channel)
    call.world.save(message)
    return {}


def react(call: Call) -> Json:
    message, bot, name = _message(call), call.world.app.user_id, call.text("name")
    if not re.fullmatch(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?", name):
        raise Denied("invalid_name")
    if call.world.channels[message.channel].is_archived:
        raise Denied("is_archived")
    if bot in message.reactions.get(name, []):
        raise Denied("already_reacted")
    if len(message.reactions) >= limits.REACTIONS and name not in message.reactions:
        raise Denied("too_many_reactions")
    acts.react(call.world, message, bot, name)
    return {}


def _message(call: Call) -> Message:
    channel = call.channel(member=True)
    if not TS.fullmatch(call.text("timestamp")):
        raise Denied("bad_timestamp")
    return call.message(channel, "timestamp")


def bookmark(call: Call) -> Json:
    channel = call.channel("channel_id", member=True)
    if call.text("type") != "link":
        raise Denied("invalid_bookmark_type")
    title, link = call.text("title"), call.text("link")
    if not re.match(r"https?://", link) or len(link) > limits.BOOKMARK_LINK or len(title) > limits.BOOKMARK_TITLE:
        raise Denied("invalid_link")
    if len(channel.bookmarks) >= limits.BOOKMARKS:
        raise Denied("too_many_bookmarks")
    mark = {
        "id": call.world.next_id("Bk"),
        "channel_id": channel.id,
        "title": title,
        "link": link,
        "emoji": call.text("emoji"),
        "type": "link",
    }
    channel.bookmarks.append(mark)
    call.world.save(channel)
    return {"bookmark": mark}


def file_info(call: Call) -> Json:
    file = call.world.files.get(call.text("file"))
    if file is None:
        raise Denied("file_not_found")
    return {"file": payloads.file(call.world, file), "comments": [], "response_metadata": {"next_cursor": ""}}
