"""`holdfast todos` as a process of its own: the public contract, and what it says when a file cannot be read."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PLAN = """# Queue stalled

**Date:** 2026-05-05

## Prevention plan

| Priority | Action | Type | Details | Status | Owner | Due | Issue |
|---|---|---|---|---|---|---|---|
| P1 | Alert on `a\\|b` | Alert | for 5m | TODO | @ana | within 1 week | #12 |
| P2 | Set a limit | Config | in `stacks/mailcow` | TODO | | | |
| P2 | Pin it | Config | | Done | | | |
"""


def todos(folder: Path, *files: str, **environ: str) -> tuple[int, list[dict[str, Any]], list[str]]:
    """Run it in `folder`: exit code, what it printed, and its complaints."""
    found = subprocess.run(
        [sys.executable, "-m", "bot", "todos", *files],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return found.returncode, json.loads(found.stdout or "[]"), found.stderr.splitlines()


def test_an_object_for_each_file(tmp_path: Path) -> None:
    """With everything an item has, and the reason of each that is held."""
    (tmp_path / "a.md").write_text(PLAN)
    (tmp_path / "b.md").write_text("nothing here")
    code, printed, complaints = todos(tmp_path, "a.md", "b.md")
    assert (code, complaints) == (0, [])
    safe = {
        "action": "Alert on `a|b`",
        "type": "Alert",
        "priority": "P1",
        "details": "for 5m",
        "status": "open",
        "owner": "ana",
        "due": "2026-05-12",
        "issue": "#12",
        "line": 9,
        "safe": True,
    }
    second = {**safe, "action": "Set a limit", "type": "Config", "priority": "P2", "details": "in `stacks/mailcow`"}
    second |= {"owner": None, "due": None, "issue": None, "line": 10}
    assert printed == [
        {
            "file": "a.md",
            "todos": [safe, second],
            "skipped": [],
            "safe_todos": 2,
            "skipped_todos": 0,
            "total_todos_in_doc": 2,
        },
        {"file": "b.md", "todos": [], "skipped": [], "safe_todos": 0, "skipped_todos": 0, "total_todos_in_doc": 0},
    ]


def test_the_configuration_names_protected_stacks(tmp_path: Path) -> None:
    """What it names is held, and says so."""
    (tmp_path / "a.md").write_text(PLAN)
    (tmp_path / "holdfast.yml").write_text("protected_stacks: [mailcow]\n")
    code, printed, _ = todos(tmp_path, "a.md")
    assert code == 0
    (held,) = printed[0]["skipped"]
    assert (held["safe"], held["reason"]) == (False, "It touches the stack mailcow, which is protected.")


def test_a_file_that_cannot_be_read_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    """A sentence for each on standard error, exit code 1, and still JSON on standard output."""
    (tmp_path / "a.md").write_text(PLAN)
    (tmp_path / "bad.md").write_bytes(b"\xff\xfe- [ ] x")
    code, printed, complaints = todos(tmp_path, "gone.md", "bad.md", ".", "a.md")
    assert code == 1
    assert [found["file"] for found in printed] == ["a.md"]
    assert complaints == [
        "holdfast: gone.md cannot be read (No such file or directory).",
        "holdfast: bad.md is not UTF-8 text.",
        "holdfast: . cannot be read (Is a directory).",
    ]


def test_settings_that_cannot_be_used_are_refused(tmp_path: Path) -> None:
    """Reading on with other rules than the configured ones could free what is to be held."""
    (tmp_path / "a.md").write_text(PLAN)
    (tmp_path / "holdfast.yml").write_text("protected_stacks: [a b]\n")
    code, printed, complaints = todos(tmp_path, "a.md")
    assert (code, printed) == (1, [])
    assert "protected_stacks" in complaints[0]


def test_text_of_any_script_is_printed_whatever_the_locale(tmp_path: Path) -> None:
    """JSON is ASCII here, so no terminal can refuse it."""
    (tmp_path / "a.md").write_text("- [ ] prüfen 🙂 \u202eאב\n", encoding="utf-8")
    code, printed, complaints = todos(tmp_path, "a.md", LC_ALL="C", PYTHONIOENCODING="ascii")
    assert (code, complaints) == (0, [])
    assert printed[0]["skipped"][0]["action"] == "prüfen 🙂 \u202eאב"
