"""The page over HTTP, without a browser: what is shown to whom, what people do, and what is refused."""

import asyncio
import json

import aiohttp
import pytest

from bot.workspace.page.panel import SWITCHES
from bot.workspace.slack import acts, views
from bot.workspace.slack.model import Channel, Ephemeral, View
from bot.workspace.workspace import Workspace
from tests.workspace.page.browser import ALERTS, ANA, Browser
from tests.workspace.page.kit import CARD, FORM, Json, button

pytestmark = pytest.mark.sockets


def posted(
    workspace: Workspace, text: str = "INC-1", blocks: list[Json] | None = None, channel: str = "C0ALERTS"
) -> str:
    """The bot says something; its timestamp."""
    world = workspace.slack.world
    bot = world.app
    return acts.post(world, channel, bot.user_id, text, blocks=blocks or [], bot_id=bot.bot_id).ts


async def test_the_front_leads_to_alerts(browser: Browser) -> None:
    """Whoever opens the workspace is Ana, in #alerts, with a place to write."""
    html = await browser.see("/")
    assert "You are Ana" in html
    assert "Message #alerts" in html
    assert 'data-command="/incident"' in html
    assert 'href="/as/U0ANA/C0GENERAL"' in html


async def test_what_is_sent_with_every_page(browser: Browser) -> None:
    """Nothing may be loaded from elsewhere, and nothing of ours needs to be."""
    async with browser.session.get(ALERTS) as answer:
        assert "default-src 'none'; script-src 'self'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        html = await answer.text()
    assert "http://" not in html.replace("http://127.0.0.1", "")
    assert "https://" not in html
    assert " style=" not in html
    for name in ("page.js", "page.css", "blocks.css", "icon.svg", "chevron.svg"):
        assert await browser.see(f"/page/{name}")


async def test_foreign_sites_and_names_are_refused(workspace: Workspace, browser: Browser) -> None:
    """Another site cannot act through the browser, and a foreign name cannot point here."""
    for foreign in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}, {"Origin": "null"}):
        async with browser.session.post(f"{ANA}/act/kill", json={}, headers=foreign) as answer:
            assert answer.status == 403
    async with browser.session.get("/", headers={"Host": "evil.example"}) as answer:
        assert answer.status == 403
    assert workspace.slack.messages("alerts") == []


async def test_messages_as_people_see_them(workspace: Workspace, browser: Browser) -> None:
    """Names, threads, pins, edits and reactions stand where Slack has them; text stays text."""
    world = workspace.slack.world
    ana, bob = workspace.slack.person("ana"), workspace.slack.person("bob")
    first = await ana.say("is it *just* me? <script>")
    await ana.say("still there")
    await bob.react("eyes", first)
    ts = posted(workspace, blocks=CARD)
    await bob.say("on it", thread_ts=ts)
    channel = world.channel("alerts")
    channel.pins.append(ts)
    acts.edit(world, first, text=first.text)
    html = await browser.see(ALERTS)
    assert "is it <strong>just</strong> me? &lt;script&gt;" in html
    assert 'class="message compact"' in html
    assert 'aria-label="eyes, 1"' in html
    assert '<span class="badge">APP</span>' in html
    assert "📌 Pinned" in html
    assert "(edited)" in html
    assert "1 reply" in html
    assert "on it" not in html
    assert "on it" in await browser.see(f"{ALERTS}?thread={ts}")


async def test_everybody_sees_what_is_theirs(workspace: Workspace, browser: Browser) -> None:
    """Private channels, whispers and what a guest may not see are shown to nobody else."""
    world = workspace.slack.world
    world.save(Channel("G1", "inc-2", "group", members=["U0BOB", world.app.user_id]))
    world.save(Ephemeral("C0ALERTS", "U0BOB", world.next_ts(), "for Bob alone", sender=world.app.user_id))
    assert "Only visible to you" in await browser.see("/as/U0BOB/C0ALERTS")
    ana = await browser.see(ALERTS)
    assert "for Bob alone" not in ana
    assert "inc-2" not in ana
    await browser.see(f"{ANA}/G1", 404)
    assert "inc-2" in await browser.see("/as/U0BOB/G1")
    guest = await browser.see("/as/U0GINA/C0ALERTS")
    assert "C0GENERAL" not in guest
    assert "guest" in guest
    await browser.see("/as/U0GINA/C0GENERAL", 404)
    await browser.see("/as/U0NOBODY/C0ALERTS", 404)
    await browser.see(f"{ALERTS}?thread=1.2", 404)


