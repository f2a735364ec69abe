"""`holdfast check` names everything that is wrong, and nothing that is not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.audit import Broken
from bot.check import Problem, check, hearing, outside, report
from bot.errors import Permanent, Temporary
from bot.manifest import SCOPES
from bot.settings import Settings, load
from tests.clock import START, ManualClock

COMPLETE = {
    "SLACK_BOT_TOKEN": "xoxb-123456",
    "SLACK_APP_TOKEN": "xapp-123456",
    "GITHUB_TOKEN": "github",
    "GITHUB_REPOSITORY": "example/infra",
}


@dataclass
class World:
    """An outside in which everything is well, until a test spoils it."""

    granted: frozenset[str] = frozenset(SCOPES)
    channels: Mapping[str, str] = field(default_factory=lambda: {"alerts": "C1"})
    inside: bool = True
    folder: bool = True
    folders: frozenset[str] = frozenset()
    broken: Broken | None = None
    heard: datetime | None = None
    failing: Mapping[str, Exception] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        if what in self.failing:
            raise self.failing[what]

    async def scopes(self) -> frozenset[str]:
        self._ask("scopes")
        return self.granted

    async def socket(self) -> None:
        self._ask("socket")

    async def channel(self, name: str) -> str | None:
        self._ask("channel")
        return self.channels.get(name)

    async def is_member(self, channel: str) -> bool:
        self._ask("is_member")
        return self.inside

    async def open_rooms(self, taken: str) -> None:
        self._ask("open_rooms")
        assert taken in self.channels, "asking with a free name would create a channel"

    async def github(self) -> None:
        self._ask("github")

    async def repository(self) -> bool:
        self._ask("repository")
        return self.folder

    async def stacks(self) -> frozenset[str]:
        self._ask("stacks")
        return self.folders

    async def push(self) -> None:
        self._ask("push")

    async def planning(self) -> None:
        self._ask("planning")

    async def webhook(self) -> datetime | None:
        self._ask("webhook")
        return self.heard

    async def prometheus(self) -> None:
        self._ask("prometheus")

    async def audit(self) -> Broken | None:
        self._ask("audit")
        return self.broken


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Complete settings with a small file."""
    config = tmp_path / "holdfast.yml"
    config.write_text("slack: {owner: U0VIKTOR}\nservices: [{name: nextcloud}]\n")
    return load({**COMPLETE, "HOLDFAST_CONFIG": str(config), "HOLDFAST_DATA": str(tmp_path / "data")})


async def wrong(settings: Settings, world: World) -> list[str]:
    """What check calls wrong; warnings left out."""
    return [problem.text for problem in await check(settings, world) if not problem.warning]


async def test_all_is_well_but_for_the_owners_one_channel(settings: Settings) -> None:
    """An owner who can be reached through Slack only is named, as a warning."""
    assert await check(settings, World()) == [
        Problem(
            text="slack.owner: U0VIKTOR has no channel beyond Slack; when Slack is down, nobody is called.",
            warning=True,
        )
    ]


async def test_every_missing_setting_is_named(tmp_path: Path) -> None:
    """Nothing is set: each is named, and nobody outside is asked with empty hands."""
    world = World()
    bare = load({"HOLDFAST_DATA": str(tmp_path)})
    assert await wrong(bare, world) == list(bare.missing())
    assert world.asked == ["audit"]


@pytest.mark.parametrize("scope", SCOPES)
async def test_a_permission_that_is_not_granted_is_named_with_its_reason(settings: Settings, scope: str) -> None:
    """Each by its name, with what it is for, and how to get it."""
    missing, advice = await wrong(settings, World(granted=frozenset(SCOPES) - {scope}))
    assert missing == f"The permission {scope} is not granted. It is needed so that: {SCOPES[scope]}."
    assert "holdfast manifest" in advice


