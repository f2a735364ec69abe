"""What is planted in the repository or in our own environment has no say, and what was edited since is not applied."""

import asyncio
import json
import shutil
from base64 import b64decode
from pathlib import Path
from urllib.parse import unquote

import pytest

from bot.adapters import checkout
from bot.adapters.terraform import StalePlan, Terraform
from bot.change.model import Bound
from bot.errors import Permanent
from tests.bot.adapters.infra import ID, STACK, Infra, main_tf, needs_terraform
from tests.ports import own_port

#: A stack that runs a script, reads a file, and prints all that a provisioner can see.
BODY = """
resource "terraform_data" "a" {
  input = file("${path.module}/words.txt")
  provisioner "local-exec" {
    command = "sh ./run.sh > \\"$OUT\\"; env | sort >> \\"$OUT\\""
  }
}
"""
FILES = {f"{STACK}/words.txt": "words\n", f"{STACK}/run.sh": "echo ran\n"}


@pytest.fixture
def infra(tmp_path: Path) -> Infra:
    needs_terraform()
    return Infra(tmp_path, BODY, FILES)


async def test_a_provisioner_sees_no_more_than_it_may(
    infra: Infra, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of the base prints all it knows: the names for applying, and nothing of ours; nobody is told its output."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", "hush-hush")
    monkeypatch.setenv("TF_VAR_x", "hush-hush")
    out = tmp_path / "printed"
    terraform = infra.terraform(plan_env={"READING": "r-value"}, apply_env={"OUT": str(out), "WRITING": "w-value"})
    _, bound = await infra.planned(terraform)
    await terraform.apply(ID, bound, STACK, infra.said)
    first, *printed = out.read_text().splitlines()
    assert first == "ran"
    assert {line.partition("=")[0] for line in printed} - {"PWD", "OLDPWD", "SHLVL", "_"} == {
        *("PATH", "HOME", "TF_CLI_CONFIG_FILE", "TF_IN_AUTOMATION", "TF_INPUT", "CHECKPOINT_DISABLE", "LC_ALL"),
        *("OUT", "WRITING"),
    }
    assert "hush" not in out.read_text()
    assert not [line for line in infra.lines if "value" in line or "local-exec" in line]


