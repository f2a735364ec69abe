"""How many post-mortems a second `holdfast todos` reads, against a baseline that runs one process a file.

    python -m benchmarks.todos            # documents of our own; with HOLDFAST_CORPUS, those of that folder too

Two baselines, both one process a file: the same command, and a bare interpreter that does no more than open the file.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

DOCUMENTS = 300
#: One process a file is slow enough that a few tell.
FEW = 12
AIM = 20.0
ROOT = Path(__file__).parents[1]
OPEN = "import pathlib, sys; pathlib.Path(sys.argv[1]).read_text()"


def document(number: int) -> str:
    """A post-mortem of ordinary length, about ten thousand characters, with items in four shapes."""
    story = "The queue stalled since its lease was older than the worker. " * 4
    timeline = "".join(f"| **14:{minute:02}** | {story} |\n" for minute in range(20))
    typed = "".join(f"| P1 | Alert on depth {number}.{n} | Alert | `depth > {n}` for 5m | TODO |\n" for n in range(8))
    return (
        f"# Post-Mortem: queue {number}\n\n**Date:** 2026-05-05\n\n## Summary\n\n{story}\n\n"
        f"## Timeline (UTC)\n\n| Time | Event |\n|---|---|\n{timeline}\n## Root Cause\n\n{story}\n\n"
        f"## Prevention Plan\n\n| Priority | Action | Type | Details | Status |\n|---|---|---|---|---|\n{typed}\n"
        "## Follow-ups\n\n- [ ] Write the runbook\n- [x] Pin the version\n- Check the other queues\n\n"
        f"## Lessons Learned\n\n1. {story}\n2. **Action (open):** {story}\n"
    )


def seconds(arguments: Sequence[str], files: Sequence[Path], *, each: bool) -> float:
    """How long it takes to run `arguments` on the files: one process for each, or one for all. In seconds."""
    began = time.perf_counter()
    for part in [[file] for file in files] if each else [files]:
        command = [sys.executable, *arguments, *(str(file) for file in part)]
        subprocess.run(command, cwd=ROOT, capture_output=True, check=True, env={"PATH": os.environ["PATH"]})
    return time.perf_counter() - began


def measure(name: str, files: Sequence[Path]) -> None:
    """One process for all, then one for each; printed as documents a second, and their ratio."""
    ours = len(files) / seconds(["-m", "bot", "todos"], files, each=False)
    few = files[:FEW]
    same = len(few) / seconds(["-m", "bot", "todos"], few, each=True)
    bare = len(few) / seconds(["-c", OPEN], few, each=True)
    print(f"  {name:<10} one process for all {len(files):>4}   {ours:8.1f} documents/s")
    print(f"  {'':<10} the same, one a file       {same:8.1f} documents/s   ratio {ours / same:6.1f} (aim {AIM:g})")
    print(f"  {'':<10} a bare process that opens  {bare:8.1f} documents/s   ratio {ours / bare:6.1f}")


def main() -> None:
    """Documents of our own, then real ones where HOLDFAST_CORPUS names a folder."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"2026-05-05-{number}.md" for number in range(DOCUMENTS)]
        for number, file in enumerate(files):
            file.write_text(document(number), encoding="utf-8")
        found = subprocess.run(
            [sys.executable, "-m", "bot", "todos", str(files[0])], cwd=ROOT, capture_output=True, text=True, check=True
        )
        (reading,) = json.loads(found.stdout)
        print(f"Each document: {reading['safe_todos']} safe and {reading['skipped_todos']} held action items.")
        measure("generated", files)
    if corpus := os.environ.get("HOLDFAST_CORPUS"):
        measure("corpus", sorted(path for path in Path(corpus).glob("*.md") if path.name != "README.md"))


if __name__ == "__main__":
    main()
