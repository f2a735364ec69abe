"""Slack's Web API in our verbs, our values and our errors. It retries nothing: the ledger does."""

import json
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.limits import Limiter
from bot.clock import Clock
from bot.errors import Paced, Permanent, Refused, Temporary, Unsure
from bot.incident.message import files, pictures, words
from bot.incident.model import Actor, Frozen, Place
from bot.ports import Person

Json = dict[str, Any]  # Any: Slack's own JSON
#: Slack may have done it and failed to say so.
LOST = {"internal_error", "fatal_error", "request_timeout", "service_unavailable"}
#: Somebody has to mend the app or its token; until then it is worth trying again now and then.
ACCESS = {
    "account_inactive",
    "invalid_auth",
    "missing_scope",
    "not_authed",
    "not_in_channel",
    "token_expired",
    "token_revoked",
}
MESSAGE_EVENT = "holdfast"
#: The most that every method takes: at two hundred, our own limiter would never let a large workspace be read whole.
PAGE = 999
#: How much older than our intent a message may look, by Slack's clock against ours.
SKEW = timedelta(minutes=2)


class Room(Frozen):
    """A channel of an incident."""

    id: str
    name: str


class Said(Frozen):
    """A message as it is now. `text` is as Slack writes it; `thread` is empty where it belongs to none."""

    place: Place
    thread: str
    author: Actor
    text: str
    permalink: str
    pictures: int
    files: int


class NameTaken(Refused):
    """A channel of that name exists, or existed."""


