"""Takes the pictures of the documentation: `make pictures`. The story is real; only its times are today's."""

import asyncio
import tempfile
from pathlib import Path

from playwright.async_api import Browser, Page

from tests.demo.lessons import SECTIONS
from tests.demo.walk import (
    PHONE,
    approved,
    chosen,
    chromium,
    declared,
    demo,
    flipped,
    looked_at,
    opened,
    pressed,
    question,
    reported,
    sent,
    taken_up,
    typed,
)

SLOW = "2025-11-06-nextcloud-was-slow-for-a.md"
PICTURES = Path(__file__).parents[2] / "docs" / "pictures"


async def main() -> None:
    """Form, room, card, phone and GitHub."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with demo(Path(folder), port=8071) as running, chromium() as browser:
            page = await opened(browser, running.url)
            await typed(page, "/incident nextcloud gives 502 since 14:00")
            await page.get_by_role("dialog").wait_for()
            await _picture(page, "form")
            await page.get_by_role("button", name="Cancel").click()
            await page.get_by_role("dialog").wait_for(state="hidden")
            await reported(page, "nextcloud gives 502 since 14:00")
            await page.get_by_role("button", name="Take the lead").first.click()
            await page.get_by_role("button", name="Hand over the lead").wait_for()
            await pressed(page, "Post update", "Post", What_do_we_know_now="The database is out of connections.")
            await page.wait_for_timeout(6_000)
            await _picture(page, "room")
            card = page.locator(".message", has=page.get_by_role("button", name="Resolve")).first
            await card.scroll_into_view_if_needed()
            await card.screenshot(path=PICTURES / "card.png")
            phone = await opened(browser, page.url, PHONE, "dark")
            await phone.wait_for_timeout(500)
            await _picture(phone, "phone")
            github = await opened(browser, f"{running.url}/github/example/infra/issues/1")
            await _picture(github, "github")
            await _together(page, await opened(browser, f"{running.url}/as/U0BOB/C0ALERTS"))
            await _told(await opened(browser, f"{running.url}/as/U0VIKTOR/C0ALERTS", PHONE), "escalation", "Messages")
            await _told(await opened(browser, f"{running.url}/as/U0CARLA/C0ALERTS", PHONE), "offer", "Messages")
            await _told(await opened(browser, f"{running.url}/as/U0ANA/C0ALERTS"), "home", "Home")
            await _written(page)
            await _published(browser, running.url)
            await _looked_into(browser)
            await _carried_out(browser)


async def _looked_into(browser: Browser) -> None:
    """Two services break: one is looked into by agents, the other while Claude is down."""
    with tempfile.TemporaryDirectory() as folder:
        async with demo(Path(folder)) as running:
            page = await opened(browser, running.url, (1000, 1000))
            await flipped(page, "break:nextcloud:release")
            room = await declared(page, running.url, "nextcloud gives 502", "inc-1-nextcloud")
            going = room.locator(".message", has=room.get_by_role("button", name="Stop", exact=True)).first
            await going.filter(has_text="specialists").filter(has_text="earlier lines").wait_for()
            await going.screenshot(path=PICTURES / "investigation-progress.png")
            found = room.locator(".message", has=room.get_by_role("button", name="Dig deeper")).first
            await found.wait_for(timeout=60_000)
            await found.screenshot(path=PICTURES / "investigation-model.png")
            await flipped(page, "claude-down")
            await flipped(page, "break:immich:memory")
            room = await declared(page, running.url, "immich does not load", "inc-2-immich")
            found = room.locator(".message", has=room.get_by_role("button", name="Dig deeper")).first
            await found.wait_for(timeout=90_000)
            await found.screenshot(path=PICTURES / "investigation-rules.png")


async def _carried_out(browser: Browser) -> None:
    """Action items of the sample: taken up, one looked at on a phone and approved, and its document afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        async with demo(Path(folder)) as running:
            alerts = f"{running.url}/as/U0VIKTOR/C0ALERTS"
            page = await opened(browser, alerts, (1000, 1000))
            await taken_up(page)
            await typed(page, "/approve-todo")
            await page.get_by_text("7 action items wait for a click").wait_for()
            await _picture(page, "inbox")
            asked = await question(page, "Give nextcloud 3Gi of memory")
            phone = await opened(browser, alerts, PHONE, "dark")
            await looked_at(phone, asked)
            await _picture(phone, "approval")
            await approved(phone)
            await page.get_by_text("1 done").wait_for()
            await page.goto(f"{running.url}/example/infra/blob/master/docs/post-mortems/{SLOW}")
            table = page.locator("table", has_text="Commit")
            await table.scroll_into_view_if_needed()
            await _picture(page, "follow-up")


