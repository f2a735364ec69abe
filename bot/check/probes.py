"""The outside that is asked what is wrong: our own adapters, one question each."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import aiohttp
from pydantic import SecretStr
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import inspect

from bot.adapters.github import GitHub
from bot.adapters.prometheus import open_prometheus
from bot.adapters.repository import Repository, open_repository
from bot.adapters.slack.client import NameTaken, Slack
from bot.adapters.slack.limits import Limiter
from bot.adapters.terraform import open_terraform
from bot.audit import Broken
from bot.clock import Clock
from bot.errors import Permanent, Temporary
from bot.redact import Redactor
from bot.settings import Settings
from bot.storage import audit, github
from bot.storage.db import Database, open_database


class Outside:
    """The probes for real."""

    def __init__(self, settings: Settings, slack: Slack, app: AsyncWebClient, database: Database) -> None:
        self._settings = settings
        self._slack = slack
        self._app = app
        self._database = database

    async def scopes(self) -> frozenset[str]:
        await self._slack.identity()
        return self._slack.scopes

    async def socket(self) -> None:
        try:
            await self._app.apps_connections_open(app_token=self._app.token or "")
        except SlackApiError as error:
            raise Permanent(f"Slack refuses it: {error.response.get('error', 'no reason given')}.") from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Temporary("Slack cannot be reached.") from error

    async def channel(self, name: str) -> str | None:
        return await self._slack.find_channel(name)

    async def is_member(self, channel: str) -> bool:
        return await self._slack.is_member(channel)

    async def open_rooms(self, taken: str) -> None:
        try:
            await self._slack.open_room(taken, private=False)
        except NameTaken:
            return  # as wanted: Slack would have opened it

    async def github(self) -> None:
        settings = self._settings
        github = GitHub(
            settings.github_token.get_secret_value(),
            settings.github_repository,
            settings.github_api_url,
            settings.timing.http_timeout,
        )
        try:
            await github.identity()
        finally:
            await github.close()

    async def repository(self) -> bool:
        repository = await self._opened()
        return await repository.has_folder(await repository.head())

    async def stacks(self) -> frozenset[str]:
        repository = await self._opened()
        names = await repository.stacks().names(await repository.head())
        return frozenset(name.rpartition("/")[2] for name in names)

    async def push(self) -> None:
        await (await self._opened()).may_push()

    async def planning(self) -> None:
        terraform = open_terraform(self._settings, Redactor(self._settings.secrets()))
        if terraform is None:
            return
        repository = await self._opened()
        await terraform.answers(repository.stacks(), await repository.head())

    async def _opened(self) -> Repository:
        repository = await open_repository(self._settings)
        if repository is None:
            raise Permanent("There is none in holdfast.yml.")
        return repository

    async def webhook(self) -> datetime | None:
        if not await self._has("github_hearing"):
            return None
        async with self._database.read() as connection:
            return (await github.heard(connection)).get(github.WEBHOOK)

    async def prometheus(self) -> None:
        prometheus = open_prometheus(self._settings)
        if prometheus is None:
            return
        try:
            await prometheus.query("vector(1)")
        finally:
            await prometheus.close()

    async def audit(self) -> Broken | None:
        return await audit.check(self._database) if await self._has("audit") else None

    async def _has(self, table: str) -> bool:
        await self._database.ping()
        async with self._database.read() as connection:
            tables = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
        return table in tables


@asynccontextmanager
async def outside(settings: Settings, clock: Clock) -> AsyncIterator[Outside]:
    """Opens what the probes need, and closes it again."""
    timeout = aiohttp.ClientTimeout(total=settings.timing.http_timeout)
    async with aiohttp.ClientSession(timeout=timeout) as session:

        def client(token: SecretStr) -> AsyncWebClient:
            return AsyncWebClient(
                token.get_secret_value(), base_url=settings.slack_api_url, session=session, retry_handlers=[]
            )

        database = open_database(settings.database)
        slack = Slack(client(settings.slack_bot_token), Limiter(), clock)
        try:
            yield Outside(settings, slack, client(settings.slack_app_token), database)
        finally:
            await database.close()
