"""What is wrong here: settings, credentials, permissions, channel, repository, database, audit chain, each by name."""

from collections.abc import Awaitable
from contextlib import suppress
from datetime import datetime
from typing import Protocol

from bot.audit import Broken
from bot.check import policy
from bot.check.probes import outside
from bot.clock import Clock
from bot.errors import HoldfastError
from bot.incident.heard import EVERY, SILENT
from bot.incident.model import Frozen
from bot.manifest import SCOPES
from bot.settings import File, Settings
from bot.telemetry import log

__all__ = ["Probes", "Problem", "check", "hearing", "name_problems", "outside", "report"]


class Problem(Frozen):
    """One thing that is wrong, in a line. A warning does not keep the bot from working."""

    text: str
    warning: bool = False


class Probes(Protocol):
    """The questions that only the outside can answer. Each raises HoldfastError when it cannot be answered."""

    async def scopes(self) -> frozenset[str]:
        """The permissions that the bot token was granted."""
        ...

    async def socket(self) -> None:
        """Whether Slack lets our app token open a connection."""
        ...

    async def channel(self, name: str) -> str | None:
        """The id of a public channel, or None."""
        ...

    async def is_member(self, channel: str) -> bool:
        """Whether we are in it."""
        ...

    async def open_rooms(self, taken: str) -> None:
        """Whether we may create channels; `taken` is a name that exists, so that none is created."""
        ...

    async def github(self) -> None:
        """Whether token and repository are good."""
        ...

    async def repository(self) -> bool:
        """Whether the infra repository has the folder of post-mortems; there has to be one, with its branch."""
        ...

    async def stacks(self) -> frozenset[str]:
        """The names of its stacks."""
        ...

    async def push(self) -> None:
        """Whether we may push to it, as far as that can be told without doing so."""
        ...

    async def planning(self) -> None:
        """Whether the command that plans stacks runs, with the variables of planning and with those of applying."""
        ...

    async def webhook(self) -> datetime | None:
        """When a webhook of GitHub's last came; None for never."""
        ...

    async def prometheus(self) -> None:
        """Whether Prometheus lets us read it."""
        ...

    async def audit(self) -> Broken | None:
        """Whether the database answers, and where its audit chain is broken."""
        ...


async def check(settings: Settings, probes: Probes) -> list[Problem]:
    """Everything that is wrong, problems before warnings; empty if nothing is."""
    found = [Problem(text=sentence) for sentence in settings.missing()]
    found += _shapes(settings)
    if settings.slack_bot_token.get_secret_value():
        found += await _slack(settings, probes)
    if settings.socket_mode:
        found += await _ask("SLACK_APP_TOKEN", probes.socket())
    if settings.github_token.get_secret_value() and settings.github_repository:
        found += await _ask("GITHUB_TOKEN, GITHUB_REPOSITORY", probes.github())
    if settings.file.repository.is_set:
        found += await _repository(settings.file.repository.postmortems, probes)
        if settings.file.repository.plan:
            found += await _ask("repository.plan", probes.planning())
    if settings.prometheus_url:
        found += await _ask("PROMETHEUS_URL", probes.prometheus())
    found += await _policy(settings.file, probes)
    found += await _database(probes)
    found += _advice(settings)
    return sorted(found, key=lambda problem: problem.warning)


async def name_problems(settings: Settings, clock: Clock) -> None:
    """Put everything that is wrong into the log, once, while the bot works on."""
    async with outside(settings, clock) as probes:
        for problem in await check(settings, probes):
            log(__name__).warning("check", problem=problem.text)


async def hearing(settings: Settings, probes: Probes, now: datetime) -> str:
    """One line: how we hear of what happens on GitHub, and how late that can be."""
    if not settings.github_webhook_secret.get_secret_value():
        how = "no webhooks, as GITHUB_WEBHOOK_SECRET is not set"
    else:
        try:
            last = await probes.webhook()
        except HoldfastError as error:
            return f"GitHub: {error.sentence}"
        if last is not None and now - last < SILENT:
            return f"GitHub: webhooks come, the last at {last:%H:%M} UTC; what happens there is heard at once."
        when = f"since {last:%Y-%m-%d %H:%M} UTC" if last else "yet"
        how = f"no webhook {when}"
    seconds = int(EVERY.total_seconds())
    return (
        f"GitHub: {how}; it is looked at every {seconds} seconds, so what happens there is heard a minute late at most."
    )


