"""The Web API, called with Slack's own client: what it does, and each word it refuses with."""

import re
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

import bot.workspace.slack as package
from bot.workspace.slack.api import HANDLERS
from bot.workspace.slack.methods import COMMON, METHODS
from bot.workspace.slack.model import Channel, Message, Surprise
from bot.workspace.slack.service import Slack
from bot.workspace.workspace import Workspace
from tests.clock import ManualClock
from tests.workspace.slack.kit import LINE, asked, modal, section

pytestmark = pytest.mark.sockets
NOWHERE = "1700000000.000001"


@pytest.fixture
def room(slack: Slack) -> Slack:
    """The workspace with things to stumble over: channels gone, private or full, and messages of both kinds."""
    world = slack.world
    world.save(Channel("C0OLD", "old", is_archived=True, members=["U0HOLDFAST"]))
    world.save(Channel("C0SECRET", "secret", "group", members=["U0ANA"]))
    world.save(Channel("C0OURS", "ours", "group", members=["U0HOLDFAST"]))
    world.save(Message("C0ALERTS", "1700000000.000100", "U0ANA", "hers"))
    world.save(Message("C0ALERTS", "1700000000.000200", "U0HOLDFAST", "ours", bot_id="B0HOLDFAST"))
    world.people["U0BOB"].deleted = True
    world.people["U0GINA"].is_ultra_restricted = True
    return slack