async def test_a_refused_token_is_named_once(settings: Settings) -> None:
    """Without the token nothing else is asked of Slack."""
    world = World(failing={"scopes": Temporary("Slack refuses Holdfast: invalid_auth.")})
    assert await wrong(settings, world) == ["SLACK_BOT_TOKEN: Slack refuses Holdfast: invalid_auth."]
    assert "channel" not in world.asked


@pytest.mark.parametrize(
    ("world", "sentence"),
    [
        (World(channels={}), "slack.alerts_channel: there is no public channel #alerts."),
        (World(inside=False), "Holdfast is not in #alerts. Invite it there: /invite @holdfast"),
        (
            World(failing={"open_rooms": Permanent("Slack refused: restricted_action.")}),
            "Opening rooms: Slack refused: restricted_action.",
        ),
        (World(failing={"channel": Temporary("Slow.")}), "#alerts: Slow."),
        (World(failing={"socket": Permanent("Refused.")}), "SLACK_APP_TOKEN: Refused."),
        (World(failing={"github": Temporary("Refused.")}), "GITHUB_TOKEN, GITHUB_REPOSITORY: Refused."),
        (World(failing={"audit": Temporary("Silent.")}), "DATABASE_URL: Silent."),
        (
            World(broken=Broken(number=3, why="Entry 3 is missing.")),
            "The audit log has been tampered with. Entry 3 is missing.",
        ),
    ],
)
async def test_what_is_wrong_outside_is_named(settings: Settings, world: World, sentence: str) -> None:
    """One thing wrong, one line."""
    assert await wrong(settings, world) == [sentence]


async def test_swapped_tokens_are_noticed(settings: Settings) -> None:
    """A bot token where the app token belongs is told from its beginning."""
    swapped = load({**COMPLETE, "SLACK_APP_TOKEN": "xoxb-123456", "HOLDFAST_CONFIG": str(settings.config)})
    assert await wrong(swapped, World()) == ["SLACK_APP_TOKEN does not begin with xapp-; it is another kind of token."]


async def test_warnings_come_last_and_say_so(tmp_path: Path) -> None:
    """What is wrong stands on top."""
    problems = await check(load({"HOLDFAST_DATA": str(tmp_path)}), World())
    kinds = [line.split(":")[0] for line in report(problems).splitlines()]
    assert kinds == sorted(kinds, reverse=True)
    assert set(kinds) == {"wrong", "warning"}
    assert report([]) == "Everything is in order."


@pytest.mark.parametrize(
    "services",
    [
        "{name: a, metrics: [{name: errors, query: up, figure: errors}]}",
        "{name: a, probes: [{kind: prometheus, target: up, place: frankfurt}]}",
    ],
)
async def test_what_needs_prometheus_is_missed_without_one(tmp_path: Path, services: str) -> None:
    """As a warning; with one, it is asked."""
    config = tmp_path / "holdfast.yml"
    config.write_text(f"slack: {{owner: U0VIKTOR}}\nservices: [{services}]\n")
    given = {**COMPLETE, "HOLDFAST_CONFIG": str(config), "HOLDFAST_DATA": str(tmp_path / "data")}
    texts = [problem.text for problem in await check(load(given), World()) if problem.warning]
    assert "PROMETHEUS_URL is not set, so the figures and probes in holdfast.yml that need it say nothing." in texts
    silent = World(failing={"prometheus": Temporary("Prometheus cannot be reached.")})
    known = load({**given, "PROMETHEUS_URL": "http://prometheus:9090"})
    assert await wrong(known, silent) == ["PROMETHEUS_URL: Prometheus cannot be reached."]


@pytest.mark.sockets
async def test_an_unreachable_outside_is_said_and_not_raised(settings: Settings) -> None:
    """With nobody at the other end, each service is named in a sentence; the database of our own is fine."""
    nowhere = settings.model_copy(
        update={"slack_api_url": "http://127.0.0.1:9/api/", "github_api_url": "http://127.0.0.1:9"}
    )
    async with outside(nowhere, ManualClock()) as probes:
        assert [problem.text for problem in await check(nowhere, probes) if not problem.warning] == [
            "SLACK_BOT_TOKEN: Slack cannot be reached.",
            "SLACK_APP_TOKEN: Slack cannot be reached.",
            "GITHUB_TOKEN, GITHUB_REPOSITORY: GitHub cannot be reached.",
        ]


