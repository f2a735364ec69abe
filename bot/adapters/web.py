"""A public page, looked at as anybody would."""

import aiohttp

from bot.errors import Temporary

#: As much of a page as is looked at. Bytes.
MOST = 2_000_000


class Web:
    """Reads pages over one session; its time-out is that of the session."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def page(self, url: str) -> tuple[int, str]:
        """Status and text of a page, after redirects. Raises Temporary where nobody answers."""
        try:
            async with self._session.get(url) as answer:
                return answer.status, (await answer.content.read(MOST)).decode(errors="replace")
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise Temporary(f"{url} does not answer.") from error
