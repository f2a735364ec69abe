"""The site as a reader meets it: from a disk, on a phone, with and without its search."""

from pathlib import Path

import pytest

from bot.pages.site import site
from bot.postmortem.policy import Policy
from tests.demo.lessons import documents
from tests.demo.walk import CHROMIUM, PHONE, chromium, opened

pytestmark = [pytest.mark.proof, pytest.mark.skipif(CHROMIUM is None, reason="NO CHROMIUM: nobody has looked at it")]


async def test_the_site_on_a_phone(tmp_path: Path) -> None:
    """Nothing is wider than the screen, the search finds by any words, and a page leads back."""
    for name, content in site(documents(), "Post-mortems", Policy()).items():
        (tmp_path / name).write_text(content)
    async with chromium() as browser:
        page = await opened(browser, (tmp_path / "index.html").as_uri(), PHONE)
        troubles: list[str] = []
        page.on("console", lambda message: troubles.append(message.text))
        cards = page.locator(".cards li:visible")
        assert await cards.count() == 3
        await page.get_by_label("Search").fill("SEV2 pool")
        assert await cards.count() == 1
        assert await page.get_by_role("status").inner_text() == "1 of 3"
        await page.get_by_label("Search").fill("nosuchword")
        assert await page.get_by_role("status").inner_text() == "Nothing has all of these words."
        await page.get_by_label("Search").fill("")
        await page.get_by_role("link", name="Nextcloud gives 502").click()
        await page.get_by_role("heading", name="Prevention plan").wait_for()
        width = await page.evaluate("document.documentElement.scrollWidth")
        assert width == PHONE[0]
        await page.get_by_role("link", name="← Post-mortems").click()
        await cards.first.wait_for()
        assert troubles == []
