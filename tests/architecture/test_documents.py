"""Documents say what the code says: generated ones are today's, and every dependency has its reason."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings.publishing import RepositoryKeys
from tests.architecture.generated import FILES

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("path", FILES)
def test_a_generated_file_is_todays(path: str) -> None:
    """What stands in the tree is what the code writes now; `make docs` writes it."""
    assert (ROOT / path).read_text(encoding="utf-8") == FILES[path](), f"{path} is old: run `make docs`"


@pytest.mark.parametrize("requirements", ["requirements.in", "requirements-dev.in"])
def test_every_dependency_has_its_reason(requirements: str) -> None:
    """docs/dependencies.md names each with what it is for, and none that is not there."""
    lines = (ROOT / requirements).read_text().splitlines()
    wanted = {re.split(r"[<>=\[]", line)[0] for line in lines if line and line[0] not in "#-"}
    text = (ROOT / "docs" / "dependencies.md").read_text()
    part = text.split("## For the tests")[requirements == "requirements-dev.in"]
    explained = set(re.findall(r"^\| `([a-z0-9-]+)` \|", part, re.MULTILINE))
    assert explained == wanted


def test_lock_files_name_no_host() -> None:
    """Pins are names, versions and hashes: where they come from is each machine's own affair."""
    for path in ROOT.glob("requirements*.txt"):
        for line in path.read_text().splitlines():
            assert "://" not in line, f"{path.name}: {line}"
            assert not line.lstrip().startswith(("-i ", "--index-url", "--extra-index-url", "--find-links")), path.name


def test_lock_files_pin_everything_that_is_asked_for() -> None:
    """Each requirement stands in its lock file with a version and a hash."""
    for name in ("requirements", "requirements-dev"):
        locked = (ROOT / f"{name}.txt").read_text()
        for line in (ROOT / f"{name}.in").read_text().splitlines():
            if line and line[0] not in "#-":
                package = re.escape(re.split(r"[<>=\[]", line)[0])
                assert re.search(rf"^{package}(\[[a-z,]+\])?==\S+ .*\\\n\s+--hash=sha256:", locked, re.MULTILINE), line


def test_relative_links_lead_somewhere() -> None:
    """Every link from one document to a file of ours finds it."""
    for path in tracked("*.md"):
        for target in re.findall(r"\]\((?!https?://|#|mailto:)([^)#\s]+)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.relative_to(ROOT)} -> {target}"


def test_named_files_exist() -> None:
    """A path that a document names leads to a file; one with a `<placeholder>` is about files to come. The folders
    of post-mortems and runbooks are another repository's.
    """
    missing = [
        f"{path.relative_to(ROOT)}: {found}"
        for path in tracked("*.md")
        for found in re.findall(r"`((?:bot|handlers|agents|tests|docs)/[\w./-]*)[`:]", path.read_text(encoding="utf-8"))
        if not (ROOT / found).exists() and found not in {RepositoryKeys().postmortems, RepositoryKeys().runbooks}
    ]
    assert missing == []


def test_the_dockerfile_is_a_good_one() -> None:
    """Hadolint finds nothing to say about it."""
    linter = Path(sys.executable).with_name("hadolint")
    found = subprocess.run([linter, ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr


def tracked(pattern: str) -> list[Path]:
    """The files of ours that match."""
    listed = subprocess.run(["git", "ls-files", "-z", pattern], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()]