class Slack:
    """One Slack workspace, as the bot. `identity` has to be called once before rooms or messages are looked for."""

    def __init__(self, client: AsyncWebClient, limiter: Limiter, clock: Clock) -> None:
        self._client = client
        self._limiter = limiter
        self._clock = clock
        self._bot = ""
        self._dms: dict[Actor, str] = {}
        self.scopes: frozenset[str] = frozenset()

    async def identity(self) -> Actor:
        """Who we are in this workspace; learns the granted scopes too."""
        answer = await self._call("auth.test")
        self._bot = answer["user_id"]
        self.scopes = frozenset(scope.strip() for scope in answer.get("scopes", "").split(",") if scope.strip())
        return self._bot

    async def open_room(self, name: str, *, private: bool) -> Room:
        """Create a channel. Raises NameTaken."""
        answer = await self._call("conversations.create", name=name, is_private=private)
        return Room(id=answer["channel"]["id"], name=answer["channel"]["name"])

    async def find_room(self, names: Collection[str], *, since: datetime, private: bool) -> Room | None:
        """The channel that we created under one of these names since then."""
        types = "private_channel" if private else "public_channel"
        oldest = (since - SKEW).timestamp()
        async for channel in self._pages("conversations.list", "channels", types=types, exclude_archived=True):
            if channel["name"] in names and channel.get("creator") == self._bot and channel["created"] >= oldest:
                return Room(id=channel["id"], name=channel["name"])
        return None

    async def find_channel(self, name: str) -> str | None:
        """A public channel by its name. For start-up only; everything else is an id in the database."""
        async for channel in self._pages(
            "conversations.list", "channels", types="public_channel", exclude_archived=True
        ):
            if channel["name"] == name:
                return str(channel["id"])
        return None

    async def is_member(self, channel: str) -> bool:
        """Whether we are in this channel."""
        answer = await self._call("conversations.info", channel=channel)
        return bool(answer["channel"].get("is_member"))

    async def join(self, channel: str) -> None:
        await self._call("conversations.join", channel=channel)

    async def invite(self, channel: str, people: Sequence[Actor]) -> None:
        """Invite people; those who are in already, and ourselves, are no error."""
        wanted = [person for person in people if person != self._bot]
        if not wanted:
            return
        try:
            await self._call("conversations.invite", channel=channel, users=",".join(wanted), force=True)
        except SlackRefusal as refusal:
            if refusal.code not in {"already_in_channel", "cant_invite_self"}:
                raise

    async def set_topic(self, channel: str, topic: str) -> None:
        await self._call("conversations.setTopic", channel=channel, topic=topic)

    async def open_dm(self, person: Actor) -> str:
        """The direct-message channel with this person; it stays the same for good.

        Asked once: a look for a lost message that used up the rate of the attempt after it would never end.
        """
        if person not in self._dms:
            answer = await self._call("conversations.open", users=person)
            self._dms[person] = str(answer["channel"]["id"])
        return self._dms[person]

    async def post(
        self, channel: str, text: str, blocks: Sequence[Json], *, marker: str, thread: str | None = None
    ) -> Place:
        """Post a message that carries `marker`, so that `find_post` finds it."""
        metadata = {"event_type": MESSAGE_EVENT, "event_payload": {"key": marker}}
        extra = {} if thread is None else {"thread_ts": thread}
        answer = await self._call(
            "chat.postMessage",
            channel=channel,
            text=text,
            blocks=list(blocks),
            metadata=metadata,
            unfurl_links=False,
            unfurl_media=False,
            **extra,
        )
        return Place(channel=answer["channel"], ts=answer["ts"])

    async def whisper(self, channel: str, person: Actor, text: str, blocks: Sequence[Json]) -> None:
        """Say something in a channel that only this person sees. It cannot be found again: Slack keeps it nowhere."""
        await self._call("chat.postEphemeral", channel=channel, user=person, text=text, blocks=list(blocks))

    async def find_post(self, channel: str, marker: str, *, since: datetime, thread: str | None = None) -> Place | None:
        """The message of ours with this marker, if it was posted since then; anybody's metadata may hold it."""
        method = "conversations.history" if thread is None else "conversations.replies"
        extra = {} if thread is None else {"ts": thread}
        oldest = f"{(since - SKEW).timestamp():.6f}"
        async for message in self._pages(
            method, "messages", channel=channel, oldest=oldest, include_all_metadata=True, **extra
        ):
            payload = message.get("metadata", {}).get("event_payload", {})
            if message.get("user") == self._bot and payload.get("key") == marker:
                return Place(channel=channel, ts=message["ts"])
        return None

    async def said(self, place: Place) -> Said | None:
        """The message at this place, also in a thread; None where it is gone. Its files stay where they are."""
        about = {"channel": place.channel, "ts": place.ts, "oldest": place.ts, "latest": place.ts, "inclusive": True}
        try:
            found = (await self._call("conversations.replies", limit=1, **about))["messages"]
            message = next((each for each in found if each["ts"] == place.ts), None)
            if message is None or message.get("subtype") == "tombstone":
                return None
            link = await self._call("chat.getPermalink", channel=place.channel, message_ts=place.ts)
        except SlackRefusal as refusal:
            if refusal.code in {"thread_not_found", "message_not_found"}:
                return None
            raise
        return Said(
            place=place,
            thread=message.get("thread_ts", ""),
            author=message.get("user") or message.get("bot_id") or "",
            text=words(message),
            permalink=link["permalink"],
            pictures=pictures(message),
            files=files(message),
        )

    async def edit(self, place: Place, text: str, blocks: Sequence[Json]) -> None:
        """Replace a message of ours. Both text and blocks always go along: what is left out, Slack keeps."""
        await self._call("chat.update", channel=place.channel, ts=place.ts, text=text, blocks=list(blocks))

    async def delete(self, place: Place) -> None:
        """Take a message of ours away; one that is gone already is no error."""
        try:
            await self._call("chat.delete", channel=place.channel, ts=place.ts)
        except SlackRefusal as refusal:
            if refusal.code != "message_not_found":
                raise

    async def publish_home(self, person: Actor, view: Json) -> None:
        """Show this as the person's App Home, in place of what was there."""
        await self._call("views.publish", user_id=person, view=view)

    async def pin(self, place: Place) -> None:
        try:
            await self._call("pins.add", channel=place.channel, timestamp=place.ts)
        except SlackRefusal as refusal:
            if refusal.code != "already_pinned":
                raise

    async def people(self) -> AsyncIterator[Person]:
        """Everybody in the workspace, page by page."""
        async for user in self._pages("users.list", "members"):
            yield Person.of(user)

    async def _pages(self, method: str, key: str, **arguments: object) -> AsyncIterator[Json]:
        cursor = ""
        while True:
            page = await self._call(method, limit=PAGE, **arguments, **({"cursor": cursor} if cursor else {}))
            for item in page[key]:
                yield item
            cursor = page.get("response_metadata", {}).get("next_cursor", "")
            if not cursor:
                return

    async def _call(self, method: str, **arguments: object) -> Json:
        """Raises Temporary, Unsure, or SlackRefusal."""
        channel = str(arguments.get("channel", ""))
        if wait := self._limiter.wait(method, channel, self._clock.now()):
            raise Paced(wait)
        try:
            answer = await self._client.api_call(method, data={name: _form(value) for name, value in arguments.items()})
        except SlackApiError as error:
            raise self._refusal(method, error) from error
        except aiohttp.ClientConnectorError as error:
            raise Temporary("Slack cannot be reached.") from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unsure("Slack did not answer.") from error
        except AttributeError as error:  # slack_sdk, where a body that is no JSON comes with status 200
            raise Unsure("Something between us and Slack answered in its place.") from error
        data: Json = answer.data if isinstance(answer.data, dict) else {}
        return data | {"scopes": answer.headers.get("x-oauth-scopes", "")} if method == "auth.test" else data

    def _refusal(self, method: str, error: SlackApiError) -> Exception:
        status, headers, data = _parts(error)
        code = str(data.get("error", ""))
        if status == 429 or code in {"ratelimited", "rate_limited"}:
            seconds = _seconds(headers)
            self._limiter.pause(method, seconds, self._clock.now())
            return Temporary("Slack asks us to go slower.", after=seconds)
        if status >= 500 or code in LOST or not code:
            return Unsure("Slack has trouble of its own.")
        if code in ACCESS:
            needed = f" (needed: {data['needed']})" if data.get("needed") else ""
            return Temporary(f"Slack refuses Holdfast: {code}{needed}. Somebody has to mend the app.", after=60.0)
        if code == "name_taken":
            return NameTaken("A channel of that name exists already.")
        details = "; ".join(data.get("response_metadata", {}).get("messages", ()))
        return SlackRefusal(code, f"Slack refused {method}: {code}{': ' + details if details else ''}.")


class SlackRefusal(Permanent):
    """Slack said no; `code` is its word for why."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


def _form(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value)


def _parts(error: SlackApiError) -> tuple[int, Mapping[str, str], Json]:
    """Status, headers and body of a refusal; the client hands over the raw response where the body was not JSON."""
    response = error.response
    status = getattr(response, "status_code", 0) or getattr(response, "status", 0)
    data = getattr(response, "data", None)
    return int(status), getattr(response, "headers", {}), data if isinstance(data, dict) else {}


def _seconds(headers: Mapping[str, str]) -> float:
    value = headers.get("Retry-After", "")
    return float(value) if value.isdigit() else 30.0
