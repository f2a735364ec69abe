"""Takes the pictures of the documentation: `make pictures`. The story is real; only its times are today's."""

import asyncio
import tempfile
from pathlib import Path

from playwright.async_api import Page

from tests.demo.walk import PHONE, chromium, demo, opened, pressed, reported, typed

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"


async def main() -> None:
    """Form, room, card, phone and GitHub."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with demo(Path(folder), port=8065) as running, chromium() as browser:
            page = await opened(browser, running.url)
            await typed(page, "/incident nextcloud gives 502 since 14:00")
            await page.get_by_role("dialog").wait_for()
            await _picture(page, "form")
            await page.get_by_role("button", name="Cancel").click()
            await page.get_by_role("dialog").wait_for(state="hidden")
            await reported(page, "nextcloud gives 502 since 14:00")
            await page.get_by_role("button", name="Take the lead").click()
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


async def _picture(page: Page, name: str) -> None:
    await page.screenshot(path=PICTURES / f"{name}.png")


if __name__ == "__main__":
    asyncio.run(main())
