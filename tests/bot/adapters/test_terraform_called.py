"""How Terraform is called, word by word, and what it knows: a program in its place writes it down."""

import json
import sys
from pathlib import Path

import pytest

from bot.adapters.terraform import Terraform
from tests.bot.adapters.infra import ID, STACK, Infra

#: Writes down how it was called, and plans nothing.
SPY = """#!{python}
import json, os, pathlib, sys
with open({log!r}, "a") as log:
    log.write(json.dumps([sys.argv, os.getcwd(), dict(os.environ)]) + "\\n")
for word in sys.argv[1:]:
    if word.startswith("-out="):
        pathlib.Path(word[5:]).write_text("a plan")
if "show" in sys.argv:
    print("{{}}")
sys.exit(2 if "-detailed-exitcode" in sys.argv else 0)
"""


def called(log: Path) -> list[tuple[list[str], str, dict[str, str]]]:
    """How the spy was called: argv, folder, environment."""
    return [json.loads(line) for line in log.read_text().splitlines()]


async def spied(infra: Infra, terraform: Terraform) -> Path:
    """A change planned and applied with the spy; the folder in which it was."""
    _, bound = await infra.planned(terraform)
    await terraform.apply(ID, bound, STACK, infra.said)
    return terraform.folder(ID)


async def test_the_exact_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Word by word, in the stack's folder; nothing but the plan file is given to an apply."""
    log, program = tmp_path / "log", tmp_path / "bin" / "tf"
    program.parent.mkdir()
    program.write_text(SPY.format(python=sys.executable, log=str(log)))
    program.chmod(0o755)
    monkeypatch.setenv("TF_CLI_ARGS_plan", "-destroy")
    infra = Infra(tmp_path, "# nothing")
    folder = await spied(infra, infra.terraform((str(program), "--quiet", "plan")))
    plan = str(folder / "plan")
    wait = ["-input=false", "-no-color", "-lock-timeout=60s", "-detailed-exitcode", f"-out={plan}"]
    assert [argv for argv, _, _ in called(log)] == [
        [str(program), "--quiet", "init", "-input=false", "-lockfile=readonly"],
        [str(program), "--quiet", "plan", *wait],
        [str(program), "--quiet", "show", "-json", plan],
        [str(program), "--quiet", "apply", plan],
    ]
    assert {where for _, where, _ in called(log)} == {str(folder / "tree" / STACK)}
    assert not plan.startswith(str(folder / "tree"))


async def test_the_exact_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own few variables and those that were handed in, each to its command; nothing that we have ourselves."""
    for name in ("TF_CLI_ARGS", "TF_VAR_x", "LD_PRELOAD", "KUBECONFIG", "GITHUB_TOKEN", "SSL_CERT_FILE", "TMPDIR"):
        monkeypatch.setenv(name, str(tmp_path))
    log, infra = tmp_path / "log", Infra(tmp_path, "# nothing")
    infra.odd("scripts/tg", SPY.format(python=sys.executable, log=str(log)), mode="100755")
    handed = {"READ": "r", "HOME": "/root"}, {"WRITE": "w", "PATH": "/x"}
    folder = await spied(infra, infra.terraform(("scripts/tg", "plan"), *handed))
    ours = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": str(folder / "home"),
        "TF_CLI_CONFIG_FILE": str(folder / "terraformrc"),
        "TF_IN_AUTOMATION": "1",
        "TF_INPUT": "0",
        "CHECKPOINT_DISABLE": "1",
        "LC_ALL": "C",
    }
    python = {"LC_CTYPE"}  # which Python sets for itself, where it is told LC_ALL=C
    found = [
        (argv[1], {name: value for name, value in known.items() if name not in python})
        for argv, _, known in called(log)
    ]
    assert found == [
        ("init", ours | {"READ": "r"}),
        ("plan", ours | {"READ": "r"}),
        ("show", ours | {"READ": "r"}),
        ("apply", ours | {"WRITE": "w"}),
    ]
    assert (folder / "terraformrc").read_text() == ""