async def _written(room: Page) -> None:
    """The post-mortem of what was resolved: its draft in the room, a section in the form, and published."""
    await typed(room, "/incident resolve Raised the limit of the pool to 50 and restarted it")
    begun = room.locator(".message", has=room.get_by_role("button", name="Write a section")).first
    await begun.screenshot(path=PICTURES / "postmortem-draft.png")
    for section, text in SECTIONS.items():
        await typed(room, "/postmortem draft")
        await chosen(room, "Which section?", section)
        await room.get_by_role("textbox", name=section).fill(text)
        if section == "Root cause":
            await _picture(room, "postmortem-form")
        await sent(room, "Keep")
    await typed(room, "/postmortem publish")
    await room.get_by_text("points are open").wait_for()
    await _picture(room, "postmortem-publish")
    await sent(room, "Publish")
    await room.get_by_text("is published").wait_for()


async def _published(browser: Browser, url: str) -> None:
    """The site with it: the index, its page, and its page on a phone."""
    index = await opened(browser, f"{url}/pages/", (1000, 720))
    link = index.get_by_role("link", name="nextcloud gives 502 since 14:00")
    while not await link.count():
        await index.wait_for_timeout(500)
        await index.reload()
    await _picture(index, "site")
    await link.click()
    await index.get_by_role("heading", name="Root cause").wait_for()
    await index.set_viewport_size({"width": 1000, "height": 1500})
    await _picture(index, "postmortem-page")
    await _picture(await opened(browser, index.url, PHONE, "dark"), "site-phone")


async def _together(room: Page, bob: Page) -> None:
    """What people meet who work on it together: the second report, parts, severity, timeline, merging, privacy."""
    await typed(bob, "/incident nextcloud shows 502 on login")
    await bob.get_by_text("Is it one of these?").wait_for()
    await _picture(bob, "again")
    await bob.get_by_role("button", name="Report", exact=True).click()
    await bob.get_by_role("dialog").wait_for(state="hidden")
    await room.get_by_role("button", name="Join").nth(2).click()
    for line in (
        "/incident note The pool has 20 connections, all in use",
        "/incident handover @carla The pool is full; I am raising its limit. Next: watch the errors.",
        "/incident escalate Nobody here may restart the database",
    ):
        await typed(room, line)
        await room.wait_for_timeout(1_500)
    await room.wait_for_timeout(6_000)
    for form, name in (("severity", "severity"), ("timeline", "timeline"), ("merge", "merge"), ("private", "private")):
        await typed(room, f"/incident {form}")
        await room.get_by_role("dialog").wait_for()
        await room.wait_for_timeout(1_500)
        await _picture(room, name)
        await (
            room.get_by_role("dialog")
            .get_by_role("button", name="Cancel")
            .or_(room.get_by_role("dialog").get_by_role("button", name="Close"))
            .first.click()
        )
        await room.get_by_role("dialog").wait_for(state="hidden")
    parts = room.locator(".message", has=room.get_by_role("button", name="Leave, or name somebody")).first
    await parts.scroll_into_view_if_needed()
    await parts.screenshot(path=PICTURES / "parts.png")


async def _told(page: Page, name: str, tab: str) -> None:
    """What somebody finds in their direct messages, or in their Home."""
    await page.goto(f"{page.url.rsplit('/', 1)[0]}/home")
    await page.get_by_role("link", name=tab, exact=True).first.click()
    await page.wait_for_timeout(3_000)
    await _picture(page, name)


async def _picture(page: Page, name: str) -> None:
    await page.screenshot(path=PICTURES / f"{name}.png")


if __name__ == "__main__":
    asyncio.run(main())