REFUSALS: list[tuple[str, dict[str, Any], str]] = [
    ("chat.postMessage", {"channel": "C0NONE", "text": "x"}, "channel_not_found"),
    ("chat.postMessage", {"channel": "C0SECRET", "text": "x"}, "channel_not_found"),
    ("chat.postMessage", {"channel": "C0OLD", "text": "x"}, "is_archived"),
    ("chat.postMessage", {"channel": "C0ALERTS"}, "no_text"),
    ("chat.postMessage", {"channel": "C0ALERTS", "blocks": [{"type": "video"}]}, "invalid_blocks"),
    ("chat.postMessage", {"channel": "C0ALERTS", "blocks": "[{"}, "invalid_blocks_format"),
    ("chat.postMessage", {"channel": "C0ALERTS", "blocks": [section("x" * 3000)] * 5}, "msg_blocks_too_long"),
    ("chat.postMessage", {"channel": "C0ALERTS", "text": "x", "metadata": "{"}, "invalid_metadata_format"),
    ("chat.postMessage", {"channel": "C0ALERTS", "text": "x", "metadata": {}}, "invalid_metadata_schema"),
    ("chat.postMessage", {"channel": "C0ALERTS", "text": "x", "thread_ts": NOWHERE}, "cannot_reply_to_message"),
    ("chat.postMessage", {"text": "x"}, "invalid_arguments"),
    ("chat.postMessage", {"channel": "C0ALERTS", "text": "x", "colour": "red"}, "invalid_arguments"),
    ("chat.update", {"channel": "C0ALERTS", "ts": NOWHERE, "text": "x"}, "message_not_found"),
    ("chat.update", {"channel": "C0ALERTS", "ts": "1700000000.000100", "text": "x"}, "cant_update_message"),
    ("chat.update", {"channel": "C0ALERTS", "ts": "1700000000.000200", "text": "x" * 4001}, "msg_too_long"),
    ("chat.delete", {"channel": "C0ALERTS", "ts": "1700000000.000100"}, "cant_delete_message"),
    ("chat.delete", {"channel": "C0ALERTS", "ts": NOWHERE}, "message_not_found"),
    ("chat.postEphemeral", {"channel": "C0ALERTS", "user": "U0NONE", "text": "x"}, "user_not_in_channel"),
    ("chat.postEphemeral", {"channel": "C0ALERTS", "user": "U0ANA", "text": "x" * 4001}, "msg_too_long"),
    ("chat.getPermalink", {"channel": "C0ALERTS", "message_ts": NOWHERE}, "message_not_found"),
    ("conversations.create", {"name": "alerts"}, "name_taken"),
    ("conversations.create", {"name": "secret"}, "name_taken"),
    ("conversations.create", {}, "invalid_name_required"),
    ("conversations.create", {"name": "x" * 81}, "invalid_name_maxlength"),
    ("conversations.create", {"name": "--"}, "invalid_name_punctuation"),
    ("conversations.create", {"name": "Inc 1"}, "invalid_name_specials"),
    ("conversations.create", {"name": "inc.1"}, "invalid_name_specials"),
    ("conversations.info", {"channel": "C0SECRET"}, "channel_not_found"),
    ("conversations.invite", {"channel": "C0ALERTS", "users": "U0ANA"}, "already_in_channel"),
    ("conversations.invite", {"channel": "C0ALERTS", "users": "U0HOLDFAST"}, "cant_invite_self"),
    ("conversations.invite", {"channel": "C0OURS", "users": "U0BOB"}, "cant_invite"),
    ("conversations.invite", {"channel": "C0OURS", "users": "U0GINA"}, "ura_max_channels"),
    ("conversations.invite", {"channel": "C0OURS", "users": "U0NONE"}, "user_not_found"),
    ("conversations.invite", {"channel": "C0OURS", "users": ""}, "no_user"),
    ("conversations.invite", {"channel": "C0OURS", "users": ",".join(["U0ANA"] * 101)}, "too_many_users"),
    ("conversations.invite", {"channel": "C0OLD", "users": "U0ANA"}, "is_archived"),
    ("conversations.invite", {"channel": "C0GENERAL", "users": "U0GINA"}, "not_in_channel"),
    ("conversations.join", {"channel": "C0OURS"}, "method_not_supported_for_channel_type"),
    ("conversations.join", {"channel": "C0OLD"}, "is_archived"),
    ("conversations.list", {"types": "rooms"}, "invalid_types"),
    ("conversations.list", {"cursor": "x"}, "invalid_cursor"),
    ("conversations.history", {"channel": "C0GENERAL"}, "not_in_channel"),
    ("conversations.history", {"channel": "C0ALERTS", "oldest": "x"}, "invalid_ts_oldest"),
    ("conversations.history", {"channel": "C0ALERTS", "latest": "x"}, "invalid_ts_latest"),
    ("conversations.replies", {"channel": "C0ALERTS", "ts": NOWHERE}, "thread_not_found"),
    ("conversations.open", {}, "users_list_not_supplied"),
    ("conversations.open", {"users": "U0NONE"}, "user_not_found"),
    ("conversations.open", {"users": "U0BOB"}, "user_disabled"),
    ("conversations.open", {"users": ",".join(["U0ANA"] * 9)}, "too_many_users"),
    ("conversations.setTopic", {"channel": "C0ALERTS", "topic": "x" * 251}, "too_long"),
    ("pins.add", {"channel": "C0ALERTS", "timestamp": NOWHERE}, "message_not_found"),
    ("pins.add", {"channel": "C0ALERTS", "timestamp": "soon"}, "bad_timestamp"),
    ("reactions.add", {"channel": "C0ALERTS", "timestamp": NOWHERE, "name": "Not a name"}, "message_not_found"),
    ("reactions.add", {"channel": "C0ALERTS", "timestamp": "1700000000.000100", "name": "No name"}, "invalid_name"),
    ("bookmarks.add", {"channel_id": "C0ALERTS", "title": "x", "type": "link", "link": "x"}, "invalid_link"),
    ("bookmarks.add", {"channel_id": "C0ALERTS", "title": "x", "type": "page"}, "invalid_bookmark_type"),
    ("users.info", {"user": "U0NONE"}, "user_not_found"),
    ("files.info", {"file": "F0NONE"}, "file_not_found"),
    ("views.open", {"trigger_id": "x", "view": modal()}, "invalid_trigger_id"),
    ("views.open", {"view": modal()}, "invalid_arguments"),
    ("views.open", {"trigger_id": "x", "view": {"type": "modal"}}, "invalid_arguments"),
    ("views.open", {"trigger_id": "x", "view": modal(*[asked(f"b{n}", LINE | {"initial_value": "x" * 3000})
                                                       for n in range(90)])}, "view_too_large"),
    ("views.push", {"trigger_id": "x", "view": modal()}, "invalid_trigger_id"),
    ("views.update", {"view_id": "V0NONE", "view": modal()}, "not_found"),
    ("views.publish", {"user_id": "U0NONE", "view": {"type": "home", "blocks": []}}, "user_not_found"),
    ("chat.scheduleMessage", {"channel": "C0ALERTS"}, "unknown_method"),
    ("apps.connections.open", {}, "not_allowed_token_type"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "arguments", "error"), REFUSALS)
async def test_refused(room: Slack, client: AsyncWebClient, method: str, arguments: dict[str, Any], error: str) -> None:
    """A call Slack would refuse is refused with Slack's word, HTTP 200, and nothing is written."""
    before = dict(room.world.effects)
    with pytest.raises(SlackApiError) as refusal:
        await client.api_call(method, json=arguments)
    assert refusal.value.response["error"] == error
    assert refusal.value.response.status_code == 200
    assert room.world.effects == before


def test_every_word_is_in_the_table() -> None:
    """No method refuses with a word its row does not list, and each row has a handler."""
    known = COMMON.union(*(method.errors for method in METHODS.values()))
    sources = Path(str(package.__file__)).parent.glob("*.py")
    words = {word for path in sources for word in re.findall(r'Denied\("(\w+)"', path.read_text())}
    assert words <= known
    assert HANDLERS.keys() == METHODS.keys()


