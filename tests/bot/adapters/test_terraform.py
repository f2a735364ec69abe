"""Plan, approve, apply, verify: with the real Terraform, a state outside of the repository, and a bare remote."""

import asyncio
import stat
from pathlib import Path

import pytest

from bot.adapters.terraform import StalePlan
from bot.errors import Permanent
from tests.bot.adapters.infra import ID, STACK, Infra, needs_terraform

BODY = 'resource "terraform_data" "a" {\n  input = "one"\n}'


@pytest.fixture
def infra(tmp_path: Path) -> Infra:
    needs_terraform()
    return Infra(tmp_path, BODY)


async def test_what_was_planned_is_applied_and_then_there_is_nothing_left(infra: Infra) -> None:
    """The plan says what would be made; applied, a second plan is empty, and people were told how far it was."""
    terraform = infra.terraform()
    result, bound = await infra.planned(terraform)
    assert (result.exit_code, result.document["format_version"]) == (2, "1.2")
    assert [each["change"]["actions"] for each in result.document["resource_changes"]] == [["create"]]
    assert await terraform.ready(ID, bound, infra.stacks, bound.commit, STACK) == ""
    await terraform.apply(ID, bound, STACK, infra.said)
    again = await terraform.again(ID, infra.stacks, bound.commit, STACK, infra.said)
    assert (again.exit_code, again.inputs) == (0, result.inputs)
    assert "Plan: 1 to add, 0 to change, 0 to destroy." in infra.lines
    assert "terraform_data.a: Creation complete" in infra.lines
    assert [each.name for each in terraform.folder(ID).parent.iterdir()] == [ID]
    await terraform.forget(ID)
    assert not terraform.folder(ID).exists()
    await terraform.forget(ID)


async def test_nobody_else_can_read_it(infra: Infra) -> None:
    """Folders are 0700 and files 0600, the plan among them, whatever the umask; what Terraform said is gone."""
    terraform = infra.terraform()
    _, bound = await infra.planned(terraform)
    await terraform.apply(ID, bound, STACK, infra.said)
    everything = [terraform.folder(ID).parent, *terraform.folder(ID).parent.rglob("*")]
    modes = {stat.S_IMODE(each.stat().st_mode) for each in everything if each.is_file()}
    assert modes == {0o600}
    assert {stat.S_IMODE(each.stat().st_mode) for each in everything if each.is_dir()} == {0o700}
    assert list((terraform.folder(ID) / "output").iterdir()) == []


async def test_other_bytes_are_not_applied(infra: Infra) -> None:
    """A plan file that is not the approved one, or is gone, applies nothing, and says so."""
    terraform = infra.terraform()
    _, bound = await infra.planned(terraform)
    plan = terraform.folder(ID) / "plan"
    whole = plan.read_bytes()
    plan.write_bytes(whole + b"\0")
    sentence = "The plan file is not the one that was approved; it has to be planned again."
    assert await terraform.ready(ID, bound, infra.stacks, bound.commit, STACK) == sentence
    with pytest.raises(StalePlan, match="not the one that was approved"):
        await terraform.apply(ID, bound, STACK, infra.said)
    plan.unlink()
    with pytest.raises(StalePlan, match="not on this disk any more"):
        await terraform.apply(ID, bound, STACK, infra.said)
    assert not infra.state.exists()


async def test_a_state_that_has_moved_surfaces(infra: Infra) -> None:
    """Two plans of the same moment: the second is stale once the first is applied, and nothing plans anew by itself."""
    terraform = infra.terraform()
    _, first = await infra.planned(terraform, "first")
    _, second = await infra.planned(terraform, "second")
    await terraform.apply("first", first, STACK, infra.said)
    state = infra.state.read_bytes()
    with pytest.raises(StalePlan, match="The state has moved since it was planned"):
        await terraform.apply("second", second, STACK, infra.said)
    assert infra.state.read_bytes() == state


async def test_two_changes_at_once(infra: Infra) -> None:
    """Each has a folder of its own, and neither sees the other's; what nobody needs any more is taken away."""
    terraform = infra.terraform()
    infra.remote.commit({"stacks/other/main.tf": BODY})
    commit = await infra.git.fetch()
    one, two = await asyncio.gather(
        terraform.plan("one", infra.stacks, commit, STACK, infra.said),
        terraform.plan("two", infra.stacks, commit, "stacks/other", infra.said),
    )
    assert one.sha256 != two.sha256
    assert one.inputs != two.inputs
    (terraform.folder("two").with_name("two.again-left")).mkdir()
    await terraform.tidy({"one"})
    assert [each.name for each in terraform.folder("one").parent.iterdir()] == ["one"]


async def test_what_terraform_says_no_to(infra: Infra) -> None:
    """The heading of its error, and no value; a plan that it wrote all the same is none."""
    body = (
        'variable "x" {\n default = "hush-hush"\n}\nresource "terraform_data" "a" {\n  input = var.x\n  lifecycle {\n'
    )
    body += '    precondition {\n      condition = var.x == "y"\n      error_message = "no ${var.x}"\n    }\n  }\n}'
    infra.remote.commit({f"{STACK}/main.tf": body})
    terraform = infra.terraform()
    with pytest.raises(Permanent) as caught:
        await infra.planned(terraform)
    assert caught.value.sentence == f"Terraform could not plan {STACK}: Resource precondition failed."
    infra.remote.commit({f"{STACK}/main.tf": "resource {"})
    with pytest.raises(Permanent, match=f"could not init {STACK}: "):
        await infra.planned(terraform)
    with pytest.raises(Permanent, match="There is no stacks/none in the repository"):
        await terraform.plan(ID, infra.stacks, await infra.git.fetch(), "stacks/none", infra.said)


async def test_without_the_program_it_is_said(infra: Infra) -> None:
    """A person has to install it, or to name another command."""
    with pytest.raises(Permanent, match="no-such-program is not installed where Holdfast runs"):
        await infra.planned(infra.terraform(("no-such-program", "plan")))
    with pytest.raises(Permanent, match="there is no scripts/tg"):
        await infra.planned(infra.terraform(("scripts/tg", "plan")))
    with pytest.raises(Permanent, match="its last word has to be plan"):
        infra.terraform(("terraform", "apply"))
