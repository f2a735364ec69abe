"""Writes the corpus of plan documents with the real Terraform: `python -m tests.bot.change.generate_plans`."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.bot.change.plan_cases import CASES, Case
from tests.bot.change.plan_edits import EDITS, FOLDER, edited

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DEPOSED = re.compile(r'("deposed(?:_key)?": )"[0-9a-f]{8}"')


def terraform() -> str:
    """The program; empty where this machine has none."""
    return shutil.which("terraform") or ""


def made(case: Case, folder: Path) -> dict[str, Any]:
    """The case as a document: the exit code of planning, and the plan's JSON without times and random ids."""
    for name, text in case.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    for text, well in ((case.before, True), (case.between, False)):
        if text:
            (folder / "main.tf").write_text(text)
            run(folder, "init", "-input=false")
            code = run(folder, "apply", "-input=false", "-auto-approve").returncode
            assert (code == 0) is well, text
    (folder / "main.tf").write_text(case.after)
    for later in folder.rglob("*.after"):
        later.rename(later.with_suffix(""))
    run(folder, "init", "-input=false")
    planned = run(folder, "plan", "-input=false", "-detailed-exitcode", "-out=plan.bin", *case.flags)
    shown = run(folder, "show", "-json", "plan.bin")
    assert shown.returncode == 0, planned.stderr + shown.stderr
    return {"exit_code": planned.returncode, "plan": scrubbed(json.loads(shown.stdout))}


def run(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """Terraform in this folder, without anything of ours in its environment."""
    env = {"PATH": os.defpath, "HOME": str(folder), "TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"}
    command = [terraform(), args[0], "-no-color", *args[1:]] if args[0] != "show" else [terraform(), *args]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def scrubbed(plan: dict[str, Any]) -> dict[str, Any]:
    """A plan with a fixed time, and with ids that count from 1 in the order they appear in."""
    plan = {**plan, "timestamp": "2026-01-01T00:00:00Z"}
    numbers: dict[str, int] = {}

    def numbered(found: re.Match[str]) -> str:
        number = numbers.setdefault(found[0], len(numbers) + 1)
        return f"00000000-0000-4000-8000-{number:012d}"

    text = _DEPOSED.sub(r'\1"00000001"', _UUID.sub(numbered, json.dumps(plan)))
    again: dict[str, Any] = json.loads(text)
    return again


def main() -> None:
    """Write all of them, the edited ones last."""
    if not terraform():
        sys.exit("There is no terraform on PATH.")
    for stale in FOLDER.glob("*.json"):
        stale.unlink()
    for name, case in CASES.items():
        with tempfile.TemporaryDirectory() as folder:
            write(name, made(case, Path(folder)))
    for name in EDITS:
        write(name, edited(name))


def write(name: str, document: dict[str, Any]) -> None:
    """Into the corpus."""
    text = json.dumps(document, indent=1, sort_keys=True)
    (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