async def test_writing(workspace: Workspace, browser: Browser) -> None:
    """What is typed is said; a command goes to the bot, and one nobody knows is refused kindly."""
    assert await browser.act("say", channel="C0ALERTS", thread="", text="hello @bob") == ""
    assert workspace.slack.messages("alerts")[0].text == "hello <@U0BOB>"
    assert "not a valid command" in await browser.act("say", channel="C0ALERTS", thread="", text="/nonsense x")
    assert "not supported in threads" in await browser.act("say", channel="C0ALERTS", thread="1.2", text="/incident")
    assert await browser.act("say", channel="C0ALERTS", thread="", text="/incident help") == ""
    assert "dispatch_failed" in workspace.slack.person("ana").ephemerals[-1].text
    assert len(workspace.slack.messages("alerts")) == 1


async def test_shortcuts_are_in_the_menus(workspace: Workspace, browser: Browser) -> None:
    """The global one above the channel, that of a message at the message; both reach the bot."""
    ts = posted(workspace)
    html = await browser.see(ALERTS)
    assert 'data-shortcut="inc.declare"' in html
    assert 'data-shortcut="inc.from_message"' in html
    for given in ({"name": "inc.declare"}, {"name": "inc.from_message", "channel": "C0ALERTS", "ts": ts}):
        assert "That did not work" in await browser.act("shortcut", **given), "no bot is there to answer"


async def test_reacting_joining_dismissing(workspace: Workspace, browser: Browser) -> None:
    """A second reaction takes the first back; a channel is joined; a whisper goes away."""
    ts = posted(workspace)
    for given in (["U0ANA"], None):
        assert await browser.act("react", channel="C0ALERTS", ts=ts, name="pushpin") == ""
        assert workspace.slack.world.messages["C0ALERTS"][ts].reactions.get("pushpin") == given
    world = workspace.slack.world
    world.save(Channel("C1", "inc-1", members=[world.app.user_id]))
    assert "Join channel" in await browser.see(f"{ANA}/C1")
    assert await browser.act("join", channel="C1") == ""
    assert "Message #inc-1" in await browser.see(f"{ANA}/C1")
    whisper = Ephemeral("C0ALERTS", "U0ANA", world.next_ts(), "psst", sender=world.app.user_id)
    world.save(whisper)
    assert await browser.act("dismiss", surface=f"ephemeral:{whisper.id}") == ""
    assert workspace.slack.person("ana").ephemerals == []


async def test_filling_in_a_form(workspace: Workspace, browser: Browser) -> None:
    """The workspace holds what is entered, says what is missing, and shows both."""
    view = views.show(workspace.slack.world, "U0ANA", dict(FORM))
    at = {"surface": f"view:{view.id}", "action": "a"}
    await browser.act("submit", surface=f"view:{view.id}")
    assert "Please complete this required field." in await browser.see(ALERTS)
    await browser.act("fill", **at, block="what", value="502\r\nsince two")
    await browser.act("fill", **at, block="since", value="2026-11-21T04:00")
    await browser.act("fill", **at, block="risk", value=["data"])
    await browser.act("fill", **at, block="shot", value=[{"name": "a.png", "type": "image/png", "content": "aGk="}])
    held = {block: state["a"] for block, state in view.state.items()}
    assert held["what"]["value"] == "502\nsince two"
    assert held["since"]["selected_date_time"] == 1795230000
    assert held["risk"]["selected_options"][0]["value"] == "data"
    assert held["shot"]["files"][0]["name"] == "a.png"
    html = await browser.see(ALERTS)
    assert "502\nsince two</textarea>" in html
    assert "📎 a.png" in html
    assert html.count('class="error"') == 1
    await browser.act("fill", **at, block="since", value="")
    assert view.state["since"]["a"]["selected_date_time"] is None
    assert await browser.act("close", surface=f"view:{view.id}", all=False) == ""
    assert workspace.slack.person("ana").view is None


async def test_what_nobody_could_do_is_refused(workspace: Workspace, browser: Browser) -> None:
    """Other people's forms, options that are not offered and broken requests get a plain no."""
    view = views.show(workspace.slack.world, "U0BOB", dict(FORM))
    at = {"surface": f"view:{view.id}", "action": "a", "block": "service"}
    assert await browser.act("fill", **at, value="vault") == "404 This is no longer there."
    assert (await browser.act("fill", me="U0BOB", **at, value="other")).startswith("400 other is none of the options")
    assert (await browser.act("fill", me="U0BOB", **at, value={"x": 1})).startswith("400")
    assert (await browser.act("nonsense")).startswith("404")
    assert (await browser.act("say", channel=1)).startswith("400")
    for body in ("{", "[]"):
        async with browser.session.post(f"{ANA}/act/say", data=body) as answer:
            assert answer.status == 400
    shot = {"surface": f"view:{view.id}", "block": "shot", "action": "a", "value": [{"name": "x", "content": "%"}]}
    assert "did not arrive whole" in await browser.act("fill", me="U0BOB", **shot)


