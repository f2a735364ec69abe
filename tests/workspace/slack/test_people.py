"""People use a real Bolt app, over both transports, as they would through Slack's client."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import SystemClock
from bot.errors import NotFound, Refused
from bot.workspace.slack.service import Slack, Transport
from bot.workspace.workspace import HOST, Workspace
from tests.workspace.slack.kit import LINE, Json, asked, button, modal, option, plain

pytestmark = pytest.mark.sockets
ANYTHING = re.compile(".*")

FORM = modal(
    asked("what", LINE | {"min_length": 3}),
    asked("kind", {"type": "static_select", "options": [option("down", "Down"), option("slow", "Slow")]}),
    asked("marks", {"type": "checkboxes", "options": [option("data"), option("security")]}, optional=True),
    asked("seen", {"type": "datetimepicker"}, optional=True),
    asked("live", {"type": "plain_text_input"}, optional=True, dispatch_action=True),
    notify_on_close=True,
)


class Bot:
    """A Bolt app that opens a form, keeps what it was sent, and answers a submission as told."""

    def __init__(self, given: dict[str, str]) -> None:
        self.heard: list[Json] = []
        self.answer: Json = {}
        self.ack: Json | str = ""
        client = AsyncWebClient(token=given["SLACK_BOT_TOKEN"], base_url=given["SLACK_API_URL"])
        secret = given.get("SLACK_SIGNING_SECRET", "")
        self.app = AsyncApp(client=client, signing_secret=secret, process_before_response=True)
        self.app.command("/incident")(self._command)
        self.app.view("form")(self._submitted)
        self.app.view_closed("form")(self._keep)
        for listen in (self.app.action, self.app.shortcut, self.app.event):
            listen(ANYTHING)(self._keep)

    async def _command(self, ack: Any, body: Json, client: AsyncWebClient) -> None:
        self.heard.append(body)
        if body["text"] == "late":
            await asyncio.sleep(1)
        if body["text"] == "form":
            await client.views_open(trigger_id=body["trigger_id"], view=FORM)
        await ack(self.ack)

    async def _submitted(self, ack: Any, body: Json) -> None:
        self.heard.append(body)
        await ack(**self.answer)

    async def _keep(self, ack: Any, body: Json) -> None:
        self.heard.append(body)
        await ack()

    def events(self, kind: str) -> list[Json]:
        return [body["event"] for body in self.heard if body.get("event", {}).get("type") == kind]


@pytest.fixture(params=["http", "socket"])
async def workspace(request: pytest.FixtureRequest) -> AsyncIterator[Workspace]:
    """On the machine's own time, since Bolt checks the age of signatures by it."""
    transport: Transport = request.param
    started = await Workspace.start(SystemClock(), transport=transport)
    yield started
    await started.stop()


@pytest.fixture
async def bot(workspace: Workspace) -> AsyncIterator[Bot]:
    """A bot that listens."""
    bot = Bot(workspace.environment(0))
    async with AsyncExitStack() as closing:
        if workspace.slack.transport == "http":
            runner = web.AppRunner(bot.app.web_app("/slack/events"))
            await runner.setup()
            closing.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, HOST, 0).start()
            workspace.deliver_to(f"http://{HOST}:{runner.addresses[0][1]}/slack/events")
        else:
            handler = AsyncSocketModeHandler(bot.app, workspace.environment(0)["SLACK_APP_TOKEN"])
            await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped
            closing.push_async_callback(handler.close_async)
        yield bot


async def test_a_form_from_command_to_state(slack: Slack, bot: Bot) -> None:
    """A command opens a form; what is entered arrives as Slack words it."""
    ana = slack.person("ana")
    bot.ack = "Opened."
    assert (await ana.slash("/incident", "form")).text == "Opened."
    assert ana.ephemerals[-1].text == "Opened."
    assert ana.view is not None
    assert ana.view.title == "Form"
    assert await ana.submit() == {"what": "Please complete this required field.", "kind": ana.view.errors["kind"]}
    assert await ana.submit({"what": "ab", "kind": "down"}) == {"what": "Please enter at least 3 characters."}
    values: dict[str, Any] = {"what": "wiki", "marks": ["data"], "seen": 1_790_000_000}
    assert await ana.submit(values) is None
    assert slack.world.stacks["U0ANA"] == []
    sent = bot.heard[-1]["view"]["state"]["values"]
    assert sent["what"]["a"] == {"type": "plain_text_input", "value": "wiki"}
    assert sent["kind"]["a"]["selected_option"] == option("down", "Down")
    assert sent["marks"]["a"]["selected_options"] == [option("data")]
    assert sent["seen"]["a"] == {"type": "datetimepicker", "selected_date_time": 1_790_000_000}
    assert sent["live"]["a"]["value"] is None


