"""`make demo` as a newcomer meets it: one command, one page, the whole story, and it is all there after kill -9."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.demo.walk import CHROMIUM, PATIENCE, PHONE, chromium, demo, opened, pressed, ready, reported

pytestmark = [
    pytest.mark.proof,
    pytest.mark.sockets,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: the demo was not tried in a browser"),
]


async def test_the_whole_story_in_the_page(tmp_path: Path) -> None:
    """Report, lead, update, kill -9, resolve; card, room, issue and the reporter's notice follow."""
    expect.set_options(timeout=PATIENCE)
    async with demo(tmp_path) as running, chromium() as browser:
        page = await opened(browser, running.url)
        await reported(page, "nextcloud gives 502 since 14:00")
        await page.get_by_role("button", name="Take the lead").first.click()
        await expect(page.get_by_role("button", name="Hand over the lead")).to_be_visible()
        await pressed(page, "Post update", "Post", What_do_we_know_now="The database is out of connections.")
        await expect(page.get_by_text("The database is out of connections.").first).to_be_visible()

        await page.locator("summary", has_text="Faults").click()
        await page.get_by_role("button", name="Kill the bot").click()
        await ready(running, is_so=False)
        await ready(running)
        await page.reload()
        await expect(page.get_by_role("button", name="Hand over the lead")).to_be_visible()
        await pressed(page, "Resolve", "Resolve", What_fixed_it="A bigger connection pool.")
        await expect(page.get_by_role("button", name="Reopen")).to_be_visible()

        issue = await opened(browser, f"{running.url}/github/example/infra/issues/1")
        await expect(issue.get_by_text("Closed").first).to_be_visible()
        await expect(issue.get_by_text("A bigger connection pool.").first).to_be_visible()
        phone = await opened(browser, page.url, PHONE)
        await expect(phone.get_by_role("button", name="Reopen")).to_be_visible()
        assert await phone.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the phone scrolls sideways"