async def test_what_is_planted_is_ignored(infra: Infra, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Flags, variables and a configuration in the environment, rc files and hooks in the repository."""
    monkeypatch.setenv("TF_CLI_ARGS", "-destroy")
    monkeypatch.setenv("TF_CLI_ARGS_plan", "-destroy")
    monkeypatch.setenv("TF_VAR_x", "planted")
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", "/planted")
    monkeypatch.setenv("TF_DATA_DIR", str(tmp_path / "planted"))
    monkeypatch.setenv("TF_WORKSPACE", "planted")
    body = 'variable "x" {\n  default = "own"\n}\nresource "terraform_data" "a" {\n  input = var.x\n}'
    infra.remote.commit(
        {
            f"{STACK}/main.tf": main_tf(infra.state, body),
            f"{STACK}/.terraformrc": "nonsense {",
            f"{STACK}/terraform.rc": "nonsense {",
            ".terraformrc": "nonsense {",
            f"{STACK}/kubeconfig": "planted",
            "hooks/post-checkout": "#!/bin/sh\nexit 1\n",
        }
    )
    result, _ = await infra.planned(infra.terraform())
    [change] = result.document["resource_changes"]
    assert (change["change"]["actions"], change["change"]["after"]["input"]) == (["create"], "own")
    assert not (tmp_path / "planted").exists()


@pytest.mark.sockets
async def test_nothing_of_ours_leaves_with_a_plan(infra: Infra, monkeypatch: pytest.MonkeyPatch) -> None:
    """A remote state in the base asks an address with all it can find: there is no variable of ours to be found."""
    monkeypatch.setenv("GITHUB_TOKEN", "hush-hush")
    heard: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", own_port())
    port = server.sockets[0].getsockname()[1]
    told = '${urlencode(filebase64("/proc/self/environ"))}'
    body = 'data "terraform_remote_state" "x" {\n  backend = "http"\n  config = {\n'
    body += f'    address = "http://127.0.0.1:{port}/?{told}"\n  }}\n}}'
    infra.remote.commit({f"{STACK}/main.tf": main_tf(infra.state, body)})
    with pytest.raises(Permanent):
        await infra.planned(infra.terraform(plan_env={"READING": "r-value"}, apply_env={"WRITING": "w-value"}))
    server.close()
    await server.wait_closed()
    environment = b64decode(unquote(heard[0].decode().split("?")[1].split(" ")[0]))
    assert b"READING=r-value" in environment
    assert b"hush" not in environment
    assert b"WRITING" not in environment


@pytest.mark.parametrize("path", ["run.sh", "main.tf", "words.txt", ".terraform/terraform.tfstate", "new.tf"])
async def test_what_was_edited_since_is_not_applied(infra: Infra, tmp_path: Path, path: str) -> None:
    """A script, the stack's own files, a file that it reads, what Terraform itself keeps, and a file more."""
    terraform = infra.terraform(apply_env={"OUT": str(tmp_path / "out")})
    _, bound = await infra.planned(terraform)
    edited = terraform.folder(ID) / "tree" / STACK / path
    edited.write_text((edited.read_text() if edited.exists() else "") + "\n")
    why = await terraform.ready(ID, bound, infra.stacks, bound.commit, STACK)
    assert why == "Files have changed where it was planned; it has to be planned again."
    with pytest.raises(StalePlan, match="Files have changed"):
        await terraform.apply(ID, bound, STACK, infra.said)
    assert not infra.state.exists()
    assert not (tmp_path / "out").exists()


async def test_a_forged_seal_does_not_help(infra: Infra) -> None:
    """Whoever edits a file and what was written down of it still meets the commit itself."""
    terraform = infra.terraform()
    _, bound = await infra.planned(terraform)
    commit = await infra.git.fetch()
    seal = terraform.folder(ID) / "seal"
    (terraform.folder(ID) / "tree" / STACK / "run.sh").write_text("echo other\n")
    forged = json.loads(seal.read_text()) | {"tree": checkout.seal(terraform.folder(ID) / "tree")}
    seal.write_text(json.dumps(forged))
    why = await terraform.ready(ID, bound, infra.stacks, commit, STACK)
    assert why == f"{STACK}/run.sh is not as it is in the commit any more; it has to be planned again."


async def test_only_what_was_bound_is_ready(infra: Infra) -> None:
    """Another commit, tree, stack, command, or change is none that somebody allowed."""
    terraform = infra.terraform()
    _, bound = await infra.planned(terraform)
    infra.remote.commit({f"{STACK}/words.txt": "other\n"})
    newer = await infra.git.fetch()

    async def ready(by: Terraform, bound: Bound, commit: str, change: str = ID, stack: str = STACK) -> str:
        return await by.ready(change, bound, infra.stacks, commit, stack)

    assert await ready(terraform, bound, bound.commit) == ""
    other = bound.model_copy(update={"commit": newer})
    assert "another commit or stack" in await ready(terraform, other, newer)
    assert "another commit or stack" in await ready(terraform, bound, bound.commit, stack="stacks/other")
    assert "not the one that was planned" in await ready(terraform, bound, newer)
    assert "not the one that was planned" in await ready(
        terraform, bound.model_copy(update={"tree": "0" * 40}), bound.commit
    )
    assert "another command" in await ready(infra.terraform((shutil.which("terraform") or "", "plan")), bound, newer)
    assert "not on this disk any more" in await ready(terraform, bound, bound.commit, change="another")
    for odd in ("", "../x", "a/b", ".", "x\n"):
        with pytest.raises(Permanent, match="no id of a change"):
            terraform.folder(odd)


async def test_modules_are_named_where_they_really_are(infra: Infra) -> None:
    """A module behind a link is where the link leads; one of them that moves makes other inputs."""
    module = 'variable "x" {\n  default = 1\n}\n'
    body = 'module "a" {\n  source = "../../modules/a"\n}\nmodule "v" {\n  source = "./vlink"\n}'
    infra.remote.commit(
        {f"{STACK}/main.tf": main_tf(infra.state, body), "modules/a/x.tf": module, "stacks/vault/x.tf": module}
    )
    infra.odd(f"{STACK}/vlink", "../vault")
    terraform = infra.terraform()
    result, _ = await infra.planned(terraform)
    assert {each.key: each.folder for each in result.modules} == {
        "": STACK,
        "a": "modules/a",
        "v": "stacks/vault",
    }
    assert await terraform.reads(ID) == ("modules/a", STACK, "stacks/vault")
    infra.remote.commit({"stacks/vault/x.tf": f"{module}# moved\n"})
    moved, _ = await infra.planned(terraform)
    assert moved.inputs != result.inputs


async def test_a_lock_file_that_lacks_a_provider(infra: Infra) -> None:
    """It is said what to do; nothing is installed that nobody locked."""
    body = 'terraform {\n  required_providers {\n    thing = {\n      source = "example/thing"\n    }\n  }\n}'
    path = f"{STACK}/terraform.d/plugins/registry.terraform.io/example/thing/1.0.0/linux_amd64"
    infra.remote.commit({f"{STACK}/main.tf": body, f"{path}/terraform-provider-thing_v1.0.0": "#!/bin/sh\n"})
    with pytest.raises(Permanent, match=r"does not name all providers.*commit \.terraform\.lock\.hcl"):
        await infra.planned(infra.terraform())