async def test_nobody_enters_what_is_not_there(slack: Slack, bot: Bot) -> None:
    """Unknown fields, options and commands are refused before the bot hears of them."""
    ana = slack.person("ana")
    with pytest.raises(Refused):
        await ana.submit()
    assert "not a valid command" in (await ana.slash("/deploy")).error
    await ana.slash("/incident", "form")
    for values in ({"colour": "red"}, {"kind": "blue"}):
        with pytest.raises(Refused):
            await ana.submit(values)


async def test_answers_to_a_submission(slack: Slack, bot: Bot) -> None:
    """Errors stay at their fields; update, push and clear do what they say; nonsense is trouble."""
    ana = slack.person("ana")
    await ana.slash("/incident", "form")
    filled = {"what": "wiki", "kind": "slow"}
    bot.answer = {"response_action": "errors", "errors": {"what": "Say more."}}
    assert await ana.submit(filled) == {"what": "Say more."}
    bot.answer = {"response_action": "errors", "errors": {"elsewhere": "Say more."}}
    assert await ana.submit() == {"": "We had some trouble connecting. Try again?"}
    bot.answer = {"response_action": "update", "view": FORM | {"title": plain("Again")}}
    assert await ana.submit() is None
    assert ana.view is not None
    assert (ana.view.title, ana.view.state["what"]["a"]["value"]) == ("Again", "wiki")
    bot.answer = {"response_action": "push", "view": FORM | {"title": plain("On top")}}
    assert await ana.submit() is None
    assert len(slack.world.stacks["U0ANA"]) == 2
    await ana.close_view()
    assert bot.heard[-1]["type"] == "view_closed"
    assert bot.heard[-1]["is_cleared"] is False
    assert ana.view.title == "Again"
    bot.answer = {"response_action": "clear"}
    assert await ana.submit() is None
    assert slack.world.stacks["U0ANA"] == []


async def test_filling_in_tells_where_it_should(slack: Slack, bot: Bot) -> None:
    """Only an input that dispatches tells the bot before the form is sent."""
    ana = slack.person("ana")
    await ana.slash("/incident", "form")
    await ana.fill("what", "wiki")
    assert bot.heard[-1].get("type") != "block_actions"
    await ana.fill("live", "now")
    clicked = bot.heard[-1]
    assert (clicked["type"], clicked["container"]["type"]) == ("block_actions", "view")
    assert clicked["actions"][0]["value"] == "now"
    assert clicked["view"]["state"]["values"]["what"]["a"]["value"] == "wiki"


async def test_clicks_in_messages(slack: Slack, bot: Bot) -> None:
    """A click carries the message; its response URL replaces it five times and no more."""
    ana = slack.person("ana")
    actions = [{"type": "actions", "elements": [button("go", "one"), button("go2", "two")]}]
    await bot.app.client.chat_postMessage(channel="C0ALERTS", text="card", blocks=actions)
    assert (await ana.click("go", channel="alerts", value="one")).error == ""
    clicked = bot.heard[-1]
    assert clicked["message"]["text"] == "card"
    assert clicked["actions"][0]["value"] == "one"
    assert clicked["container"]["is_ephemeral"] is False
    async with aiohttp.ClientSession() as session:
        for number in range(5):
            body = {"text": f"new {number}", "replace_original": True}
            async with session.post(clicked["response_url"], json=body) as answer:
                assert await answer.text() == "ok"
        async with session.post(clicked["response_url"], json={"text": "x"}) as answer:
            assert (await answer.json())["error"] == "Used url"
        async with session.post(f"{slack.world.url}/actions/T/1/x", json={"text": "x"}) as answer:
            assert (await answer.json())["error"] == "Expired url"
    assert [message.text for message in ana.messages("alerts")] == ["new 4"]
    with pytest.raises(Refused):
        await ana.click("nowhere")