def report(problems: list[Problem]) -> str:
    """The lines that `holdfast check` prints."""
    if not problems:
        return "Everything is in order."
    return "\n".join(f"{'warning' if problem.warning else 'wrong'}: {problem.text}" for problem in problems)


def _shapes(settings: Settings) -> list[Problem]:
    """Tokens are easily swapped; their beginnings tell them apart."""
    tokens = (
        ("SLACK_BOT_TOKEN", settings.slack_bot_token, "xoxb-"),
        ("SLACK_APP_TOKEN", settings.slack_app_token, "xapp-"),
    )
    return [
        Problem(text=f"{name} does not begin with {prefix}; it is another kind of token.")
        for name, token, prefix in tokens
        if token.get_secret_value() and not token.get_secret_value().startswith(prefix)
    ]


async def _slack(settings: Settings, probes: Probes) -> list[Problem]:
    try:
        granted = await probes.scopes()
    except HoldfastError as error:
        return [Problem(text=f"SLACK_BOT_TOKEN: {error.sentence}")]
    missing = [
        Problem(text=f"The permission {scope} is not granted. It is needed so that: {why}.")
        for scope, why in SCOPES.items()
        if scope not in granted
    ]
    if missing:
        missing.append(Problem(text="Give the app the manifest of `holdfast manifest`, then install it again."))
    return missing + await _channel(settings.file.slack.alerts_channel, probes)


async def _channel(name: str, probes: Probes) -> list[Problem]:
    """The bot is where reports come in, and may open rooms."""
    try:
        channel = await probes.channel(name)
        if channel is None:
            return [Problem(text=f"slack.alerts_channel: there is no public channel #{name}.")]
        inside = await probes.is_member(channel)
    except HoldfastError as error:
        return [Problem(text=f"#{name}: {error.sentence}")]
    absent = [] if inside else [Problem(text=f"Holdfast is not in #{name}. Invite it there: /invite @holdfast")]
    return absent + await _ask("Opening rooms", probes.open_rooms(name))


async def _repository(folder: str, probes: Probes) -> list[Problem]:
    """It can be read, has a place for post-mortems, and takes what we write."""
    try:
        there = await probes.repository()
    except HoldfastError as error:
        return [Problem(text=f"repository: {error.sentence}")]
    first = f"repository.postmortems: there is no folder {folder} yet; it comes with the first post-mortem."
    absent = [] if there else [Problem(text=first, warning=True)]
    return absent + await _ask("Pushing to the repository", probes.push())


async def _policy(file: File, probes: Probes) -> list[Problem]:
    """How far changes may go by themselves, and who may allow them."""
    stacks = None
    if file.repository.is_set:
        with suppress(HoldfastError):  # what is wrong with the repository is said where it is asked for its folder
            stacks = await probes.stacks()
    doubts = [Problem(text=sentence, warning=True) for sentence in policy.doubtful(file, stacks)]
    return [Problem(text=sentence) for sentence in policy.wrong(file)] + doubts


async def _database(probes: Probes) -> list[Problem]:
    try:
        broken = await probes.audit()
    except HoldfastError as error:
        return [Problem(text=f"DATABASE_URL: {error.sentence}")]
    return [Problem(text=f"The audit log has been tampered with. {broken.why}")] if broken else []


def _advice(settings: Settings) -> list[Problem]:
    found = []
    if not settings.config.exists():
        found.append(f"There is no {settings.config}; the defaults apply. `holdfast init` writes one.")
    if not settings.file.services:
        found.append("services: the list is empty, so every report is about Other.")
    if 0 < len(settings.webhook_token.get_secret_value()) < 16:
        found.append("HOLDFAST_WEBHOOK_TOKEN is short enough to be guessed; take 16 characters or more.")
    if not settings.prometheus_url and any(service.asks_prometheus for service in settings.file.services):
        found.append("PROMETHEUS_URL is not set, so the figures and probes in holdfast.yml that need it say nothing.")
    found += settings.unset()
    owner = settings.file.slack.owner
    if owner is None:
        found.append("slack.owner: nobody is named, so nobody is called when it matters.")
    else:
        found.append(f"slack.owner: {owner} has no channel beyond Slack; when Slack is down, nobody is called.")
    return [Problem(text=text, warning=True) for text in found]


async def _ask(what: str, question: Awaitable[None]) -> list[Problem]:
    try:
        await question
    except HoldfastError as error:
        return [Problem(text=f"{what}: {error.sentence}")]
    return []
