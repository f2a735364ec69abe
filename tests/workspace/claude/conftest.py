"""A Claude of our own for each test, and the real client of it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from anthropic import AsyncAnthropic
from anthropic.types import Message

from bot.workspace.claude import LOCAL_KEY, PREFIX, Claude

ASK: dict[str, Any] = {
    "model": "claude-sonnet-5-5",
    "max_tokens": 1000,
    "messages": [{"role": "user", "content": "What is wrong?"}],
}
TOOL: dict[str, Any] = {
    "name": "k8s_list",
    "description": "Lists what there is of a kind.",
    "input_schema": {"type": "object", "properties": {"namespace": {"type": "string"}}, "required": ["namespace"]},
}


@dataclass
class Line:
    """The stand-in, and a client that does not retry."""

    claude: Claude
    client: AsyncAnthropic
    url: str

    async def create(self, **more: Any) -> Message:
        """Asked without streaming."""
        answer: Message = await self.client.messages.create(**{**ASK, **more})
        return answer

    async def stream(self, **more: Any) -> Message:
        """Asked with streaming; what has come when it ends."""
        async with self.client.messages.stream(**{**ASK, **more}) as stream:
            return await stream.get_final_message()


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    """A server on a port of its own."""
    claude = Claude()
    app = web.Application(client_max_size=32 * 1024 * 1024)
    app.add_routes(claude.routes())
    async with TestServer(app) as server:
        url = str(server.make_url(PREFIX))
        client = AsyncAnthropic(api_key=LOCAL_KEY, base_url=url, max_retries=0, timeout=5.0)
        async with client:
            yield Line(claude, client, url)
        claude.close()
