"""Everything as Slack words it on the wire; which keys are null and which are absent matters."""

from typing import Any

from bot.workspace.slack.model import TEAM_DOMAIN, TEAM_ID, App, Channel, File, Message, Person, View
from bot.workspace.slack.world import World

Json = dict[str, Any]

TEAM = {"id": TEAM_ID, "domain": TEAM_DOMAIN}
ORG: Json = {"enterprise": None, "is_enterprise_install": False}


def app(installed: App) -> Json:
    return {"api_app_id": installed.id, "token": installed.verification_token}


def actor(person: Person) -> Json:
    """Who did it, in an interaction."""
    return {"id": person.id, "username": person.name, "name": person.name, "team_id": TEAM_ID}


def user(person: Person) -> Json:
    """A person, as users.info tells."""
    profile = {
        "real_name": person.real_name,
        "display_name": "" if person.is_bot else person.name,
        "email": person.email,
        "team": TEAM_ID,
    }
    if person.is_bot:
        del profile["email"]
    return {
        "id": person.id,
        "team_id": TEAM_ID,
        "name": person.name,
        "real_name": person.real_name,
        "deleted": person.deleted,
        "tz": person.tz,
        "profile": profile,
        "is_admin": person.is_owner,
        "is_owner": person.is_owner,
        "is_primary_owner": person.is_owner,
        "is_restricted": person.is_restricted,
        "is_ultra_restricted": person.is_ultra_restricted,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": 0,
    }


def channel(world: World, it: Channel) -> Json:
    """A conversation, as conversations.info tells the bot."""
    common = {"id": it.id, "created": it.created, "is_archived": it.is_archived, "is_im": it.kind == "im"}
    if it.kind == "im":
        return common | {"user": it.creator, "is_user_deleted": False, "is_org_shared": False}
    return common | {
        "name": it.name,
        "name_normalized": it.name,
        "creator": it.creator,
        "is_channel": it.kind == "channel",
        "is_group": it.kind == "group",
        "is_mpim": False,
        "is_private": it.kind == "group",
        "is_general": it.is_general,
        "is_member": world.app.user_id in it.members,
        "num_members": len(it.members),
        "topic": {"value": it.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


def message(world: World, it: Message, *, metadata: bool = True) -> Json:
    """A message; a posted one shows its metadata, a listed one only where it was asked for."""
    body: Json = {"user": it.user, "type": "message", "ts": it.ts, "text": it.text, "team": TEAM_ID}
    if it.bot_id == world.app.bot_id:
        body |= {"bot_id": it.bot_id, "app_id": world.app.id}
    elif it.bot_id:
        body |= {"bot_id": it.bot_id, "username": it.username, "attachments": it.attachments}
        del body["user"]
    optional: Json = {
        "subtype": it.subtype,
        "client_msg_id": it.client_msg_id,
        "blocks": it.blocks,
        "files": [file(world, world.files[id]) for id in it.files],
        "edited": {"user": it.user, "ts": it.edited} if it.edited else None,
        "reactions": [{"name": name, "users": who, "count": len(who)} for name, who in it.reactions.items()],
        "pinned_to": [it.channel] if it.ts in world.channels[it.channel].pins else [],
        "metadata": it.metadata if metadata else None,
    }
    return body | {key: value for key, value in optional.items() if value} | thread(world, it)


def thread(world: World, it: Message) -> Json:
    """What a message says of the thread it begins or belongs to."""
    if it.thread_ts:
        parent = world.messages[it.channel].get(it.thread_ts)
        return {"thread_ts": it.thread_ts} | ({"parent_user_id": parent.user} if parent else {})
    replies = [m for m in world.history(it.channel, it.ts) if m.thread_ts]
    if not replies:
        return {}
    who = list(dict.fromkeys(m.user for m in replies))
    return {
        "thread_ts": it.ts,
        "reply_count": len(replies),
        "reply_users_count": len(who),
        "reply_users": who,
        "latest_reply": replies[-1].ts,
        "subscribed": False,
    }


def file(world: World, it: File) -> Json:
    private = f"{world.url}/files-pri/{TEAM_ID}-{it.id}"
    return {
        "id": it.id,
        "created": it.created,
        "timestamp": it.created,
        "name": it.name,
        "title": it.name,
        "mimetype": it.mimetype,
        "filetype": it.name.rpartition(".")[2] or "text",
        "pretty_type": it.mimetype,
        "user": it.user,
        "mode": "hosted",
        "size": it.size,
        "url_private": f"{private}/{it.name}",
        "url_private_download": f"{private}/download/{it.name}",
        "permalink": f"{world.url}/files/{it.user}/{it.id}/{it.name}",
    }


def view(world: World, it: View) -> Json:
    """A view, as answers and interactions carry it."""
    usual: Json = {
        "private_metadata": "",
        "callback_id": "",
        "title": {"type": "plain_text", "text": "View Title", "emoji": True},
        "submit": None,
        "close": None,
        "clear_on_close": False,
        "notify_on_close": False,
        "external_id": "",
    }
    place: Json = {
        "id": it.id,
        "team_id": TEAM_ID,
        "state": {"values": it.state},
        "hash": it.hash,
        "previous_view_id": it.previous_id,
        "root_view_id": it.root_id,
        "app_id": world.app.id,
        "app_installed_team_id": TEAM_ID,
        "bot_id": world.app.bot_id,
    }
    return usual | it.body | place


def event(world: World, id: str, body: Json) -> Json:
    """The envelope around every event."""
    authorization = {
        "enterprise_id": None,
        "team_id": TEAM_ID,
        "user_id": world.app.user_id,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return app(world.app) | {
        "team_id": TEAM_ID,
        "context_team_id": TEAM_ID,
        "context_enterprise_id": None,
        "event": body,
        "type": "event_callback",
        "event_id": id,
        "event_time": int(world.now()),
        "is_ext_shared_channel": False,
        "authorizations": [authorization],
        "event_context": "4-local",
    }
