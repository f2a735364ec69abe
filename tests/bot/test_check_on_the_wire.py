"""`holdfast check` against the local workspace: the same questions, over the real protocols."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.check import check, outside
from bot.manifest import SCOPES
from bot.settings import Settings, load
from bot.workspace.slack.model import App
from bot.workspace.workspace import Workspace
from tests.clock import ManualClock

pytestmark = pytest.mark.sockets


@pytest.fixture(params=["http", "socket"])
async def workspace(request: pytest.FixtureRequest, clock: ManualClock) -> AsyncIterator[Workspace]:
    """A workspace, reached by either transport."""
    started = await Workspace.start(clock, transport=request.param, app=App(scopes=tuple(SCOPES)))
    yield started
    await started.stop()


def settings(workspace: Workspace, folder: Path, **changed: str) -> Settings:
    """What a bot living there would be given."""
    environment = workspace.environment(bot_port=3000) | {"HOLDFAST_DATA": str(folder)} | changed
    return load(environment)


async def wrong(settings: Settings, clock: ManualClock) -> list[str]:
    """What check calls wrong."""
    async with outside(settings, clock) as probes:
        return [problem.text for problem in await check(settings, probes) if not problem.warning]


async def test_a_sound_workspace_has_nothing_wrong(workspace: Workspace, tmp_path: Path, clock: ManualClock) -> None:
    """Credentials, permissions, channel, rooms and database are in order, and no channel was created to find out."""
    before = len(workspace.slack.world.channels)
    assert await wrong(settings(workspace, tmp_path), clock) == []
    assert len(workspace.slack.world.channels) == before


async def test_refused_credentials_are_named(workspace: Workspace, tmp_path: Path, clock: ManualClock) -> None:
    """Each by its variable, none repeated."""
    found = await wrong(
        settings(workspace, tmp_path, SLACK_BOT_TOKEN="xoxb-wrong-one", GITHUB_TOKEN="wrong-too"), clock
    )
    assert [line.split(":")[0] for line in found] == ["SLACK_BOT_TOKEN", "GITHUB_TOKEN, GITHUB_REPOSITORY"]
    assert not any("wrong-" in line for line in found)


async def test_a_refused_app_token_is_named(workspace: Workspace, tmp_path: Path, clock: ManualClock) -> None:
    """Socket Mode would stay silent; check says so."""
    found = await wrong(settings(workspace, tmp_path, SLACK_APP_TOKEN="xapp-wrong"), clock)
    assert [line.split(":")[0] for line in found] == ["SLACK_APP_TOKEN"]


async def test_a_wrong_repository_is_named(workspace: Workspace, tmp_path: Path, clock: ManualClock) -> None:
    """The token is good and the repository is not there."""
    found = await wrong(settings(workspace, tmp_path, GITHUB_REPOSITORY="example/nothing"), clock)
    assert [line.split(":")[0] for line in found] == ["GITHUB_TOKEN, GITHUB_REPOSITORY"]


async def test_a_channel_that_is_not_there_is_named(workspace: Workspace, tmp_path: Path, clock: ManualClock) -> None:
    """And rooms are not tried then, since trying would create it."""
    config = tmp_path / "holdfast.yml"
    config.write_text("slack: {alerts_channel: nowhere}\n")
    found = await wrong(settings(workspace, tmp_path, HOLDFAST_CONFIG=str(config)), clock)
    assert found == ["slack.alerts_channel: there is no public channel #nowhere."]


async def test_every_permission_is_missed_when_it_is_not_granted(tmp_path: Path, clock: ManualClock) -> None:
    """An app that was installed with an older manifest is told what it lacks, by name."""
    lacking = ("pins:write", "metadata.message:read")
    app = App(scopes=tuple(scope for scope in SCOPES if scope not in lacking))
    workspace = await Workspace.start(clock, app=app)
    found = await wrong(settings(workspace, tmp_path), clock)
    await workspace.stop()
    assert [line.split()[2] for line in found[:-1]] == list(lacking)


async def test_the_repository_is_asked(workspace: Workspace, tmp_path: Path, clock: ManualClock) -> None:
    """It is read and would take a push, without one being made; what is wrong with it is named."""
    config = tmp_path / "holdfast.yml"

    async def asked(text: str) -> list[str]:
        config.write_text(f"repository: {{remote: {workspace.remote}{text}}}")
        known = settings(workspace, tmp_path, HOLDFAST_CONFIG=str(config))
        async with outside(known, clock) as probes:
            return [problem.text for problem in await check(known, probes) if "epository" in problem.text]

    before = workspace.repository.head()
    assert await asked("") == []
    assert await asked(", postmortems: reviews") == [
        "repository.postmortems: there is no folder reviews yet; it comes with the first post-mortem."
    ]
    [missing] = await asked(", branch: main")
    assert missing.startswith("repository: The repository's branch is not there")
    workspace.faults.add("git", "*", "refused")
    [away] = await asked("")
    assert away.startswith("repository: The repository cannot be reached")
    assert workspace.repository.head() == before


async def test_prometheus_is_asked(workspace: Workspace, tmp_path: Path, clock: ManualClock) -> None:
    """Once, with a question that costs nothing; what keeps us out is named, and the token is not."""
    workspace.prometheus.token = "right-token-value"
    assert await wrong(settings(workspace, tmp_path, PROMETHEUS_TOKEN="right-token-value"), clock) == []
    assert [given["query"] for _, _, given in workspace.prometheus.requests] == ["vector(1)"]
    [kept_out] = await wrong(settings(workspace, tmp_path, PROMETHEUS_TOKEN="wrong-token-value"), clock)
    assert kept_out == "PROMETHEUS_URL: Prometheus does not let us in (401). Look at PROMETHEUS_TOKEN."
    [away] = await wrong(settings(workspace, tmp_path, PROMETHEUS_URL="http://127.0.0.1:1"), clock)
    assert away == "PROMETHEUS_URL: Prometheus cannot be reached."


async def test_the_command_that_plans_is_tried(workspace: Workspace, tmp_path: Path, clock: ManualClock) -> None:
    """It says its version, once with what planning is given and once with what applying is; nothing is left of it."""
    config, program, log = tmp_path / "holdfast.yml", tmp_path / "tf", tmp_path / "log"
    program.write_text(f'#!/bin/sh\necho "$1 $READING$WRITING" >> {log}\ntest -z "$WRITING"\n')
    program.chmod(0o755)
    names = "plan_env: [READING], apply_env: [WRITING]"
    config.write_text(
        f"slack: {{owner: U0VIKTOR}}\nrepository: {{remote: {workspace.remote}, plan: [{program}, plan], {names}}}"
    )
    given = {"HOLDFAST_CONFIG": str(config), "READING": "r-value"}
    assert await wrong(settings(workspace, tmp_path, **given), clock) == []
    assert log.read_text() == "version r-value\nversion \n"
    [found] = await wrong(settings(workspace, tmp_path, **given, WRITING="w-value"), clock)
    assert found == f"repository.plan: `{program} version` with repository.apply_env does not work."
    assert list((tmp_path / "changes").iterdir()) == []
