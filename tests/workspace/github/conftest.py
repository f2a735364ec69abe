"""A GitHub of our own for each test, and a real client of it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from github import Auth, Github

from bot.workspace.github import LOCAL_TOKEN, PREFIX, GitHub

T = TypeVar("T")


@dataclass
class MovedClock:
    """A clock that the test moves."""

    at: datetime = field(default_factory=lambda: datetime(2026, 11, 21, 3, 0, tzinfo=UTC))

    def now(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class Site:
    """The stand-in, its address, and a way to call it with PyGithub, which blocks."""

    github: GitHub
    clock: MovedClock
    api: str

    def client(self, token: str = LOCAL_TOKEN) -> Github:
        return Github(
            auth=Auth.Token(token),
            base_url=self.api,
            retry=None,
            seconds_between_requests=None,
            seconds_between_writes=None,
            timeout=5,
        )

    async def ask(self, question: Callable[[Github], T], token: str = LOCAL_TOKEN) -> T:
        def run() -> T:
            client = self.client(token)
            try:
                return question(client)
            finally:
                client.close()

        return await asyncio.to_thread(run)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """A server on a port of its own."""
    clock = MovedClock()
    github = GitHub(clock, people=("ana", "ben"))
    app = web.Application()
    app.add_routes(github.routes())
    async with TestServer(app) as server:
        yield Site(github, clock, str(server.make_url(PREFIX)))
    await github.close()