async def test_clicks_in_whispers_and_home(slack: Slack, bot: Bot) -> None:
    """A click in an ephemeral message has no message body; Home is published and clicked."""
    ana = slack.person("ana")
    actions: list[Json] = [{"type": "actions", "elements": [button("whispered")]}]
    await bot.app.client.chat_postEphemeral(channel="C0ALERTS", user="U0ANA", text="psst", blocks=actions)
    await ana.click("whispered")
    assert bot.heard[-1]["container"]["is_ephemeral"] is True
    assert set(bot.heard[-1]["message"]) == {"type", "ts", "user", "app_id"}
    assert await ana.open_home() is None
    assert bot.events("app_home_opened")[-1]["tab"] == "home"
    home = {"type": "home", "blocks": [{"type": "actions", "elements": [button("at_home")]}]}
    await bot.app.client.views_publish(user_id="U0ANA", view=home)
    await ana.click("at_home", channel="home")
    assert bot.heard[-1]["view"]["type"] == "home"


async def test_events(slack: Slack, bot: Bot) -> None:
    """A mention is two events; channels without the bot are silent; edits, joins and reactions are told."""
    ana = slack.person("ana")
    said = await ana.say("@holdfast see https://x.example & more")
    await slack.settle()
    assert said.text == "<@U0HOLDFAST> see <https://x.example> &amp; more"
    assert [len(bot.events(kind)) for kind in ("app_mention", "message")] == [1, 1]
    await ana.say("unheard", channel="general")
    await ana.react("pushpin", said)
    await ana.react("pushpin", said)
    await ana.edit(said, "changed")
    await ana.invite("holdfast", "general")
    await slack.person("bob").leave("alerts")
    with pytest.raises(Refused, match="Nobody can leave #general"):
        await ana.leave("general")
    await ana.change(tz="Asia/Tokyo")
    await ana.say("hello bot", channel="dm")
    await slack.settle()
    kinds = {body["event"]["type"] for body in bot.heard}
    assert kinds >= {"reaction_added", "reaction_removed", "user_change"}
    assert kinds >= {"member_joined_channel", "member_left_channel"}
    texts = [event.get("text") for event in bot.events("message")]
    assert "unheard" not in texts
    assert bot.events("message")[-1]["channel_type"] == "im"
    assert "message_changed" in {event.get("subtype") for event in bot.events("message")}


async def test_shortcuts(slack: Slack, bot: Bot) -> None:
    """Global shortcuts know no channel; those on a message carry it."""
    ana = slack.person("ana")
    await ana.shortcut("inc.declare")
    assert "channel" not in bot.heard[-1]
    assert "name" not in bot.heard[-1]["user"]
    message = await ana.say("checkout is slow")
    await ana.shortcut("inc.from_message", message)
    sent = next(body for body in bot.heard if body.get("callback_id") == "inc.from_message")
    assert sent["message"]["text"] == "checkout is slow"


async def test_private_channels(slack: Slack, bot: Bot) -> None:
    """Only members see a private channel; for everybody else there is none."""
    made = await bot.app.client.conversations_create(name="inc-7", is_private=True)
    await bot.app.client.conversations_invite(channel=made["channel"]["id"], users="U0ANA")
    await bot.app.client.chat_postMessage(channel=made["channel"]["id"], text="secret")
    assert slack.person("ana").messages("inc-7")[-1].text == "secret"
    with pytest.raises(NotFound):
        slack.person("bob").messages("inc-7")
    with pytest.raises(NotFound):
        slack.person("gina").messages("general")


async def test_a_bot_that_is_late_or_gone(workspace: Workspace, bot: Bot) -> None:
    """Somebody whose command failed is told so in Slack's words."""
    slack = workspace.slack
    ana = slack.person("ana")
    slack.be_patient(0.2)
    assert (await ana.slash("/incident", "late")).error == "operation_timeout"
    assert ana.ephemerals[-1].text == '/incident failed with the error "operation_timeout"'
    await ana.slash("/incident", "form")
    workspace.deliver_to(f"http://{HOST}:9/nothing")
    if slack.transport == "http":
        assert (await ana.slash("/incident", "x")).error == "dispatch_failed"
        assert await ana.submit({"what": "wiki", "kind": "down"}) == {"": "We had some trouble connecting. Try again?"}