@pytest.mark.parametrize(
    ("secret", "ago", "says"),
    [
        ("", None, "no webhooks, as GITHUB_WEBHOOK_SECRET is not set; it is looked at every 60 seconds"),
        ("hush", None, "no webhook yet; it is looked at every 60 seconds"),
        ("hush", timedelta(minutes=6), "no webhook since 2026-03-02 14:24 UTC; it is looked at every 60 seconds"),
        ("hush", timedelta(minutes=2), "webhooks come, the last at 14:28 UTC; what happens there is heard at once"),
    ],
)
async def test_it_says_how_github_is_heard_and_how_late(secret: str, ago: timedelta | None, says: str) -> None:
    """By webhooks, or by looking; and by looking where webhooks have stopped."""
    settings = load(COMPLETE | {"GITHUB_WEBHOOK_SECRET": secret})
    world = World(heard=None if ago is None else START - ago)
    assert says in await hearing(settings, world, START)


async def test_a_database_that_is_away_is_said() -> None:
    """Where the last webhook is written down."""
    settings = load(COMPLETE | {"GITHUB_WEBHOOK_SECRET": "hush"})
    world = World(failing={"webhook": Temporary("The database does not answer right now.")})
    assert await hearing(settings, world, START) == "GitHub: The database does not answer right now."


@pytest.mark.parametrize(
    ("world", "problems"),
    [
        (World(), []),
        (
            World(folder=False),
            [("warning: repository.postmortems: there is no folder docs/post-mortems yet; "
                 "it comes with the first post-mortem.")],
        ),
        (
            World(failing={"repository": Temporary("The repository cannot be reached: no route.")}),
            ["wrong: repository: The repository cannot be reached: no route."],
        ),
        (
            World(failing={"push": Permanent("The repository refuses Holdfast: 403.")}),
            ["wrong: Pushing to the repository: The repository refuses Holdfast: 403."],
        ),
    ],
)  # fmt: skip
async def test_the_repository_is_asked_where_there_is_one(
    settings: Settings, world: World, problems: list[str]
) -> None:
    """Whether it can be read, has the folder, and takes what we write; without one nobody asks."""
    await check(settings, world)
    assert "repository" not in world.asked
    settings.config.write_text(settings.config.read_text() + "repository: {remote: /srv/infra.git}\n")
    found = report(await check(load({**COMPLETE, "HOLDFAST_CONFIG": str(settings.config)}), world)).splitlines()
    assert [line for line in found if "slack.owner" not in line] == problems


async def test_planning_is_tried_where_there_is_a_command(settings: Settings) -> None:
    """What keeps it from running is wrong; a name that is handed on and not set is a warning."""
    text = settings.config.read_text()
    keys = "remote: /srv/infra.git, plan: [terraform, plan], plan_env: [STATE_KEY], apply_env: [STATE_KEY, CLOUD_KEY]"
    settings.config.write_text(text + f"repository: {{{keys}}}\n")
    world = World(failing={"planning": Permanent("terraform is not installed where Holdfast runs.")})
    known = load({**COMPLETE, "HOLDFAST_CONFIG": str(settings.config), "STATE_KEY": "hush-hush"})
    assert report(await check(known, world)).splitlines() == [
        "wrong: repository.plan: terraform is not installed where Holdfast runs.",
        "warning: repository.apply_env: CLOUD_KEY is not set.",
        "warning: slack.owner: U0VIKTOR has no channel beyond Slack; when Slack is down, nobody is called.",
    ]
    settings.config.write_text(text + "repository: {remote: /srv/infra.git}\n")
    await check(load({**COMPLETE, "HOLDFAST_CONFIG": str(settings.config)}), world := World())
    assert "planning" not in world.asked
