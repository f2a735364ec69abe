"""What the demo's bot is configured with: what its user wrote, and a repository that is the workspace's."""

from importlib.resources import files

import pytest

from bot.settings.file import parse
from bot.workspace.demo import configuration

REMOTE = "http://127.0.0.1:8065/example/infra.git"
SITE = "http://127.0.0.1:8065/pages"


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
def test_a_demo_writes_into_the_workspaces_repository_alone(theirs: str) -> None:
    """Whatever its user's own file says about another one; the rest of it holds."""
    made, own = parse(configuration(theirs, REMOTE, SITE), "x"), parse(theirs, "x")
    assert (made.repository.remote, made.repository.branch) == (REMOTE, "master")
    assert made.repository.postmortems == "docs/post-mortems"
    assert (made.publish.url, made.publish.pages_branch, made.publish.how) == (SITE, "gh-pages", own.publish.how)
    assert made.slack == own.slack


def test_the_example_is_the_same_but_for_the_repository() -> None:
    """Nothing is lost on the way."""
    example = (files("bot.settings") / "example.yml").read_text(encoding="utf-8")
    made = parse(configuration(example, REMOTE, SITE), "x")
    left_out = {"repository", "publish"}
    assert made.model_dump(exclude=left_out) == parse(example, "x").model_dump(exclude=left_out)