async def test_refusal_carries_what_was_wrong(client: AsyncWebClient) -> None:
    """Blocks are refused with errors and messages, views with messages only."""
    with pytest.raises(SlackApiError) as message:
        await client.chat_postMessage(channel="C0ALERTS", text="x", blocks=[{"type": "actions", "elements": []}])
    words = "must provide at least 1 items [json-pointer:/blocks/0/elements]"
    assert message.value.response["errors"] == [words]
    assert message.value.response["response_metadata"]["messages"] == [f"[ERROR] {words}"]
    with pytest.raises(SlackApiError) as view:
        await client.views_open(trigger_id="x", view={"type": "modal", "blocks": []})
    assert "errors" not in view.value.response.data
    assert "[ERROR] missing required field: title [json-pointer:/view]" in str(view.value.response["response_metadata"])


async def test_surprises_are_kept(slack: Slack, client: AsyncWebClient) -> None:
    """What nobody wrote down is refused and remembered by name."""
    for method in ("emoji.list", "chat.postMessage"):
        with pytest.raises(SlackApiError):
            await client.api_call(method, json={"channel": "C0ALERTS", "text": "x", "sound": "horn"})
    assert slack.world.surprises == [
        Surprise("emoji.list", "unknown method"),
        Surprise("chat.postMessage", "unknown argument: sound"),
    ]


@pytest.mark.parametrize(("token", "error"), [("", "not_authed"), ("xoxb-wrong", "invalid_auth")])
async def test_token(workspace: Workspace, token: str, error: str) -> None:
    """Without the right token nothing is told."""
    stranger = AsyncWebClient(token=token, base_url=f"{workspace.url}/api/")
    with pytest.raises(SlackApiError, match=error):
        await stranger.auth_test()


async def test_missing_scope_names_itself(slack: Slack, client: AsyncWebClient) -> None:
    """A scope that was not granted is named, with those that were."""
    slack.world.app.scopes = ("chat:write",)
    with pytest.raises(SlackApiError) as refusal:
        await client.conversations_create(name="inc-1", is_private=True)
    assert (refusal.value.response["needed"], refusal.value.response["provided"]) == ("groups:write", "chat:write")
    assert (await client.auth_test()).headers["x-oauth-scopes"] == "chat:write"


async def test_one_room(slack: Slack, client: AsyncWebClient) -> None:
    """A channel is made, filled, named, written to, pinned, and found again by its marker."""
    made = (await client.conversations_create(name="inc-1-wiki"))["channel"]
    await client.conversations_invite(channel=made["id"], users="U0ANA,U0NONE", force=True)
    await client.conversations_setTopic(channel=made["id"], topic="SEV2")
    metadata = {"event_type": "card", "event_payload": {"key": "INC-1:card"}}
    posted = await client.chat_postMessage(channel=made["id"], text="card", blocks=[section()], metadata=metadata)
    await client.pins_add(channel=made["id"], timestamp=posted["ts"])
    with pytest.raises(SlackApiError, match="already_pinned"):
        await client.pins_add(channel=made["id"], timestamp=posted["ts"])
    plainly = await client.conversations_history(channel=made["id"], limit=1)
    assert "metadata" not in plainly["messages"][0]
    full = await client.conversations_history(channel=made["id"], include_all_metadata=True)
    assert full["messages"][0]["metadata"] == metadata
    assert full["messages"][0]["pinned_to"] == [made["id"]]
    assert slack.world.effects["chat.postMessage", "INC-1:card"] == 1
    assert slack.world.effects["conversations.invite", f"{made['id']}:U0ANA"] == 1
    assert slack.channel("inc-1-wiki").topic == "SEV2"


async def test_an_edit_keeps_what_it_leaves_out(slack: Slack, client: AsyncWebClient) -> None:
    """A text alone leaves the blocks; empty blocks take them away."""
    ts = (await client.chat_postMessage(channel="alerts", text="one", blocks=[section()]))["ts"]
    await client.chat_update(channel="C0ALERTS", ts=ts, text="two")
    message = slack.messages("alerts")[0]
    assert (message.text, len(message.blocks)) == ("two", 1)
    await client.chat_update(channel="C0ALERTS", ts=ts, text="three", blocks=[])
    assert (message.text, message.blocks) == ("three", [])


async def test_pages(slack: Slack, client: AsyncWebClient) -> None:
    """Lists come in pages that leave nothing out."""
    names, cursor = [], ""
    while True:
        page = await client.users_list(limit=2, cursor=cursor)
        names += [user["name"] for user in page["members"]]
        if not (cursor := page["response_metadata"]["next_cursor"]):
            break
    assert names == [person.name for person in slack.world.people.values()]


