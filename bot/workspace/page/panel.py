"""The panel that breaks things: faults of the services, killing the bot, and whether it is up."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
from yarl import URL

from bot.errors import NotFound
from bot.workspace.breakage import WAYS, How, Services
from bot.workspace.faults import Fault, Faults, Kind, Service
from bot.workspace.page import render

#: How the names of switches begin that break a service.
BREAK = "break:"
#: How often the bot is asked whether it is up, and how long it may take to say so. Seconds.
EVERY, PATIENCE = 1.0, 2.0


@dataclass(frozen=True)
class Switch:
    """One fault people can turn on: what it is called, what it does, and how it is made."""

    name: str
    service: Service
    title: str
    what: str
    kind: Kind
    method: str = "*"
    times: int | None = None
    seconds: float = 1.0


SWITCHES = (
    Switch(
        "slack-429",
        "slack",
        "Too many requests",
        "Every call but the answer to a click is told to wait three seconds",
        "429",
        "*.*",
        seconds=3,
    ),
    Switch("slack-500", "slack", "Server errors", "Every call is answered with a 500", "500"),
    Switch(
        "slack-lost",
        "slack",
        "Lose the next answer",
        "The next message is posted, but the bot never hears that it was",
        "timeout_after_write",
        "chat.postMessage",
        times=1,
    ),
    Switch("slack-drop", "slack", "Dropped sockets", "Cuts every connection and lets none come back", "drop_sockets"),
    Switch("slack-down", "slack", "Slack is down", "Nothing answers the bot", "refused"),
    Switch("github-500", "github", "Server errors", "Every call is answered with a 500", "500"),
    Switch("github-slow", "github", "Time-outs", "Calls hang until the bot gives up", "timeout_before_write"),
    Switch(
        "github-lost",
        "github",
        "Lose the next answer",
        "The next issue or comment is written, but the bot never hears that it was",
        "timeout_after_write",
        "POST /*",
        times=1,
    ),
    Switch("github-down", "github", "GitHub is down", "Nothing answers the bot", "refused"),
    Switch("git-down", "git", "The repository is down", "Nothing answers git", "refused"),
    Switch("git-slow", "git", "Slow answers", "Every answer takes five seconds", "slow", seconds=5),
    Switch(
        "git-lost",
        "git",
        "Lose the next answer",
        "The next push lands, but the bot never hears that it did",
        "cut_after_write",
        "push",
        times=1,
    ),
    Switch("prometheus-500", "prometheus", "Server errors", "Every call is answered with a 500", "500"),
    Switch("prometheus-slow", "prometheus", "Time-outs", "Calls hang until the bot gives up", "timeout_before_write"),
    Switch("prometheus-down", "prometheus", "Prometheus is down", "Nothing answers the bot", "refused"),
    Switch("claude-500", "claude", "Server errors", "Every call is answered with a 500", "500"),
    Switch("claude-429", "claude", "Too many requests", "Every call is told to wait an hour", "429", seconds=3600),
    Switch("claude-slow", "claude", "Time-outs", "Calls hang until the bot gives up", "timeout_before_write"),
    Switch("claude-down", "claude", "Claude is down", "Nothing answers the bot", "refused"),
)


class Panel:
    """Turns switches on and off. What is in force is known to the workspace's faults alone."""

    def __init__(self, faults: Faults, services: Services, *, sockets: bool) -> None:
        self._faults = faults
        self._services = services
        self._made: dict[str, Fault] = {}
        self._switches = tuple(s for s in SWITCHES if sockets or s.kind != "drop_sockets")

    def flip(self, name: str) -> None:
        """On, or off again; `clear` ends every fault, and mends every service. Raises NotFound."""
        if name == "clear":
            self._faults.clear()
            for service in list(self._services.broken):
                self._services.mend(service)
            return
        if name.startswith(BREAK):
            self._break(name.removeprefix(BREAK))
            return
        for switch in self._switches:
            if switch.name == name:
                if self._on(switch):
                    self._faults.clear(self._made[name])
                else:
                    times, seconds = switch.times, switch.seconds
                    fault = self._faults.add(switch.service, switch.method, switch.kind, times=times, seconds=seconds)
                    self._made[name] = fault
                return
        raise NotFound(f"There is no fault {name}.")

    def _break(self, what: str) -> None:
        """`nextcloud:release`: broken in that way, or mended where it is already."""
        service, _, how = what.partition(":")
        if self._services.broken.get(service) == how:
            self._services.mend(service)
            return
        ways: dict[str, How] = {way: way for way in WAYS}
        if how not in ways:
            raise NotFound(f"Nothing breaks by {how[:40]}.")
        self._services.break_(service, ways[how])

    def _breakable(self) -> list[dict[str, Any]]:
        """Every service that the bot knows of, with the ways in which it can break."""
        broken = self._services.broken
        return [
            {
                "name": name,
                "ways": [
                    {"name": f"{BREAK}{name}:{way}", "what": what, "on": broken.get(name) == way}
                    for way, what in WAYS.items()
                ],
            }
            for name in self._services.targets.known
        ]

    def render(self, up: bool | None, *, killable: bool, second: bool = False) -> str:
        """The panel's HTML; `up` is whether the bot answers, None if nobody asked. `second`: one more may start."""
        services: tuple[Service, ...] = ("slack", "github", "git", "prometheus", "claude")
        named = zip(services, ("Slack", "GitHub", "Repository", "Prometheus", "Claude"), strict=True)
        groups = [
            {"service": name, "faults": [vars(s) | {"on": self._on(s)} for s in self._switches if s.service == service]}
            for service, name in named
        ]
        active = [*self._faults.active, *self._services.broken]
        shown = {"groups": groups, "services": self._breakable(), "active": active}
        return render.page("panel.html", **shown, up=up, kill=killable, second=second)

    def _on(self, switch: Switch) -> bool:
        return any(fault is self._made.get(switch.name) for fault in self._faults.active)


class Pulse:
    """Asks the bot's `/healthz` as long as somebody looks. `up` is None until it was asked, or if there is none."""

    def __init__(self, request_url: Callable[[], str], changed: Callable[[], None]) -> None:
        self.up: bool | None = None
        self._request_url = request_url
        self._changed = changed

    async def watch(self) -> None:
        """Until cancelled."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE)) as session:
            while True:
                up = await self._ask(session)
                if up != self.up:
                    self.up = up
                    self._changed()
                await asyncio.sleep(EVERY)

    async def _ask(self, session: aiohttp.ClientSession) -> bool | None:
        if not (url := self._request_url()):
            return None
        try:
            async with session.get(URL(url).with_path("/healthz")) as answer:
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False
