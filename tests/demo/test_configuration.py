"""What the demo's bot is configured with: what its user wrote, and a repository that is the workspace's."""

from importlib.resources import files
from pathlib import Path

import pytest

from bot.settings.file import parse
from bot.workspace.bare import Bare
from bot.workspace.breakage import Services
from bot.workspace.demo import configuration
from bot.workspace.kubernetes import sample_cluster
from bot.workspace.prometheus import Prometheus
from bot.workspace.targets import Targets
from tests.clock import ManualClock

REMOTE = "http://127.0.0.1:8065/example/infra.git"
SITE = "http://127.0.0.1:8065/pages"


@pytest.fixture
def services(tmp_path: Path, clock: ManualClock) -> Services:
    """The workspace's, before anybody has named one."""
    targets = Targets()
    return Services(sample_cluster(clock), Prometheus(clock, targets), targets, Bare(clock, tmp_path / "infra.git"))


@pytest.mark.parametrize(
    "theirs",
    [
        "",
        "slack: {alerts_channel: ops}",
        (
            "repository: {remote: 'git@example.com:ops/infra.git', branch: main, postmortems: reviews}\n"
            "publish: {how: pull_request, url: 'https://ops.example.com', pages_branch: master}"
        ),
    ],
)
def test_a_demo_writes_into_the_workspaces_repository_alone(theirs: str, services: Services) -> None:
    """Whatever its user's own file says about another one; the rest of it holds."""
    made, own = parse(configuration(theirs, REMOTE, SITE, services), "x"), parse(theirs, "x")
    assert (made.repository.remote, made.repository.branch) == (REMOTE, "master")
    assert made.repository.postmortems == "docs/post-mortems"
    assert (made.publish.url, made.publish.pages_branch, made.publish.how) == (SITE, "gh-pages", own.publish.how)
    assert made.slack == own.slack


def test_the_example_is_the_same_but_for_where_things_are(services: Services) -> None:
    """Nothing is lost on the way: only the repository, and where services are found, are the workspace's."""
    example = (files("bot.settings") / "example.yml").read_text(encoding="utf-8")
    made = parse(configuration(example, REMOTE, SITE, services), "x")
    left_out = {"repository", "publish", "services"}
    assert made.model_dump(exclude=left_out) == parse(example, "x").model_dump(exclude=left_out)
    where = {"probes", "metrics", "namespace", "stack"}
    theirs = [service.model_dump(exclude=where) for service in parse(example, "x").services]
    assert [service.model_dump(exclude=where) for service in made.services] == theirs
    assert all(len(service.probes) == 2 for service in made.services)


@pytest.mark.parametrize(("found", "command"), [(True, ("terraform", "plan")), (False, ())])
def test_a_demo_plans_where_terraform_is(
    found: bool, command: tuple[str, ...], services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever command its user's own file names for their own stacks; without Terraform there is none."""
    if found:
        (tmp_path / "terraform").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    made = parse(
        configuration("repository: {remote: 'git@example.com:x', plan: [tg, plan]}", REMOTE, SITE, services), "x"
    )
    assert made.repository.plan == command
