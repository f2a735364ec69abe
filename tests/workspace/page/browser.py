"""The page asked for over HTTP, as a browser would, without one."""

from typing import Any

import aiohttp

ANA = "/as/U0ANA"
ALERTS = f"{ANA}/C0ALERTS"


class Browser:
    """Asks for pages and does what the script would."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session

    async def see(self, path: str, status: int = 200) -> str:
        async with self.session.get(path) as answer:
            assert answer.status == status, await answer.text()
            return await answer.text()

    async def act(self, what: str, me: str = "U0ANA", **given: Any) -> str:  # Any: JSON
        """The trouble, or the refusal with its status before it."""
        async with self.session.post(f"/as/{me}/act/{what}", json=given) as answer:
            if answer.status != 200:
                return f"{answer.status} {await answer.text()}"
            return str((await answer.json())["trouble"])
