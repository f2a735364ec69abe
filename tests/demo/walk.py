"""The first story as a newcomer tells it: `holdfast demo` as a process, its page in a real browser."""

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import aiohttp
from playwright.async_api import Browser, Page, async_playwright

from tests.ports import own_port

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP, PHONE = (1280, 800), (390, 844)
#: How long the page may take to show what the bot does. Milliseconds.
PATIENCE = 20_000


@dataclass(frozen=True)
class Demo:
    """A running demo."""

    url: str
    bot_url: str


@asynccontextmanager
async def demo(folder: Path, port: int = 0) -> AsyncIterator[Demo]:
    """`holdfast demo` with its data in `folder`, until the block ends; entered once the bot is ready. Port 0: any."""
    port, bot_port = port or own_port(), own_port()
    command = ("-m", "bot", "demo", "--port", str(port), "--bot-port", str(bot_port))
    environment = os.environ | {"HOLDFAST_DATA": str(folder)}
    with (folder / "demo.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *command, env=environment, stdout=log, stderr=log
        )
    try:
        running = Demo(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{bot_port}")
        await ready(running)
        yield running
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()


async def ready(running: Demo, *, is_so: bool = True) -> None:
    """Wait until the bot says that it is ready; or, not `is_so`, until it no longer does."""
    async with asyncio.timeout(PATIENCE / 1000), aiohttp.ClientSession() as session:
        while await _says_ready(session, running) is not is_so:
            await asyncio.sleep(0.02)


async def _says_ready(session: aiohttp.ClientSession, running: Demo) -> bool:
    try:
        async with session.get(f"{running.bot_url}/readyz") as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A headless browser."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        await started.close()


async def opened(
    browser: Browser, url: str, size: tuple[int, int] = DESKTOP, scheme: Literal["dark", "light"] = "light"
) -> Page:
    """A page of that size on `url`."""
    width, height = size
    context = await browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, timezone_id="Europe/London", locale="en-GB"
    )
    context.set_default_timeout(PATIENCE)
    page = await context.new_page()
    await page.goto(url)
    return page


async def typed(page: Page, text: str) -> None:
    """Say it, or use the slash command, in the channel that is open."""
    box = page.locator(".composer textarea").first
    await box.fill(text)
    await box.press("Enter")


async def reported(page: Page, text: str) -> None:
    """Report from #alerts, with the form answered, and go to the room."""
    await typed(page, f"/incident {text}")
    await page.get_by_role("button", name="Report", exact=True).click()
    await page.get_by_role("link", name="inc-1-nextcloud").first.click()
    await page.get_by_role("button", name="Take the lead").first.wait_for()


async def pressed(page: Page, button: str, send: str, **answers: str) -> None:
    """Press a button of the card, answer its form by the fields' labels, and send it."""
    await page.get_by_role("button", name=button, exact=True).first.click()
    for label, answer in answers.items():
        await page.get_by_label(label.replace("_", " ")).first.fill(answer)
    await page.get_by_role("dialog").get_by_role("button", name=send, exact=True).click()
    await page.get_by_role("dialog").wait_for(state="hidden")


async def chosen(page: Page, question: str, answer: str) -> None:
    """Choose in the form that is open, and wait until what follows from it is there."""
    choice = page.get_by_label(question, exact=True)
    await choice.select_option(label=answer)
    await page.get_by_role("textbox", name=answer).wait_for()


async def sent(page: Page, button: str) -> None:
    """Send the form that is open, and wait until it is gone."""
    await page.get_by_role("dialog").get_by_role("button", name=button, exact=True).click()
    await page.get_by_role("dialog").wait_for(state="hidden")


async def flipped(page: Page, fault: str) -> None:
    """Turn a fault of the panel on, or off again; what breaks a service stands below the service's name."""
    panel, button = page.locator("details.faults"), page.locator(f"[data-fault='{fault}']")
    before = await button.get_attribute("aria-pressed")
    await panel.locator("> summary").click()
    service = page.locator("details.service", has=button)
    if await service.count() and await service.get_attribute("open") is None:
        await service.locator("summary").click()
    await button.click()
    await page.locator(f"[data-fault='{fault}']:not([aria-pressed='{before}'])").wait_for()
    await panel.locator("> summary").click()


async def declared(page: Page, url: str, text: str, room: str) -> Page:
    """Report it as Ana, from #alerts, with the form as it is; the page is in the incident's room then."""
    await page.goto(f"{url}/as/U0ANA/C0ALERTS")
    await typed(page, f"/incident {text}")
    await page.get_by_role("button", name="Report", exact=True).click()
    await page.get_by_role("dialog").wait_for(state="hidden")
    await page.get_by_role("link", name=room).first.click()
    await page.get_by_role("button", name="Take the lead").first.wait_for()
    return page


async def taken_up(page: Page) -> None:
    """Work through the sample's action items, from #alerts; what may be prepared is prepared then."""
    through = page.get_by_role("button", name="Work through them")
    while not await through.count():  # once the repository has been read
        await typed(page, "/postmortem todos")
        await page.wait_for_timeout(2_000)
    await through.last.click()
    await page.get_by_text("5 waiting for a click").wait_for()


async def question(page: Page, action: str) -> str:
    """The name of what is asked about an item, such as A-6."""
    row = page.locator(".block", has_text=action).filter(has=page.get_by_role("button", name="Look"))
    return (await row.last.inner_text()).split()[0]


async def looked_at(page: Page, asked: str) -> None:
    """All of what is asked about, in its modal."""
    await typed(page, f"/approve-todo {asked}")
    await page.get_by_role("dialog").get_by_role("button", name="Approve", exact=True).wait_for()


async def approved(page: Page) -> None:
    """Say yes in the modal, and yes once more."""
    await page.get_by_role("dialog").get_by_role("button", name="Approve", exact=True).click()
    await page.get_by_role("button", name="Approve", exact=True).last.click()