async def test_a_thread(client: AsyncWebClient) -> None:
    """Replies stand in their thread and not in the channel."""
    first = (await client.chat_postMessage(channel="C0ALERTS", text="first"))["ts"]
    reply = (await client.chat_postMessage(channel="C0ALERTS", text="reply", thread_ts=first))["ts"]
    await client.chat_postMessage(channel="C0ALERTS", text="to the reply", thread_ts=reply)
    thread = await client.conversations_replies(channel="C0ALERTS", ts=first, oldest=reply, inclusive=True)
    assert [message["text"] for message in thread["messages"]] == ["first", "reply", "to the reply"]
    assert len((await client.conversations_history(channel="C0ALERTS"))["messages"]) == 1


async def test_rates(slack: Slack, client: AsyncWebClient, clock: ManualClock) -> None:
    """With rates enforced a channel takes one message a second, and says how long to wait."""
    slack.api.enforce_rates = True
    await client.chat_postMessage(channel="C0ALERTS", text="one")
    with pytest.raises(SlackApiError) as refusal:
        await client.chat_postMessage(channel="C0ALERTS", text="two")
    assert (refusal.value.response.status_code, refusal.value.response.headers["Retry-After"]) == (429, "1")
    clock.advance(1)
    await client.chat_postMessage(channel="C0ALERTS", text="two")


async def test_triggers_end(slack: Slack, client: AsyncWebClient, clock: ManualClock) -> None:
    """A trigger opens one view within three seconds; a refused view does not use it up."""
    trigger = slack.tickets.trigger("U0ANA")
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        await client.views_open(trigger_id=trigger, view={"type": "modal", "blocks": []})
    shown = (await client.views_open(trigger_id=trigger, view=modal()))["view"]
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        await client.views_open(trigger_id=trigger, view=modal())
    late = slack.tickets.trigger("U0ANA")
    clock.advance(3.1)
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        await client.views_open(trigger_id=late, view=modal())
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await client.views_update(view_id=shown["id"], hash="old", view=modal())
    await client.views_update(view_id=shown["id"], hash=shown["hash"], view=modal(section()))
    for _ in range(2):
        await client.views_push(trigger_id=slack.tickets.trigger("U0ANA"), view=modal())
    with pytest.raises(SlackApiError, match="push_limit_reached"):
        await client.views_push(trigger_id=slack.tickets.trigger("U0ANA"), view=modal())


async def test_files_need_the_token(workspace: Workspace, client: AsyncWebClient) -> None:
    """A file is handed to the bot; without its token there is a sign-in page, with status 200 as at Slack."""
    id = await workspace.slack.person("ana").upload("log.txt", b"boom")
    url = (await client.files_info(file=id))["file"]["url_private_download"]
    token = workspace.environment(0)["SLACK_BOT_TOKEN"]
    async with aiohttp.ClientSession() as session:
        async with session.get(url, headers={"Authorization": f"Bearer {token}"}) as answer:
            assert await answer.read() == b"boom"
        async with session.get(url) as answer:
            assert (answer.status, "Sign in" in await answer.text()) == (200, True)


async def test_only_this_machine(workspace: Workspace) -> None:
    """A foreign name that points here gets nothing."""
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{workspace.url}/api/auth.test", headers={"Host": "evil.example:80"}) as answer,
    ):
        assert answer.status == 403


GOOD: dict[str, Any] = {
    "channel": "C0ALERTS", "channel_id": "C0ALERTS", "text": "x", "user": "U0ANA", "users": "U0ANA", "user_id": "U0ANA",
    "name": "ok", "view": modal(), "title": "t", "type": "link", "link": "https://x.example", "ts": "1700000000.000200",
    "timestamp": "1700000000.000200", "message_ts": "1700000000.000200",
}  # fmt: skip
BAD: list[Any] = ["", "\0", [], {}, None, 5, True, [1], {"type": []}, {"type": "modal", "blocks": [None]}, "{", "null"]


@pytest.mark.parametrize("method", METHODS)
async def test_nonsense_is_answered(room: Slack, workspace: Workspace, method: str) -> None:
    """Whatever stands in any one argument, the answer is Slack's, never a crash of ours."""
    row = METHODS[method]
    names = (*row.required, *row.optional)
    headers = {"Authorization": f"Bearer {workspace.environment(0)['SLACK_BOT_TOKEN']}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        for name, value in ((name, value) for name in names for value in BAD):
            trigger = {"trigger_id": room.tickets.trigger("U0ANA")} if "trigger_id" in names else {}
            body = {key: GOOD[key] for key in names if key in GOOD} | trigger | {name: value}
            async with session.post(f"{workspace.url}/api/{method}", json=body) as answer:
                assert (answer.status, "ok" in await answer.json()) == (200, True), body