async def test_a_click_reaches_for_the_bot(workspace: Workspace, browser: Browser) -> None:
    """Without a bot the person is told so; a click on what has gone is refused."""
    ts = posted(workspace, blocks=CARD)
    at = {"surface": f"message:C0ALERTS:{ts}", "block": "a", "action": "card.lead", "value": "INC-1"}
    assert "dispatch_failed" in await browser.act("click", **at)
    assert (await browser.act("click", **(at | {"action": "gone"}))).startswith("404")


async def test_the_home_and_its_messages(workspace: Workspace, browser: Browser) -> None:
    """The app's Home shows what was published, and its conversation stands beside it."""
    assert "not published anything" in await browser.see(f"{ANA}/home")
    blocks = [{"type": "actions", "block_id": "a", "elements": [button("Look", "home.look")]}]
    workspace.slack.world.save(View("V1", "U0ANA", {"type": "home", "blocks": blocks}, "h", "V1"))
    html = await browser.see(f"{ANA}/home")
    assert 'data-surface="view:V1"' in html
    assert ">Look</button>" in html
    dm = workspace.slack.world.dm("U0ANA").id
    posted(workspace, "Your report is being looked at", channel=dm)
    assert "Your report is being looked at" in await browser.see(f"{ANA}/{dm}")


async def test_github(workspace: Workspace, browser: Browser) -> None:
    """Issues are listed by state; one shows labels, comments and who closed it."""
    repository = workspace.github.repository
    repository.open(
        "holdfast-bot", {"title": "[INCIDENT] <b>", "labels": ["sev2"], "body": "**502** <script>x</script>"}
    )
    repository.comment("holdfast-bot", 1, "Resolved.\n<!-- holdfast:fx-1 -->")
    home = f"/github/{workspace.github.name}/issues"
    assert "[INCIDENT] &lt;b&gt;" in await browser.see("/github")
    html = await browser.see(f"{home}/1")
    assert "<strong>502</strong> &lt;script&gt;" in html
    assert "sev2" in html
    assert "holdfast:fx-1" not in html
    repository.edit("holdfast-bot", 1, {"state": "closed"})
    assert "No open issues" in await browser.see(home)
    assert "closed this as completed" in await browser.see(f"{home}/1")
    await browser.see(f"{home}/2", 404)
    await browser.see("/github/some/other/issues", 404)


async def test_the_panel(workspace: Workspace, browser: Browser) -> None:
    """Each switch makes its fault and takes it back; the bot can be killed only where somebody can."""
    names = [switch.name for switch in SWITCHES if switch.kind != "drop_sockets"]
    for name in names:
        assert await browser.act("fault", name=name) == ""
    assert len(workspace.faults.active) == len(names)
    assert await browser.act("fault", name="slack-500") == ""
    assert len(workspace.faults.active) == len(names) - 1
    await browser.act("fault", name="clear")
    assert workspace.faults.active == []
    assert (await browser.act("fault", name="nonsense")).startswith("404")
    assert "Kill the bot" not in await browser.see(ALERTS)
    assert (await browser.act("kill")).startswith("404")
    killed = asyncio.Event()

    async def kill() -> None:
        killed.set()

    workspace.kill_bot = kill
    assert "Kill the bot" in await browser.see(ALERTS)
    assert await browser.act("kill") == ""
    assert killed.is_set()


async def test_an_open_page_hears_of_changes(workspace: Workspace, browser: Browser) -> None:
    """The stream begins with everything, then brings only the pieces that changed."""
    async with browser.session.get(f"{ALERTS}/events?thread=") as stream:
        assert set(await _next(stream)) == {"sidebar", "place", "modal", "composer", "panel"}
        posted(workspace, "hello from the bot")
        fresh = await _next(stream)
        assert set(fresh) == {"place"}
        assert "hello from the bot" in fresh["place"]
        posted(workspace, "in general", channel="C0GENERAL")
        fresh = await _next(stream)
        assert set(fresh) == {"sidebar"}
        assert "unread" in fresh["sidebar"]
        views.show(workspace.slack.world, "U0ANA", dict(FORM))
        assert "Report an incident" in (await _next(stream))["modal"]


async def _next(stream: aiohttp.ClientResponse) -> dict[str, str]:
    async with asyncio.timeout(5):
        while not (line := await stream.content.readline()).startswith(b"data: "):
            continue
    return dict(json.loads(line[6:]))
