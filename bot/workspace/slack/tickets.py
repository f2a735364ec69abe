"""Slack's short-lived permissions: a trigger opens one modal, a response URL takes five answers."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.workspace.slack import limits
from bot.workspace.slack.model import TEAM_ID


@dataclass
class Trigger:
    """Given with every interaction; `used` once a view was opened with it."""

    id: str
    user: str
    at: float
    used: bool = False


@dataclass
class ResponseUrl:
    """Where the bot may answer. `ts` is the message that was clicked, empty after a command or a shortcut."""

    path: str
    user: str
    channel: str
    at: float
    ts: str = ""
    ephemeral: bool = False
    thread_ts: str = ""
    uses: int = 0


class Tickets:
    """Issues them and knows their age, by the workspace's clock (`now`, in seconds)."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._count = 0
        self.triggers: dict[str, Trigger] = {}
        self.urls: dict[str, ResponseUrl] = {}
        self._links: set[str] = set()

    def trigger(self, user: str) -> str:
        """A new trigger for what this person just did."""
        self._count += 1
        id = f"{int(self._now())}.{self._count:010d}.{self._count:032x}"
        self.triggers[id] = Trigger(id, user, self._now())
        return id

    def redeem(self, id: str) -> str:
        """The person who may be shown a view now, or Slack's word for why not (`..._trigger_id`)."""
        trigger = self.triggers.get(id)
        if trigger is None:
            return "invalid_trigger_id"
        if trigger.used:
            return "exchanged_trigger_id"
        if self._now() - trigger.at > limits.TRIGGER:
            return "expired_trigger_id"
        trigger.used = True
        return trigger.user

    def response_url(self, kind: str, user: str, channel: str, **about: str | bool) -> str:
        """A new path, of kind `commands`, `actions` or `app`."""
        self._count += 1
        path = f"/{kind}/{TEAM_ID}/{self._count}/r{self._count:08x}"
        self.urls[path] = ResponseUrl(path, user, channel, self._now(), **about)  # type: ignore[arg-type]  # by name
        return path

    def use(self, path: str) -> ResponseUrl | str:
        """The place to answer, or Slack's sentence for why not."""
        url = self.urls.get(path)
        if url is None or self._now() - url.at > limits.RESPONSE_URL:
            return "Expired url"
        if url.uses >= limits.RESPONSE_URL_USES:
            return "Used url"
        url.uses += 1
        return url

    def link(self) -> str:
        """A ticket for one Socket Mode connection."""
        self._count += 1
        ticket = f"t{self._count:08x}"
        self._links.add(ticket)
        return ticket

    def admit(self, ticket: str) -> bool:
        """Whether this ticket is good; it is used up."""
        known = ticket in self._links
        self._links.discard(ticket)
        return known
