"""The Web API methods the bot may call: scope, rate, arguments and refusals, as published on 2026-08-20."""

from dataclasses import dataclass

#: Refusals any method may give.
COMMON = frozenset({
    "invalid_arguments", "invalid_auth", "invalid_cursor", "missing_scope", "not_allowed_token_type", "not_authed",
    "ratelimited", "unknown_method",
})  # fmt: skip
EVERYWHERE = frozenset({"token", "team_id"})  # Bolt and the SDK send these along with any call


@dataclass(frozen=True)
class Method:
    """One method. `scope` may hold `{kind}`: channels, groups or im, by the channel it is about.

    `tier` 0 is a rate of its own. `writes` marks what people see of, and is counted.
    """

    tier: int
    scope: str = ""
    required: tuple[str, ...] = ()
    optional: frozenset[str] = frozenset()
    errors: frozenset[str] = frozenset()
    writes: bool = False
    app_token: bool = False


def _method(
    tier: int, scope: str = "", required: str = "", optional: str = "", errors: str = "", *, writes: bool = False
) -> Method:
    """A row of the table, its lists written as words."""
    return Method(tier, scope, tuple(required.split()), frozenset(optional.split()), frozenset(errors.split()), writes)


_PAGED = "cursor limit"
_READ = f"{_PAGED} latest oldest inclusive include_all_metadata"
_MANAGE = "{kind}:manage"
_VIEW = "expired_trigger_id exchanged_trigger_id invalid_trigger_id view_too_large"
_WORDS = "channel_not_found is_archived no_text invalid_blocks invalid_blocks_format"
_LOOK = "blocks as_user link_names parse unfurl_links unfurl_media"

METHODS: dict[str, Method] = {
    "apps.connections.open": Method(1, "connections:write", app_token=True),
    "auth.test": _method(0),
    "bookmarks.add": _method(
        2, "bookmarks:write", "channel_id title type", "link emoji entity_id access_level parent_id permission",
        "channel_not_found not_in_channel invalid_link invalid_bookmark_type too_many_bookmarks", writes=True,
    ),
    "chat.delete": _method(
        3, "chat:write", "channel ts", "as_user", "channel_not_found message_not_found cant_delete_message", writes=True
    ),
    "chat.getPermalink": _method(0, "", "channel message_ts", "", "channel_not_found message_not_found"),
    "chat.postEphemeral": _method(
        4, "chat:write", "channel user", f"text thread_ts attachments {_LOOK}",
        f"{_WORDS} not_in_channel user_not_in_channel msg_too_long", writes=True,
    ),
    "chat.postMessage": _method(
        0, "chat:write", "channel", f"text thread_ts reply_broadcast metadata attachments mrkdwn {_LOOK}",
        f"{_WORDS} not_in_channel msg_blocks_too_long invalid_metadata_format invalid_metadata_schema"
        " cannot_reply_to_message rate_limited", writes=True,
    ),
    "chat.update": _method(
        3, "chat:write", "channel ts", f"text metadata attachments reply_broadcast {_LOOK}",
        f"{_WORDS} message_not_found cant_update_message msg_too_long invalid_metadata_format invalid_metadata_schema",
        writes=True,
    ),
    "conversations.create": _method(
        2, _MANAGE, "name", "is_private",
        "name_taken invalid_name_required invalid_name_maxlength invalid_name_punctuation invalid_name_specials",
        writes=True,
    ),
    "conversations.history": _method(
        3, "{kind}:history", "channel", _READ, "channel_not_found not_in_channel invalid_ts_latest invalid_ts_oldest"
    ),
    "conversations.info": _method(3, "{kind}:read", "channel", "include_num_members include_locale",
                                  "channel_not_found"),
    "conversations.invite": _method(
        3, _MANAGE, "channel users", "force",
        "channel_not_found not_in_channel is_archived already_in_channel cant_invite_self cant_invite user_not_found"
        " no_user too_many_users ura_max_channels method_not_supported_for_channel_type",
    ),
    "conversations.join": _method(
        3, "channels:join", "channel", "", "channel_not_found is_archived method_not_supported_for_channel_type",
        writes=True,
    ),
    "conversations.list": _method(2, "channels:read", "", f"{_PAGED} types exclude_archived", "invalid_types"),
    "conversations.members": _method(4, "{kind}:read", "channel", _PAGED, "channel_not_found"),
    "conversations.open": _method(
        3, "im:write", "", "users channel return_im prevent_creation",
        "users_list_not_supplied user_not_found user_disabled too_many_users channel_not_found",
    ),
    "conversations.replies": _method(
        3, "{kind}:history", "channel ts", _READ,
        "channel_not_found not_in_channel thread_not_found invalid_ts_latest invalid_ts_oldest",
    ),
    "conversations.setTopic": _method(
        2, _MANAGE, "channel topic", "", "channel_not_found not_in_channel is_archived too_long"
        " method_not_supported_for_channel_type", writes=True,
    ),
    "files.info": _method(4, "files:read", "file", "cursor limit page count", "file_not_found"),
    "pins.add": _method(
        2, "pins:write", "channel timestamp", "",
        "channel_not_found not_in_channel message_not_found already_pinned bad_timestamp too_many_pins", writes=True,
    ),
    "reactions.add": _method(
        3, "reactions:write", "channel name timestamp", "",
        "channel_not_found not_in_channel message_not_found already_reacted bad_timestamp invalid_name"
        " too_many_reactions is_archived", writes=True,
    ),
    "team.info": _method(3, "team:read", "", "team domain", "team_not_found"),
    "users.info": _method(4, "users:read", "user", "include_locale", "user_not_found"),
    "users.list": _method(2, "users:read", "", f"{_PAGED} include_locale", "limit_required"),
    "views.open": _method(4, "", "view", "trigger_id interactivity_pointer", _VIEW),
    "views.publish": _method(4, "", "user_id view", "hash", "hash_conflict user_not_found view_too_large"),
    "views.push": _method(4, "", "view", "trigger_id interactivity_pointer",
                          f"{_VIEW} push_limit_reached not_found"),
    "views.update": _method(4, "", "view", "view_id external_id hash", "hash_conflict not_found view_too_large"),
}  # fmt: skip
