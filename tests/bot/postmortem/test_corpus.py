"""Real documents beside what a careful person reads out of them: the folder that HOLDFAST_CORPUS names."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.postmortem.listing import listing
from bot.postmortem.policy import Policy
from bot.postmortem.reader import read

CORPUS = os.environ.get("HOLDFAST_CORPUS", "")
MISSING = "HOLDFAST_CORPUS names no folder, so the reader was NOT measured on real documents"


@pytest.mark.skipif(not CORPUS, reason=MISSING)
def test_real_documents_are_read_as_a_careful_person_reads_them(tmp_path: Path) -> None:
    """The corpus's own scorer: F1 at least 0.98, nothing dangerous, nothing gated, every typed safe item safe."""
    folder = Path(CORPUS)
    documents = sorted(path for path in folder.glob("*.md") if path.with_suffix(".truth.json").exists())
    assert documents, f"{folder} holds no document with its truth"
    results = tmp_path / "results.json"
    readings = [read(str(path), path.read_bytes().decode(), Policy()) for path in documents]
    results.write_text(json.dumps([listing(reading) for reading in readings]))
    score = [sys.executable, str(folder / "score_todos.py"), str(results), str(folder)]
    found = subprocess.run(score, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr
    total = found.stdout.splitlines()[-1]
    safe, _, typed = total.rpartition("typed ")[2].partition("/")
    assert "dangerous 0, gated 0," in total, total
    assert safe == typed, total


@pytest.mark.skipif(not CORPUS, reason=MISSING)
def test_every_held_item_of_real_documents_says_why() -> None:
    """In one sentence, and every safe one has nothing to say."""
    for path in sorted(Path(CORPUS).glob("*.md")):
        for item in read(path.name, path.read_bytes().decode(), Policy()).items:
            assert bool(item.reason) == (item.is_open and not item.safe), (path.name, item.line)
