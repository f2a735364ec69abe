"""The sample's stacks, with the real Terraform: applied already, and free to change without any provider."""

from pathlib import Path

from bot.adapters.git import Author, Git
from bot.adapters.stacks import Stacks
from bot.adapters.terraform import Terraform
from bot.redact import Redactor
from bot.workspace.bare import BRANCH, Bare
from tests.bot.adapters.infra import needs_terraform
from tests.clock import ManualClock

ALERTS = "stacks/nextcloud/alerts.tf"
MORE = '\nresource "terraform_data" "alert_cache" {\n  input = { name = "CacheFull" }\n}\n'


async def quiet(_line: str) -> None:
    """Nobody is told."""


async def test_only_what_a_change_adds_is_planned(clock: ManualClock, tmp_path: Path) -> None:
    """As the sample begins, a plan of each stack is empty; with one resource more, it makes that one alone."""
    needs_terraform()
    bare = Bare(clock, tmp_path / "infra.git")
    git = Git(tmp_path / "mirror", str(bare.folder), BRANCH)
    stacks = Stacks(git, "stacks", Author(name="Holdfast", email="holdfast@example.com"))
    terraform = Terraform(("terraform", "plan"), tmp_path / "work", {}, {}, Redactor(), 60)
    head = await git.fetch()
    names = await stacks.names(head)
    assert names == ("stacks/nextcloud", "stacks/traefik")
    for name in names:
        assert (await terraform.plan("empty", stacks, head, name, quiet)).exit_code == 0
    text = await stacks.text(head, ALERTS)
    assert text is not None
    made = await stacks.made(head, {ALERTS: text + MORE}, "One more", clock.now())
    planned = await terraform.plan("more", stacks, made, names[0], quiet)
    changes = [each for each in planned.document["resource_changes"] if each["change"]["actions"] != ["no-op"]]
    assert [(each["name"], each["change"]["actions"]) for each in changes] == [("alert_cache", ["create"])]


def test_each_repository_has_states_of_its_own(clock: ManualClock, tmp_path: Path) -> None:
    """Two workspaces on one machine do not meet in a state; no commit has one."""
    one, other = Bare(clock, tmp_path / "one" / "infra.git"), Bare(clock, tmp_path / "other" / "infra.git")
    for bare in (one, other):
        states = bare.folder.parent.resolve() / "states"
        assert f'path = "{states}/nextcloud.json"' in (bare.read("stacks/nextcloud/main.tf") or "")
        assert {each.name for each in states.iterdir()} == {"nextcloud.json", "traefik.json"}
        assert not [path for path in bare.files() if path.endswith(".json")]
