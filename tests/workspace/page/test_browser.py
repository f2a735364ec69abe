"""The page in a real browser, without a bot: focus, live changes, forms, the phone, and what a script may not do."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from playwright.async_api import Browser, Page, expect

from bot.workspace.slack import acts, views
from bot.workspace.slack.model import Message
from bot.workspace.workspace import Workspace
from tests.demo.walk import CHROMIUM, chromium
from tests.workspace.page.kit import CARD, FORM, entry, plain

pytestmark = [
    pytest.mark.proof,
    pytest.mark.sockets,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: the page was not tried in a browser"),
]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """One Chromium per test."""
    async with chromium() as started:
        yield started


async def opened(browser: Browser, workspace: Workspace, path: str = "", width: int = 1280, height: int = 800) -> Page:
    """A page that fails the test when its script does."""
    context = await browser.new_context(viewport={"width": width, "height": height})
    context.set_default_timeout(5_000)
    page = await context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"The page's script failed: {error}"))
    await page.goto(f"{workspace.url}{path or '/as/U0ANA/C0ALERTS'}")
    return page


def said(workspace: Workspace, text: str, **more: object) -> Message:
    bot = workspace.slack.world.app
    return acts.post(workspace.slack.world, "C0ALERTS", bot.user_id, text, bot_id=bot.bot_id, **more)


async def focused(page: Page) -> str:
    """What the person types into: its block id or name."""
    return str(await page.evaluate("(e => e.dataset.block || e.name || e.tagName)(document.activeElement)"))


async def until(holds: Callable[[], bool]) -> None:
    """Until the server has heard of what the page already shows."""
    async with asyncio.timeout(5):
        while not holds():
            await asyncio.sleep(0.02)


async def test_a_message_arrives_while_somebody_writes(browser: Browser, workspace: Workspace) -> None:
    """A new message appears by itself; the half-written one, its focus and its caret stay."""
    page = await opened(browser, workspace)
    await page.keyboard.type("half a sen")
    said(workspace, "hello from *the bot*")
    await expect(page.locator(".message strong")).to_have_text("the bot")
    await page.keyboard.type("tence")
    assert await page.input_value(".composer textarea") == "half a sentence"
    await page.keyboard.press("Enter")
    await expect(page.locator(".message").last).to_contain_text("half a sentence")
    assert await page.input_value(".composer textarea") == ""


async def test_slash_suggests_commands(browser: Browser, workspace: Workspace) -> None:
    """A slash offers what there is; Tab takes it; Escape puts the list away."""
    page = await opened(browser, workspace)
    await page.keyboard.type("/")
    await expect(page.get_by_role("option")).to_contain_text("/incident")
    await page.keyboard.press("Tab")
    assert await page.input_value(".composer textarea") == "/incident "
    await page.fill(".composer textarea", "/in")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("option")).to_be_hidden()
    await page.fill(".composer textarea", "/nonsense")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("not a valid command")


async def test_a_form_opens_takes_values_and_closes(browser: Browser, workspace: Workspace) -> None:
    """The first field has the focus; what is missing is said at its field; Escape closes it for good."""
    page = await opened(browser, workspace)
    view = views.show(workspace.slack.world, "U0ANA", dict(FORM))
    await expect(page.get_by_role("dialog")).to_be_visible()
    assert await focused(page) == "service"
    await page.get_by_role("button", name="Report", exact=True).click()
    await expect(page.locator("#modal .error").first).to_have_text("Please complete this required field.")
    await expect(page.get_by_label("What do you see?")).to_be_focused()
    await page.keyboard.type("502 since two")
    await page.get_by_role("radio", name="All").check()
    await page.get_by_label("Service").select_option("nextcloud")
    await expect(page.locator("#modal .error")).to_have_count(0)
    await until(lambda: view.state.get("what", {}).get("a", {}).get("value") == "502 since two")
    await until(lambda: bool(view.state.get("service", {}).get("a", {}).get("selected_option")))
    held = {block: state["a"] for block, state in view.state.items()}
    assert held["what"]["value"] == "502 since two"
    assert held["service"]["selected_option"]["value"] == "nextcloud"
    assert held["scope"]["selected_option"]["value"] == "all"
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await until(lambda: workspace.slack.person("ana").view is None)


async def test_an_update_keeps_what_is_typed(browser: Browser, workspace: Workspace) -> None:
    """When the bot changes the form, fields with the same ids keep focus and text; new ids start empty."""
    page = await opened(browser, workspace)
    world = workspace.slack.world
    view = views.show(world, "U0ANA", dict(FORM))
    await page.get_by_label("What do you see?").focus()
    await page.keyboard.type("502 sin")
    note = {"type": "section", "block_id": "note", "text": plain("INC-3 is open for this service.")}
    views.replace(world, view, FORM | {"blocks": [note, *FORM["blocks"]]})
    await expect(page.locator("#modal")).to_contain_text("INC-3 is open")
    await page.keyboard.type("ce two")
    assert await page.input_value("[data-block=what]") == "502 since two"
    anew = entry("what2", "What do you see?", {"type": "plain_text_input"})
    views.replace(world, view, FORM | {"blocks": [anew]})
    await expect(page.locator("[data-block=what2]")).to_have_value("")


async def test_focus_stays_inside_a_form(browser: Browser, workspace: Workspace) -> None:
    """Tab goes round within the form and never behind it."""
    page = await opened(browser, workspace)
    views.show(workspace.slack.world, "U0ANA", dict(FORM))
    await expect(page.get_by_role("dialog")).to_be_visible()
    for _ in range(25):
        await page.keyboard.press("Tab")
        assert await page.evaluate("[...document.querySelectorAll(':focus')].every(e => modal.contains(e))")


async def test_buttons_ask_first_and_say_what_went_wrong(browser: Browser, workspace: Workspace) -> None:
    """A confirmation can be declined; a click that reaches nobody is said."""
    said(workspace, "INC-1", blocks=CARD)
    page = await opened(browser, workspace)
    await page.get_by_role("button", name="Resolve").click()
    await page.get_by_role("button", name="No", exact=True).click()
    await expect(page.get_by_role("alert")).to_be_hidden()
    await page.get_by_role("button", name="Resolve").click()
    await page.get_by_role("button", name="Yes", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("did not work")


async def test_reading_back_is_not_disturbed(browser: Browser, workspace: Workspace) -> None:
    """Whoever scrolled up stays there when something new arrives; whoever is at the end follows."""
    for number in range(60):
        said(workspace, f"message {number}")
    page = await opened(browser, workspace)
    end = "(b => b.scrollHeight - b.scrollTop - b.clientHeight < 5)(document.querySelector('#messages'))"
    said(workspace, "the newest")
    await expect(page.get_by_text("the newest")).to_be_visible()
    assert await page.evaluate(end)
    await page.evaluate("document.querySelector('#messages').scrollTop = 300")
    said(workspace, "even newer")
    await expect(page.get_by_text("even newer")).to_be_attached()
    assert await page.evaluate("document.querySelector('#messages').scrollTop") == 300


async def test_on_a_phone(browser: Browser, workspace: Workspace) -> None:
    """Nothing is wider than the screen; channels, threads and forms fill it."""
    card = said(workspace, "INC-1", blocks=CARD)
    said(workspace, "an answer", thread_ts=card.ts)
    page = await opened(browser, workspace, width=390, height=844)
    fits = "document.documentElement.scrollWidth <= 390"
    await page.get_by_role("link", name="All channels").click()
    await expect(page.get_by_role("link", name="general", exact=True)).to_be_visible()
    await page.get_by_role("link", name="alerts", exact=True).click()
    await page.get_by_role("link", name="1 reply").click()
    await expect(page.get_by_text("an answer")).to_be_visible()
    assert await page.evaluate(fits)
    await page.get_by_role("link", name="Close thread").click()
    views.show(workspace.slack.world, "U0ANA", dict(FORM))
    await expect(page.get_by_role("dialog")).to_be_visible()
    box = await page.get_by_role("dialog").bounding_box()
    assert box is not None
    assert box["width"] == 390
    assert await page.evaluate(fits)


async def test_the_panel_and_other_people(browser: Browser, workspace: Workspace) -> None:
    """Faults are switched while looking at Slack, and one becomes somebody else in two clicks."""
    page = await opened(browser, workspace)
    await page.get_by_text("Faults", exact=True).click()
    await page.get_by_role("button", name="GitHub is down").click()
    await expect(page.locator("[data-fault=github-down]")).to_have_attribute("aria-pressed", "true")
    assert [fault.service for fault in workspace.faults.active] == ["github"]
    await page.get_by_role("button", name="Clear all faults").click()
    await expect(page.locator("[data-fault=github-down]")).to_have_attribute("aria-pressed", "false")
    await page.get_by_text("You are Ana").click()
    await page.get_by_role("link", name="Gina Park").click()
    await expect(page.get_by_text("You are Gina")).to_be_visible()


async def test_github_is_live_too(browser: Browser, workspace: Workspace) -> None:
    """A comment appears on the open issue by itself."""
    workspace.github.repository.open("holdfast-bot", {"title": "[INCIDENT] down"})
    page = await opened(browser, workspace, f"/github/{workspace.github.name}/issues/1")
    workspace.github.repository.comment("holdfast-bot", 1, "**restarted**")
    await expect(page.locator(".post strong")).to_have_text("restarted")
