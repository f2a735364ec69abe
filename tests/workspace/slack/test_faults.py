"""What is broken on purpose breaks as it does outside: the caller sees it, and the write happened or did not."""

import asyncio
import json

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import Refused
from bot.workspace.faults import Kind
from bot.workspace.workspace import Workspace
from tests.clock import ManualClock

pytestmark = pytest.mark.sockets


async def post(workspace: Workspace, patience: float = 2.0) -> aiohttp.ClientResponse:
    """Call chat.postMessage once."""
    token = workspace.environment(0)["SLACK_BOT_TOKEN"]
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=patience)) as session:
        answer = await session.post(
            f"{workspace.url}/api/chat.postMessage",
            json={"channel": "C0ALERTS", "text": "x"},
            headers={"Authorization": f"Bearer {token}"},
        )
        await answer.read()
        return answer


async def test_too_many_requests(workspace: Workspace, client: AsyncWebClient) -> None:
    """A 429 says how long to wait, touches only its method, and ends after its number of times."""
    workspace.faults.add("slack", "chat.*", "429", times=1, seconds=7)
    await client.auth_test()
    with pytest.raises(SlackApiError) as refusal:
        await client.chat_postMessage(channel="C0ALERTS", text="x")
    assert (refusal.value.response.status_code, refusal.value.response.headers["Retry-After"]) == (429, "7")
    await client.chat_postMessage(channel="C0ALERTS", text="x")
    assert workspace.faults.active == []


@pytest.mark.parametrize(("kind", "written"), [("timeout_after_write", 1), ("timeout_before_write", 0)])
async def test_lost_answers(workspace: Workspace, kind: Kind, written: int) -> None:
    """The caller never hears; whether it was written is the difference between the two."""
    fault = workspace.faults.add("slack", "chat.postMessage", kind)
    with pytest.raises(TimeoutError):
        await post(workspace, patience=0.2)
    assert len(workspace.slack.messages("alerts")) == written
    workspace.faults.clear(fault)
    assert (await post(workspace)).status == 200


async def test_servers_in_trouble(workspace: Workspace) -> None:
    """A 500, half an answer, a refused connection, and one that is only slow."""
    workspace.faults.add("slack", kind="500", times=1)
    assert (await post(workspace)).status == 500
    workspace.faults.add("slack", kind="broken", times=1)
    with pytest.raises(json.JSONDecodeError):
        json.loads(await (await post(workspace)).text())
    workspace.faults.add("slack", kind="refused", times=1)
    with pytest.raises(aiohttp.ClientConnectionError):
        await post(workspace)
    workspace.faults.add("slack", kind="slow", times=1, seconds=0.05)
    workspace.faults.delay = 1
    assert (await post(workspace)).status == 200
    assert len(workspace.slack.messages("alerts")) == 1


async def test_github_is_named_by_verb_and_path(workspace: Workspace) -> None:
    """GitHub goes down alone."""
    workspace.faults.add("github", "GET /repos/*/issues", "500")
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{workspace.url}/github/api/v3/repos/example/infra/issues") as answer:
            assert answer.status == 500
        async with session.get(f"{workspace.url}/github/api/v3/repos/example/infra") as answer:
            assert answer.status == 401
    assert (await post(workspace)).status == 200


async def test_a_hanging_call_does_not_hold_up_the_end(clock: ManualClock) -> None:
    """The workspace stops while somebody still waits."""
    workspace = await Workspace.start(clock)
    workspace.faults.add("slack", kind="timeout_before_write", times=1)
    waiting = asyncio.create_task(post(workspace, patience=30))
    while workspace.faults.active:
        await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await workspace.stop()
    await asyncio.gather(waiting, return_exceptions=True)


async def test_loopback_only(clock: ManualClock, workspace: Workspace) -> None:
    """It neither listens nor delivers anywhere else."""
    with pytest.raises(Refused):
        await Workspace.start(clock, host="0.0.0.0")
    with pytest.raises(Refused):
        workspace.deliver_to("http://example.com/slack/events")


async def test_claude_goes_down_alone(workspace: Workspace) -> None:
    """Too many requests are told in its own words, and for how long; Slack goes on."""
    workspace.faults.add("claude", "messages", "429", times=1, seconds=3600)
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{workspace.url}/claude/v1/messages", json={}) as answer:
            told = await answer.json()
            assert (answer.status, answer.headers["Retry-After"]) == (429, "3600")
            assert told["error"]["type"] == "rate_limit_error"
        async with session.post(f"{workspace.url}/claude/v1/messages", json={}) as answer:
            assert answer.status == 401
    assert (await post(workspace)).status == 200
