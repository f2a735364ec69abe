"""`make demo` as a newcomer meets it: one command, one page, the whole story, and it is all there after kill -9."""

import shutil
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.demo.walk import (
    CHROMIUM,
    PATIENCE,
    PHONE,
    approved,
    chromium,
    demo,
    looked_at,
    opened,
    pressed,
    question,
    ready,
    reported,
    taken_up,
)

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


@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not installed: no change was approved")
async def test_a_change_is_approved_in_the_page(tmp_path: Path) -> None:
    """From a row of the sample to a commit, with the real Terraform: looked at on a phone, applied, written down."""
    expect.set_options(timeout=PATIENCE)
    async with demo(tmp_path) as running, chromium() as browser:
        alerts = f"{running.url}/as/U0VIKTOR/C0ALERTS"
        page = await opened(browser, alerts)
        await taken_up(page)
        asked = await question(page, "Give nextcloud 3Gi of memory")
        phone = await opened(browser, alerts, PHONE)
        await looked_at(phone, asked)
        await approved(phone)
        await expect(page.get_by_text("1 done, 4 waiting for a click")).to_be_visible()
        slow = "2025-11-06-nextcloud-was-slow-for-a.md"
        await page.goto(f"{running.url}/example/infra/blob/master/docs/post-mortems/{slow}")
        await expect(page.get_by_role("heading", name="Follow-up Implementation")).to_be_visible()
        done = page.get_by_role("row", name="Give nextcloud 3Gi of memory")
        await expect(done.first).to_contain_text("Done")
        await expect(done.last).to_contain_text("todo_resolver")
